"""The chain of the audit trail: any change to it shows."""

from typing import Any

from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.tracking.audit import Entry, broken_at, next_entry, person

KEY = b"key"


def chain(length: int, key: bytes = KEY) -> list[Entry]:
    """Make a trail."""
    entries: list[Entry] = []
    for number in range(length):
        last = entries[-1] if entries else None
        entries.append(
            next_entry(key, last, at=f"2020-06-{number + 1:02}", who="#1", what="check", details={"run": number})
        )
    return entries


def test_a_trail_that_was_only_added_to_holds() -> None:
    """Entries are numbered from 1; an empty trail holds as well."""
    entries = chain(3)
    assert ([entry.number for entry in entries], entries[0].details) == ([1, 2, 3], '{"run": 0}')
    assert (broken_at(KEY, entries), broken_at(KEY, [])) == (None, None)


@given(st.integers(0, 4), st.sampled_from([one.name for one in fields(Entry)]))
def test_a_changed_entry_shows(at: int, name: str) -> None:
    """Whichever field of whichever entry was changed, the trail breaks there."""
    entries = chain(5)
    value = getattr(entries[at], name)
    changed: dict[str, Any] = {name: value + 1 if isinstance(value, int) else value + "x"}
    entries[at] = evolve(entries[at], **changed)
    assert broken_at(KEY, entries) == at + 1


@given(st.integers(0, 3))
def test_an_entry_taken_out_or_moved_shows(at: int) -> None:
    """Removed from before another one, or exchanged with it."""
    entries = chain(5)
    assert broken_at(KEY, entries[:at] + entries[at + 1 :]) == at + 1
    entries[at], entries[at + 1] = entries[at + 1], entries[at]
    assert broken_at(KEY, entries) == at + 1


def test_a_trail_cut_short_is_told_by_its_last_seal() -> None:
    """What is left holds by itself, so the last seal is to be noted down elsewhere; it differs for every length."""
    entries = chain(5)
    assert broken_at(KEY, entries[:3]) is None
    assert len({entry.seal for entry in entries}) == 5


def test_without_the_key_nobody_writes_a_trail() -> None:
    """A trail sealed with another key does not hold from its first entry on."""
    assert broken_at(KEY, chain(2, b"another")) == 1


def test_an_account_is_told_by_a_keyed_hash() -> None:
    """The same each time, another one under another key, and no name."""
    assert person(KEY) == person(KEY) != person(b"another")
    assert len(person(KEY)) == 17
