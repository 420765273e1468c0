"""A disk that fails at its N-th write, open, sync or renaming, put between the program and the real one.

Only what is written within one folder is counted, so that the interpreter itself is left alone. ``Path``, ``open``,
``zipfile`` and with it both writers of workbooks go through here; SQLite does not, which has limits of its own kind.
"""

import builtins
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from attrs import define, field

__all__ = ["Disk", "failing", "within"]


@define
class Disk:
    """What was asked of the disk so far, and what fails.

    :param folder: within which everything is counted
    :param what: ``write``, ``open``, ``fsync`` or ``replace``; nothing fails where it is empty
    :param at: which of them fails, from 1
    :param error: number of the error
    :param stays: whether all behind it fail as well, as on a full disk
    """

    folder: str
    what: str = ""
    at: int = 0
    error: int = 0
    stays: bool = False
    counts: Counter[str] = field(factory=Counter)
    handles: set[int] = field(factory=set)

    def ask(self, what: str) -> bool:
        """Count, and say whether it is to fail."""
        self.counts[what] += 1
        number = self.counts[what]
        return what == self.what and (number == self.at or (self.stays and number > self.at))

    def fail_if_asked(self, what: str, path: Any) -> None:
        """Fail where it is to fail.

        :raises OSError: the one that was asked for
        """
        if self.is_ours(path) and self.ask(what):
            raise self.fault(path)

    def fault(self, path: Any) -> OSError:
        """Make the error that was asked for."""
        return OSError(self.error, os.strerror(self.error), str(path))

    def is_ours(self, path: Any) -> bool:
        """Say whether a file lies within the folder."""
        if isinstance(path, int):
            return path in self.handles
        return bool(os.path.abspath(path).startswith(self.folder))  # noqa: PTH100 - it is asked of every file


@contextmanager
def failing(disk: Disk) -> Iterator[None]:
    """Put the disk between, until the block ends."""
    ours, opening = _system(disk), _opening(disk, io.open)
    with ExitStack() as stack:
        for name, one in ours.items():
            stack.enter_context(patch.object(os, name, one))
        for module in (io, builtins):
            stack.enter_context(patch.object(module, "open", opening))
        yield


def _system(disk: Disk) -> Mapping[str, Callable[..., Any]]:
    real = {name: getattr(os, name) for name in ("open", "close", "write", "fsync", "replace", "rename", "link")}

    def open_handle(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        ours = disk.is_ours(path) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if ours and disk.ask("open"):
            raise disk.fault(path)
        handle: int = real["open"](path, flags, mode, dir_fd=dir_fd)
        if disk.is_ours(path):
            disk.handles.add(handle)
        return handle

    def close(handle: int) -> None:
        disk.handles.discard(handle)
        real["close"](handle)

    def write(handle: int, data: Any) -> int:
        disk.fail_if_asked("write", handle)
        return int(real["write"](handle, data))

    def fsync(handle: int) -> None:
        disk.fail_if_asked("fsync", handle)
        real["fsync"](handle)

    def moving(name: str) -> Callable[..., None]:
        def move(source: Any, target: Any, **more: Any) -> None:
            disk.fail_if_asked("replace", target)
            real[name](source, target, **more)

        return move

    ours: dict[str, Callable[..., Any]] = {"open": open_handle, "close": close, "write": write, "fsync": fsync}
    return {**ours, **{name: moving(name) for name in ("replace", "rename", "link")}}


def _opening(disk: Disk, real: Callable[..., Any]) -> Callable[..., Any]:
    class File(io.FileIO):
        """A file whose writes are counted; a failing one writes half of it first."""

        def write(self, data: Any) -> int:
            if disk.ask("write"):
                super().write(memoryview(data).cast("B")[: len(data) // 2])
                raise disk.fault(self.name)
            return super().write(data)

        def close(self) -> None:
            if not self.closed:
                disk.handles.discard(self.fileno())
            super().close()

    def open_file(
        file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, errors: Any = None, newline: Any = None,
        closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        if isinstance(file, int) or not set(mode) & set("wax+") or not disk.is_ours(file):
            return real(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if disk.ask("open"):
            raise disk.fault(file)
        raw = File(file, "".join(letter for letter in mode if letter not in "bt"))
        disk.handles.add(raw.fileno())
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    return open_file


def within(folder: Path) -> Disk:
    """Give a sound disk that counts what is asked of it."""
    return Disk(f"{folder.resolve()}{os.sep}")
