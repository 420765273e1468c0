"""Whatever a county does in whatever order, no finding takes a step that the page does not allow."""

import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from housing_guarantee import testing
from housing_guarantee.campaign import Waiver
from housing_guarantee.findings import Status
from housing_guarantee.tracking.audit import broken_at
from housing_guarantee.tracking.journal import Given, Journal
from housing_guarantee.tracking.lives import Answer, Event
from housing_guarantee.tracking.replies import Reply, take
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.workspace import workspace_key

from .conftest import County, finding, key_of
from .test_lives import table

HOUSEHOLDS = ("1", "2")
SUBSETS = st.sets(st.sampled_from(HOUSEHOLDS))


def allowed() -> set[tuple[str, str | None, str]]:
    """Read every step of the page: state before, what happened, state after."""
    steps = set()
    for title in ("after a check", "after an answer"):
        for (before, _), field in table(title).items():
            after, _, event = field.rstrip(")").partition(" (")
            steps.add((before, event or None, after))
    return steps | {("closed", Event.DANGER_RETURNED.value, "reopened")}


STEPS = allowed()


class Findings(RuleBasedStateMachine):
    """Checks, answers, waivers, broken sources and repetitions, against a real file."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        workspace = Workspace(self.folder / "w.sqlite", county_code="632525")
        self.county = County(workspace, evolve(testing.campaign(), path=self.folder / "campaign.toml"))
        self.found: set[str] = set()
        self.files = 0

    def teardown(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)

    def _check(self) -> None:
        before = self.county.states()
        self.county.check(*(finding(number) for number in sorted(self.found)))
        after = self.county.states()
        for number in HOUSEHOLDS:
            if after.get(number) == "closed" != before.get(number):
                assert number not in self.found
                assert self.county.broken == set()
            if number in self.found:
                assert after[number] != "closed"
            elif self.county.broken and number in before:
                assert after[number] == before[number]

    @rule(found=SUBSETS, version=st.integers(0, 3))
    def newer_data(self, found: set[str], version: int) -> None:
        """Check what somebody changed, or put back."""
        self.found = found
        self.county.data["verifications"] = f"{version}{sorted(found)}"
        self._check()

    @rule()
    def same_data(self) -> None:
        """Check the same again: nothing changes."""
        self._check()
        before = self.county.workspace.read(lambda journal: (journal.lives(), journal.runs()), None)
        self._check()
        assert self.county.workspace.read(lambda journal: (journal.lives(), journal.runs()), None) == before

    @rule(version=st.integers(0, 3))
    def source_missing(self, version: int) -> None:
        """Check with a source that cannot be read; nothing that rests on it is found or closed."""
        self.county.broken, self.found = {"verifications"}, set()
        self.county.data["verifications"] = f"broken{version}"
        self._check()
        self.county.broken = set()

    @rule(numbers=SUBSETS, answer=st.sampled_from([one for one in Answer if "household" not in one.value]))
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


TestFindings = Findings.TestCase
TestFindings.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
