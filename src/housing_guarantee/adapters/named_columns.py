"""Tables whose columns have names and kinds of their own, as those of databases and of Parquet files have.

Which column is which field is found as in a sheet of one header row; a value becomes the cell that a sheet would hold.
"""

import difflib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from housing_guarantee.adapters.grid import Sheet
from housing_guarantee.adapters.header import HeaderMatch, find_header, role_synonyms
from housing_guarantee.adapters.tables import NEEDED
from housing_guarantee.campaign import LOCAL
from housing_guarantee.errors import SourceError
from housing_guarantee.models import CellError
from housing_guarantee.source import Source

__all__ = ["as_cell", "match_columns"]

_EXACT = 10**15
"""A whole number from here on is an identity number: a spreadsheet would have damaged it, a database has not."""


def match_columns(found: Sequence[str], table: str | None, source: Source) -> HeaderMatch:
    """Find the columns by the names that the campaign gives, else by synonyms.

    :param table: its name, where the source has several
    :raises SourceError: a column that the campaign names or the role needs is not there
    """
    try:
        match = find_header(Sheet(table, [tuple(found)]), role_synonyms(source.role, source.synonyms), source.columns)
    except SourceError as error:
        raise SourceError(source.name, error.problem, zh=error.zh, sheet=table) from None
    match = match or HeaderMatch(0, 0, {}, {}, ())
    if not any(set(needed) <= {*match.columns, *source.constants} for needed in NEEDED[source.role]):
        raise _lacks_columns(found, table, source)
    return match


def _lacks_columns(found: Sequence[str], table: str | None, source: Source) -> SourceError:
    synonyms = role_synonyms(source.role, source.synonyms)
    needed = [fields[0] for fields in NEEDED[source.role]]
    words = [word for field in needed for word in synonyms[field]]
    folded = {column.lower(): column for column in found}
    close = (difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6) for word in words)
    near = next((folded[one[0]] for one in close if one), None)
    hint, zh = (f"; the nearest is {near!r}", f"；最接近的是“{near}”") if near else ("", "")
    missing = " 或 ".join(synonyms[field][0] for field in needed)
    return SourceError(
        source.name,
        f"the table has no column for {' or '.join(needed)}{hint}. Name it under columns; it has {', '.join(found)}",
        zh=f"缺少{missing}列{zh}。请在 columns 中写明列名；现有：{'、'.join(found)}",
        sheet=table,
    )


def as_cell(value: Any) -> Any:
    """Give a value as a cell of a sheet would hold it; what no cell can hold costs its row."""
    if isinstance(value, list):
        return "；".join(str(one) for one in value if one is not None) or None
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        try:
            value = bytes(value).decode()
        except UnicodeDecodeError:
            return CellError("#TEXT")
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(LOCAL).replace(tzinfo=None)
    if value is None or value == "":
        return None
    return value if isinstance(value, (str, int, float, datetime, date)) else str(value)
