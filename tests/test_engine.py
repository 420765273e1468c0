"""How rules are asked, what becomes of their answers, and what of their faults."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_guarantee.campaign import Campaign, PluginChoice, Waiver
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.definition import Requirement
from housing_guarantee.engine import MAX_FAILURES, Outcome, judge
from housing_guarantee.findings import HouseholdResult, Severity, State, Status, Verdict
from housing_guarantee.models import BadRow, Origin, Place, Table
from housing_guarantee.rule import (
    CONTRADICTED,
    ERROR,
    INFO,
    UNPROVEN,
    WARNING,
    Breach,
    Fix,
    Group,
    Member,
    Proof,
    Rule,
    Topic,
    Unanswered,
    Words,
    rule,
)
from housing_guarantee.testing import HOUSEHOLD_ID, appraisal, campaign, casefile, household, renovated, verification

WORDS = Words("错", "wrong")
FIX = Fix("改", "correct")
PERSONAL = "才让多杰"
REQUIREMENT = Requirement(
    "grade", "M1", "等级", "grade", types=("鉴定安全",), needs="appraisals", excused_by=("t.excuse",)
)


def ruled(function: Callable[..., Any], **marks: Any) -> Rule:
    """Make a rule of topic t, an ERROR without effect on the verdict unless marked otherwise."""
    marked = rule(**{"clause": "X1", "severity": ERROR, "message": WORDS, "fix": FIX, **marks})(function)
    return Topic("t", (marked,)).build()[0]


def houses(*numbers: str, **more: Any) -> Survey:
    """Make a survey of households of these numbers, each with a verification."""
    files = [casefile({"household_id": n}, {"household_id": n}, **more) for n in numbers or (HOUSEHOLD_ID,)]
    return surveyed(files)


def surveyed(files: Sequence[CaseFile]) -> Survey:
    """Make a survey of case files that were given the same."""
    return Survey(tuple(files), files[0].given)


def required(*requirements: Requirement, **changes: Any) -> Campaign:
    """Give a campaign whose verdicts rest on these requirements alone."""
    plain = campaign(**changes)
    return evolve(plain, definition=evolve(plain.definition, requirements=requirements))


def judged(survey: Survey, *rules: Rule, made: Campaign | None = None, **more: Any) -> Outcome:
    """Ask rules of a survey, in a campaign that requires nothing."""
    return judge(survey, rules, made or required(), more.pop("settings", {}), **more)


def verdicts(outcome: Outcome) -> dict[str, Verdict]:
    """Give the verdicts by household."""
    return {result.household_id: result.verdict for result in outcome.households}


def breaching(casefile: CaseFile) -> Breach:
    """Find fault with everybody."""
    return Breach(casefile.record.at("grade"), {"grade": casefile.record.grade})


def crashing(casefile: CaseFile) -> None:
    """Fail over a person's data."""
    raise ValueError(f"{PERSONAL} of {casefile.household_id}")


# ------------------------------------------------------------------------------------------------ answers


def test_a_breach_becomes_a_finding() -> None:
    """A finding has the rule's code, gravity and clause, the household's name and place, and the breach's cells."""
    outcome = judged(houses(), ruled(breaching, effect=CONTRADICTED))
    (finding,) = outcome.findings
    assert (finding.key, finding.code, finding.clause) == (f"t.breaching/{HOUSEHOLD_ID}/", "t.breaching", "X1")
    assert (finding.severity, finding.effect, finding.status) == (ERROR, CONTRADICTED, Status.NEW)
    assert (finding.household_id, finding.name) == (HOUSEHOLD_ID, PERSONAL)
    assert (finding.place.village, finding.values) == ("加土乎村", {"grade": "A"})
    assert [cell.field for cell in finding.cells] == ["grade"]
    assert verdicts(outcome) == {HOUSEHOLD_ID: Verdict.CONTRADICTED}


def test_a_breach_may_carry_another_gravity() -> None:
    """Severity and effect of the breach go before the rule's, also an effect of none."""

    def milder(casefile: CaseFile) -> list[Breach]:
        return [
            Breach((), severity=WARNING, effect=UNPROVEN, slot="a"),
            Breach((), severity=INFO, effect=None, slot="b"),
            Breach((), slot="c"),
        ]

    findings = judged(houses(), ruled(milder, effect=CONTRADICTED)).findings
    assert [(f.severity, f.effect) for f in findings] == [
        (WARNING, UNPROVEN),
        (Severity.INFO, None),
        (ERROR, CONTRADICTED),
    ]


