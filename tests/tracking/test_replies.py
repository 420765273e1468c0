"""What is taken of lists that came back, and what is not."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.findings import Status
from housing_guarantee.linkage.match import Link
from housing_guarantee.tracking.journal import Given
from housing_guarantee.tracking.lives import MATCH, Answer, Event, Life
from housing_guarantee.tracking.replies import Reply, Taken, Why, take

from .test_lives import LIFE

LIVES = {life.key: life for life in (evolve(LIFE, key=f"a.b/{number}/", household_id=number) for number in "123")}
CANDIDATE = evolve(LIFE, key="m/1/7", code=MATCH, source="ledger.xls", sheet="台账", row=9, file_no="7")
RIVAL = evolve(CANDIDATE, key="m/2/7", household_id="2")
MATCHES = {life.key: life for life in (CANDIDATE, RIVAL)}


def reply(number: str = "1", answer: Answer | None = Answer.RECTIFIED, **fields: Any) -> Reply:
    """Answer a household's finding."""
    key, digest = fields.pop("key", f"a.b/{number}/"), fields.pop("digest", "f1")
    note = fields.pop("note", "")
    filled = Given(key, digest, answer, note=note) if answer else None
    plain = {"file": "甲.xlsx", "sheet": "塔哇村", "row": 4, "key": key, "given": filled}
    return Reply(**{**plain, "digest": digest, **fields})


def taken(*replies: Reply, lives: Any = LIVES, earlier: Any = (), links: Any = ()) -> Taken:
    """Take replies."""
    return take(replies, lives, earlier, links, 5)


def whys(result: Taken) -> list[str]:
    """Give what became of each, in the order of places."""
    return [decision.why.value for decision in result.decisions]


def test_a_claim_is_taken() -> None:
    """The finding is claimed, and the answer kept."""
    result = taken(reply())
    (change,) = result.changes
    assert (whys(result), change.before, change.event) == (["claimed"], Status.OPEN, Event.CLAIMED)
    assert (change.life.state, change.life.answer, change.life.run) == (Status.CLAIMED, Answer.RECTIFIED, 5)
    assert result.answers == (Given("a.b/1/", "f1", Answer.RECTIFIED),)


def test_a_later_answer_takes_a_claim_back_and_says_what_it_replaces() -> None:
    """未整改 after 已整改 makes it open again."""
    lives = {"a.b/1/": evolve(LIFE, state=Status.CLAIMED)}
    result = taken(reply(answer=Answer.OPEN), lives=lives, earlier=[Given("a.b/1/", "f0", Answer.RECTIFIED)])
    (decision,) = result.decisions
    assert (decision.why, decision.before) == (Why.WITHDRAWN, Answer.RECTIFIED)
    assert result.changes[0].life.state is Status.OPEN


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (reply(answer=None), "blank"),
        (reply(answer=Answer.DISPUTED), "noted"),
        (reply(key="x"), "unknown token"),
        (reply(household_id="2"), "token of another row"),
        (reply(code="a.c"), "token of another row"),
        (reply(household_id="2", answer=None), "token of another row"),
        (reply(household_id="1", code="a.b"), "claimed"),
        (reply(answer=Answer.SAME_HOUSEHOLD), "not asked"),
        (reply(problem=Why.BAD_DATE), "bad date"),
    ],
)
def test_every_row_gets_an_outcome(one: Reply, why: str) -> None:
    """Each kind of row has its own."""
    assert whys(taken(one)) == [why]


@pytest.mark.parametrize(("state", "why"), [(Status.CLOSED, "closed"), (Status.WAIVED, "waived")])
def test_what_is_settled_is_not_claimed(state: Status, why: str) -> None:
    """A stale row changes nothing."""
    result = taken(reply(), lives={"a.b/1/": evolve(LIFE, state=state)})
    assert (whys(result), result.changes, result.answers) == ([why], (), ())


def test_the_same_file_twice_changes_nothing() -> None:
    """Also when another file has changed the answer since."""
    earlier = [Given("a.b/1/", "f1", Answer.RECTIFIED), Given("a.b/1/", "f2", Answer.OPEN)]
    result = taken(reply(), earlier=earlier)
    assert (whys(result), result.changes) == (["unchanged"], ())


def test_the_same_answer_in_a_file_saved_again_changes_nothing() -> None:
    """Another digest with the same words is no other claim, but other words are."""
    earlier = [Given("a.b/1/", "f0", Answer.RECTIFIED)]
    lives = {"a.b/1/": evolve(LIFE, state=Status.CLAIMED, event=Event.CLAIMED)}
    assert whys(taken(reply(), lives=lives, earlier=earlier)) == ["unchanged"]
    assert whys(taken(reply(note="又修了一次"), lives=lives, earlier=earlier)) == ["claimed"]
    disputed = [Given("a.b/1/", "f0", Answer.DISPUTED)]
    assert whys(taken(reply(answer=Answer.DISPUTED), earlier=disputed)) == ["unchanged"]


@pytest.mark.parametrize(
    "changes",
    [{"state": Status.REOPENED, "event": Event.RETURNED}, {"state": Status.CLAIMED, "event": Event.STILL_THERE}],
)
def test_a_claim_in_the_same_words_counts_again_when_a_check_has_refuted_the_first(changes: Any) -> None:
    """What came back, or was still there, can be claimed anew without being said in other words."""
    earlier = [Given("a.b/1/", "f0", Answer.RECTIFIED)]
    result = taken(reply(), lives={"a.b/1/": evolve(LIFE, **changes)}, earlier=earlier)
    assert (whys(result), result.changes[0].life.is_still_there) == (["claimed"], False)


