"""Where a sheet's header is, what its columns mean, and which rows below it are data.

Offices put titles and units above the header, join two rows of it under merged cells, write a village's name once for
all its rows, and add totals and footers. Headers are found by synonyms (`data/headers.toml`) or by what the campaign
file says.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from attrs import frozen

from housing_guarantee.adapters.grid import Sheet, Value, column_letters
from housing_guarantee.converters import clean
from housing_guarantee.data import read_toml
from housing_guarantee.errors import SourceError
from housing_guarantee.records import fields_of

__all__ = ["HeaderMatch", "data_rows", "find_header", "normalise_header", "role_synonyms"]

_NUMBER_FIELD = {"roster": "head_id_number"}
_LOOKED = 15
_TOTALS = {"合计", "小计", "总计", "累计", "本页合计", "本页小计", "乡镇合计", "全县合计"}
_FOOTER = re.compile(
    r"(填表人|填报人|制表人?|审核人?|复核人?|负责人|单位负责人|联系人|联系电话|注|备注|说明|填报日期|填表日期)[:：]"
)
_NAMES = ("household_id", "head_name", "member_name", "id_number", "head_id_number", "member_id_number")


@frozen
class HeaderMatch:
    """A header that was found; rows and columns are counted from 0.

    :param columns: field → column
    :param headers: field → header as typed
    :param unused: headers that mean no field
    :param shared: headers that could mean several fields, and went to the first that was free
    """

    first_row: int
    last_row: int
    columns: Mapping[str, int]
    headers: Mapping[str, str]
    unused: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


@cache
def normalise_header(text: str) -> str:
    """Fold width and blanks, and drop bracketed units and marks: ``住房面积（㎡）*`` → ``住房面积``."""
    text = "".join(clean(text).split())
    bare = re.sub(r"\([^()]*\)", "", text)
    return re.sub(r"[※*:：★☆]", "", bare or text).lower()


@cache
def role_synonyms(role: str) -> dict[str, list[str]]:
    """Give field → headers that mean it, for exactly the fields of a role."""
    data = read_toml("headers.toml")
    words = {**data["shared"], **{k: [*data["shared"].get(k, []), *v] for k, v in data[role].items()}}
    number = _NUMBER_FIELD.get(role, "id_number")
    words[number] = [*words.pop("head_number"), *data["generic"]["id_number"]]
    if role == "roster":
        words["member_id_number"] = data["generic"]["id_number"]
    return {field: [*words.get(field, []), field] for field in fields_of(role)}


def find_header(
    sheet: Sheet, synonyms: Mapping[str, Sequence[str]], given: Mapping[str, str], looked: int = _LOOKED
) -> HeaderMatch | None:
    """Find the header among the first rows: the row, or pair of rows, in which most fields are recognised.

    :param given: field → header, as the campaign file says
    :raises SourceError: two columns mean one field, or a header that the campaign names is not there
    """
    meanings = _meanings(synonyms)
    best: HeaderMatch | None = None
    for row in range(min(looked, len(sheet.rows))):
        for last in (row, row + 1):
            if last < len(sheet.rows) and (last == row or _spans_two(sheet, row)):
                match = _match(sheet, row, last, meanings, given)
                if len(match.columns) >= 2 and (best is None or _rank(match) > _rank(best)):
                    best = match
    if best is None:
        return None
    _refuse_doubles(sheet, best, meanings, given)
    missing = [header for field, header in given.items() if field not in best.columns]
    if missing:
        typed = [text for text in _texts(sheet, best.first_row, best.last_row) if text]
        close = difflib.get_close_matches(missing[0], typed, n=1, cutoff=0.3)
        hint = f"; the nearest is {close[0]!r}" if close else ""
        raise SourceError(
            sheet.name or "",
            f"there is no column {missing[0]!r}{hint}",
            zh=f"没有名为“{missing[0]}”的列" + (f"，最接近的是“{close[0]}”" if close else ""),
            sheet=sheet.name,
            row=best.last_row + 1,
        )
    return best


def _rank(match: HeaderMatch) -> tuple[int, bool]:
    """Rank by fields recognised; a title that is merged over a header adds none, and is no part of it."""
    return (len(match.columns), match.first_row == match.last_row)


def _meanings(synonyms: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Turn the synonyms round: normalised header → fields, those that name it earliest first."""
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    for order, (field, words) in enumerate(synonyms.items()):
        for rank, word in enumerate(words):
            ranked.setdefault(normalise_header(word), []).append((rank, order, field))
    return {word: list(dict.fromkeys(field for _, _, field in sorted(found))) for word, found in ranked.items()}


def _spans_two(sheet: Sheet, row: int) -> bool:
    """Say whether this row is the upper one of a two-row header: it holds merged cells."""
    return any(r1 == row and (c2 > c1 or r2 == row + 1) for r1, c1, r2, c2 in sheet.merged)


def _cell(sheet: Sheet, row: int, column: int) -> str:
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    value = cells[column] if column < len(cells) else ""
    return value.strip() if isinstance(value, str) else ""


def _texts(sheet: Sheet, first: int, last: int) -> list[str]:
    """Give every column's header; of two rows, the lower text behind that of the merged cell above it."""
    width = max((len(sheet.rows[row]) for row in range(first, last + 1)), default=0)
    texts = []
    for column in range(width):
        upper = _cell(sheet, first, column)
        if first == last:
            texts.append(upper)
            continue
        over = next((c1 for r1, c1, r2, c2 in sheet.merged if r1 <= first <= r2 and c1 <= column <= c2), column)
        upper, lower = _cell(sheet, first, over), _cell(sheet, last, column)
        texts.append(f"{upper}/{lower}" if upper and lower and upper != lower else lower or upper)
    return texts