def test_a_breach_under_the_other_clause_stands_against_that_ones_requirement() -> None:
    """It weighs on the verdict as ever, and leaves the rule's own requirement alone."""

    def elsewhere(casefile: CaseFile) -> list[Breach | Proof]:
        return [Proof(()), Breach((), clause="R3", effect=UNPROVEN)]

    own, other = (
        Requirement("photo", "V3", "照片", "photo"),
        Requirement("provincial", "R3", "省", "there", advice=True),
    )
    made = required(own, other)
    outcome = judged(houses(), ruled(elsewhere, clause="V3", also_clause="R3", requirement="photo"), made=made)
    (finding,), (household,) = outcome.findings, outcome.households
    assert (finding.clause, finding.requirement) == ("R3", "provincial")
    assert [(link.state, link.codes) for link in household.requirements] == [
        (State.MET, ()),
        (State.UNMET, ("t.elsewhere",)),
    ]
    assert household.verdict is Verdict.UNPROVEN


def test_a_breach_under_a_clause_that_is_not_the_rules_is_the_rules_fault() -> None:
    """A clause that the rule does not declare would stand in no list of what is asked."""

    def astray(casefile: CaseFile) -> Breach:
        return Breach((), clause="R3")

    outcome = judged(houses(), ruled(astray, clause="V3"))
    assert (outcome.findings, outcome.rules[0].failures) == ((), 1)


@pytest.mark.parametrize("answer", [None, (), [], iter(())])
def test_no_answer_is_no_finding(answer: Any) -> None:
    """None, and a list of nothing, say that there is nothing to say."""

    def silent(casefile: CaseFile) -> Any:
        return answer

    outcome = judged(houses(), ruled(silent, effect=CONTRADICTED))
    assert (outcome.findings, verdicts(outcome)) == ((), {HOUSEHOLD_ID: Verdict.PROVED})


def test_a_rule_gets_what_it_names() -> None:
    """Settings of its own topic, and the campaign, by the names of its arguments."""
    seen = []

    def asking(casefile: CaseFile, campaign: Campaign, settings: Any) -> None:
        seen.append((campaign.policy_year, settings))

    judged(houses(), ruled(asking), settings={"t": 7, "u": 8})
    assert seen == [(2016, 7)]


def test_a_rule_is_asked_of_those_whom_it_concerns() -> None:
    """A type's rule of that type alone, and a rule about records of those who have one."""
    unrecorded = casefile(records=(), household={"household_id": "3"})
    files = [casefile({}), casefile(renovated(household_id="2"), {"household_id": "2"}), unrecorded]

    def every(casefile: CaseFile) -> Breach:
        return Breach(casefile.household.rows[0].at("household_id"))

    def typed(casefile: CaseFile) -> Breach:
        return Breach(casefile.record.at("grade"))

    asked = [
        ruled(every, recorded=False),
        ruled(breaching),
        ruled(typed, guarantee="改造安全"),
    ]
    found = [(f.code, f.household_id) for f in judged(surveyed(files), *asked).findings]
    assert sorted(found) == [
        ("t.breaching", HOUSEHOLD_ID),
        ("t.breaching", "2"),
        ("t.every", HOUSEHOLD_ID),
        ("t.every", "2"),
        ("t.every", "3"),
        ("t.typed", "2"),
    ]


def test_a_rule_without_its_source_is_not_applicable() -> None:
    """What was never given cannot be judged, and the account says which."""
    outcome = judged(houses(), ruled(breaching, needs=("provincial",)))
    assert (outcome.findings, outcome.rules[0].not_applicable, outcome.rules[0].asked) == ((), "provincial", 0)


def test_progress_is_told_household_by_household() -> None:
    """Whoever waits hears how many case files are done."""
    told: list[int] = []
    judged(houses("1", "2", "3"), ruled(breaching), tick=told.append)
    assert told == [1, 2, 3]


# ------------------------------------------------------------------------------------------------ faults of rules


def lazily_crashing(casefile: CaseFile) -> Iterator[Breach]:
    """Fail after the first answer."""
    yield Breach(casefile.record.at("grade"))
    raise ValueError(PERSONAL)


def answering_true(casefile: CaseFile) -> Any:
    """Answer what no rule answers."""
    return True


