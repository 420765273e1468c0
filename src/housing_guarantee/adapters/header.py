"""Where a sheet's header is, what its columns mean, and which rows below it are data.

Offices put titles and units above the header, join two rows of it under merged cells, write a village's name once for
all its rows, and add totals and footers. Headers are found by synonyms (`data/headers.toml`) or by what the campaign
file says; a row that names a household is never left out.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import islice

from attrs import Factory, evolve, frozen

from housing_guarantee.adapters.grid import Sheet, Value, column_letters
from housing_guarantee.converters import clean
from housing_guarantee.data import read_toml
from housing_guarantee.errors import SourceError
from housing_guarantee.records import fields_of

__all__ = [
    "LOOKED",
    "Certainty",
    "HeaderMatch",
    "certainty_of",
    "data_rows",
    "find_header",
    "normalise_header",
    "role_synonyms",
]

LOOKED = 15
"""How many rows may stand above a header, and itself."""
_HEAD = "户主"
_NUMBERS = ("household_id", "id_number", "head_id_number", "member_id_number")
_NAMES = ("head_name", "member_name")
_PERSON_ROWS = {"member_name", "relation"}

Merge = tuple[int, int, int, int]
Meaning = tuple[int, int, str]
"""How early the header stands among a field's synonyms, where the field stands among the role's, and the field."""


class Certainty(StrEnum):
    """How surely a header means its field; only what is exact or normalised is taken without being told."""

    EXACT = "exact"
    NORMALISED = "normalised"
    PARTLY = "partly"
    CONTENT = "content"


@frozen
class HeaderMatch:
    """A header that was found; rows and columns are counted from 0.

    :param columns: field → column
    :param headers: field → header as typed; the two rows of a joined one with a stroke between them
    :param unused: headers that mean no field
    :param shared: headers that could mean several fields, and went to the first that was free
    :param typed: column → header, of every column that has one
    """

    first_row: int
    last_row: int
    columns: Mapping[str, int]
    headers: Mapping[str, str]
    unused: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    typed: Mapping[int, str] = Factory(dict)


@lru_cache(maxsize=4096)
def normalise_header(text: str) -> str:
    """Fold width, blanks and case, and drop bracketed units and marks: ``住房面积（㎡）*`` → ``住房面积``."""
    text = "".join(clean(text).split())
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】", "", text)
    return re.sub(r"[※*:★☆]", "", bare or text).lower()


def role_synonyms(role: str, more: Mapping[str, Sequence[str]] | None = None) -> dict[str, list[str]]:
    """Give field → headers that mean it, best first, for exactly the fields of a role and of what is added.

    :param more: what the campaign's definition and plugins add (`Source.synonyms`)
    """
    own = _synonyms(role)
    added = {field: [*own.get(field, ()), *headers, field] for field, headers in (more or {}).items()}
    return {**own, **added}


@cache
def _synonyms(role: str) -> dict[str, list[str]]:
    data = read_toml("headers.toml")
    words = {**data["shared"], **{k: [*data["shared"].get(k, []), *v] for k, v in data[role].items()}}
    generic = data["generic"]["id_number"]
    words["id_number"] = words["head_id_number"] = [*data["generic"]["head_id_number"], *generic]
    words["member_id_number"] = [*data["generic"]["member_id_number"], *generic]
    return {field: [*words.get(field, []), field] for field in fields_of(role)}


# ------------------------------------------------------------------------------------------------ the header


def find_header(
    sheet: Sheet, synonyms: Mapping[str, Sequence[str]], given: Mapping[str, str], looked: int = LOOKED
) -> HeaderMatch | None:
    """Find the header among the first rows: the row, or joined pair of rows, in which most fields are recognised.

    An identity number whose header does not say whose it is means the member's in a sheet that has the member's name
    or relation, else the head's.

    :param given: field → header, as the campaign file says; it goes before every synonym
    :returns: None where fewer than two fields are recognised, and not all that are given
    :raises SourceError: one header stands over two columns, or a header that the campaign names is not there
    """
    meanings = _meanings(synonyms, given)
    merges = [merge for merge in sheet.merged if merge[0] <= looked]
    best: HeaderMatch | None = None
    for first, last in _places(sheet, merges, looked):
        match = _match(first, last, _texts(sheet, merges, first, last), meanings)
        if best is None or _rank(match) > _rank(best):
            best = match
    if best is None or (len(best.columns) < 2 and not (given and best.columns.keys() >= given.keys())):
        return None
    texts = _texts(sheet, merges, best.first_row, best.last_row)
    _refuse_doubles(sheet, best, texts)
    _refuse_missing(sheet, best, texts, given)
    return evolve(best, last_row=_bottom(best, merges))


def certainty_of(header: str, words: Sequence[str]) -> Certainty | None:
    """Say how surely a header as typed is one of a field's words, None where it is none of them.

    :param header: with a stroke between the two rows of a joined one
    """
    if header in words:
        return Certainty.EXACT
    upper, _, lower = header.rpartition("/")
    known = set(map(normalise_header, words))
    return Certainty.NORMALISED if known.intersection((normalise_header(header), *_forms((upper, lower)))) else None


def _places(sheet: Sheet, merges: Sequence[Merge], looked: int) -> Iterator[tuple[int, int]]:
    """Give every row that may be the header, and every pair of rows that merged cells join."""
    for row in range(min(looked, len(sheet.rows))):
        yield row, row
        joined = any(r1 <= row <= r2 and (c2 > c1 or r2 > row) for r1, c1, r2, c2 in merges)
        if joined and row + 1 < len(sheet.rows):
            yield row, row + 1


def _rank(match: HeaderMatch) -> tuple[int, bool]:
    """Rank by fields recognised; a title that is merged over a header adds none, and is no part of it."""
    return len(match.columns), match.first_row == match.last_row


def _meanings(synonyms: Mapping[str, Sequence[str]], given: Mapping[str, str]) -> dict[str, list[Meaning]]:
    """Turn the synonyms round: normalised header → what it may mean."""
    meanings: dict[str, list[Meaning]] = {}
    for field, header in given.items():
        meanings.setdefault(normalise_header(header), []).append((-1, 0, field))
    for order, (field, words) in enumerate(synonyms.items()):
        for rank, word in enumerate(dict.fromkeys(map(normalise_header, words))):
            if all(field != known for _, _, known in meanings.get(word, ())):
                meanings.setdefault(word, []).append((rank, order, field))
    return meanings


def _text(sheet: Sheet, row: int, column: int) -> str:
    cells = sheet.rows[row]
    value = cells[column] if column < len(cells) else None
    return value.strip() if isinstance(value, str) else ""


def _texts(sheet: Sheet, merges: Sequence[Merge], first: int, last: int) -> list[tuple[str, str]]:
    """Give every column's header as (upper, lower); the upper text of a merged group stands over all its columns."""
    width = max(len(sheet.rows[first]), len(sheet.rows[last]))
    if first == last:
        return [("", _text(sheet, first, column)) for column in range(width)]
    group = list(range(width))
    for r1, c1, r2, c2 in merges:
        if r1 <= first <= r2:
            group[c1 : c2 + 1] = [c1] * len(group[c1 : c2 + 1])
    pairs = [(_text(sheet, first, group[column]), _text(sheet, last, column)) for column in range(width)]
    return [(upper, lower) if lower and lower != upper else ("", upper) for upper, lower in pairs]