def _match(
    sheet: Sheet, first: int, last: int, meanings: Mapping[str, Sequence[str]], given: Mapping[str, str]
) -> HeaderMatch:
    texts = _texts(sheet, first, last)
    wanted = {normalise_header(header): field for field, header in given.items()}
    person = any(_fields_of_text(text, meanings)[:1] in (["member_name"], ["relation"]) for text in texts)
    columns: dict[str, int] = {}
    headers: dict[str, str] = {}
    unused, shared = [], []
    for column, text in enumerate(texts):
        if not text:
            continue
        fields = [wanted[key] for key in _keys(text) if key in wanted] or [
            field for field in _fields_of_text(text, meanings) if field not in given
        ]
        if not person:
            fields = [field for field in fields if field != "member_id_number"]
        elif "member_id_number" in fields:
            fields.sort(key=lambda field: field != "member_id_number")
        free = [field for field in fields if field not in columns]
        if not free:
            unused.append(text)
            continue
        if len(fields) > 1 and "member_id_number" not in fields:
            shared.append(text)
        columns[free[0]] = column
        headers[free[0]] = text
    return HeaderMatch(first, last, columns, headers, tuple(unused), tuple(shared))


def _keys(text: str) -> list[str]:
    """Give the forms in which a header is looked up: the whole, the joined, and the lower row's own."""
    upper, slash, lower = text.partition("/")
    forms = [text, upper + lower, lower] if slash else [text]
    return list(dict.fromkeys(normalise_header(form) for form in forms))


def _fields_of_text(text: str, meanings: Mapping[str, Sequence[str]]) -> list[str]:
    return next((list(meanings[key]) for key in _keys(text) if key in meanings), [])


def _refuse_doubles(
    sheet: Sheet, match: HeaderMatch, meanings: Mapping[str, Sequence[str]], given: Mapping[str, str]
) -> None:
    """Refuse a header that stands twice: nobody can tell which column is meant."""
    texts = [normalise_header(text) for text in _texts(sheet, match.first_row, match.last_row)]
    for key, count in Counter(texts).items():
        known = key in meanings or key in {normalise_header(header) for header in given.values()}
        if key and count > 1 and known:
            letters = [column_letters(column) for column, text in enumerate(texts) if text == key]
            raise SourceError(
                sheet.name or "",
                f"the header {key!r} stands in columns {' and '.join(letters)}; keep one, or rename the other",
                zh=f"表头“{key}”在{'、'.join(letters)}列重复，请保留一列或改名",
                sheet=sheet.name,
                row=match.last_row + 1,
                column=letters[1],
            )


# ------------------------------------------------------------------------------------------------ rows


def data_rows(sheet: Sheet, match: HeaderMatch) -> tuple[list[tuple[int, tuple[Value, ...]]], dict[str, int]]:
    """Give the rows of data with their numbers (from 1), merged cells filled down, and count what is left out."""
    left_out: Counter[str] = Counter()
    rows = []
    filled = _filled_down(sheet, match.last_row + 1)
    names = [match.columns[field] for field in _NAMES if field in match.columns]
    header = {normalise_header(text) for text in match.headers.values()}
    for index in range(match.last_row + 1, len(sheet.rows)):
        cells = filled.get(index, sheet.rows[index])
        reason = _why_left_out(sheet.rows[index], cells, names, header)
        if reason:
            left_out[reason] += 1
        else:
            rows.append((index + 1, cells))
    return rows, dict(left_out)


def _filled_down(sheet: Sheet, start: int) -> dict[int, tuple[Value, ...]]:
    """Give the rows that a vertical merge covers, with its value in each."""
    filled: dict[int, list[Value]] = {}
    for r1, c1, r2, c2 in sheet.merged:
        if r2 < start or r2 == r1 or c2 != c1:
            continue
        value = sheet.rows[r1][c1] if r1 < len(sheet.rows) and c1 < len(sheet.rows[r1]) else ""
        for row in range(max(r1 + 1, start), min(r2 + 1, len(sheet.rows))):
            cells = filled.setdefault(row, list(sheet.rows[row]))
            cells.extend([""] * (c1 + 1 - len(cells)))
            cells[c1] = value
    return {row: tuple(cells) for row, cells in filled.items()}


def _why_left_out(typed: Sequence[Value], cells: Sequence[Value], names: Iterable[int], header: set[str]) -> str | None:
    """Say why a row is no data. A row that names a household is data, whatever else stands in it."""
    own = [str(cell).strip() for cell in typed if cell not in (None, "") and str(cell).strip()]
    if not own:
        return "blank"
    words = [normalise_header(text) for text in own[:3]]
    is_total = any(word in _TOTALS for word in words)
    named = [str(cells[column]).strip() for column in names if column < len(cells) and cells[column] not in (None, "")]
    if is_total and all(normalise_header(name) in _TOTALS for name in named):
        return "total"
    if _FOOTER.match("".join(clean(own[0]).split())) and len(own) <= 6:
        return "footer"
    if sum(normalise_header(text) in header for text in own) >= max(2, len(own) // 2):
        return "repeated header"
    return None
