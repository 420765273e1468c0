"""What keeps a command from leaving people behind where nobody looks: in dumps, in tracebacks, in files for everybody.

An unexpected error is said by its kind and place. Where it came from stands, without any value and without the words of
the error itself, in a file for the owner alone beside the campaign file.
"""

import os
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from housing_guarantee.containment import leave_no_core
from housing_guarantee.workspace import DIAGNOSES

__all__ = ["keep_diagnosis", "place_of", "protect"]


def protect() -> None:
    """Write files for their owner alone, leave no core dump, and say of an error nobody caught only where it is."""
    os.umask(0o077)
    leave_no_core()
    for stream in (sys.stdout, sys.stderr):  # a console that cannot show a character must not end a run
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.excepthook = lambda kind, error, trace: _say(kind, trace)
    threading.excepthook = lambda told: _say(told.exc_type, told.exc_traceback)
    sys.unraisablehook = lambda told: _say(told.exc_type, told.exc_traceback)


def _say(kind: type[BaseException], trace: TracebackType | None) -> None:
    with suppress(OSError, ValueError, AttributeError):  # of a stream that is closed, or was never there
        sys.stderr.write(f"程序错误 · internal error: {kind.__name__} at {place_of(trace)}\n")


def place_of(trace: TracebackType | None) -> str:
    """Say where an exception was raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


def keep_diagnosis(error: BaseException, arguments: Iterable[Any]) -> Path | None:
    """Write where an error came from beside the campaign file that the arguments name; None where they name none."""
    given = map(Path, map(str, arguments))
    campaign = next((path for path in given if path.suffix == ".toml" and path.is_file()), None)
    if campaign is None:
        return None
    folder, name = campaign.parent / DIAGNOSES, f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as text:
            text.write("\n".join(_story(error)) + "\n")
    except OSError:
        return None
    return folder / name


def _story(error: BaseException) -> Iterator[str]:
    """Tell the kinds of the errors and the lines they came through: no message, no value."""
    told: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in told:
        told.add(id(one))
        yield f"{type(one).__module__}.{type(one).__qualname__}"
        yield from (line.rstrip("\n") for line in traceback.format_tb(one.__traceback__))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
