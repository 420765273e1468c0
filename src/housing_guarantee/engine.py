"""Ask every rule of every case file, and conclude a verdict from what it answers.

Only rules make findings. A rule that raises is caught per household, named and counted, and after fifty failures no
longer asked; the households it was not asked of could not be checked, and are never fine.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from housing_guarantee.answers import Ask, Placed, bind, groups_of, keys_of, limited, placed_by, timed
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.containment import Overdue
from housing_guarantee.findings import (
    Finding,
    HouseholdResult,
    ProofLine,
    Status,
    conclude,
    weigh,
)
from housing_guarantee.masking import is_identity
from housing_guarantee.models import Cell, Place
from housing_guarantee.rule import Breach, Group, Member, Proof, Rule, Scope, Unanswered
from housing_guarantee.waivers import Waivers, WaiverUse

__all__ = ["Outcome", "RuleAccount", "Secret", "judge"]

MAX_FAILURES = 50
_FAILED: Sequence[Any] = []
Secret = Callable[[], bytes]
"""Gives the workspace's key, made only when a personal text must enter a finding's key."""


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

    def note(self, seconds: float) -> None:
        """Note one call."""
        self.calls += 1
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
) -> Outcome:
    """Ask the rules of the survey, and conclude a verdict for every household of the roster.

    :param settings: topic → an instance of the topic's settings
    :param tick: told how many case files are done
    :param profile: whether to time each rule; the accounts then say how long it took
    """
    run = _Run(survey, campaign, settings, secret, profile)
    run.ask_casefiles([rule for rule in rules if rule.scope is Scope.CASEFILE], tick)
    for rule in rules:
        if rule.scope is Scope.GROUP:
            run.ask_groups(rule)
        elif rule.scope is Scope.SURVEY:
            run.ask_survey(rule)
    return run.outcome(rules)


class _Run:
    def __init__(
        self, survey: Survey, campaign: Campaign, settings: Mapping[str, Any], secret: Secret, profile: bool
    ) -> None:
        self._profile = profile
        self._survey = survey
        self._campaign = campaign
        self._settings = settings
        self._secret = secret
        self._casefiles = survey.by_id
        self._sheets: dict[str, _Sheet] = {number: _Sheet() for number in self._casefiles}
        self._loose: list[Finding] = []
        self._accounts: dict[str, RuleAccount] = {}
        self._requirement: dict[str, str | None] = {}
        self._required_by = {one.clause: one.name for one in campaign.definition.requirements}

    # -------------------------------------------------------------------------------------------- asking

    def ask_casefiles(self, rules: Sequence[Rule], tick: Callable[[int], None]) -> None:
        """Ask one-household rules, household by household; each type has its own list."""
        asked = [(rule, self._account(rule)) for rule in rules if self._applies(rule)]
        lists: dict[tuple[bool, str | None, str | None], list[tuple[Rule, RuleAccount, Ask]]] = {}
        for done, casefile in enumerate(self._survey.casefiles, 1):
            kind = (bool(casefile.verifications), _type_of(casefile), casefile.kind)
            if kind not in lists:
                lists[kind] = [(r, a, self._bind(r, a)) for r, a in asked if _is_for(r, *kind)]
            sheet = self._sheets[casefile.household_id]
            for rule, account, ask in lists[kind]:
                answer = self._guarded(account, ask, casefile)
                if answer is _FAILED:
                    self._note_failure(account, sheet)
                elif answer:
                    self._take(rule, answer, casefile, sheet)
            tick(done)
        for rule, account in asked:
            account.asked = len(self._survey.casefiles)
            self._note_blind(rule, account)

    def ask_groups(self, rule: Rule) -> None:
        """Ask of each group of several case files, across the whole data set."""
        if not self._applies(rule):
            return
        account = self._account(rule)
        ask = placed_by(self._bind(rule, account))
        form = groups_of(rule, self._settings.get(rule.topic))
        form = form and self._watched(form, account)
        for group in self._guarded(account, form, self._survey.casefiles) if form else self._keyed(rule, account):
            account.asked += 1
            self._take_group(rule, group, self._guarded(account, ask, group))
        self._note_blind(rule, account)
        self._fail_everyone(account)

    def _keyed(self, rule: Rule, account: RuleAccount) -> list[Group]:
        """Collect the case files that share a key."""
        groups: dict[Hashable, list[Member]] = defaultdict(list)
        keys = self._watched(keys_of(rule.key) if rule.key else lambda casefile: (), account)
        for casefile in self._survey.casefiles:
            for key, cells in self._guarded(account, keys, casefile):
                groups[key].append(Member(casefile, cells))
        return [
            Group(key, tuple(sorted(members, key=lambda member: member.casefile.household_id)))
            for key, members in groups.items()
            if len(members) > 1
        ]

    def _note_blind(self, rule: Rule, account: RuleAccount) -> None:
        """Note the households of which the rule could not see everything, so that its silence clears nobody."""
        if rule.blind is None:
            return
        blind = rule.blind
        look = self._watched(lambda one: [blind(one)], account)
        for casefile in self._survey.casefiles:
            for reason in self._guarded(account, look, casefile):
                if reason:
                    self._sheets[casefile.household_id].unjudged.setdefault(rule.code, reason)

    def ask_survey(self, rule: Rule) -> None:
        """Ask a question about the whole data set."""
        if not self._applies(rule):
            return
        account = self._account(rule)
        broken = [role for role in rule.absence_of if role in self._survey.given.broken]
        if broken:
            account.not_applicable = f"{broken[0]}: could not be read in full"
            return
        account.asked = 1
        for breach in self._guarded(account, self._bind(rule, account), self._survey):
            self._add(rule, breach, self._casefiles.get(breach.household_id or ""))
        self._fail_everyone(account)

    def _applies(self, rule: Rule) -> bool:
        account = self._account(rule)
        account.not_applicable = next((role for role in rule.needs if role not in self._survey.given.roles), None)
        return account.not_applicable is None

    def _account(self, rule: Rule) -> RuleAccount:
        self._requirement[rule.code] = rule.requirement
        return self._accounts.setdefault(rule.code, RuleAccount(rule))

    def _bind(self, rule: Rule, account: RuleAccount) -> Ask:
        has = {"settings": self._settings.get(rule.topic), "campaign": self._campaign}
        return self._watched(bind(rule, has), account)

    def _watched(self, ask: Ask, account: RuleAccount) -> Ask:
        """Time a rule where that is asked for, and hold one that is not built in to its seconds."""
        ask = timed(ask, account.note) if self._profile else ask
        return limited(ask, self._campaign.plugins.seconds) if account.rule.owner else ask

    def _guarded(self, account: RuleAccount, function: Ask, subject: Any) -> Sequence[Any]:
        if account.failures >= MAX_FAILURES:
            return _FAILED
        try:
            return function(subject)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # sys.exit() in a rule must not end the run, least of all with success
            _fail(account, error)
            return _FAILED

    def _note_failure(self, account: RuleAccount, sheet: _Sheet) -> None:
        sheet.unjudged[account.rule.code] = "rule crashed"
        sheet.crashed = True

    def _fail_everyone(self, account: RuleAccount) -> None:
        """A rule over many households that crashed has cleared none of them."""
        if account.failures:
            for sheet in self._sheets.values():
                self._note_failure(account, sheet)

    # -------------------------------------------------------------------------------------------- taking answers

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

    def _take_group(self, rule: Rule, group: Group, pairs: Sequence[Placed]) -> None:
        """Give every household concerned its own finding that names the others."""
        numbers = sorted({casefile.household_id for casefile, _, _ in pairs})
        for casefile, cells, breach in pairs:
            others = tuple(number for number in numbers if number != casefile.household_id)
            values = {"others": others, **breach.values}  # where it names them itself, it knows better
            self._add(rule, breach, casefile, cells=cells, values=values, hidden=breach.hidden or repr(group.key))

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
            effect=breach.effect if breach.sets_effect else rule.effect,
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

    def outcome(self, rules: Sequence[Rule]) -> Outcome:
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
            rules=tuple(self._account(rule) for rule in rules),
            waivers=waivers.uses,
        )

    def _conclude(self, casefile: CaseFile, sheet: _Sheet, findings: Sequence[Finding]) -> HouseholdResult:
        guarantee_type = _type_of(casefile)
        chain = [
            weigh(
                requirement,
                proofs=[proof for proof in sheet.proofs if proof.requirement == requirement.name],
                findings=[finding for finding in findings if finding.requirement == requirement.name],
                excused=any(finding.code in requirement.excused_by for finding in findings),
                unjudged=any(self._requirement.get(code) == requirement.name for code in sheet.unjudged),
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


def _type_of(casefile: CaseFile) -> str | None:
    return casefile.record.guarantee_type if casefile.verifications else None


def _is_for(rule: Rule, recorded: bool, guarantee_type: str | None, kind: str | None) -> bool:
    """Say whether a household is asked: a rule names a kind of guarantee, or one campaign's own type."""
    return (recorded or not rule.recorded) and rule.guarantee in (None, kind, guarantee_type)


def _fail(account: RuleAccount, error: BaseException) -> None:
    """Note where a rule raised: the class and the line, never the message, which may hold a person's data."""
    account.failures += MAX_FAILURES if isinstance(error, Overdue) else 1  # what loops is not asked again
    if account.error is None:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
        account.error = f"{type(error).__name__} in {where}"


def _unique(findings: Iterable[Finding]) -> list[Finding]:
    """Number findings that would share a key, in the order of their cells."""
    seen: dict[str, int] = defaultdict(int)
    unique = []
    for finding in findings:
        seen[finding.key] += 1
        count = seen[finding.key]
        unique.append(finding if count == 1 else evolve(finding, key=f"{finding.key}~{count}"))
    return unique