def _typed(header: tuple[str, str]) -> str:
    return "/".join(filter(None, header))


def _forms(header: tuple[str, str]) -> list[str]:
    """Give what a header may be looked up as: joined, as the head's (户主信息 over 姓名), and the lower text alone.

    Joined with a stroke it is what `HeaderMatch` calls it, and what a campaign file may call it.
    """
    upper, lower = header
    forms = [upper + lower, _typed(header), *([_HEAD + lower] if upper.startswith(_HEAD) else []), lower]
    return [normalise_header(form) for form in forms]


def _match(
    first: int, last: int, texts: Sequence[tuple[str, str]], meanings: Mapping[str, Sequence[Meaning]]
) -> HeaderMatch:
    found = {
        column: next((meanings[form] for form in _forms(header) if form in meanings), [])
        for column, header in enumerate(texts)
        if any(header)
    }
    found = _settle_whose_number(found)
    columns: dict[str, int] = {}
    for (_, _, field), column in sorted((meaning, column) for column, fields in found.items() for meaning in fields):
        if field not in columns and column not in columns.values():
            columns[field] = column
    used = set(columns.values())
    return HeaderMatch(
        first,
        last,
        columns,
        {field: _typed(texts[column]) for field, column in columns.items()},
        tuple(_typed(texts[column]) for column in found if column not in used),
        tuple(_typed(texts[column]) for column, fields in found.items() if column in used and len(fields) > 1),
        {column: _typed(texts[column]) for column in found},
    )


