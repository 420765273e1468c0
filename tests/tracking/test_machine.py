"""Whatever a county does in whatever order, on each database, every finding stands as the page's tables have it."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from housing_guarantee import testing
from housing_guarantee.campaign import Waiver
from housing_guarantee.findings import Status
from housing_guarantee.tracking.audit import broken_at
from housing_guarantee.tracking.journal import Given, Journal
from housing_guarantee.tracking.lives import Answer, Event, Sight
from housing_guarantee.tracking.replies import Reply, take
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.workspace import workspace_key

from ..servers import Server
from .conftest import VARIABLE, County, finding, key_of
from .test_lives import table

HOUSEHOLDS = ("1", "2")
SUBSETS = st.sets(st.sampled_from(HOUSEHOLDS))
ANSWERS = [one for one in Answer if "household" not in one.value]
AFTER_CHECK, AFTER_ANSWER = table("after a check"), table("after an answer")
NONE = "(none)"


def allowed() -> set[tuple[str, str | None, str]]:
    """Read every step of the page: state before, what happened, state after."""
    steps = set()
    for (before, _), field in (*AFTER_CHECK.items(), *AFTER_ANSWER.items()):
        after, _, event = field.rstrip(")").partition(" (")
        steps.add((before, event or None, after))
    return steps | {("closed", Event.DANGER_RETURNED.value, "reopened")}


STEPS = allowed()


class Findings(RuleBasedStateMachine):
    """Checks, answers, waivers, broken sources and repetitions, beside a model that knows the page alone."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        workspace = workspace or Workspace(self.folder / "w.sqlite", county_code="632525")
        self.county = County(workspace, evolve(testing.campaign(), path=self.folder / "campaign.toml"))
        self.everybody, self.asked = self.county.casefiles, dict(self.county.accounts)
        self.found: set[str] = set()
        self.files = 0
        self.model: dict[str, str] = {}
        self.seen: dict[str, tuple[dict[str, str], str]] = {}
        self.visited: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.county.workspace.drop()
        shutil.rmtree(self.folder)

    # -------------------------------------------------------------------------------------------- the model

    def sight(self, number: str) -> Sight:
        """Say what a check sees of a household's finding, as the page defines it."""
        data, own = dict(self.county.data), self.county.data["verifications"]
        seen, seen_own = self.seen.get(number, (data, own))
        if number in self.found:
            if self._is_waived(number):
                return Sight.WAIVED
            if seen == data:
                return Sight.FOUND
            return Sight.FOUND_NEWER if seen_own == own else Sight.FOUND_RENEWED
        asked = "safety.unsafe" in self.county.accounts and not self.county.broken
        there = number in {casefile.household_id for casefile in self.county.casefiles}
        if number not in self.model or not (asked and there):
            return Sight.UNCHECKED
        return Sight.MISSED if seen == data else Sight.GONE

    def _is_waived(self, number: str) -> bool:
        today = self.county.campaign.now.date()
        return any(one.household_id == number and today <= one.expires for one in self.county.campaign.waivers)

    def check(self) -> None:
        """Check, and compare each finding's state with the field of the page's table."""
        expected = {}
        for number in HOUSEHOLDS:
            field = (self.model.get(number, NONE), self.sight(number).value)
            self.visited.add(field)
            expected[number] = AFTER_CHECK[field].partition(" (")[0]
        self.county.check(*(finding(number) for number in sorted(self.found)))
        for number in self.found:
            self.seen[number] = (dict(self.county.data), self.county.data["verifications"])
        self.model = {number: state for number, state in expected.items() if state != NONE}
        assert self.county.states() == self.model

    # -------------------------------------------------------------------------------------------- what a county does

    @rule(found=SUBSETS, version=st.integers(0, 3))
    def newer_data(self, found: set[str], version: int) -> None:
        """Check what somebody changed, or put back."""
        self.found = found
        self.county.data["verifications"] = f"{version}{sorted(found)}"
        self.check()

    @rule(version=st.integers(0, 3))
    def newer_roster(self, version: int) -> None:
        """Check with another roster, on which these findings do not rest."""
        self.county.data["roster"] = str(version)
        self.check()

    @rule(found=SUBSETS)
    def other_rules(self, found: set[str]) -> None:
        """Check the same data with other settings, which find something else in it."""
        self.found = found
        self.check()

    @rule()
    def same_data(self) -> None:
        """Check the same again: nothing changes."""
        self.check()
        before = self.county.workspace.read(lambda journal: (journal.lives(), journal.runs()), None)
        self.check()
        assert self.county.workspace.read(lambda journal: (journal.lives(), journal.runs()), None) == before

    @rule(version=st.integers(0, 3))
    def source_missing(self, version: int) -> None:
        """Check with a source that cannot be read; nothing that rests on it is found or closed."""
        self.county.broken, self.found = {"verifications"}, set()
        self.county.data["verifications"] = f"broken{version}"
        self.check()
        self.county.broken = set()

    @rule(version=st.integers(4, 6))
    def rule_not_asked(self, version: int) -> None:
        """Check newer data without the rule; nothing of it is found or closed."""
        self.county.accounts, self.found = {}, set()
        self.county.data["verifications"] = str(version)
        self.check()
        self.county.accounts = dict(self.asked)

    @rule(number=st.sampled_from(HOUSEHOLDS), version=st.integers(7, 9))
    def household_left(self, number: str, version: int) -> None:
        """Check newer data in which a household stands no more."""
        self.county.casefiles = tuple(one for one in self.everybody if one.household_id != number)
        self.found -= {number}
        self.county.data["verifications"] = str(version)
        self.check()
        self.county.casefiles = self.everybody

    @rule(numbers=SUBSETS, answer=st.sampled_from(ANSWERS))
    def answer(self, numbers: set[str], answer: Answer) -> None:
        """Take a list that came back, twice."""
        self.files += 1
        digest = f"file {self.files}"
        replies = [
            Reply("list.xlsx", digest, "塔哇村", row, key_of(number), given=Given(key_of(number), digest, answer))
            for row, number in enumerate(sorted(numbers), 4)
        ]

        def work(journal: Journal) -> int:
            last = journal.last_run()
            number = last.number if last else 0
            taken = take(replies, journal.lives(), journal.answers(), journal.links(), number)
            journal.put(taken.changes, run=number, cause=f"file {digest}")
            journal.add_answers(taken.answers, number)
            return len(taken.changes)

        self.county.workspace.write(work)
        for number in numbers & set(self.model):
            self.model[number] = AFTER_ANSWER[self.model[number], answer.value].partition(" (")[0]
        assert self.county.states() == self.model
        assert self.county.workspace.write(work) == 0

    @rule(number=st.sampled_from(HOUSEHOLDS), days=st.integers(0, 3))
    def waive(self, number: str, days: int) -> None:
        """Let an office answer for a finding, for some days."""
        today: date = self.county.campaign.now.date()
        waiver = Waiver("safety.unsafe", "待拆除", "县住建局", today + timedelta(days=days), household_id=number)
        self.county.campaign = evolve(self.county.campaign, waivers=(waiver,))

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        """Come to a later day, on which a waiver may have ended."""
        later = self.county.campaign.as_of + timedelta(days=days)
        self.county.campaign = evolve(self.county.campaign, as_of=later)

    @invariant()
    def every_step_is_on_the_page(self) -> None:
        """Each step that the workspace tells is one of the tables', and leads from where the last one ended."""
        state: dict[str, str] = {}
        happenings: Any = self.county.workspace.read(lambda journal: journal.happenings(), ())
        for one in happenings:
            before = one.before.value if one.before else "(none)"
            assert (before, one.event.value, one.after.value) in STEPS
            assert before == state.get(one.key, "(none)")
            state[one.key] = one.after.value
        lives = self.county.workspace.read(lambda journal: journal.lives(), {})
        assert {key: life.state.value for key, life in lives.items()} == state
        assert all(life.state in Status for life in lives.values())

    @invariant()
    def the_trail_holds(self) -> None:
        """Every check is entered, and the chain is whole."""
        entries = self.county.workspace.read(lambda journal: journal.audit(), ())
        assert broken_at(workspace_key(self.folder / "workspace.sqlite"), entries) is None


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_every_finding_stands_as_the_page_has_it(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checks, claims, waivers, days that pass, and sources, rules and households that are missing, in any order."""
    examples, steps = (25, 15) if kind == "sqlite" else (5, 10)
    variable = None
    if kind != "sqlite":
        server: Server = request.getfixturevalue(f"{kind}_server")
        monkeypatch.setenv(VARIABLE, server.fresh().url)
        variable = VARIABLE
    workspace = Workspace(tmp_path / "w.sqlite", county_code="632525", url_env=variable)
    run_state_machine_as_test(
        lambda: Findings(workspace),  # type: ignore[arg-type]  # any callable that gives one is taken
        settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None),
    )


def _newer(at: Findings, found: set[str], version: str) -> None:
    at.found, at.county.data["verifications"] = found, version
    at.check()


def _shown(version: str) -> Callable[[Findings], None]:
    return lambda at: _newer(at, {"1"}, version)


def _gone(at: Findings) -> None:
    _newer(at, set(), "gone")


def _claimed(at: Findings) -> None:
    at.answer({"1"}, Answer.RECTIFIED)


def _waive(at: Findings) -> None:
    at.waive("1", 0)


WAYS: dict[str, Sequence[Callable[[Findings], None]]] = {
    NONE: (),
    "new": (_shown("a"),),
    "open": (_shown("a"), _shown("b")),
    "claimed": (_shown("a"), _claimed),
    "reopened": (_shown("a"), _gone, _shown("b")),
    "closed": (_shown("a"), _gone),
    "waived": (_waive, _shown("a")),
}
"""How a finding comes to each state."""


def _see(at: Findings, sight: Sight) -> None:
    """Do what lets a check see a finding so; a waiver that is not meant has ended by then."""
    at.time_passes(1)
    if sight is Sight.WAIVED:
        at.waive("1", 0)
    if sight is Sight.UNCHECKED:
        at.source_missing(1)
    elif sight in (Sight.FOUND, Sight.WAIVED):
        data = at.seen.get("1", (dict(at.county.data), ""))[0]
        at.found, at.county.data = {"1"}, dict(data)
        at.check()
    elif sight is Sight.FOUND_NEWER:
        data = at.seen.get("1", (dict(at.county.data), ""))[0]
        at.found, at.county.data = {"1"}, {**data, "roster": "newer"}
        at.check()
    elif sight is Sight.MISSED:
        data = at.seen.get("1", (dict(at.county.data), ""))[0]
        at.found, at.county.data = set(), dict(data)
        at.check()
    else:
        _newer(at, {"1"} if sight is Sight.FOUND_RENEWED else set(), "z")


@pytest.mark.parametrize(("state", "sight"), list(product((NONE, *(one.value for one in Status)), Sight)))
def test_every_field_of_the_table_happens(state: str, sight: Sight) -> None:
    """Each way to a state, and each sight after it, ends as the page has it, in a real workspace."""
    at = Findings()
    try:
        for step in WAYS[state]:
            step(at)
        assert at.model.get("1", NONE) == state
        at.visited.clear()
        _see(at, sight)
        at.every_step_is_on_the_page()
        at.the_trail_holds()
        first_time = {Sight.FOUND_NEWER: Sight.FOUND, Sight.FOUND_RENEWED: Sight.FOUND}
        never_found = {Sight.MISSED: Sight.UNCHECKED, Sight.GONE: Sight.UNCHECKED}
        seen = {**first_time, **never_found}.get(sight, sight) if state == NONE else sight
        assert (state, seen.value) in at.visited
    finally:
        at.teardown()
