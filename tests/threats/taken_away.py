"""A plugin of pytest that takes one guard away while a test of the list runs: each test must then fail.

``pytest -p tests.threats.taken_away TEST...``; a test that does not fail is named by `test_threats`.
"""

from collections.abc import Iterator
from pkgutil import resolve_name
from unittest.mock import patch

import pytest

from tests.threats.guards import TAKEN_AWAY
from tests.threats.listed import threats

GUARDS = {test: guard for threat in threats() for guard, test in threat.without.items()}

for each in TAKEN_AWAY:
    resolve_name(f"housing_guarantee.{each}")  # a guard that is not there would pass for a test that fails


def guard_of(item: pytest.Item) -> str:
    """Give the guard that a test watches over, whichever of its parameters runs."""
    node = item.nodeid.removeprefix("tests/")
    return GUARDS.get(node) or GUARDS[node.partition("[")[0]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run the test without its guard."""
    guard = guard_of(item)
    with patch(f"housing_guarantee.{guard}", TAKEN_AWAY[guard]):
        return (yield)
