"""The tables of an export, and which rows of the repeats belong to which submission."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePosixPath

from attrs import evolve, frozen

from housing_guarantee.adapters.app_export import digest_of, is_package, tables_of
from housing_guarantee.adapters.grid import Sheet, Value, column_letters
from housing_guarantee.adapters.tables import read_file
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.converters import clean
from housing_guarantee.errors import SourceError
from housing_guarantee.models import Cell
from housing_guarantee.source import Account, Source
from housing_guarantee_odk.columns import Columns, joined, known

__all__ = ["Submissions", "submissions_of"]


@frozen
class _Sheet:
    """A sheet with the name of its file as origins show it, and what its columns mean."""

    file: str
    sheet: Sheet
    columns: Columns

    @property
    def is_repeat(self) -> bool:
        """Whether its rows belong to rows of another table."""
        return self.columns.column(known()["keys"]["parent"]) is not None

    def photos(self, number: int, row: Sequence[Value]) -> Iterator[Cell]:
        """Give the cells of a row that name photos."""
        for at in self.columns.images:
            if at < len(row) and clean(row[at]):
                letters, header = column_letters(at), self.columns.headers[at]
                yield Cell(self.file, self.sheet.name, number, letters, header, "photos", clean(row[at]))


@frozen
class Submissions:
    """One table of submissions, as the library reads tables.

    :param file: its name as origins show it
    :param fields: field → header, for what was recognised
    :param photos: row → the cells that name its photos, its own and those of its repeats
    :param keys: row → what names the submission, which is also the folder of its media in one of the programs
    :param refused: how many rows the office's own review refused
    :param needless: headers that need no understanding
    """

    file: str
    sheet: Sheet
    fields: Mapping[str, str]
    photos: Mapping[int, tuple[Cell, ...]]
    keys: Mapping[int, str]
    refused: int
    needless: frozenset[str]


def submissions_of(source: Source, account: Account) -> list[Submissions]:
    """Read an export's tables, and lay those of repeats to the submissions that they belong to.

    :raises SourceError: it cannot be read, or holds no table of submissions
    """
    sheets = [_Sheet(file, sheet, Columns.of(sheet, source)) for file, sheet in _sheets(source, account) if sheet.rows]
    repeats = [sheet for sheet in sheets if sheet.is_repeat]
    found = [_submissions(sheet, repeats) for sheet in sheets if not sheet.is_repeat]
    if not found:
        raise SourceError(source.name, "it holds no table of submissions", zh="没有提交记录表")
    return found


def _sheets(source: Source, account: Account) -> Iterator[tuple[str, Sheet]]:
    if source.path.is_dir():
        names = [(path, f"{source.name}/{path.name}") for path in sorted(source.path.glob("*.csv"))]
    elif is_package(source.path):
        account.digest = digest_of(source)
        for member, data in tables_of(source):
            yield from _named(f"{source.name}/{member}", data)
        return
    else:
        folder = PurePosixPath(source.name).parent
        beside = sorted(source.path.parent.glob(f"{source.path.stem}-*.csv")) if source.path.suffix == ".csv" else []
        names = [(source.path, source.name), *((path, str(folder / path.name)) for path in beside)]
    digests = []
    for path, name in names:
        data, digest = read_file(path, name)
        digests.append(digest)
        yield from _named(name, data)
    account.digest = digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest()


def _named(name: str, data: bytes) -> Iterator[tuple[str, Sheet]]:
    return ((name, sheet) for sheet in read_sheets(data, name))


def _submissions(main: _Sheet, repeats: Sequence[_Sheet]) -> Submissions:
    columns = main.columns
    rows, refused = _reviewed(main)
    photos = {number: [*main.photos(number, row)] for number, row in enumerate(rows[1:], 2)}
    by_parent: dict[str, list[Cell]] = defaultdict(list)
    for repeat in repeats:
        parents = [at for name in known()["keys"]["parent"] if (at := repeat.columns.column([name])) is not None]
        for number, row in enumerate(repeat.sheet.rows[1:], 2):
            by_parent[_root(row, parents[0])] += repeat.photos(number, row)
    keys = {number: _keys(row, columns) for number, row in enumerate(rows[1:], 2)}
    for number, own in keys.items():
        photos[number] += [cell for key in own for cell in by_parent.get(key, ())]
    return Submissions(
        main.file,
        evolve(main.sheet, rows=_readable(rows, columns)),
        {name: columns.headers[at] for name, at in columns.fields.items()}
        | {name: columns.headers[own[0]].rpartition("/")[0] for name, own in columns.options.items()},
        {number: tuple(cells) for number, cells in photos.items() if cells},
        {number: own[0].removeprefix("uuid:") for number, own in keys.items() if own},
        refused,
        frozenset(columns.needless()),
    )


def _reviewed(main: _Sheet) -> tuple[list[tuple[Value, ...]], int]:
    """Empty the rows that the office's own review has refused; they keep their numbers."""
    review = known()["review"]
    at = main.columns.column(review["headers"])
    refused = {
        number
        for number, row in enumerate(main.sheet.rows)
        if at is not None and at < len(row) and clean(row[at]).lower() in review["refused"]
    }
    return [() if number in refused else row for number, row in enumerate(main.sheet.rows)], len(refused)


def _keys(row: Sequence[Value], columns: Columns) -> list[str]:
    found = (columns.column([name]) for name in known()["keys"]["submission"])
    return [clean(row[at]) for at in found if at is not None and at < len(row) and clean(row[at])]


def _root(row: Sequence[Value], parent: int) -> str:
    """Give the submission of a repeat's row, however deep the repeat lies: ``uuid:…/house[1]`` → ``uuid:…``."""
    return clean(row[parent]).partition("/")[0] if parent < len(row) else ""


def _readable(rows: Sequence[tuple[Value, ...]], columns: Columns) -> list[tuple[Value, ...]]:
    """Write what a question of many answers has ticked into its first column, and say the zone of moments in UTC."""
    utc = [at for name in known()["utc"]["headers"] if (at := columns.column([name])) is not None]
    readable = []
    for number, row in enumerate(rows):
        cells = list(row)
        for own in columns.options.values():
            if own[0] < len(cells):
                stem = columns.headers[own[0]].rpartition("/")[0]
                cells[own[0]] = joined(row, own, columns.headers) if number else stem
        for at in utc:
            if number and at < len(cells) and cells[at]:
                cells[at] = f"{clean(cells[at]).replace(' ', 'T')}Z"
        readable.append(tuple(cells))
    return readable
