"""The export of the verification app (核验小助手): a workbook or csv, or a zip of one with its photos.

A row is one household. The app's real columns were never published, so its headers are found by synonyms and by what
the campaign file says; village accounts see no coordinates, so an export may have none.
"""

import zlib
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import ClassVar
from zipfile import BadZipFile, ZipFile

from housing_guarantee.adapters.photo_files import list_photos, store_of
from housing_guarantee.adapters.tables import read_file, read_tables
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.photos.archive import name_decoder, path_parts
from housing_guarantee.source import Account, Adapter, Found, Source, Tick

__all__ = ["AppExport", "digest_of", "is_package", "members_of", "tables_in", "tables_of"]

_TABLES = (".csv", ".txt", ".xls", ".xlsx", ".xlsm")
_LARGEST = 100_000_000  # bytes of one table


class AppExport:
    """Reads the app's export, and the photos that came with it."""

    name: ClassVar[str] = "app_export"
    roles: ClassVar[tuple[str, ...]] = ("verifications",)
    options: ClassVar[tuple[str, ...]] = ()

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Found]:
        """Yield the records, then the photos where there are any.

        :raises SourceError: the file cannot be opened, holds no table, or lacks a needed column
        """
        if not is_package(source.path):
            data, account.digest = read_file(source.path, source.name)
            sheets = read_sheets(data, source.name, source.limits)
            yield from read_tables(sheets, source.name, source, account, definition)
            return
        account.digest = digest_of(source)
        store = store_of(source)  # refuses what is encrypted, or unpacks to too much, before anything is unpacked
        for name, table in tables_in(source):
            yield from read_tables(read_sheets(table, name, source.limits), name, source, account, definition)
        yield from list_photos(store, source, account)


def tables_in(source: Source) -> list[tuple[str, bytes]]:
    """Give the tables of a workbook, a csv, or a package of them, each by the name that origins show.

    :raises SourceError: it cannot be opened, or is a package that is damaged or holds no table
    """
    if not is_package(source.path):
        return [(source.name, read_file(source.path, source.name)[0])]
    return [(f"{source.name}/{member}", table) for member, table in tables_of(source)]


def is_package(path: Path) -> bool:
    """Say whether this is a zip of files rather than a workbook, which is a zip too."""
    try:
        with ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (BadZipFile, NotImplementedError, OSError, ValueError):
        return False


def digest_of(source: Source) -> str:
    """Digest a package piece by piece: with its photos it may be larger than the machine's memory.

    :raises SourceError: it cannot be read to its end
    """
    try:
        with source.path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            source.name, f"it cannot be read to its end ({type(error).__name__})", zh="文件读不完整，请重新复制"
        ) from error


def tables_of(source: Source) -> list[tuple[str, bytes]]:
    """Read the tables that a package holds, by their names in it, counting what really comes out of it.

    :raises SourceError: it is damaged or encrypted, holds none, or one is too large
    """
    tables = members_of(source.path, source.name)
    if not tables:
        raise SourceError(
            source.name, "the zip archive holds no workbook and no csv", zh="压缩包内没有 Excel 或 CSV 表格"
        )
    return tables


def members_of(package: Path, name: str) -> list[tuple[str, bytes]]:
    """Read the tables that a zip holds, which may be none.

    :param name: what errors call it
    :raises SourceError: it is damaged or encrypted, or one is too large
    """
    tables = []
    try:
        with ZipFile(package) as archive:
            decode = name_decoder(archive.infolist())
            for member in archive.infolist():
                path = PurePosixPath(*path_parts(decode(member)))
                if path.suffix.lower() in _TABLES and not path.name.startswith((".", "~$")):
                    with archive.open(member) as file:
                        table = file.read(_LARGEST + 1)
                    if len(table) > _LARGEST:
                        raise SourceError(
                            name, f"{path.name} unpacks to over 100 MB", zh=f"{path.name} 解压后超过100MB"
                        )
                    tables.append((str(path), table))
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise SourceError(
            name, "the zip archive is damaged or encrypted", zh="压缩包已损坏或加密，请重新导出"
        ) from error
    return sorted(tables)


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [AppExport]