def answering_text(casefile: CaseFile) -> Any:
    """Answer what no rule answers, letter by letter."""
    return "wrong"


@pytest.mark.parametrize("function", [crashing, lazily_crashing, answering_true, answering_text])
def test_a_crashing_rule_leaves_its_households_unchecked(function: Callable[..., Any]) -> None:
    """The run goes on, the households could not be checked, and the fault is named without a person's data."""
    outcome = judged(houses("1", "2"), ruled(function), ruled(breaching))
    assert set(verdicts(outcome).values()) == {Verdict.COULD_NOT_CHECK}
    assert {finding.code for finding in outcome.findings} == {"t.breaching"}
    crashed, fine = outcome.rules
    assert (crashed.failures, crashed.tripped, fine.failures, fine.error) == (2, False, 0, None)
    assert all(crashed.rule.code in result.unjudged for result in outcome.households)
    assert PERSONAL not in repr((crashed.error, [result.unjudged for result in outcome.households]))


def test_a_fault_is_named_by_class_and_place() -> None:
    """The class and the line tell a programmer where to look; the message may hold a person's data."""
    (account,) = judged(houses(), ruled(crashing)).rules
    assert account.error == f"ValueError in crashing:{crashing.__code__.co_firstlineno + 2}"


def test_only_the_households_that_a_rule_crashed_over_are_unchecked() -> None:
    """One household's odd data costs nobody else the verdict."""

    def touchy(casefile: CaseFile) -> None:
        if casefile.household_id == "2":
            raise KeyError

    outcome = judged(houses("1", "2", "3"), ruled(touchy))
    assert verdicts(outcome) == {"1": Verdict.PROVED, "2": Verdict.COULD_NOT_CHECK, "3": Verdict.PROVED}


def test_a_rule_that_always_fails_is_no_longer_asked() -> None:
    """After fifty failures the rest is not asked, and is not fine either."""
    asked = []

    def failing(casefile: CaseFile) -> None:
        asked.append(casefile.household_id)
        raise ValueError

    outcome = judged(houses(*(f"{n:03}" for n in range(MAX_FAILURES + 10))), ruled(failing))
    assert len(asked) == MAX_FAILURES == 50
    assert outcome.rules[0].tripped
    assert set(verdicts(outcome).values()) == {Verdict.COULD_NOT_CHECK}


def exiting(casefile: CaseFile) -> None:
    """End the program, with success."""
    raise SystemExit(0)


def test_a_rule_that_exits_does_not_end_the_run() -> None:
    """It is a crash like any other; only a person's Ctrl-C ends a run."""
    outcome = judged(houses("1"), ruled(exiting))
    assert verdicts(outcome) == {"1": Verdict.COULD_NOT_CHECK}
    assert (outcome.rules[0].error or "").startswith("SystemExit in exiting:")

    def interrupted(casefile: CaseFile) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judged(houses("1"), ruled(interrupted))


def test_a_plugins_rule_that_loops_is_ended_and_not_asked_again() -> None:
    """It may swallow every exception it knows of, and it is named; built-in rules are not timed."""
    asked = []

    def looping(casefile: CaseFile) -> None:
        asked.append(casefile.household_id)
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: S112 - this is what such a plugin does
                continue

    rule = evolve(ruled(looping), owner="slow-plugin")
    hasty = evolve(required(), plugins=PluginChoice(seconds=0.05))
    outcome = judged(houses("1", "2"), rule, ruled(breaching), made=hasty)
    assert (asked, outcome.rules[0].tripped) == (["1"], True)
    assert (outcome.rules[0].error or "").startswith("Overdue in ")
    assert set(verdicts(outcome).values()) == {Verdict.COULD_NOT_CHECK}
    assert [finding.code for finding in outcome.findings] == ["t.breaching", "t.breaching"]


@pytest.mark.parametrize(("effect", "verdict"), [(None, Verdict.PROVED), (CONTRADICTED, Verdict.COULD_NOT_CHECK)])
def test_a_question_that_a_blank_leaves_open_is_not_fine(effect: Any, verdict: Verdict) -> None:
    """Where the answer would have counted for the verdict, the household could not be checked."""

    def open_question(casefile: CaseFile) -> Unanswered:
        return Unanswered(casefile.record.at("grade"))

    outcome = judged(houses("1"), ruled(open_question, effect=effect))
    assert verdicts(outcome) == {"1": verdict}
    assert outcome.households[0].unjudged == {"t.open-question": "a cell it needs is blank"}


