"""Parquet files (the extra ``parquet``), as data platforms of provinces keep them, of any role.

A source is one file, or a folder of files that are read in the order of their names. A row is what the role says, as in
a workbook, and is numbered through its file, from 1. Rows of the role ``photos`` are facts of photos that somebody read
before: the photos themselves stay where they are. Files are read group by group, and only the columns that mean
something.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, ClassVar

from attrs import evolve

from housing_guarantee.adapters.named_columns import as_cell, match_columns
from housing_guarantee.adapters.photo_facts import NEEDED_FACTS, photo_of
from housing_guarantee.adapters.tables import NEEDED, counted
from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import Table
from housing_guarantee.records import Reader
from housing_guarantee.source import Account, Adapter, Item, PhotoFile, Source, Tick

__all__ = ["Parquet", "files_of"]

_BATCH = 8192
_ROWS = 50_000_000
"""Of one file, which may say that it holds any number in a few bytes."""


class Parquet:
    """Reads one Parquet file, or a folder of them."""

    name: ClassVar[str] = "parquet"
    roles: ClassVar[tuple[str, ...]] = (*NEEDED, "photos")
    options: ClassVar[tuple[str, ...]] = ()

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Item]:
        """Yield the records, or the photos, of every file.

        :raises SourceError: there is no file, one is damaged or lacks a needed column, or the extra is not installed
        """
        files, digests = files_of(source), sha256()
        for path in files:
            own = source if path == source.path else evolve(source, name=f"{source.name}/{path.name}", path=path)
            account.digest = _digest(own)
            digests.update(f"{path.name}\0{account.digest}\n".encode())
            with _refusing(own.name):
                for batch in _items(own, account, definition):
                    yield from batch
                    tick(account.read + account.photos, None)
        if files != [source.path]:
            account.digest = digests.hexdigest()


def files_of(source: Source) -> list[Path]:
    """Give the files of a source, in the order of their names.

    :raises SourceError: there is none
    """
    files = sorted(source.path.glob("*.parquet")) if source.path.is_dir() else [source.path]
    if not files or not files[0].exists():
        raise SourceError(source.name, "there is no Parquet file", zh="没有 Parquet 文件，请检查路径")
    return files


def _digest(source: Source) -> str:
    try:
        with source.path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        problem, zh = f"it cannot be opened ({type(error).__name__})", "文件打不开，请检查权限"
        raise SourceError(source.name, problem, zh=zh) from error


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Say of which source it is that pyarrow is missing, or cannot read the file; its own words may hold cells."""
    try:
        yield
    except ImportError:
        how = "pip install 'housing-guarantee[parquet]'"
        raise SourceError(name, f"Parquet needs an extra: {how}", zh=f"读取 Parquet 需要安装：{how}") from None
    except (OSError, ValueError, NotImplementedError) as error:
        problem = f"it is no Parquet file that can be read ({type(error).__name__})"
        raise SourceError(name, problem, zh="不是完好的 Parquet 文件，请重新导出") from None


def _items(source: Source, account: Account, definition: Definition) -> Iterator[Iterable[Item]]:
    """Give what a file holds, piece by piece."""
    from pyarrow.parquet import ParquetFile

    file = ParquetFile(source.path)
    if file.metadata.num_rows > _ROWS:
        raise SourceError(source.name, f"it holds more than {_ROWS} rows", zh=f"超过{_ROWS}行，请拆分后重试")
    found = [str(name) for name in file.schema_arrow.names]
    if source.role == "photos":
        _check_facts(source, found)
        yield from (_photos(source, account, found, rows) for rows in _pieces(file, found))
        return
    match = match_columns(found, None, source)
    account.unused += match.unused
    account.fields |= {*match.columns, *source.constants}
    names, fields = [found[at] for at in match.columns.values()], tuple(match.columns)
    table = Table(source.name, None, source.role, dict.fromkeys((*fields, *source.constants)), match.headers)
    reader, done = Reader(definition, source.values), 0
    for piece in _pieces(file, names):
        rows = [(number, _cells(source, fields, row)) for number, row in enumerate(piece, done + 1)]
        done += len(rows)
        yield counted(reader.read(table, [row for row in rows if len(row[1]) > len(source.constants)]), account)


def _pieces(file: Any, names: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """Give the rows of these columns, some thousand at a time."""
    for batch in file.iter_batches(_BATCH, columns=list(names), use_threads=False):
        yield list(zip(*(_listed(batch.column(name)) for name in names), strict=True))


def _listed(column: Any) -> list[Any]:
    """Give the values of a column as those of Python, times to the microsecond."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    values: list[Any] = column.to_pylist()
    return values


def _cells(source: Source, fields: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    held = zip(fields, row, strict=True)
    found = {name: cell for name, value in held if value is not None and (cell := as_cell(value)) is not None}
    return {**source.constants, **found} if source.constants else found


def _check_facts(source: Source, found: Sequence[str]) -> None:
    if lacking := sorted(NEEDED_FACTS - set(found)):
        names = ", ".join(lacking)
        raise SourceError(source.name, f"facts of photos need the columns {names}", zh=f"照片信息缺少列：{names}")


def _photos(
    source: Source, account: Account, names: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> Iterator[PhotoFile]:
    for row in rows:
        facts = dict(zip(names, row, strict=True))
        name = str(facts["photo"])
        account.photos += 1
        yield PhotoFile(source.name, name, photo_of(facts, f"{source.name}/{name}"))


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [Parquet]
