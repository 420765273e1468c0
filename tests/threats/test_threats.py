"""Every threat of the list has tests that are there, and that fail when the control is taken away."""

import ast
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import groupby
from pkgutil import resolve_name
from xml.etree import ElementTree

import pytest

from tests.threats.guards import TAKEN_AWAY
from tests.threats.listed import TESTS, Threat, groups, threats

LIST = list(threats())


@cache
def names_in(file: str) -> frozenset[str]:
    """Name the tests that a file defines."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("threat", LIST, ids=lambda threat: threat.id)
def test_every_threat_names_tests_that_are_there(threat: Threat) -> None:
    """A test that is renamed or taken out is renamed or replaced in the list too, and each threat keeps one."""
    assert threat.tests
    for test in threat.tests:
        file, _, name = test.partition("::")
        assert name.partition("[")[0] in names_in(file), test


def test_no_threat_is_left_out() -> None:
    """Ids are counted through within their group, so that one taken out leaves a gap."""
    ids = [threat.id for threat in LIST]
    for letter, group in groupby(ids, key=lambda name: name[0]):
        members = list(group)
        assert members == [f"{letter}{number:02}" for number in range(1, len(members) + 1)]
    assert {name[0] for name in ids} == set(groups())


def test_every_guard_can_be_taken_away_and_belongs_to_a_threat() -> None:
    """The list and the table of guards name the same, and no test watches over two of them."""
    for guard in TAKEN_AWAY:
        resolve_name(f"housing_guarantee.{guard}")
    pairs = {(guard, test) for threat in LIST for guard, test in threat.without.items()}
    assert {guard for guard, _ in pairs} == set(TAKEN_AWAY)
    assert [test for test, count in Counter(test for _, test in pairs).items() if count > 1] == []


def test_each_test_fails_without_its_guard(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever takes a control away is told by the test that the list names for it."""
    watching = sorted({test for threat in LIST for test in threat.without.values()})
    report = tmp_path_factory.mktemp("without") / "report.xml"
    options = ("-q", "-p", "no:cacheprovider", "-p", "tests.threats.taken_away", f"--junitxml={report}")
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", *options, *(f"tests/{test}" for test in watching)],
        cwd=TESTS.parent,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    assert [test for test in watching if test not in failed(report.read_text(encoding="utf-8"))] == []


def failed(report: str) -> set[str]:
    """Name the tests that failed, with their parameters and without."""
    names = set()
    for case in ElementTree.fromstring(report).iter("testcase"):  # noqa: S314 - pytest's own
        if case.find("failure") is not None:
            file = case.attrib["classname"].removeprefix("tests.").replace(".", "/")
            name = f"{file}.py::{case.attrib['name']}"
            names |= {name, name.partition("[")[0]}
    return names
