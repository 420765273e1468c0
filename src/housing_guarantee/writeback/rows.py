"""One row of a plan in its database: looked at under its lock, compared with the plan, and written or left alone."""

from collections.abc import Callable, Mapping
from typing import Any

from housing_guarantee.adapters.provincial import as_cell
from housing_guarantee.database import RefusedError
from housing_guarantee.writeback.plan import Row, Scalar, same, scalar
from housing_guarantee.writeback.receipt import Entry, State

__all__ = ["ChangedError", "write_row"]

_MOST_DIGITS = 9
"""A version of more digits is a moment or a number of something else, and is left to the database."""


class ChangedError(Exception):
    """The row was changed between the look and the writing; the transaction must be undone."""


def write_row(connection: Any, row: Row, intend: Callable[[Entry], None]) -> Entry:
    """Write a row if it is still as the plan saw it.

    :param connection: a SQLAlchemy connection in a transaction, which the caller commits
    :param intend: is told what is meant, when it is written and not committed yet
    :raises ChangedError: the transaction must be undone: the row is no longer what it was a moment ago
    :raises RefusedError: it must be undone: the database kept another value than it was given
    """
    held = _look(connection, row, lock=True)
    if len(held) != 1:
        return Entry(State.CONFLICT, "key-not-unique" if held else "row-missing")
    raw = held[0]
    now = {name: scalar(as_cell(value)) for name, value in raw.items()}
    if all(same(now[change.column], change.new) for change in row.changes):
        return Entry(State.ALREADY, version=_version(row, now))
    if reason := _differs(row, now):
        return Entry(State.CONFLICT, reason)
    if connection.execute(_update(row, raw)).rowcount != 1:
        raise ChangedError
    (kept,) = _look(connection, row, lock=False)
    after = {name: scalar(as_cell(value)) for name, value in kept.items()}
    if not all(same(after[change.column], change.new) for change in row.changes):
        raise RefusedError("stored-differently")  # cut off, or with ? for a character that its column cannot hold
    version = _version(row, after)
    intend(Entry(State.INTENDED, version=version))
    return Entry(State.APPLIED, version=version)


def _version(row: Row, now: Mapping[str, Scalar]) -> Scalar:
    return now[row.version.column] if row.version else None


def _differs(row: Row, now: Mapping[str, Scalar]) -> str | None:
    """Say why the row is no longer what the plan saw; None where it is."""
    if row.version and not same(now[row.version.column], row.version.value):
        return "version-differs"
    changed = any(not same(now[change.column], change.old) for change in row.changes)
    return "value-differs" if changed else None


# ------------------------------------------------------------------------------------------------ statements


def _look(connection: Any, row: Row, *, lock: bool) -> list[Mapping[str, Any]]:
    """Read the row; under a lock nobody else writes it until the transaction ends."""
    from sqlalchemy import column, select

    names = [change.column for change in row.changes] + ([row.version.column] if row.version else [])
    columns: list[Any] = [column(name) for name in dict.fromkeys(names)]
    question = select(*columns).select_from(_table(row)).where(*_key(row)).limit(2)
    if lock:
        question = question.with_for_update()
    return [dict(found) for found in connection.execute(question).mappings()]


def _update(row: Row, raw: Mapping[str, Any]) -> Any:
    """Write the new values where the version, or without one every old value, is still what was just read."""
    from sqlalchemy import update

    values = {change.column: _bound(change.new) for change in row.changes}
    seen = [row.version.column] if row.version else [change.column for change in row.changes]
    if row.version and (later := _next(raw[row.version.column])) is not None:
        values[row.version.column] = _bound(later)
    unchanged = [_equals(name, raw[name]) for name in seen]
    return update(_table(row, *values)).where(*_key(row), *unchanged).values(values)


def _next(version: Any) -> Any:
    """Count a version on, in its own type; None where it is no plain number."""
    text = str(scalar(as_cell(version)))
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        return None
    return str(int(text) + 1) if isinstance(version, (str, bytes)) else int(text) + 1


def _table(row: Row, *names: str) -> Any:
    from sqlalchemy import column, table

    schema, _, name = (row.table or "").rpartition(".")
    return table(name, *(column(one) for one in names), schema=schema or None)


def _key(row: Row) -> list[Any]:
    return [_equals(part.column, part.value) for part in row.key]


def _equals(name: str, value: Any) -> Any:
    from sqlalchemy import column

    return column(name).is_(None) if value is None else column(name) == _bound(value)


def _bound(value: Any) -> Any:
    """Hand a value to the driver without a type of its own: the column says what it is."""
    from sqlalchemy import bindparam
    from sqlalchemy.types import NullType

    return bindparam(None, value, type_=NullType(), unique=True)
