"""The transitions of a finding: the tables of the documentation, and what must hold whatever happens."""

from itertools import product
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.data import read_toml
from housing_guarantee.findings import Severity, Status
from housing_guarantee.models import Place
from housing_guarantee.tracking.lives import Answer, Event, Life, Sight, after_answer, after_check
from housing_guarantee.tracking.replies import Why
from housing_guarantee.waivers import Standing

PAGE = (Path(__file__).parents[2] / "docs/tracking.md").read_text(encoding="utf-8")
LIFE = Life(
    "a.b/1/", "a.b", Severity.ERROR, "1", Place("茫曲镇", "塔哇村", "632525100201"), Status.OPEN, Event.FOUND, 1, 1, 1
)
FOUND = (Sight.FOUND, Sight.FOUND_NEWER, Sight.FOUND_RENEWED)


def table(title: str) -> dict[tuple[str, str], str]:
    """Read a table of the page: (row, column) → field."""
    lines = PAGE.split(f"<!-- {title} -->\n")[1].split("\n\n")[0].splitlines()
    rows = [[field.strip() for field in line.strip("|").split("|")] for line in lines]
    return {(row[0], column): field for row in rows[2:] for column, field in zip(rows[0][1:], row[1:], strict=True)}


def shown(state: Status | None, event: Event | None) -> str:
    """Write a step as the page does."""
    name = state.value if state else "(none)"
    return f"{name} ({event.value})" if event else name


def test_the_page_is_what_a_check_does() -> None:
    """Every state and every sight stands in the table, as the code has it."""
    steps = {
        (state.value if state else "(none)", sight.value): shown(*after_check(state, sight))
        for state, sight in product((None, *Status), Sight)
    }
    assert table("after a check") == steps


def test_the_page_is_what_an_answer_does() -> None:
    """Every state and every answer stands in the table, as the code has it."""
    steps = {
        (state.value, answer.value): shown(*after_answer(state, answer)) for state, answer in product(Status, Answer)
    }
    assert table("after an answer") == steps


def test_the_page_names_every_state() -> None:
    """The first table has a row for each."""
    rows = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `") and line.count("|") == 4]
    assert rows[: len(Status)] == ["new", "open", "claimed", "reopened", "closed", "waived"]
    assert set(rows[: len(Status)]) == {state.value for state in Status}


def test_every_word_is_on_the_page_and_in_both_languages() -> None:
    """What can become of a row, a waiver or a finding is told by the page and by the program's own words."""
    words = read_toml("tracking.toml")
    for kinds, table_of in ((Event, "events"), (Why, "replies"), (Standing, "waivers")):
        assert [kind.value for kind in kinds if f"{kind.value}" not in PAGE] == []
        assert {name: set(said) for name, said in words[table_of].items()} == {
            kind.value: {"zh", "en"} for kind in kinds
        }


@pytest.mark.parametrize(("state", "sight"), list(product((None, *Status), Sight)))
def test_only_newer_data_closes(state: Status | None, sight: Sight) -> None:
    """A finding becomes closed by one sight alone."""
    after, event = after_check(state, sight)
    if after is Status.CLOSED and state is not Status.CLOSED:
        assert (sight, event) == (Sight.GONE, Event.CLOSED)


@pytest.mark.parametrize(("state", "answer"), list(product(Status, Answer)))
def test_no_answer_closes(state: Status, answer: Answer) -> None:
    """Whatever a person says, nothing becomes closed or waived by it."""
    after, _ = after_answer(state, answer)
    assert after is state or after in (Status.CLAIMED, Status.OPEN)


@pytest.mark.parametrize("state", [None, *Status])
def test_what_could_not_be_checked_keeps_its_state(state: Status | None) -> None:
    """Nothing follows from not having looked."""
    assert after_check(state, Sight.UNCHECKED) == (state, None)


@given(st.lists(st.sampled_from(list(Sight))))
def test_what_was_found_last_is_never_closed(sights: list[Sight]) -> None:
    """Whatever came before, a finding that the last run shows is among the unresolved or the waived."""
    state: Status | None = None
    for sight in sights:
        state, _ = after_check(state, sight)
        if sight in FOUND:
            assert state in (Status.NEW, Status.OPEN, Status.CLAIMED, Status.REOPENED)
        if sight is Sight.WAIVED:
            assert state is Status.WAIVED


@given(st.lists(st.sampled_from(list(Sight))))
def test_an_event_is_told_when_the_state_changes(sights: list[Sight]) -> None:
    """No state changes in silence."""
    state: Status | None = None
    for sight in sights:
        after, event = after_check(state, sight)
        assert event is not None or after is state
        state = after


def test_the_danger_s_coming_back_has_its_own_name() -> None:
    """返危 is told apart from any other problem that came back."""
    assert after_check(Status.CLOSED, Sight.FOUND, danger=True) == (Status.REOPENED, Event.DANGER_RETURNED)
    assert after_check(None, Sight.FOUND, danger=True) == (Status.NEW, Event.FOUND)


def test_a_claim_that_newer_data_refutes_is_still_there() -> None:
    """It stays a claim, and says that it was refuted; another claim waits for a check again."""
    claimed, event = LIFE.answered(Answer.RECTIFIED, "2020-06-20", 3)
    assert (claimed.state, claimed.answered_on, claimed.run, event) == (
        Status.CLAIMED,
        "2020-06-20",
        3,
        Event.CLAIMED,
    )
    assert not claimed.is_still_there
    state, event = after_check(claimed.state, Sight.FOUND_RENEWED)
    assert state is Status.CLAIMED
    assert event is Event.STILL_THERE
    refuted = evolve(claimed, state=state, event=event)
    assert refuted.is_still_there
    again, _ = refuted.answered(Answer.RECTIFIED, "2020-06-25", 4)
    assert not again.is_still_there


def test_an_answer_without_consequence_is_kept() -> None:
    """A dispute changes no state, and stands beside the finding."""
    disputed, event = LIFE.answered(Answer.DISPUTED, None, 3)
    assert (disputed, event) == (evolve(LIFE, answer=Answer.DISPUTED), None)
