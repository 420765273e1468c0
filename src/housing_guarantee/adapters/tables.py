"""How the sheets of a file become the records of a role: which have its columns, which rows are data.

Shared by every adapter that reads tables. Whatever is not a record is counted by its reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from housing_guarantee.adapters.grid import Sheet, Value, column_letters
from housing_guarantee.adapters.header import HeaderMatch, data_rows, find_header, role_synonyms
from housing_guarantee.converters import WordList
from housing_guarantee.data import read_toml
from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.models import CUT_OFF, TOO_MANY_CELLS, BadRow, CellError, Table, Verification
from housing_guarantee.records import Reader, Record
from housing_guarantee.source import Account, Source
from housing_guarantee.toml_table import nearest

__all__ = ["NEEDED", "read_file", "read_tables"]

NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "roster": (("household_id", "head_name"), ("household_id", "member_name", "relation")),
    "verifications": (("household_id",), ("id_number",)),
    "ledger": (("head_name",), ("id_number",)),
    "appraisals": (("grade", "head_name"), ("grade", "id_number")),
    "archive": (("household_id", "document"),),
    "provincial": (("household_id",), ("id_number",)),
}
"""Role → combinations of columns, one of which a sheet must have to be used."""


def read_file(path: Path, name: str) -> tuple[bytes, str]:
    """Read a source's bytes and their SHA-256.

    :raises SourceError: there is no such file, or it may not be read
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(name, "there is no such file", zh="没有这个文件，请检查路径") from error
    except OSError as error:
        raise SourceError(
            name, f"it cannot be opened ({type(error).__name__})", zh="文件打不开，请检查权限或是否被占用"
        ) from error
    return data, sha256(data).hexdigest()


def read_tables(
    sheets: Sequence[Sheet], name: str, source: Source, account: Account, definition: Definition
) -> Iterator[Record | BadRow]:
    """Yield the records of every sheet that has the columns the role needs.

    :param name: the file as origins show it
    :raises SourceError: no sheet has them, or the sheet that the campaign names is not there
    """
    reader = Reader(definition, source.values)
    known = role_synonyms(source.role, source.synonyms)
    seen: list[str] = []
    used = False
    for sheet in _wanted(sheets, name, source, account):
        try:
            match = find_header(sheet, known, source.columns)
        except SourceError as error:
            raise SourceError(
                name, error.problem, zh=error.zh, sheet=error.sheet, row=error.row, column=error.column
            ) from error
        if match is None or not _has_needed(match, source):
            _leave_out(account, "other sheet", sheet.rows)
            seen += _first_texts(sheet)
            continue
        used = True
        yield from _read_sheet(sheet, match, name, source, account, reader)
    if not used:
        raise _lacks_columns(name, source, seen)


def _wanted(sheets: Sequence[Sheet], name: str, source: Source, account: Account) -> Iterator[Sheet]:
    """Give the sheet that the campaign names, or every visible one."""
    if source.sheet is not None:
        named = [sheet for sheet in sheets if sheet.name == source.sheet]
        if not named:
            names = [sheet.name or "" for sheet in sheets]
            raise SourceError(
                name,
                f"there is no sheet {source.sheet!r}{nearest(source.sheet, names)}",
                zh=f"没有名为“{source.sheet}”的工作表；现有：{'、'.join(names)}",
            )
        sheets = named
    for sheet in sheets:
        account.notes += [f"{sheet.name or name}: {note}" for note in sheet.notes]
        if sheet.visible or source.sheet is not None:
            yield sheet
        else:
            _leave_out(account, "hidden sheet", sheet.rows)


def _read_sheet(
    sheet: Sheet, match: HeaderMatch, name: str, source: Source, account: Account, reader: Reader
) -> Iterator[Record | BadRow]:
    numbered, left_out = data_rows(sheet, match)
    account.left_out.update(left_out)
    _leave_out(account, "before header", sheet.rows[: match.first_row])
    account.unused += match.unused
    columns = {field: column_letters(index) for field, index in match.columns.items()}
    constants = {field: value for field, value in source.constants.items() if field not in columns}
    table = Table(name, sheet.name, source.role, {**columns, **dict.fromkeys(constants)}, match.headers)
    account.fields |= set(table.columns)
    width = None if sheet.name else max(len(row) for row in sheet.rows[match.first_row : match.last_row + 1])
    rows = [(number, _cells(cells, match.columns, constants, width)) for number, cells in numbered]
    if sheet.cut and width is not None and rows and rows[-1][0] == len(sheet.rows):
        rows[-1][1].update(_lost(len(sheet.rows[-1]), width, match.columns))
    not_verified = WordList.of({True: read_toml("words.toml")["not_verified"]["words"]})
    for record in reader.read(table, rows):
        if isinstance(record, BadRow):
            account.unreadable += 1
        elif isinstance(record, Verification) and not_verified.exactly(record.status or ""):
            account.left_out["not verified"] += 1
            continue
        else:
            account.read += 1
        yield record


def _cells(
    cells: Sequence[Value], columns: Mapping[str, int], constants: Mapping[str, Any], width: int | None
) -> dict[str, Any]:
    """Give a row's cells by field. In a delimited file one cell too many has shifted what stands behind it.

    :param width: how many columns the header of a delimited file has
    """
    held = len(cells)
    by_field = {field: cells[index] for field, index in columns.items() if index < held and cells[index] != ""}
    if width is not None and any(cells[width:]):
        by_field[max(columns, key=lambda field: columns[field])] = CellError(TOO_MANY_CELLS)
    return {**constants, **by_field}


def _lost(held: int, width: int, columns: Mapping[str, int]) -> dict[str, CellError]:
    """Mark what a row lost in which the file ends: the cell that it ends in, and those that are not there."""
    if held >= width:
        return {}
    return {field: CellError(CUT_OFF) for field, index in columns.items() if index >= held - 1}


def _has_needed(match: HeaderMatch, source: Source) -> bool:
    has = {*match.columns, *source.constants}
    return any(has.issuperset(needed) for needed in NEEDED[source.role])


def _leave_out(account: Account, reason: str, rows: Sequence[Sequence[Value]]) -> None:
    """Count the rows that hold anything."""
    if filled := sum(any(cell not in (None, "") for cell in row) for row in rows):
        account.left_out[reason] += filled


def _first_texts(sheet: Sheet) -> list[str]:
    """List what stands in the fullest of the first rows, to say what was found instead of a header."""
    rows = sheet.rows[:15]
    fullest = max(rows, key=lambda row: sum(isinstance(cell, str) and cell != "" for cell in row), default=())
    return [cell.strip() for cell in fullest if isinstance(cell, str) and 0 < len(cell.strip()) <= 12]


def _lacks_columns(name: str, source: Source, seen: Sequence[str]) -> SourceError:
    """Say which columns are needed. Cells that were found are not quoted: they may be a person's."""
    synonyms = role_synonyms(source.role, source.synonyms)
    needed = " / ".join(
        " + ".join(synonyms[field][0] if synonyms.get(field) else field for field in fields)
        for fields in NEEDED[source.role]
    )
    known = {word for words in synonyms.values() for word in words}
    found = "、".join(text for text in dict.fromkeys(seen) if text in known) or "-"
    return SourceError(
        name,
        f"no sheet has the columns that {source.role} needs: {needed}; recognised headers: {found}. "
        "Name the columns under [sources.columns] in the campaign file",
        zh=f"没有找到所需的列：{needed}；认得的表头：{found}。可在 campaign.toml 的 columns 中写明列名",
    )
