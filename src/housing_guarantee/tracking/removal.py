"""What is taken out of a workspace for good, and the proof that nothing of it is left in any row.

The audit trail is never among it, as it holds no household's number and nobody's name: it only tells that something
was taken out, and how much.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from attrs import field, frozen

from housing_guarantee.findings import Status
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.lives import Life
from housing_guarantee.tracking.schema import tables

__all__ = ["Removed", "Traces", "drop", "remove_closed", "remove_households", "traces"]

_PARTS = re.compile("[/,;~]")


@frozen
class Removed:
    """What was taken out.

    :param rows: how many, by table
    :param words: what must stand nowhere any more: numbers, keys of findings, and what people wrote
    """

    rows: dict[str, int]
    words: frozenset[str] = field(repr=False)


def remove_households(journal: Journal, numbers: Sequence[str]) -> Removed:
    """Take out everything that is kept of some households, also where another's finding names them."""
    own = set(numbers)
    return _remove(journal, lambda life: life.household_id in own or not own.isdisjoint(_PARTS.split(life.key)), own)


def remove_closed(journal: Journal, before: date) -> Removed:
    """Take out the findings that a check before a day has closed; what was settled of ledger rows is still in use."""
    ended = {run.number for run in journal.runs() if run.as_of[:10] < before.isoformat()}
    return _remove(journal, lambda life: life.state is Status.CLOSED and life.run in ended, set())


def _remove(journal: Journal, is_meant: Callable[[Life], bool], households: set[str]) -> Removed:
    keys = [key for key, life in journal.lives().items() if is_meant(life)]
    meant = set(keys)
    written = {text for one in journal.answers() if one.key in meant for text in (one.measure, one.note)}
    written |= {one.reviewer for one in journal.reviews() if one.household_id in households}
    rows = {
        **{name: journal.delete(name, "key", keys) for name in ("findings", "events", "answers")},
        **{name: journal.delete(name, "household_id", sorted(households)) for name in ("links", "denials", "reviews")},
    }
    still = {text for one in journal.answers() for text in (one.measure, one.note)}
    still |= {one.reviewer for one in journal.reviews()}
    return Removed(rows, frozenset({*households, *keys, *(written - still)} - {""}))


@frozen
class Traces:
    """What a look through every column of every table finds of what was taken out.

    :param places: table and column where it stands all the same
    :param parts: words that stand there as a part of something else, as a number in a longer one: to look for them in
        bytes would tell nothing
    """

    places: tuple[str, ...]
    parts: frozenset[str] = field(repr=False)


def traces(journal: Journal, words: Iterable[str]) -> Traces:
    """Look through every row for what was taken out."""
    sought, places, parts = tuple(words), set(), set()
    for name in tables().tables:
        for row in journal.every(name):
            for column, text in row.items():
                within = [word for word in sought if isinstance(text, str) and word in text]
                parts.update(within)
                if any(_stands_in(word, text) for word in within):
                    places.add(f"{name}.{column}")
    return Traces(tuple(sorted(places)), frozenset(parts))


def _stands_in(word: str, text: str) -> bool:
    """Say whether a word stands in a text; a number only as a whole."""
    if word.isascii() and word.isalnum():
        return re.search(f"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", text) is not None
    return True


def drop(connection: Any) -> dict[str, int]:
    """Take out all tables, that which says that there is a workspace last, and count what was in them."""
    import sqlalchemy as sa

    there = set(sa.inspect(connection).get_table_names())
    names = [name for name in tables().tables if name in there and name != "workspace"]
    count = sa.func.count
    rows = {name: connection.execute(sa.select(count()).select_from(tables().tables[name])).scalar() for name in names}
    for name in (*names, "workspace_revision", "workspace"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS audit_untouched()")
    return rows
