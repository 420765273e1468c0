"""The households' archives (一户一档): folders of scanned papers and photos, or an index of them.

A folder is a household's by the number in its path (``茫曲镇/11002050026 才让/鉴定表.pdf``). Of a paper only its name
and size are read, and of a photo what every photo tells. An index is a table with a row a paper.
"""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from housing_guarantee.adapters.photo_files import list_photos, store_of
from housing_guarantee.adapters.tables import read_file, read_tables
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.source import Account, Adapter, DocumentFile, Found, Source, Tick

__all__ = ["Archive"]

_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "__macosx", "@eadir"})  # by systems, not by people


class Archive:
    """Reads a folder of archives, or an index of them."""

    name: ClassVar[str] = "archive"
    roles: ClassVar[tuple[str, ...]] = ("archive",)
    options: ClassVar[tuple[str, ...]] = ()

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Found]:
        """Yield the papers, then the photos among them; or the rows of an index.

        :raises SourceError: there is no such folder or file, it holds nothing, or the index lacks a needed column
        """
        if not source.path.is_dir():
            data, account.digest = read_file(source.path, source.name)
            sheets = read_sheets(data, source.name, source.limits)
            yield from read_tables(sheets, source.name, source, account, definition)
            return
        digest = sha256()
        for file in _files(source, account):
            account.read += 1
            digest.update(f"{file.name}\0{file.size}\n".encode("utf-8", "backslashreplace"))
            yield file
        if not account.read:
            raise SourceError(source.name, "the folder holds nothing", zh="文件夹是空的")
        account.digest = digest.hexdigest()
        photos = Account(source)  # what is no image is a paper all the same, and was not left out
        yield from list_photos(store_of(source), source, photos)


def _files(source: Source, account: Account) -> Iterator[DocumentFile]:
    """List every paper, in the order of the names, and every folder that holds none."""

    def refuse(error: OSError) -> None:  # what lies in there would else be held for missing
        raise SourceError(source.name, "a folder in it cannot be read", zh="其中有文件夹无法读取") from error

    for folder, folders, names in os.walk(source.path, onerror=refuse):
        folders[:] = sorted(name for name in folders if not _is_left_behind(name))
        papers = sorted(name for name in names if not _is_left_behind(name))
        if hidden := len(names) - len(papers):
            account.left_out["hidden"] += hidden
        inside = Path(folder).relative_to(source.path)
        for name in papers:
            yield DocumentFile(source.name, _readable(inside / name), _size(Path(folder, name)))
        if not papers and not folders and inside.parts:
            yield DocumentFile(source.name, _readable(inside), None)


def _is_left_behind(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _LEFT_BEHIND


def _size(path: Path) -> int:
    """Measure a paper; one that leads nowhere holds nothing."""
    return path.stat().st_size if path.exists() else 0


def _readable(path: Path) -> str:
    """Put right a name whose bytes are not UTF-8: they came from a Chinese Windows."""
    name = path.as_posix()
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")
    return name


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [Archive]
