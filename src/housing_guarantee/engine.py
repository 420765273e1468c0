"""Ask every rule of every case file, and conclude a verdict from what it answers.

Only rules make findings. A rule that raises is caught per household, named and counted, and after fifty failures no
longer asked; the households it was not asked of could not be checked, and are never fine. A county is asked village by
village in the order of its roster, and failures are counted in that order, wherever each village is asked.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from attrs import define, evolve, field, frozen

from housing_guarantee.answers import Placed
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.findings import (
    Finding,
    HouseholdResult,
    ProofLine,
    Status,
    conclude,
    weigh,
)
from housing_guarantee.inquiry import (
    MAX_FAILURES,
    NOT_ASKED,
    Failure,
    Inquiry,
    Whole,
    concerns,
    is_strange,
    kind_of,
    type_of,
)
from housing_guarantee.masking import is_identity
from housing_guarantee.models import Cell, Place
from housing_guarantee.questioning import Questioning
from housing_guarantee.rule import Breach, Proof, Rule, Scope, Unanswered, Unset
from housing_guarantee.veil import names_in
from housing_guarantee.waivers import Waivers, WaiverUse

__all__ = ["MAX_FAILURES", "Outcome", "RuleAccount", "Secret", "judge"]

Secret = Callable[[], bytes]
"""Gives the workspace's key, made only when a personal text must enter a finding's key or a rule is shown tokens."""

Said = Sequence[tuple[int, Any]]
"""Rules by their numbers, and what each said."""


@define
class RuleAccount:
    """How a rule fared.

    :param not_applicable: the role that was not given
    :param failures: how often it raised
    :param error: where it raised first: exception class and place, never values
    :param calls, seconds: how often it was called and how long it took, where that was asked for
    """

    rule: Rule
    asked: int = 0
    not_applicable: str | None = None
    failures: int = 0
    error: str | None = None
    calls: int = 0
    seconds: float = 0.0

    @property
    def tripped(self) -> bool:
        """Whether it failed so often, or took so long, that it is no longer asked."""
        return self.failures >= MAX_FAILURES

    def fail(self, failure: Failure) -> None:
        """Note a failure."""
        self.failures += failure.weight
        self.error = self.error or failure.error or None

    def note(self, calls: int, seconds: float) -> None:
        """Note some calls."""
        self.calls += calls
        self.seconds += seconds


@frozen
class Outcome:
    """Findings and verdicts of one check, and how each rule fared."""

    findings: tuple[Finding, ...]
    households: tuple[HouseholdResult, ...]
    rules: tuple[RuleAccount, ...]
    waivers: tuple[WaiverUse, ...] = ()


@define
class _Sheet:
    """What was found of one household while the rules are asked."""

    findings: list[Finding] = field(factory=list)
    proofs: list[ProofLine] = field(factory=list)
    unjudged: dict[str, str] = field(factory=dict)
    crashed: bool = False


def judge(
    survey: Survey,
    rules: Sequence[Rule],
    campaign: Campaign,
    settings: Mapping[str, Any],
    *,
    secret: Secret = lambda: b"",
    tick: Callable[[int], None] = lambda done: None,
    profile: bool = False,
    executor: Executor | None = None,
    beside: Sequence[CaseFile] = (),
) -> Outcome:
    """Ask the rules of the survey, and conclude a verdict for every household of the roster.

    :param settings: topic → an instance of the topic's settings
    :param tick: told how many case files are done
    :param profile: whether to time each rule; the accounts then say how long it took
    :param executor: asks the rules of single households, village by village; without one they are asked here
    :param beside: case files of other counties, which stand in the groups of rules that reach across and are not judged
    """
    run = _Run(survey, campaign, secret, rules)
    asked = [rule for rule in rules if run.applies(rule)]
    inquiry = Inquiry((), campaign, settings, profile=profile)
    if any(map(is_strange, asked)):
        inquiry = evolve(inquiry, key=secret(), known=names_in(survey))
    with Questioning(inquiry, executor, run.failures) as questions:
        single = [rule for rule in asked if rule.scope is Scope.CASEFILE]
        done = 0
        for shard, answers in questions.shards(survey.casefiles, single):
            for casefile, said, blind in zip(shard, answers.answers, answers.blind, strict=True):
                run.take(casefile, single, said, blind)
                done += 1
                tick(done)
            run.note(single, answers.spent)
        for rule in asked:
            if rule.scope is not Scope.CASEFILE and run.can_check(rule):
                seen = evolve(survey, casefiles=(*survey.casefiles, *beside)) if rule.across and beside else survey
                run.take_whole(rule, questions.whole(seen, rule))
    return run.outcome()


class _Run:
    """Takes the answers of one run, in one order, and concludes from them."""

    def __init__(self, survey: Survey, campaign: Campaign, secret: Secret, rules: Iterable[Rule]) -> None:
        self._survey = survey
        self._campaign = campaign
        self._secret = secret
        self._casefiles = survey.by_id
        self._sheets: dict[str, _Sheet] = {number: _Sheet() for number in self._casefiles}
        self._loose: list[Finding] = []
        self._accounts = {rule.code: RuleAccount(rule) for rule in rules}
        self._required_by = {one.clause: one.name for one in campaign.definition.requirements}

    def applies(self, rule: Rule) -> bool:
        """Say whether a rule's sources were given."""
        account = self._accounts[rule.code]
        account.not_applicable = next((role for role in rule.needs if role not in self._survey.given.roles), None)
        if account.not_applicable is None and rule.scope is Scope.CASEFILE:
            account.asked = len(self._survey.casefiles)
        return account.not_applicable is None

    def can_check(self, rule: Rule) -> bool:
        """Say whether a rule about the survey can tell what is missing from what could not be read."""
        broken = [role for role in rule.absence_of if role in self._survey.given.broken]
        if rule.scope is not Scope.SURVEY or not broken:
            return True
        self._accounts[rule.code].not_applicable = f"{broken[0]}: could not be read in full"
        return False

    def failures(self, rule: Rule) -> int:
        """Say how often a rule has failed so far."""
        return self._accounts[rule.code].failures

    # -------------------------------------------------------------------------------------------- taking answers

    def take(self, casefile: CaseFile, rules: Sequence[Rule], said: Said, blind: Said) -> None:
        """Take what the rules said of a household; of one that has failed too often nothing is taken."""
        sheet, accounts = self._sheets[casefile.household_id], self._accounts
        tripped = [at for at, rule in enumerate(rules) if accounts[rule.code].tripped]
        if tripped:
            kind = kind_of(casefile)
            asked_no_more = [(at, NOT_ASKED) for at in tripped if concerns(rules[at], kind)]
            said = sorted([*(one for one in said if one[0] not in tripped), *asked_no_more], key=lambda one: one[0])
        for at, answer in said:
            if isinstance(answer, Failure):
                self._fail(rules[at], answer, sheet)
            else:
                self._take(rules[at], answer, casefile, sheet)
        for at, reason in blind:
            if at in tripped:
                continue
            if isinstance(reason, Failure):
                self._fail(rules[at], reason, sheet)
            else:
                sheet.unjudged.setdefault(rules[at].code, reason)

    def note(self, rules: Sequence[Rule], spent: Mapping[int, tuple[int, float]]) -> None:
        """Note how long rules took."""
        for at, one in spent.items():
            self._accounts[rules[at].code].note(*one)

    def take_whole(self, rule: Rule, whole: Whole) -> None:
        """Take what a rule said about many households; one that failed over any has cleared none of them."""
        account = self._accounts[rule.code]
        account.asked = whole.asked
        account.note(*whole.spent)
        for tie, placed in whole.groups:
            self._take_group(rule, tie, placed)
        for breach in whole.breaches:
            self._add(rule, breach, self._casefiles.get(breach.household_id or ""))
        for household_id, reason in whole.blind:
            if household_id in self._sheets:
                self._sheets[household_id].unjudged.setdefault(rule.code, reason)
        for failure in whole.failures:
            account.fail(failure)
        if whole.failures:
            for sheet in self._sheets.values():
                self._note_failure(rule, sheet)

    def _fail(self, rule: Rule, failure: Failure, sheet: _Sheet) -> None:
        self._accounts[rule.code].fail(failure)
        self._note_failure(rule, sheet)

    def _note_failure(self, rule: Rule, sheet: _Sheet) -> None:
        sheet.unjudged[rule.code] = "rule crashed"
        sheet.crashed = True

    def _take(self, rule: Rule, answer: Sequence[Any], casefile: CaseFile, sheet: _Sheet) -> None:
        for one in answer:
            if isinstance(one, Proof):
                if rule.requirement:
                    sheet.proofs.append(ProofLine(rule.requirement, rule.code, one.cells))
            elif isinstance(one, Unanswered):
                sheet.unjudged[rule.code] = "a cell it needs is blank"
                sheet.crashed |= rule.effect is not None
            elif broken := [role for role in rule.absence_of if role in self._survey.given.broken]:
                sheet.unjudged[rule.code] = f"{broken[0]} could not be read in full"
            else:
                self._add(rule, one, casefile)

    def _take_group(self, rule: Rule, tie: str, placed: Sequence[Placed]) -> None:
        """Give every household concerned its own finding that names the others."""
        numbers = sorted({number for number, _, _ in placed})
        for household_id, cells, breach in placed:
            casefile = self._casefiles.get(household_id)
            if casefile is None:  # another county's, where it is judged
                continue
            others = tuple(number for number in numbers if number != household_id)
            values = {"others": others, **breach.values}  # where it names them itself, it knows better
            self._add(rule, breach, casefile, cells=cells, values=values, hidden=breach.hidden or tie)

    def _add(
        self,
        rule: Rule,
        breach: Breach,
        casefile: CaseFile | None,
        *,
        cells: tuple[Cell, ...] | None = None,
        values: Mapping[str, Any] | None = None,
        hidden: str = "",
    ) -> None:
        household_id = breach.household_id or (casefile.household_id if casefile else None)
        slot, personal = breach.slot, hidden or breach.hidden
        if casefile is None and household_id and is_identity(household_id):  # typed where a household number belongs
            personal, household_id = personal or household_id, None
        if personal:
            slot += "#" + hmac.new(self._secret(), personal.encode(), hashlib.sha256).hexdigest()[:16]
        finding = Finding(
            key=f"{rule.code}/{household_id or ''}/{slot}",
            code=rule.code,
            severity=breach.severity or rule.severity,
            effect=rule.effect if isinstance(breach.effect, Unset) else breach.effect,
            status=Status.NEW,
            household_id=household_id,
            name=casefile.household.head.name if casefile else None,
            place=casefile.place if casefile else breach.place or Place(),
            clause=breach.clause or rule.clause,
            values=breach.values if values is None else values,
            cells=breach.cells if cells is None else cells,
            requirement=self._required_by.get(breach.clause) if breach.clause else rule.requirement,
        )
        if casefile is None:
            self._loose.append(finding)
        else:
            self._sheets[casefile.household_id].findings.append(finding)

    # -------------------------------------------------------------------------------------------- concluding

    def outcome(self) -> Outcome:
        """Apply the waivers, conclude the verdicts, and put everything in one order."""
        waivers = Waivers(self._campaign)
        households = []
        findings: list[Finding] = [waivers.applied(finding) for finding in _unique(self._loose)]
        for casefile in self._survey.casefiles:
            sheet = self._sheets[casefile.household_id]
            own = [waivers.applied(finding) for finding in _unique(sheet.findings)]
            findings += own
            households.append(self._conclude(casefile, sheet, own))
        return Outcome(
            findings=tuple(sorted(findings, key=lambda finding: finding.order)),
            households=tuple(sorted(households, key=lambda h: (h.place.area_code, h.household_id))),
            rules=tuple(self._accounts.values()),
            waivers=waivers.uses,
        )

    def _conclude(self, casefile: CaseFile, sheet: _Sheet, findings: Sequence[Finding]) -> HouseholdResult:
        guarantee_type = type_of(casefile)
        chain = [
            weigh(
                requirement,
                proofs=[proof for proof in sheet.proofs if proof.requirement == requirement.name],
                findings=[finding for finding in findings if finding.requirement == requirement.name],
                excused=any(finding.code in requirement.excused_by for finding in findings),
                unjudged=any(self._accounts[code].rule.requirement == requirement.name for code in sheet.unjudged),
                given=requirement.needs is None or self._survey.given.has(requirement.needs),
                broken=requirement.needs in self._survey.given.broken,
            )
            for requirement in self._campaign.definition.requirements
            if requirement.applies_to(guarantee_type)
        ]
        return HouseholdResult(
            household_id=casefile.household_id,
            name=casefile.household.head.name,
            place=casefile.place,
            guarantee_type=guarantee_type,
            verdict=conclude(
                verified=self._verified(casefile), findings=findings, requirements=chain, crashed=sheet.crashed
            ),
            codes=tuple(sorted({finding.code for finding in findings})),
            requirements=tuple(chain),
            unjudged=sheet.unjudged,
            waived=any(finding.status is Status.WAIVED for finding in findings),
        )

    def _verified(self, casefile: CaseFile) -> bool | None:
        if casefile.verifications:
            return True
        unreadable = any(row.origin.table.role == "verifications" for row in casefile.bad_rows)
        if unreadable:
            return True  # there is a record; that it cannot be read is a finding of its own
        return None if "verifications" in self._survey.given.broken else False


def _unique(findings: Iterable[Finding]) -> list[Finding]:
    """Number findings that would share a key, in the order of their cells."""
    seen: dict[str, int] = defaultdict(int)
    unique = []
    for finding in findings:
        seen[finding.key] += 1
        count = seen[finding.key]
        unique.append(finding if count == 1 else evolve(finding, key=f"{finding.key}~{count}"))
    return unique
