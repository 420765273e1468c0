"""The audit trail: who did what and when, each entry sealed together with all that stand before it.

A seal is a keyed hash: without the key beside the workspace nobody can write an entry that fits, and one that was
changed, moved or taken out no longer does. Whoever did it is a keyed hash too; a person's name stands nowhere.
"""

import getpass
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

__all__ = ["Entry", "broken_at", "next_entry", "person"]

_BEFORE_ALL = ""


@frozen
class Entry:
    """One entry.

    :param number: from 1, without a gap
    :param at: the moment, ISO with its zone
    :param who: a keyed hash of the account
    :param what: the command, such as ``check`` or ``feedback``
    :param details: JSON with sorted keys: counts, digests, numbers of runs
    :param seal: keyed hash of all this and of the seal before
    """

    number: int
    at: str
    who: str
    what: str
    details: str
    seal: str


def next_entry(key: bytes, last: Entry | None, *, at: str, who: str, what: str, details: Mapping[str, Any]) -> Entry:
    """Make the entry that follows the last one."""
    number = last.number + 1 if last else 1
    text = json.dumps(details, ensure_ascii=False, sort_keys=True)
    seal = _seal(key, last.seal if last else _BEFORE_ALL, number, at, who, what, text)
    return Entry(number, at, who, what, text, seal)


def broken_at(key: bytes, entries: Iterable[Entry]) -> int | None:
    """Give the number of the first entry that does not follow from those before it, or None where all do."""
    seal = _BEFORE_ALL
    for number, entry in enumerate(entries, 1):
        right = _seal(key, seal, number, entry.at, entry.who, entry.what, entry.details)
        if entry.number != number or not hmac.compare_digest(right, entry.seal):
            return number
        seal = entry.seal
    return None


def person(key: bytes) -> str:
    """Name the account at work by a keyed hash, the same every time."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        account = "?"
    return "#" + hmac.new(key, account.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]


def _seal(key: bytes, before: str, *parts: object) -> str:
    return hmac.new(key, json.dumps([before, *parts]).encode(), hashlib.sha256).hexdigest()
