"""Files that are written whole or not at all: whatever happens meanwhile, a reader meets the old one or the new one.

A file is written beside its place, made durable, read again, and then given its name. What a run that was killed left
beside it is removed by the next one.
"""

import errno
import os
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from housing_guarantee.errors import HousingGuaranteeError, OutputError

__all__ = ["replace_bytes", "replace_file", "sync_folder"]

_LEFT_BEHIND = 3600  # seconds after which a half-written file is nobody's, where the system has no locks to tell
_NO_SUCH_THING = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF)  # of folders, on some network drives


def replace_bytes(path: Path, data: bytes) -> Path:
    """Write these bytes in place of a file, readable by its owner alone.

    :raises OutputError: as of `replace_file`
    """

    def write(part: Path) -> None:
        part.write_bytes(data)

    return replace_file(path, write, lambda part: part.read_bytes() == data)


def replace_file(path: Path, write: Callable[[Path], None], is_whole: Callable[[Path], bool] | None = None) -> Path:
    """Write a file beside its place, readable by its owner alone, and move it there when it is whole and durable.

    A full disk or a kill leaves the earlier file as it was. Two programs that write the same file at once both write it
    whole, and the last one's stands.

    :param is_whole: looks at what was written, read again; by default every part of a zip, such as a workbook, is held
        to its checksum
    :raises OutputError: the folder or the file cannot be written, as while Excel has it open, or it is not whole
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _part_of(path) as part:
            write(part)
            _sync(part)
            if not (is_whole or _is_sound)(part):
                raise OSError(errno.EIO, "read again, it is not what was written")
            part.replace(path)
        sync_folder(path.parent)
    except HousingGuaranteeError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{path}: 无法写入，若正在 Excel 中打开请先关闭 · it cannot be written ({reason})") from error
    return path


def sync_folder(folder: Path) -> None:
    """Make durable which names a folder holds, where the system knows how.

    :raises OSError: the disk says that it failed
    """
    if not hasattr(os, "O_DIRECTORY"):  # Windows
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SUCH_THING:
            raise
    finally:
        os.close(handle)


def _sync(part: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _is_sound(part: Path) -> bool:
    if not zipfile.is_zipfile(part):
        return True
    with zipfile.ZipFile(part) as archive:
        return archive.testzip() is None


@contextmanager
def _part_of(path: Path) -> Iterator[Path]:
    """Make an empty file beside a place, held by us, and remove it in the end if it is still there."""
    _sweep(path.parent)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        _hold(handle)
        yield part
    finally:
        os.close(handle)
        part.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed left half-written; what somebody writes just now stays."""
    for left in folder.glob(".*.part"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY)
            try:
                gone = _hold(handle) or time.time() - left.stat().st_mtime > _LEFT_BEHIND
            finally:
                os.close(handle)
            if gone:
                left.unlink()


def _hold(handle: int) -> bool:
    """Hold an open file until it is closed, as the system closes it after a kill; say whether nobody else held it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
