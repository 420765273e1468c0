"""How requirements and verdicts follow from findings and proofs."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.definition import Requirement
from housing_guarantee.findings import (
    Effect,
    Finding,
    ProofLine,
    RequirementResult,
    Severity,
    State,
    Status,
    Verdict,
    conclude,
    weigh,
)
from housing_guarantee.models import Place

REQUIREMENT = Requirement("grade", "M1", "等级", "grade")
ADVICE = evolve(REQUIREMENT, advice=True)
PROOF = ProofLine("grade", "appraised.grade-unsafe", ())
FINDING = Finding(
    key="appraised.grade-unsafe/1/",
    code="appraised.grade-unsafe",
    severity=Severity.ERROR,
    effect=Effect.CONTRADICTED,
    status=Status.NEW,
    household_id="1",
    name=None,
    place=Place(),
    clause="M1",
    values={},
    cells=(),
)
UNPROVEN = evolve(FINDING, effect=Effect.UNPROVEN, severity=Severity.WARNING)
ADVISED = evolve(FINDING, effect=None)
WAIVED = evolve(FINDING, status=Status.WAIVED)


def weighed(**changes: Any) -> RequirementResult:
    """Weigh a requirement of which nothing is known, with changes."""
    nothing: dict[str, Any] = {"proofs": (), "findings": (), "excused": False, "unjudged": False}
    return weigh(REQUIREMENT, **{**nothing, "given": True, "broken": False, **changes})


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"given": False, "findings": [FINDING], "proofs": [PROOF]}, State.NOT_APPLICABLE),
        ({"findings": [FINDING], "proofs": [PROOF], "unjudged": True}, State.UNMET),
        ({"findings": [UNPROVEN]}, State.UNMET),
        ({"unjudged": True, "proofs": [PROOF]}, State.COULD_NOT_CHECK),
        ({"proofs": [PROOF], "findings": [ADVISED], "broken": True}, State.MET),
        ({"findings": [WAIVED]}, State.WAIVED),
        ({"findings": [WAIVED], "proofs": [PROOF]}, State.MET),
        ({"excused": True, "broken": True}, State.NOT_APPLICABLE),
        ({"broken": True}, State.COULD_NOT_CHECK),
        ({"findings": [ADVISED]}, State.UNMET),
        ({}, State.UNMET),
    ],
)
def test_a_requirement_stands_as_the_first_reason_says(changes: dict[str, Any], state: State) -> None:
    """Never given, contradicted, unjudged, proved, waived, excused, unreadable, unproven: in this order."""
    assert weighed(**changes).state is state


def test_only_open_grave_findings_stand_against_a_requirement() -> None:
    """Advice and waived findings are not listed against it."""
    assert weighed(findings=[FINDING, WAIVED, ADVISED]).codes == ("appraised.grade-unsafe",)
    assert weighed(findings=[WAIVED, ADVISED]).codes == ()


def concluded(*findings: Finding, state: State = State.MET, **changes: Any) -> Verdict:
    """Conclude over one requirement in this state."""
    requirements = [RequirementResult(changes.pop("requirement", REQUIREMENT), state, ())]
    known: dict[str, Any] = {"verified": True, "crashed": False, **changes}
    return conclude(findings=findings, requirements=requirements, **known)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (concluded(), Verdict.PROVED),
        (concluded(FINDING, verified=False, crashed=True), Verdict.NOT_VERIFIED),
        (concluded(FINDING, verified=None, crashed=True, state=State.COULD_NOT_CHECK), Verdict.CONTRADICTED),
        (concluded(UNPROVEN, crashed=True), Verdict.COULD_NOT_CHECK),
        (concluded(verified=None), Verdict.COULD_NOT_CHECK),
        (concluded(UNPROVEN, state=State.COULD_NOT_CHECK), Verdict.COULD_NOT_CHECK),
        (concluded(UNPROVEN), Verdict.UNPROVEN),
        (concluded(state=State.UNMET), Verdict.UNPROVEN),
        (concluded(ADVISED, WAIVED), Verdict.PROVED),
        (concluded(state=State.NOT_APPLICABLE), Verdict.PROVED),
        (concluded(state=State.WAIVED), Verdict.PROVED),
        (concluded(state=State.UNMET, requirement=ADVICE), Verdict.PROVED),
        (concluded(state=State.COULD_NOT_CHECK, requirement=ADVICE), Verdict.PROVED),
    ],
)
def test_the_first_verdict_that_applies_counts(verdict: Verdict, expected: Verdict) -> None:
    """Not verified, contradicted, could not check, unproven, proved: in this order; advice never blocks."""
    assert verdict is expected


@given(
    st.lists(st.sampled_from([FINDING, UNPROVEN, ADVISED, WAIVED])),
    st.sampled_from(State),
    st.sampled_from([True, False, None]),
    st.booleans(),
)
def test_nothing_open_is_ever_proved(
    findings: list[Finding], state: State, verified: bool | None, crashed: bool
) -> None:
    """A household is proved only where it is verified and nothing that matters is open, missing or unjudged."""
    proved = concluded(*findings, state=state, verified=verified, crashed=crashed) is Verdict.PROVED
    silent = all(finding.effect is None or finding.status is Status.WAIVED for finding in findings)
    assert proved is (
        verified is True and not crashed and silent and state in (State.MET, State.WAIVED, State.NOT_APPLICABLE)
    )


def test_findings_stand_by_place_and_household() -> None:
    """Findings of no household come after those of their place's households."""
    placed = Place("茫曲镇", "塔哇村", "632525100210")
    findings = [
        evolve(FINDING, place=placed, household_id=None, key="c"),
        evolve(FINDING, place=placed, household_id="2", key="b"),
        evolve(FINDING, place=placed, household_id="1", key="z"),
        evolve(FINDING, place=Place("森多镇", "", ""), household_id="0", key="d"),
    ]
    assert [finding.key for finding in sorted(findings, key=lambda f: f.order)] == ["z", "b", "c", "d"]


def test_a_finding_prints_without_what_names_a_person() -> None:
    """A traceback or a log that shows a finding shows neither its name nor its values nor its cells."""
    shown = repr(evolve(FINDING, name="才让多杰", values={"number": "632525196501010012"}))
    assert "才让" not in shown
    assert "632525196501010012" not in shown
