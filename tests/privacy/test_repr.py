"""No repr shows a person: whatever a traceback with locals, a failing test or a log prints of an object."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import equipped
from housing_guarantee.reading import Silent
from housing_guarantee.runner import lay, run

from . import county

_OF_EACH = 40
_HUGE = ("Survey", "Result", "Outcome")  # of which one is looked at: each prints the county


def reached(root: Any) -> Iterator[Any]:
    """Give some objects of every class of the package that can be reached, whatever class it is."""
    seen: set[int] = set()
    counts: Counter[type] = Counter()
    rest = [root]
    while rest:
        one = rest.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if attrs.has(type(one)):
            counts[type(one)] += 1
            if counts[type(one)] <= _OF_EACH and type(one).__module__.startswith("housing_guarantee"):
                yield one
            rest += [getattr(one, each.name, None) for each in attrs.fields(type(one))]
        elif isinstance(one, Mapping):
            rest += [*one.keys(), *one.values()]
        elif isinstance(one, (list, tuple, set, frozenset)):
            rest += one


def test_no_object_of_a_run_shows_who_it_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records, case files, findings, accounts, what is remembered: roles, rows and codes, and never a cell."""
    people = county.write(tmp_path)
    monkeypatch.delenv(county.VARIABLE, raising=False)
    campaign = load_campaign(tmp_path / "campaign.toml")
    result = run(campaign, record=True)
    _, items = lay(campaign, equipped(campaign), Silent())
    shown: dict[str, set[str]] = {}
    classes = set()
    for one in reached([result, items[::7]]):
        name = type(one).__name__
        if name in _HUGE:
            continue
        classes.add(name)
        if seen := people.seen(repr(one).encode()):
            shown.setdefault(name, set()).update(seen)
    assert {name: sorted(seen)[:3] for name, seen in shown.items()} == {}
    assert {"BadRow", "Cell", "Finding", "CaseFile", "Account", "Life", "Waiver", "Verification"} <= classes