def test_rules_are_timed_only_where_that_is_asked_for() -> None:
    """How often each was called, and how long it took altogether."""
    (plain,) = judged(houses("1", "2"), ruled(breaching)).rules
    (timed,) = judged(houses("1", "2"), ruled(breaching), profile=True).rules
    assert (plain.calls, plain.seconds) == (0, 0.0)
    assert timed.calls == 2
    assert timed.seconds > 0


def test_a_contradiction_stands_beside_a_crash() -> None:
    """A crash hides no finding that another rule made."""
    outcome = judged(houses(), ruled(crashing), ruled(breaching, effect=CONTRADICTED))
    assert verdicts(outcome) == {HOUSEHOLD_ID: Verdict.CONTRADICTED}


def test_a_survey_rule_that_crashes_has_cleared_nobody() -> None:
    """What was asked of all is unjudged for all."""

    def all_of_it(survey: Survey) -> Iterator[Breach]:
        yield Breach((), household_id="1")
        raise ValueError

    outcome = judged(houses("1", "2"), ruled(all_of_it))
    assert (outcome.findings, set(verdicts(outcome).values())) == ((), {Verdict.COULD_NOT_CHECK})


# ------------------------------------------------------------------------------------------------ groups


def by_grade(casefile: CaseFile) -> Iterable[tuple[Any, Any]]:
    """Group by grade."""
    return [(casefile.record.grade, casefile.record.at("grade"))]


def shared(group: Group) -> Breach:
    """Find fault with each group."""
    return Breach((), {"size": len(group.members)})


def test_a_group_gives_each_of_its_households_a_finding() -> None:
    """Each finding has its own key and cells, and names the others; one alone is no group."""
    files = [
        casefile({"household_id": n, "grade": grade, "row": int(n)}, {"household_id": n})
        for n, grade in (("4", "A"), ("2", "A"), ("3", "B"), ("1", "A"))
    ]
    outcome = judged(surveyed(files), ruled(shared, key=by_grade), secret=lambda: b"k")
    assert {f.household_id: f.values for f in outcome.findings} == {
        "1": {"size": 3, "others": ("2", "4")},
        "2": {"size": 3, "others": ("1", "4")},
        "4": {"size": 3, "others": ("1", "2")},
    }
    assert [f.cells[0].row for f in outcome.findings] == [1, 2, 4]
    assert len({f.key for f in outcome.findings}) == 3
    assert outcome.rules[0].asked == 1


def test_a_group_rule_may_name_its_households_itself() -> None:
    """Several breaches, each of a household of the group, with cells of their own."""

    def each(group: Group) -> list[Breach]:
        own = [m.casefile for m in group.members if m.casefile.household_id != "2"]
        return [Breach(file.record.at("is_safe"), household_id=file.household_id) for file in own]

    findings = judged(houses("1", "2", "3"), ruled(each, key=by_grade)).findings
    assert [(f.household_id, f.cells[0].field, f.values["others"]) for f in findings] == [
        ("1", "is_safe", ("3",)),
        ("3", "is_safe", ("1",)),
    ]


def naming_a_stranger(group: Group) -> Breach:
    """Accuse a household that is not of the group."""
    return Breach((), household_id="9")


def proving(group: Group) -> Any:
    """Answer what only a rule of one household may."""
    return Proof(())


def unhashable(casefile: CaseFile) -> Any:
    """Give a key that can be none."""
    return [([], ())]


def no_pairs(casefile: CaseFile) -> Any:
    """Give keys without cells."""
    return ["a"]


@pytest.mark.parametrize(
    ("function", "key"),
    [(naming_a_stranger, by_grade), (proving, by_grade), (shared, unhashable), (shared, no_pairs)],
)
def test_a_faulty_group_rule_is_named_and_clears_nobody(function: Any, key: Any) -> None:
    """A fault in the question or in the key is the rule's, and the run goes on."""
    outcome = judged(houses("1", "2"), ruled(function, key=key))
    assert outcome.findings == ()
    assert outcome.rules[0].failures > 0
    assert set(verdicts(outcome).values()) == {Verdict.COULD_NOT_CHECK}