def test_two_rows_that_say_the_same_are_one() -> None:
    """A copied row, or the county's list beside the township's: the first is taken, the other is told."""
    result = taken(reply(row=9), reply(row=4), reply(file="乙.xlsx", digest="f2"))
    assert whys(result) == ["claimed", "repeated", "repeated"]
    assert len(result.changes) == 1


def test_two_rows_that_differ_are_a_conflict() -> None:
    """Neither village is believed, and each is named beside the other."""
    one, other = reply(), reply(answer=Answer.OPEN, file="乙.xlsx", digest="f2")
    result = taken(one, other, reply("2", row=5))
    assert [(d.reply.file, d.why.value, d.others) for d in result.decisions] == [
        ("乙.xlsx", "conflict", (one.place,)),
        ("甲.xlsx", "conflict", (other.place,)),
        ("甲.xlsx", "claimed", ()),
    ]
    assert [change.life.key for change in result.changes] == ["a.b/2/"]


def test_a_blank_row_is_no_conflict() -> None:
    """The county's own list, not filled in, contradicts nobody."""
    assert sorted(whys(taken(reply(), reply(answer=None, file="all.xlsx")))) == ["blank", "claimed"]


REPLIES = st.lists(
    st.builds(
        lambda number, answer, file, row: reply(number, answer, file=file, digest=file, row=row),
        st.sampled_from("1234"),
        st.sampled_from([None, Answer.RECTIFIED, Answer.OPEN]),
        st.sampled_from(["甲.xlsx", "乙.xlsx"]),
        st.integers(4, 9),
    ),
    max_size=8,
)


@given(REPLIES, st.randoms())
def test_the_order_of_files_and_rows_does_not_matter(replies: list[Reply], random: Any) -> None:
    """However they are given, the same is taken."""
    unique = list({one.place: one for one in replies}.values())
    mixed = list(unique)
    random.shuffle(mixed)
    assert taken(*mixed) == taken(*unique)


@given(REPLIES)
def test_every_row_is_accounted_for_and_nothing_is_taken_twice(replies: list[Reply]) -> None:
    """As many outcomes as rows; taken again, nothing changes."""
    first = taken(*replies)
    assert len(first.decisions) == len(replies)
    after: dict[str, Life] = {**LIVES, **{change.life.key: change.life for change in first.changes}}
    again = taken(*replies, lives=after, earlier=first.answers)
    assert (again.changes, again.answers) == ((), ())


# ------------------------------------------------------------------------------------------------ ledger rows


def test_a_confirmation_settles_a_ledger_row() -> None:
    """By its file number; the finding is claimed until the next check sees it gone."""
    result = taken(reply(key="m/1/7", answer=Answer.SAME_HOUSEHOLD), lives=MATCHES)
    assert result.settled == ((Link("ledger.xls", "1", file_no="7"), "f1"),)
    assert (whys(result), result.changes[0].life.state) == (["claimed"], Status.CLAIMED)


def test_a_row_without_a_file_number_is_settled_by_its_place() -> None:
    """Sheet and row name it."""
    lives = {"m/1/7": evolve(CANDIDATE, file_no=None)}
    result = taken(reply(key="m/1/7", answer=Answer.SAME_HOUSEHOLD), lives=lives)
    assert result.settled == ((Link("ledger.xls", "1", sheet="台账", row=9), "f1"),)


def test_a_ledger_row_is_never_settled_for_two_households() -> None:
    """Two confirmations in these files, or one against an earlier one, are refused by name."""
    both = [reply(key=key, answer=Answer.SAME_HOUSEHOLD, row=row) for row, key in enumerate(MATCHES)]
    result = taken(*both, lives=MATCHES)
    assert (whys(result), result.settled) == (["settled otherwise"] * 2, ())
    settled = [Link("ledger.xls", "2", file_no="7")]
    assert whys(taken(both[0], lives=MATCHES, links=settled)) == ["settled otherwise"]
    assert whys(taken(both[1], lives=MATCHES, links=settled)) == ["claimed"]


def test_a_confirmation_can_be_taken_back() -> None:
    """不是本户 drops what was settled for this household, and only that; any other answer does too."""
    denial = reply(key="m/1/7", answer=Answer.OTHER_HOUSEHOLD)
    mine, theirs = Link("ledger.xls", "1", file_no="7"), Link("ledger.xls", "2", file_no="7")
    assert taken(denial, lives=MATCHES, links=[mine]).unsettled == (mine,)
    assert taken(denial, lives=MATCHES, links=[theirs]).unsettled == ()
    assert taken(reply(key="m/1/7", answer=Answer.OPEN), lives=MATCHES, links=[mine]).unsettled == (mine,)


def test_a_denial_is_kept_for_its_household_alone() -> None:
    """不是本户 says nothing of whose row it is, so the rival may still confirm it, in the same list or later."""
    denial = Link("ledger.xls", "1", file_no="7", denied=True)
    both = [reply(key="m/1/7", answer=Answer.OTHER_HOUSEHOLD), reply(key="m/2/7", answer=Answer.SAME_HOUSEHOLD, row=5)]
    result = taken(*both, lives=MATCHES)
    assert (whys(result), result.settled) == (
        ["noted", "claimed"],
        ((denial, "f1"), (Link("ledger.xls", "2", file_no="7"), "f1")),
    )
    assert whys(taken(both[1], lives=MATCHES, links=[denial])) == ["claimed"]


@pytest.mark.parametrize("answer", [Answer.SAME_HOUSEHOLD, Answer.OPEN])
def test_a_denial_can_be_taken_back(answer: Answer) -> None:
    """By any other answer to the same question."""
    denial = Link("ledger.xls", "1", file_no="7", denied=True)
    assert taken(reply(key="m/1/7", answer=answer), lives=MATCHES, links=[denial]).unsettled == (denial,)
