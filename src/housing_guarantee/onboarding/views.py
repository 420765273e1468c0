"""How a sheet can be understood: as which role, by which columns, how surely, and what it lacks.

The header is found as `check` finds it. A header that is no synonym but resembles one, and a column whose cells can be
no other field's, are found too; these are what the campaign file has to say under ``columns``.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from attrs import evolve, field, frozen

from housing_guarantee.adapters.grid import Sheet, Value, column_letters
from housing_guarantee.adapters.header import (
    LOOKED,
    Certainty,
    HeaderMatch,
    certainty_of,
    data_rows,
    find_header,
    normalise_header,
    role_synonyms,
)
from housing_guarantee.adapters.tables import NEEDED
from housing_guarantee.data import read_toml
from housing_guarantee.definition import load_definition
from housing_guarantee.errors import SourceError
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.models import CellError
from housing_guarantee.onboarding.content import Known, filled, tests_of, told_by
from housing_guarantee.records import ROLES, Reader, fields_of

__all__ = ["View", "views_of"]

_SAMPLE = 100
"""Rows whose cells are looked at to tell what a column holds."""
_TAILS = ("名称", "情况", "信息", "内容", "全称")
_SHORTEST = 3
"""Characters of a synonym that may be found within a longer header: 类型 ends many headers that mean something else."""
_LONGEST_HEADER = 20
_READABLE = 0.5
_DIGITS = re.compile(r"[0-9０-９]{4}")
_TOLD_BY_NEEDS = ("roster", "appraisals")
"""Roles whose needed columns alone make them likely."""
_WEIGHTS = {Certainty.EXACT: 4, Certainty.NORMALISED: 4, Certainty.PARTLY: 2, Certainty.CONTENT: 1}


@frozen
class View:
    """A sheet understood as one role.

    :param certainty: field → how surely its header means it
    :param given: field → header that the campaign file must name
    :param missing: fields without which the sheet cannot be used, of the combination that it is nearest to
    :param problem: why the header cannot be used as it is, a header that stands twice
    """

    role: str
    sheet: Sheet = field(repr=False)
    match: HeaderMatch
    certainty: Mapping[str, Certainty]
    given: Mapping[str, str]
    missing: tuple[str, ...]
    problem: SourceError | None

    @cached_property
    def rows(self) -> Sequence[tuple[int, Sequence[Value]]]:
        """The rows of data, by number."""
        return data_rows(self.sheet, self.match)[0]

    @property
    def is_usable(self) -> bool:
        """Whether `check` can read the sheet so."""
        return not self.missing and self.problem is None

    @property
    def own(self) -> set[str]:
        """The fields that headers name and no other role has; remarks and places stand in any list."""
        anywhere = read_toml("headers.toml")["shared"]
        named = {name for name, sure in self.certainty.items() if sure is not Certainty.CONTENT} - anywhere.keys()
        return {name for name in named if sum(name in fields_of(role) for role in ROLES) == 1}

    @property
    def is_likely(self) -> bool:
        """Whether it is usable and more than a list of names, which could be anything."""
        return self.is_usable and (self.role in _TOLD_BY_NEEDS or bool(self.own))

    @property
    def score(self) -> int:
        """Weigh the fields by certainty; one that no other role has counts twice."""
        return sum(_WEIGHTS[sure] * (2 if name in self.own else 1) for name, sure in self.certainty.items())

    def cells(self, name: str) -> list[Value]:
        """Give the cells of a field's column that are not blank."""
        return filled(_column(self.rows, self.match.columns[name])) if name in self.match.columns else []


def views_of(sheet: Sheet, roles: Sequence[str], known: Known | None = None) -> list[View]:
    """Give every way of understanding a sheet that recognises anything, the likeliest first.

    :param known: what other files name; None: only headers are asked
    """
    found = [view for role in roles if (view := _view(sheet, role, known)) is not None]
    return sorted(found, key=lambda view: (-view.score, not view.is_likely))


def _view(sheet: Sheet, role: str, known: Known | None) -> View | None:
    synonyms = role_synonyms(role)
    guesses = {} if known is None else _guesses(sheet, synonyms, known)
    given = {name: header for name, (header, _) in guesses.items()}
    match, problem = _find(sheet, synonyms, given)
    if match is None:
        return None
    sure = {
        name: guesses[name][1] if name in guesses else certainty_of(header, synonyms[name]) or Certainty.PARTLY
        for name, header in match.headers.items()
    }
    missing = min((tuple(n for n in needed if n not in match.columns) for needed in NEEDED[role]), key=len)
    return View(role, sheet, match, sure, given, missing, problem)


def _find(
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
            sheet = _without(sheet, fault.row - 1, fault.column)


def _without(sheet: Sheet, row: int, letters: str) -> Sheet:
    """Give the sheet with a header's cell blank, in the row and in the one above that it may be joined with."""
    rows = list(sheet.rows)
    for at in (row - 1, row):
        cells = [None if column_letters(column) == letters else cell for column, cell in enumerate(rows[at])]
        rows[at] = tuple(cells) if at >= 0 else rows[at]
    return evolve(sheet, rows=rows)


def _column(rows: Sequence[tuple[int, Sequence[Value]]], column: int) -> list[Value]:
    return [cells[column] for _, cells in rows if column < len(cells) and not isinstance(cells[column], CellError)]


# ------------------------------------------------------------------------------------------------ what is guessed

Guess = tuple[str, Certainty]


def _guesses(sheet: Sheet, synonyms: Mapping[str, Sequence[str]], known: Known) -> dict[str, Guess]:
    """Give field → header and certainty, for the fields that no synonym finds."""
    match = _find(sheet, _widened(sheet, synonyms), {})[0] or _by_form(sheet, known)
    if match is None:
        return {}
    rows = data_rows(evolve(sheet, rows=sheet.rows[: match.last_row + 1 + _SAMPLE]), match)[0]
    reader = Reader(load_definition())
    near = {
        name: (header, Certainty.PARTLY)
        for name, header in match.headers.items()
        if certainty_of(header, synonyms[name]) is None
        and _is_readable(_column(rows, match.columns[name]), name, reader)
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
        nobody = not any(normalise_name(text) in known.heads for text in typed.values())
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
    told = {column: told_by(_column(rows, column), tests) for column in match.typed if column not in taken.values()}
    counts = Counter(name for names in told.values() for name in names)
    return {
        names[0]: (match.typed[column], Certainty.CONTENT)
        for column, names in told.items()
        if len(names) == 1 and counts[names[0]] == 1
    }
