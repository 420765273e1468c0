"""Findings, proofs, verdicts, and the key that makes a finding the same one tomorrow.

A finding holds named data, not a sentence: its words are rendered at the end, in the language asked for and
masked for whoever will read them (`words.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from housing_guarantee.definition import Requirement
from housing_guarantee.models import Cell, Place

__all__ = [
    "Effect",
    "Finding",
    "HouseholdResult",
    "ProofLine",
    "RequirementResult",
    "Severity",
    "State",
    "Status",
    "Verdict",
    "conclude",
    "weigh",
]


class Severity(StrEnum):
    """How grave: 必须/要 in the plan is an error, 原则上 or our own suspicion a warning, a notice an info."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"


class Effect(StrEnum):
    """What an open breach does to its household's verdict."""

    CONTRADICTED = "contradicted"  # the evidence says otherwise
    UNPROVEN = "unproven"  # the evidence is not there


class Verdict(StrEnum):
    """What can be said of a household; only `PROVED` is done."""

    PROVED = "proved"
    CONTRADICTED = "contradicted"
    UNPROVEN = "unproven"
    NOT_VERIFIED = "not_verified"
    COULD_NOT_CHECK = "could_not_check"


class Status(StrEnum):
    """Where a finding stands in its life."""

    NEW = "new"
    OPEN = "open"
    CLAIMED = "claimed"
    REOPENED = "reopened"
    CLOSED = "closed"  # no finding of a run is: this is said of what earlier runs found (tracking)
    WAIVED = "waived"


@frozen
class Finding:
    """One breach of one rule by one subject.

    :param key: code, subject and slot; stable across runs, never a row number, never the message
    :param effect: what it does to the verdict, or None for advice
    :param requirement: the one that it stands against
    :param name: the head's name, to be masked wherever it may not stand
    :param cells: the cells (or photo) at fault, first the one to open
    """

    key: str
    code: str
    severity: Severity
    effect: Effect | None
    status: Status
    household_id: str | None
    name: str | None = field(repr=False)
    place: Place
    clause: str
    values: Mapping[str, Any] = field(repr=False)
    cells: tuple[Cell, ...] = field(repr=False)
    requirement: str | None = None

    @property
    def order(self) -> tuple[str, str, str, str]:
        """Sort by place, household and code, the same in every run."""
        return (self.place.area_code or self.place.township, self.household_id or "~", self.code, self.key)


@frozen
class ProofLine:
    """Which cells satisfy which requirement, and the rule that saw it."""

    requirement: str
    code: str
    cells: tuple[Cell, ...] = field(repr=False)


class State(StrEnum):
    """How a requirement stands for one household."""

    MET = "met"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"
    COULD_NOT_CHECK = "could_not_check"
    WAIVED = "waived"


@frozen
class RequirementResult:
    """One link of the chain behind a verdict.

    :param codes: open findings that stand against it
    """

    requirement: Requirement
    state: State
    proofs: tuple[ProofLine, ...]
    codes: tuple[str, ...] = ()

    @property
    def evidence(self) -> tuple[Cell, ...]:
        """The cells that prove it, each once; none where it is not met."""
        if self.state is not State.MET:
            return ()
        return tuple(dict.fromkeys(cell for proof in self.proofs for cell in proof.cells))


@frozen
class HouseholdResult:
    """A household's verdict with its proof.

    :param codes: codes of all its findings, waived ones too, sorted
    :param unjudged: codes of rules that could not be asked, and why
    """

    household_id: str
    name: str | None = field(repr=False)
    place: Place
    guarantee_type: str | None
    verdict: Verdict
    codes: tuple[str, ...]
    requirements: tuple[RequirementResult, ...]
    unjudged: Mapping[str, str] = field(factory=dict)
    waived: bool = False


def weigh(
    requirement: Requirement,
    *,
    proofs: Sequence[ProofLine],
    findings: Sequence[Finding],
    excused: bool,
    unjudged: bool,
    given: bool,
    broken: bool,
) -> RequirementResult:
    """Say how a requirement stands for one household.

    :param findings: those of rules that stand for this requirement
    :param excused: whether a notice makes it not applicable
    :param unjudged: whether one of its rules could not be asked
    :param given, broken: whether the role it needs was given, and could not be read in full
    """
    grave = [finding for finding in findings if finding.effect or requirement.advice]
    against = tuple(finding.code for finding in grave if finding.status is not Status.WAIVED)
    if not given:
        state = State.NOT_APPLICABLE
    elif against:
        state = State.UNMET
    elif unjudged:
        state = State.COULD_NOT_CHECK
    elif proofs:
        state = State.MET
    elif grave:
        state = State.WAIVED
    elif excused:
        state = State.NOT_APPLICABLE
    else:
        state = State.COULD_NOT_CHECK if broken else State.UNMET
    return RequirementResult(requirement, state, tuple(proofs), against)


def conclude(
    *,
    verified: bool | None,
    findings: Iterable[Finding],
    requirements: Iterable[RequirementResult],
    crashed: bool,
) -> Verdict:
    """Give the first verdict that applies: not verified, contradicted, could not check, unproven, proved.

    :param verified: whether there is a record; None where its absence cannot be judged
    :param crashed: whether a rule crashed over this household, or could not answer for it
    """
    effects = {finding.effect for finding in findings if finding.status is not Status.WAIVED}
    chain = [result for result in requirements if not result.requirement.advice]
    if verified is False:
        return Verdict.NOT_VERIFIED
    if Effect.CONTRADICTED in effects:
        return Verdict.CONTRADICTED
    if verified is None or crashed or any(result.state is State.COULD_NOT_CHECK for result in chain):
        return Verdict.COULD_NOT_CHECK
    if Effect.UNPROVEN in effects or any(result.state is State.UNMET for result in chain):
        return Verdict.UNPROVEN
    return Verdict.PROVED