def _settle_whose_number(found: Mapping[int, Sequence[Meaning]]) -> dict[int, Sequence[Meaning]]:
    """Drop one meaning of a number that may be the member's or the head's."""
    both = {"member_id_number", "head_id_number"}
    person_rows = any(field in _PERSON_ROWS for fields in found.values() for _, _, field in fields)
    wrong = "head_id_number" if person_rows else "member_id_number"
    return {
        column: [m for m in fields if m[2] != wrong] if both <= {field for _, _, field in fields} else fields
        for column, fields in found.items()
    }


def _bottom(match: HeaderMatch, merges: Sequence[Merge]) -> int:
    """Give the header's last row, where cells of it are merged downward."""
    used, last = set(match.columns.values()), match.last_row
    return max(
        (r2 for r1, c1, r2, _ in merges if match.first_row <= r1 <= last < r2 <= last + 2 and c1 in used), default=last
    )


def _refuse_doubles(sheet: Sheet, match: HeaderMatch, texts: Sequence[tuple[str, str]]) -> None:
    """Refuse a header that stands twice: nobody can tell which column is meant."""
    keys = [normalise_header("".join(header)) for header in texts]
    for column in match.columns.values():
        same = [column_letters(other) for other, key in enumerate(keys) if key == keys[column]]
        if len(same) > 1:
            header = _typed(texts[column])
            raise SourceError(
                sheet.name or "",
                f"the header {header!r} stands over the columns {' and '.join(same)}; keep one, or rename the other",
                zh=f"表头“{header}”在{'、'.join(same)}列重复，请保留一列或改名",
                sheet=sheet.name,
                row=match.last_row + 1,
                column=same[1],
            )


def _refuse_missing(
    sheet: Sheet, match: HeaderMatch, texts: Sequence[tuple[str, str]], given: Mapping[str, str]
) -> None:
    """Refuse a field that was not found by the header that the campaign names, be it found by a synonym."""
    for field, header in given.items():
        if field in match.columns and normalise_header(header) in _forms(texts[match.columns[field]]):
            continue
        typed = [_typed(header) for header in texts if any(header)]
        near = difflib.get_close_matches(header, typed, n=1, cutoff=0.0)[0]
        problem = f"there is no column {header!r}; the nearest is {near!r}"
        zh = f"没有名为“{header}”的列；最接近的是“{near}”"
        raise SourceError(sheet.name or "", problem, zh=zh, sheet=sheet.name, row=match.last_row + 1)


# ------------------------------------------------------------------------------------------------ the rows


@frozen
class _Signs:
    """What tells a row of data from the others.

    :param numbers: columns of the numbers that name a household or person
    :param names: columns of names
    :param used: every column that means something
    :param headers: what is typed in the header's cells
    """

    numbers: tuple[int, ...]
    names: tuple[int, ...]
    used: frozenset[int]
    headers: frozenset[str]
    totals: frozenset[str]
    footers: re.Pattern[str]


_COUNT = re.compile(r"[0-9]{1,6}(户|人)?")
_NUMBER = re.compile(r"[0-9*]{5,}[Xx]?")