def test_what_ties_a_group_enters_the_key_only_as_a_keyed_hash() -> None:
    """A person's number ties households, and cannot be read back from a key; another workspace's key differs."""

    def keyed(casefile: CaseFile) -> Iterable[tuple[Any, Any]]:
        return [("632525196501010012", ())]

    survey, one = houses("1", "2"), ruled(shared, key=keyed)
    keys = [judged(survey, one, secret=partial(bytes, secret)).findings[0].key for secret in (b"a", b"a", b"b")]
    assert keys[0] == keys[1] != keys[2]
    assert "632525196501010012" not in keys[0]
    assert keys[0].startswith("t.shared/1/#")


# ------------------------------------------------------------------------------------------------ surveys and keys


def test_a_survey_rule_may_concern_anybody_or_nobody() -> None:
    """A household of the roster, one that is not on it, or a place."""
    place = Place("茫曲镇", "塔哇村", "632525100210")

    def about(survey: Survey) -> list[Breach]:
        return [
            Breach((), household_id=HOUSEHOLD_ID),
            Breach((), household_id="9", place=place),
            Breach((), place=place, slot="x"),
        ]

    outcome = judged(houses(), ruled(about, effect=CONTRADICTED))
    assert [(f.key, f.name, f.place.village) for f in outcome.findings] == [
        (f"t.about/{HOUSEHOLD_ID}/", PERSONAL, "加土乎村"),
        ("t.about/9/", None, "塔哇村"),
        ("t.about//x", None, "塔哇村"),
    ]
    assert verdicts(outcome) == {HOUSEHOLD_ID: Verdict.CONTRADICTED}


def test_keys_are_unique_and_free_of_row_numbers() -> None:
    """A row that moves keeps its finding's key, and two breaches without a slot are numbered."""

    def twice(casefile: CaseFile) -> list[Breach]:
        return [Breach(casefile.record.at("grade")), Breach(casefile.record.at("is_safe"))]

    def keys(row: int) -> list[str]:
        return [f.key for f in judged(surveyed([casefile({"row": row})]), ruled(twice)).findings]

    assert keys(3) == keys(777) == [f"t.twice/{HOUSEHOLD_ID}/", f"t.twice/{HOUSEHOLD_ID}/~2"]


# ------------------------------------------------------------------------------------------------ waivers


def waiver(**changes: Any) -> Waiver:
    """Make a waiver of the usual household's finding, good until the day of the run."""
    plain: dict[str, Any] = {"code": "t.breaching", "reason": "理由", "approved_by": "县住建局"}
    return Waiver(**{**plain, "expires": date(2020, 6, 13), "household_id": HOUSEHOLD_ID, **changes})


@pytest.mark.parametrize(
    ("changes", "waives"),
    [
        ({}, True),
        ({"expires": date(2020, 6, 12)}, False),
        ({"household_id": "2"}, False),
        ({"code": "t.other"}, False),
        ({"household_id": None, "area_code": "632525100"}, True),
        ({"household_id": None, "area_code": "632525101"}, False),
        ({"area_code": "632525100"}, True),
        ({"household_id": "2", "area_code": "632525100"}, False),
    ],
)
def test_a_waiver_takes_its_finding_out_of_the_verdict(changes: dict[str, Any], waives: bool) -> None:
    """Of its rule, household and area, until its last day; the finding stays and says so; an unused one is told."""
    given = waiver(**changes)
    outcome = judged(houses(), ruled(breaching, effect=CONTRADICTED), made=required(waivers=(given,)))
    (result,), (finding,) = outcome.households, outcome.findings
    assert finding.status is (Status.WAIVED if waives else Status.NEW)
    assert result.verdict is (Verdict.PROVED if waives else Verdict.CONTRADICTED)
    assert (result.waived, result.codes) == (waives, ("t.breaching",))
    assert [use.waiver for use in outcome.waivers if not use.keys] == ([] if waives else [given])


# ------------------------------------------------------------------------------------------------ requirements


def proving_grade(casefile: CaseFile) -> Proof:
    """Prove a grade."""
    return Proof(casefile.record.at("grade"))


def excuse(casefile: CaseFile) -> Breach:
    """Give notice that it is not checkable."""
    return Breach(())


def state(*rules: Rule, requirement: Requirement = REQUIREMENT, **given: Any) -> tuple[State, Verdict]:
    """Give how the requirement stands for a household appraised safe, and the verdict."""
    survey = surveyed([casefile({}, **{"appraisals": [appraisal()], **given})])
    (result,) = judged(survey, *rules, made=required(requirement)).households
    return result.requirements[0].state, result.verdict


