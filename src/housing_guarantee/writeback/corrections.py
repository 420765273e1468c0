"""Correction files: the rows of a workbook or csv that change, in its own columns and order, ready to be imported.

The original is read and never written. Every cell is text, so that no spreadsheet turns a number into another one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from housing_guarantee.adapters.app_export import tables_in
from housing_guarantee.adapters.grid import Sheet, Value
from housing_guarantee.adapters.header import HeaderMatch, data_rows, find_header, role_synonyms
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.campaign import Campaign
from housing_guarantee.errors import OutputError
from housing_guarantee.report import replace_file
from housing_guarantee.reports.workbook import Book, unique_name
from housing_guarantee.source import Source
from housing_guarantee.writeback.plan import Row, same, scalar
from housing_guarantee.writeback.receipt import Entry, State

__all__ = ["Corrections"]

_FOR_TOWNSHIPS = ("longitude", "latitude", "photos")
"""The fields that a village's list does not carry (the app shows them to townships and the county alone)."""
_LONGEST_NAME = 60
_UNNAMED = "更正"


@frozen
class _Page:
    """A sheet with its header, and its rows by number."""

    sheet: Sheet
    match: HeaderMatch
    rows: Mapping[int, Sequence[Value]]

    @classmethod
    def of(cls, sheets: Iterable[Sheet], name: str | None, source: Source) -> "_Page | None":
        """Find the sheet again; None where it is not there any more or has no header."""
        for sheet in sheets:
            match = find_header(sheet, role_synonyms(source.role), source.columns) if sheet.name == name else None
            if match:
                return cls(sheet, match, dict(data_rows(sheet, match)[0]))
        return None

    def cell(self, number: int, name: str) -> Value:
        """Give what stands in a field of a row."""
        cells, at = self.rows.get(number, ()), self.match.columns.get(name, -1)
        return cells[at] if 0 <= at < len(cells) and cells[at] != "" else None

    def judge(self, row: Row) -> Entry:
        """Say whether the row is still what the plan saw."""
        number = row.number or 0
        if any(not same(scalar(self.cell(number, part.field)), part.value) for part in row.key):
            return Entry(State.CONFLICT, "row-differs")
        if all(same(scalar(self.cell(number, change.field)), change.new) for change in row.changes):
            return Entry(State.ALREADY)
        if any(not same(scalar(self.cell(number, change.field)), change.old) for change in row.changes):
            return Entry(State.CONFLICT, "value-differs")
        return Entry(State.APPLIED)


@define
class Corrections:
    """The correction files of one plan, a workbook for each file that has rows to correct.

    :param folder: where they go; it is this plan's own
    :param level: who will see them
    :param files: those written so far
    """

    folder: Path
    level: str
    campaign: Campaign
    files: list[Path] = field(factory=list)
    _taken: set[str] = field(factory=set)

    def of(self, source: Source, rows: Sequence[Row]) -> list[Entry]:
        """Write the files of a source, and say of every row what became of it.

        A row that is no longer as the plan saw it is a conflict, and stands in no correction file. A file that has
        nothing to correct any more loses the one that an earlier run of the plan made, lest it be imported again.

        :raises SourceError: the source cannot be read any more
        :raises OutputError: a file cannot be written
        """
        pages = _pages(source, rows)
        entries = [_judge(pages.get((row.file, row.table)), row) for row in rows]
        judged = list(zip(rows, entries, strict=True))
        for file in dict.fromkeys(row.file for row in rows):
            path = self.folder / f"{unique_name(Path(file).stem, self._taken, _LONGEST_NAME)}.xlsx"
            self._spare_originals(path)
            ready = [row for row, entry in judged if row.file == file and entry.state is State.APPLIED]
            if ready:
                own = [(pages[file, row.table], row) for row in ready]
                self.files.append(replace_file(path, self._writer(own)))  # type: ignore[arg-type]
            else:
                path.unlink(missing_ok=True)
        return entries

    def _spare_originals(self, path: Path) -> None:
        if path.exists() and any(path.samefile(one.path) for one in self.campaign.sources if one.path.exists()):
            raise OutputError(f"{path}: 不得覆盖原文件 · the original must not be written over")

    def _writer(self, rows: Sequence[tuple[_Page, Row]]) -> Callable[[Path], None]:
        """Write the header as it stands, then the rows with their new values, which are marked."""

        def write(path: Path) -> None:
            with Book(path, _UNNAMED, self.campaign.as_of) as book:
                for table in dict.fromkeys(row.table for _, row in rows):
                    hidden = _FOR_TOWNSHIPS if self.level == "village" else ()
                    _write(book, table, [(page, row) for page, row in rows if row.table == table], hidden)

        return write


def _pages(source: Source, rows: Sequence[Row]) -> dict[tuple[str, str | None], _Page | None]:
    """Find again the sheets that the rows stand in."""
    tables = dict(tables_in(source))
    pages: dict[tuple[str, str | None], _Page | None] = {}
    for file in dict.fromkeys(row.file for row in rows if row.file in tables):
        sheets = read_sheets(tables[file], file, source.limits)
        names = dict.fromkeys(row.table for row in rows if row.file == file)
        pages.update({(file, name): _Page.of(sheets, name, source) for name in names})
    return pages


def _judge(page: _Page | None, row: Row) -> Entry:
    return page.judge(row) if page else Entry(State.CONFLICT, "sheet-missing")


def _write(book: Book, table: str | None, rows: Sequence[tuple[_Page, Row]], hidden: Iterable[str]) -> None:
    page = rows[0][0]
    left_out = {page.match.columns.get(name) for name in hidden}
    header = page.sheet.rows[page.match.first_row : page.match.last_row + 1]
    lines: list[tuple[Sequence[Value], Mapping[int, Any]]] = [(cells, {}) for cells in header]
    lines += [(page.rows[row.number or 0], _new(page, row)) for _, row in rows]
    kept = [at for at in range(max(len(cells) for cells, _ in lines)) if at not in left_out]
    sheet, marked = book.sheet(table or _UNNAMED), book.format(bg_color="#FFF2CC")
    for down, (cells, new) in enumerate(lines):
        for across, at in enumerate(kept):
            held = cells[at] if at < len(cells) else None
            sheet.text(down, across, _text(new.get(at, held)), marked if at in new else None)


def _new(page: _Page, row: Row) -> dict[int, Any]:
    return {page.match.columns[change.field]: change.new for change in row.changes}


def _text(value: Any) -> str:
    """Give a cell as one would type it."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(scalar(value))
