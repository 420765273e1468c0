"""What a sheet's columns may mean beyond the synonyms: headers that resemble one, and cells that can be nothing else.

None of it is taken by `check` unless the campaign file names the column.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from attrs import evolve

from housing_guarantee.adapters.grid import Sheet, Value, column_letters
from housing_guarantee.adapters.header import (
    LOOKED,
    Certainty,
    HeaderMatch,
    certainty_of,
    data_rows,
    find_header,
    normalise_header,
)
from housing_guarantee.definition import load_definition
from housing_guarantee.errors import SourceError
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.models import CellError
from housing_guarantee.onboarding.content import Known, filled, tests_of, told_by
from housing_guarantee.records import Reader

__all__ = ["column_of", "guesses", "look_for_header"]

_SAMPLE = 100
"""Rows whose cells are looked at to tell what a column holds."""
_TAILS = ("名称", "情况", "信息", "内容", "全称")
_SHORTEST = 3
"""Characters of a synonym that may be found within a longer header: 类型 ends many headers that mean something else."""
_LONGEST_HEADER = 20
_READABLE = 0.5
_DIGITS = re.compile(r"[0-9０-９]{4}")

Guess = tuple[str, Certainty]


def guesses(sheet: Sheet, synonyms: Mapping[str, Sequence[str]], known: Known) -> dict[str, Guess]:
    """Give field → header and certainty, for the fields that no synonym finds."""
    match = look_for_header(sheet, _widened(sheet, synonyms), {})[0] or _by_form(sheet, known)
    if match is None:
        return {}
    rows = data_rows(evolve(sheet, rows=sheet.rows[: match.last_row + 1 + _SAMPLE]), match)[0]
    reader = Reader(load_definition())
    near = {
        name: (header, Certainty.PARTLY)
        for name, header in match.headers.items()
        if certainty_of(header, synonyms[name]) is None
        and _is_readable(column_of(rows, match.columns[name]), name, reader)
    }
    sure = {name: column for name, column in match.columns.items() if certainty_of(match.headers[name], synonyms[name])}
    taken = sure | {name: match.columns[name] for name in near}
    found = {**near, **_by_content(match, taken, rows, [name for name in synonyms if name not in taken], known)}
    typed = [normalise_header(header) for header in match.typed.values()]
    return {name: guess for name, guess in found.items() if typed.count(normalise_header(guess[0])) == 1}


def _widened(sheet: Sheet, synonyms: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Add to the synonyms what is typed in the first rows and resembles one of them."""
    words = {normalise_header(word): name for name, words in reversed(list(synonyms.items())) for word in words}
    wide = {name: list(own) for name, own in synonyms.items()}
    for text in _short_texts(sheet):
        if (word := _nearest(normalise_header(text), words)) is not None:
            wide[words[word]].append(text)
    return wide


def _short_texts(sheet: Sheet) -> list[str]:
    cells = (cell.strip() for row in sheet.rows[:LOOKED] for cell in row if isinstance(cell, str))
    return [cell for cell in dict.fromkeys(cells) if 1 < len(cell) <= _LONGEST_HEADER and not _DIGITS.search(cell)]


def _nearest(header: str, words: Collection[str]) -> str | None:
    """Give the longest word that ends a header; None for a word itself.

    A slip of the pen is not forgiven: 完工日期 and 开工日期 differ by one character.
    """
    if header in words:
        return None
    for tail in _TAILS:
        header = header.removesuffix(tail)
    within = [word for word in words if len(word) >= _SHORTEST and header.endswith(word)]
    return header if header in words else max(within, key=len, default=None)


def _is_readable(cells: Sequence[Value], name: str, reader: Reader) -> bool:
    """Say whether at least half of the cells can be read as the field's."""
    values = filled(cells)
    return sum(reader.refuses(name, value) is None for value in values) >= _READABLE * len(values)


def _by_form(sheet: Sheet, known: Known) -> HeaderMatch | None:
    """Take for a header whose words are nobody's the fullest of the first rows that are all text and name nobody."""
    best = None
    for number, cells in enumerate(sheet.rows[:LOOKED]):
        typed = {column: cell.strip() for column, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()}
        plain = len(typed) == len(filled(cells)) and not any(_DIGITS.search(text) for text in typed.values())
        nobody = not any(normalise_name(text) in known.people for text in typed.values())
        if plain and nobody and len(typed) > (len(best.typed) if best else 1):
            best = HeaderMatch(number, number, {}, {}, typed=typed)
    return best


def _by_content(
    match: HeaderMatch,
    taken: Mapping[str, int],
    rows: Sequence[tuple[int, Sequence[Value]]],
    free: Sequence[str],
    known: Known,
) -> dict[str, Guess]:
    """Give the fields that just one of the columns left may be, and that column nothing else."""
    wrong = "head_id_number" if {"member_name", "relation"} & taken.keys() else "member_id_number"
    tests = tests_of({name for name in free if name != wrong}, load_definition(), known)
    told = {column: told_by(column_of(rows, column), tests) for column in match.typed if column not in taken.values()}
    counts = Counter(name for names in told.values() for name in names)
    return {
        names[0]: (match.typed[column], Certainty.CONTENT)
        for column, names in told.items()
        if len(names) == 1 and counts[names[0]] == 1
    }


# ------------------------------------------------------------------------------------------------ reading a sheet


def look_for_header(
    sheet: Sheet, synonyms: Mapping[str, Sequence[str]], given: Mapping[str, str]
) -> tuple[HeaderMatch | None, SourceError | None]:
    """Find the header; where one stands twice the second is passed over, and the fault kept."""
    first: SourceError | None = None
    while True:
        try:
            return find_header(sheet, synonyms, given), first
        except SourceError as fault:
            first = first or fault
            if fault.row is None or fault.column is None:
                return None, first
            before, sheet = sheet, _without(sheet, fault.row - 1, fault.column)
            if sheet == before:
                return None, first


def _without(sheet: Sheet, row: int, letters: str) -> Sheet:
    """Give the sheet with a header's cell blank, also in the row above, and no merged cell over its column."""
    rows = list(sheet.rows)
    for at in range(max(row - 1, 0), row + 1):
        rows[at] = tuple(None if column_letters(n) == letters else cell for n, cell in enumerate(rows[at]))
    merged = [m for m in sheet.merged if m[0] > row or letters not in map(column_letters, range(m[1] + 1, m[3] + 1))]
    return evolve(sheet, rows=rows, merged=tuple(merged))


def column_of(rows: Sequence[tuple[int, Sequence[Value]]], column: int) -> list[Value]:
    """Give the cells of a column; an error of the spreadsheet tells nothing."""
    return [cells[column] for _, cells in rows if column < len(cells) and not isinstance(cells[column], CellError)]