MARKED = {"requirement": "grade", "effect": UNPROVEN}


@pytest.mark.parametrize(
    ("rules", "given", "expected"),
    [
        ([ruled(proving_grade, **MARKED)], {}, (State.MET, Verdict.PROVED)),
        ([], {}, (State.UNMET, Verdict.UNPROVEN)),
        ([ruled(proving_grade)], {}, (State.UNMET, Verdict.UNPROVEN)),
        ([ruled(breaching, **MARKED), ruled(proving_grade, **MARKED)], {}, (State.UNMET, Verdict.UNPROVEN)),
        ([ruled(crashing, **MARKED)], {}, (State.COULD_NOT_CHECK, Verdict.COULD_NOT_CHECK)),
        ([ruled(excuse, severity=INFO)], {}, (State.NOT_APPLICABLE, Verdict.PROVED)),
        ([], {"appraisals": []}, (State.NOT_APPLICABLE, Verdict.PROVED)),
        ([], {"broken": ["appraisals"]}, (State.COULD_NOT_CHECK, Verdict.COULD_NOT_CHECK)),
        (
            [ruled(breaching, absence_of=("appraisals",), **MARKED)],
            {"broken": ["appraisals"]},
            (State.COULD_NOT_CHECK, Verdict.COULD_NOT_CHECK),
        ),
        (
            [ruled(proving_grade, absence_of=("appraisals",), **MARKED)],
            {"broken": ["appraisals"]},
            (State.MET, Verdict.PROVED),
        ),
    ],
)
def test_a_requirement_is_weighed_by_the_answers_of_its_rules(
    rules: list[Rule], given: dict[str, Any], expected: tuple[State, Verdict]
) -> None:
    """Proved, unproven, unjudged, excused, never given, or accused by the silence of a source that is broken."""
    assert state(*rules, **given) == expected


def test_a_requirement_keeps_its_proofs_and_what_stands_against_it() -> None:
    """The chain behind a verdict names the cells and the codes."""
    rules = [ruled(proving_grade, **MARKED), ruled(breaching, **MARKED)]
    survey = surveyed([casefile({}, appraisals=[appraisal()])])
    (result,) = judged(survey, *rules, made=required(REQUIREMENT)).households
    (link,) = result.requirements
    assert [(proof.code, proof.cells[0].field) for proof in link.proofs] == [("t.proving-grade", "grade")]
    assert link.codes == ("t.breaching",)


def test_a_household_has_the_requirements_of_its_type() -> None:
    """What only 鉴定安全 needs is not asked of 改造安全."""
    survey = surveyed([casefile(renovated())])
    (result,) = judged(survey, made=required(REQUIREMENT, evolve(REQUIREMENT, name="all", types=()))).households
    assert [link.requirement.name for link in result.requirements] == ["all"]


def test_advice_never_blocks() -> None:
    """An unmet requirement that is advice leaves the household proved."""
    assert state(requirement=evolve(REQUIREMENT, advice=True)) == (State.UNMET, Verdict.PROVED)


# ------------------------------------------------------------------------------------------------ not verified


def unrecorded(**given: Any) -> HouseholdResult:
    """Judge a household without a record."""
    return judged(surveyed([casefile(records=(), **given)]), ruled(breaching)).households[0]


def test_a_household_without_a_record_is_not_verified() -> None:
    """Where the records could be read, none is none."""
    result = unrecorded()
    assert (result.verdict, result.guarantee_type) == (Verdict.NOT_VERIFIED, None)


def test_absence_is_not_judged_where_the_records_could_not_be_read() -> None:
    """A broken file of verifications accuses nobody of not having been visited."""
    assert unrecorded(broken=["verifications"]).verdict is Verdict.COULD_NOT_CHECK


def test_an_unreadable_record_is_a_record() -> None:
    """A household with an unreadable row was verified; that the row cannot be read is a finding of its own."""
    row = BadRow(Origin(Table("e.xlsx", None, "verifications", {}, {}), 3, {}), "grade", {}, HOUSEHOLD_ID, Place())
    assert unrecorded(bad_rows=[row]).verdict is Verdict.PROVED
    other = evolve(row, origin=evolve(row.origin, table=evolve(row.origin.table, role="roster")))
    assert unrecorded(bad_rows=[other]).verdict is Verdict.NOT_VERIFIED


