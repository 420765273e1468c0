"""See whether a rule does anything but answer: open files or sockets, start threads or processes.

The interpreter tells what happens in it (PEP 578). Once asked to it cannot be asked to stop, so that what it tells is
thrown away while nobody watches.
"""

import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any

__all__ = ["installed_folders", "watched"]

_DEEDS = (
    *("socket.", "ssl.", "urllib.", "http.client.", "ftplib.", "smtplib.", "sqlite3.connect", "subprocess."),
    *("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.kill", "_thread.start"),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "shutil.", "tempfile."),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _Watch:
    """Whoever watches now: the thread that is watched, where it may read, and what it did."""

    thread: int | None = None
    folders: Sequence[Path] = ()
    deeds: list[str] = []  # noqa: RUF012 - replaced each time, never shared
    installed = False


def installed_folders() -> tuple[Path, ...]:
    """Give the folders of what is installed: a rule may read data and modules there."""
    paths = sysconfig.get_paths()
    return tuple({Path(paths[name]).resolve(): None for name in ("stdlib", "platstdlib", "purelib", "platlib")})


@contextmanager
def watched(folders: Sequence[Path]) -> Iterator[list[str]]:
    """Give the list of what this thread does until the block ends, but for reading in these folders."""
    if not _Watch.installed:
        sys.addaudithook(_hear)
        _Watch.installed = True
    _Watch.deeds, _Watch.folders, _Watch.thread = [], [folder.resolve() for folder in folders], get_ident()
    try:
        yield _Watch.deeds
    finally:
        _Watch.thread = None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _Watch.thread is None or _Watch.thread != get_ident():
        return
    if event == "open":
        path, _, flags = arguments
        if isinstance(path, (str, bytes)) and not _may_open(Path(os.fsdecode(path)), flags):
            _Watch.deeds.append(f"opens {os.fsdecode(path)}")
    elif event.startswith(_DEEDS) and not _is_bytecode(arguments):
        _Watch.deeds.append(event)


def _may_open(path: Path, flags: int) -> bool:
    """A module that is imported may be read, and its bytecode be written beside it."""
    if "__pycache__" in path.parts:
        return True
    reading = not (flags or 0) & _WRITING
    return reading and any(Path(os.path.abspath(path)).is_relative_to(folder) for folder in _Watch.folders)  # noqa: PTH100


def _is_bytecode(arguments: Sequence[Any]) -> bool:
    return any(isinstance(one, str) and "__pycache__" in one for one in arguments)