def data_rows(sheet: Sheet, match: HeaderMatch) -> tuple[list[tuple[int, tuple[Value, ...]]], dict[str, int]]:
    """Give the rows of data, and count by reason what is left out.

    :returns: pairs of row number, from 1, and cells with vertically merged ones filled down; reason → rows, where the
        reason is ``blank``, ``total``, ``footer`` or ``repeated header``
    """
    signs = _signs(sheet, match)
    left_out: Counter[str] = Counter()
    rows = []
    start = match.last_row + 1
    filled = _filled_down(sheet, start)
    for index in range(start, len(sheet.rows)):
        typed = sheet.rows[index]
        reason = _why_left_out(typed, signs)
        if reason is None and index == start and _counts_columns(typed):
            reason = "repeated header"
        if reason is None:
            rows.append((index + 1, filled.get(index, typed)))
        else:
            left_out[reason] += 1
    return rows, dict(left_out)


def _signs(sheet: Sheet, match: HeaderMatch) -> _Signs:
    words = read_toml("headers.toml")["left_out"]
    footers = "|".join(map(re.escape, words["footers"]))
    header_cells = (cell for row in sheet.rows[match.first_row : match.last_row + 1] for cell in row)
    return _Signs(
        tuple(match.columns[field] for field in _NUMBERS if field in match.columns),
        tuple(match.columns[field] for field in _NAMES if field in match.columns),
        frozenset(match.columns.values()),
        frozenset(clean(cell) for cell in header_cells if isinstance(cell, str)),
        frozenset(words["totals"]),
        re.compile(rf"(?:{footers})(?:\([^()]*\))?(?:[:].*|$)|注[0-9]{{0,2}}[:、.].*"),
    )


def _filled_down(sheet: Sheet, start: int) -> dict[int, tuple[Value, ...]]:
    """Give the rows that a vertical merge of one column covers, with its value in each."""
    filled: dict[int, list[Value]] = {}
    for r1, c1, r2, c2 in sheet.merged:
        if r1 < start or r2 == r1 or c2 != c1 or r1 >= len(sheet.rows) or c1 >= len(sheet.rows[r1]):
            continue
        value = sheet.rows[r1][c1]
        for row in range(r1 + 1, min(r2 + 1, len(sheet.rows))):
            cells = filled.setdefault(row, list(sheet.rows[row]))
            cells.extend([None] * (c1 + 1 - len(cells)))
            cells[c1] = value
    return {row: tuple(cells) for row, cells in filled.items()}


def _why_left_out(typed: Sequence[Value], signs: _Signs) -> str | None:
    """Say why a row is no data, from what is typed in it; merged cells above it are no part of that."""
    first = list(islice(((column, text) for column, cell in enumerate(typed) if (text := clean(cell))), 3))
    if not first or (len(first) == 1 and first[0][0] not in signs.used and first[0][1].isdecimal()):
        return "blank"  # a row that was numbered beforehand and never filled in is blank too
    if any(_is_total(column, text, signs) for column, text in first) and _names_nobody(typed, signs):
        return "total"
    if signs.footers.match("".join(first[0][1].split())) and not _has_number(typed, signs):
        return "footer"
    if first[0][1] in signs.headers:
        texts = [text for cell in typed if (text := clean(cell))]
        if sum(text in signs.headers for text in texts) >= max(2, len(texts) / 2):
            return "repeated header"
    return None


def _is_total(column: int, text: str, signs: _Signs) -> bool:
    """Say whether a cell is a total's; 茫曲镇小计 is one too, unless it stands where names stand."""
    if "计" not in text:
        return False
    word = normalise_header(text)
    return word in signs.totals or (column not in signs.names and word[-2:] in signs.totals)


def _names_nobody(typed: Sequence[Value], signs: _Signs) -> bool:
    """Say whether the cells of numbers and names hold nothing but the total's own word or a count."""
    texts = [(column, clean(typed[column])) for column in (*signs.numbers, *signs.names) if column < len(typed)]
    return all(not text or _is_total(column, text, signs) or _COUNT.fullmatch(text) for column, text in texts)


def _has_number(typed: Sequence[Value], signs: _Signs) -> bool:
    return any(_NUMBER.fullmatch(clean(typed[column])) for column in signs.numbers if column < len(typed))


def _counts_columns(typed: Sequence[Value]) -> bool:
    """Say whether a row only numbers the columns, as forms do below their header."""
    texts = [text for cell in typed if (text := clean(cell))]
    return len(texts) >= 3 and texts == [str(number) for number in range(1, len(texts) + 1)]
