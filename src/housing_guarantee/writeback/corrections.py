"""Correction files: the rows of a workbook or csv that change, in its own columns and order, ready to be imported.

The original is opened and never written. Every cell is text, so that no spreadsheet turns a number into another one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from attrs import frozen

from housing_guarantee.adapters.app_export import tables_in
from housing_guarantee.adapters.grid import Sheet, Value
from housing_guarantee.adapters.header import HeaderMatch, data_rows, find_header, role_synonyms
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.errors import OutputError
from housing_guarantee.report import replace_file
from housing_guarantee.reports.workbook import Book, unique_name
from housing_guarantee.source import Source
from housing_guarantee.writeback.plan import Row, same, scalar
from housing_guarantee.writeback.receipt import Entry, State

__all__ = ["correct"]

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


def correct(
    source: Source, rows: Sequence[Row], folder: Path, level: str, created: datetime
) -> tuple[list[Entry], list[Path]]:
    """Write a correction file for each file of a source, and say of every row what became of it.

    A row whose file has changed since the plan was made is a conflict, and stands in no correction file.

    :param created: the only date inside the files
    :raises SourceError: the source cannot be read any more
    :raises OutputError: a file cannot be written
    """
    tables = dict(tables_in(source))
    pages: dict[tuple[str, str | None], _Page | None] = {}
    for file in dict.fromkeys(row.file for row in rows if row.file in tables):
        sheets = read_sheets(tables[file], file)
        names = dict.fromkeys(row.table for row in rows if row.file == file)
        pages.update({(file, name): _Page.of(sheets, name, source) for name in names})
    entries = [_judge(pages.get((row.file, row.table)), row) for row in rows]
    ready = [row for row, entry in zip(rows, entries, strict=True) if entry.state is State.APPLIED]
    taken: set[str] = set()
    written = []
    for file in dict.fromkeys(row.file for row in ready):
        path = folder / f"{unique_name(Path(file).stem, taken, _LONGEST_NAME)}.xlsx"
        if path.exists() and path.samefile(source.path):
            raise OutputError(f"{path}: 不得覆盖原文件 · the original must not be written over")
        own = [(pages[file, row.table], row) for row in ready if row.file == file]
        written.append(replace_file(path, lambda part, own=own: _write(part, own, level, created)))  # type: ignore[misc]
    return entries, written


def _judge(page: _Page | None, row: Row) -> Entry:
    return page.judge(row) if page else Entry(State.CONFLICT, "sheet-missing")


def _write(path: Path, rows: Sequence[tuple[_Page, Row]], level: str, created: datetime) -> None:
    """Write the header as it stands, then the rows with their new values, which are marked."""
    with Book(path, _UNNAMED, created) as book:
        marked = book.format(bg_color="#FFF2CC")
        for table in dict.fromkeys(row.table for _, row in rows):
            own = [(page, row) for page, row in rows if row.table == table]
            page = own[0][0]
            hidden = {page.match.columns.get(name) for name in _FOR_TOWNSHIPS} if level == "village" else set()
            header = page.sheet.rows[page.match.first_row : page.match.last_row + 1]
            lines: list[tuple[Sequence[Value], dict[int, Any]]] = [(cells, {}) for cells in header]
            lines += [(page.rows[row.number or 0], _new(page, row)) for _, row in own]
            kept = [at for at in range(max(len(cells) for cells, _ in lines)) if at not in hidden]
            sheet = book.sheet(table or _UNNAMED)
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