# ------------------------------------------------------------------------------------------------ order


@frozen
class House:
    """What tells the households of the property apart."""

    number: str
    grade: str
    is_safe: str


HOUSES = st.lists(
    st.builds(House, st.sampled_from("123456"), st.sampled_from("ABC"), st.sampled_from("是否")),
    min_size=1,
    max_size=6,
    unique_by=lambda house: house.number,
)


def unsafe(casefile: CaseFile) -> Breach | None:
    """Find fault with what is not safe."""
    return None if casefile.record.is_safe else Breach(casefile.record.at("is_safe"))


def counted(survey: Survey) -> list[Breach]:
    """Find fault with every household of grade C."""
    return [Breach((), household_id=c.household_id) for c in survey.casefiles if c.record.grade == "C"]


@settings(max_examples=40)
@given(HOUSES, st.randoms(use_true_random=False))
def test_the_order_of_the_households_does_not_matter(drawn: list[House], random: Any) -> None:
    """The same findings, verdicts and proofs come out in the same order, however the rows were shuffled."""
    files = [
        casefile(
            verification(household_id=house.number, grade=house.grade, is_safe=house.is_safe),
            household(household_id=house.number),
        )
        for house in drawn
    ]
    shuffled = random.sample(files, len(files))
    rules = [
        ruled(unsafe, effect=CONTRADICTED),
        ruled(proving_grade, **MARKED),
        ruled(shared, key=by_grade, effect=UNPROVEN),
        ruled(counted),
    ]
    one, other = (judged(surveyed(order), *rules, made=required(REQUIREMENT)) for order in (files, shuffled))
    assert one.findings == other.findings
    assert one.households == other.households
    assert len({finding.key for finding in one.findings}) == len(one.findings)


# ------------------------------------------------------------------------------------------------ groups by likeness


def test_groups_that_a_rule_forms_itself_are_asked() -> None:
    """What is tied by no equal key is put together from all case files, with the settings of the topic."""

    def pairs(files: Sequence[CaseFile], settings: Any) -> Iterator[Group]:
        yield Group("tie", tuple(Member(one, ()) for one in files[:settings]))

    def alike(group: Group) -> Breach:
        """Alike."""
        return Breach(())

    survey = houses("10000000001", "10000000002", "10000000003")
    outcome = judge(survey, [ruled(alike, groups=pairs)], campaign(), {"t": 2})

    assert [(f.household_id, f.values["others"]) for f in outcome.findings] == [
        ("10000000001", ("10000000002",)),
        ("10000000002", ("10000000001",)),
    ]


def test_a_rule_that_names_the_others_itself_is_believed() -> None:
    """A tie of pairs names the one it is with, and not the whole group."""

    def chosen(group: Group) -> list[Breach]:
        """Chosen."""
        return [Breach((), {"others": ("x",)}, household_id=m.casefile.household_id) for m in group.members]

    survey = houses("10000000001", "10000000002")
    outcome = judge(survey, [ruled(chosen, key=lambda casefile: [("k", ())])], campaign(), {})

    assert {f.values["others"] for f in outcome.findings} == {("x",)}


def test_groups_that_cannot_be_formed_clear_nobody() -> None:
    """Every household could not be checked then."""

    def broken(files: Sequence[CaseFile], settings: Any) -> Iterator[Group]:
        raise ValueError(PERSONAL)
        yield

    def alike(group: Group) -> None:
        """Alike."""

    outcome = judge(houses(), [ruled(alike, groups=broken)], campaign(), {})

    assert [h.verdict for h in outcome.households] == [Verdict.COULD_NOT_CHECK]


def test_what_a_rule_could_not_look_at_is_noted_and_changes_no_verdict() -> None:
    """Its silence clears nobody: the household's account says so."""

    def sees(casefile: CaseFile) -> None:
        """Sees."""

    survey = houses("10000000001", "10000000002")
    blind = {"10000000001": "dark"}
    plain = judge(survey, [ruled(sees)], campaign(), {})
    outcome = judge(survey, [ruled(sees, blind=lambda one: blind.get(one.household_id))], campaign(), {})

    assert [dict(h.unjudged) for h in outcome.households] == [{"t.sees": "dark"}, {}]
    assert [h.verdict for h in outcome.households] == [h.verdict for h in plain.households]
