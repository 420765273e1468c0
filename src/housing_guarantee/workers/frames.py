"""How a run and its workers speak: pickles with their length before them, and of strangers' answers only plain data."""

import io
import pickle
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

__all__ = ["read", "read_plain", "write"]

_LENGTH = struct.Struct(">Q")
_PACKAGE = "housing_guarantee."
_PLAIN: Mapping[str, frozenset[str]] = {
    "findings": frozenset({"Effect", "Severity"}),
    "inquiry": frozenset({"Asked", "Failure", "Whole"}),
    "models": frozenset({"Cell", "CellError"}),
    "rule": frozenset({"Breach", "Proof", "Unanswered", "Unset"}),
    "values": frozenset({"IdKind", "IdNumber", "Period", "Place", "Position", "Sealed"}),
}
"""Module of ours → what an answer may be made of."""
_STANDARD = frozenset(
    {
        *(("builtins", name) for name in ("frozenset", "set", "complex")),
        *(("datetime", name) for name in ("date", "datetime", "time", "timedelta", "timezone")),
        ("decimal", "Decimal"),
    }
)


def write(pipe: BinaryIO, data: bytes) -> None:
    """Send one message.

    :raises OSError: nobody listens any more
    """
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def read(pipe: BinaryIO) -> bytes:
    """Hear one message.

    :raises EOFError: whoever spoke has ended, before it or in its midst
    """
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def read_plain(data: bytes) -> Any:
    """Give what was answered; code of strangers ran where it was made, so nothing of it may run here.

    :raises pickle.UnpicklingError: it holds anything but plain data; so do others, where it is no pickle at all
    """
    return _Plain(io.BytesIO(data)).load()


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        ours = name in _PLAIN.get(module.removeprefix(_PACKAGE), ()) and module.startswith(_PACKAGE)
        if not ours and (module, name) not in _STANDARD:
            raise pickle.UnpicklingError(f"an answer holds {module}.{name}")
        return super().find_class(module, name)
