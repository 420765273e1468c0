"""How one run carries the findings of earlier runs on: what it saw of each, and how each stands now.

What a run could not check it has not seen to be gone: a rule that was not asked or crashed, a source that was not
given or could not be read, a household that has left the roster or has no record any more.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from attrs import astuple, evolve, field, frozen

from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.engine import Outcome, RuleAccount
from housing_guarantee.findings import Finding, Status
from housing_guarantee.linkage.match import Link
from housing_guarantee.models import Cell, Place
from housing_guarantee.reviews import Reviews
from housing_guarantee.rule import Scope
from housing_guarantee.source import Account
from housing_guarantee.tracking.lives import DANGER, Event, Life, Sight, after_check

__all__ = ["Change", "Data", "follow"]


@frozen
class Data:
    """Digests of what was read: two runs with the same ones saw the same data, whatever the files were called.

    :param roles: role → digest of all its sources; ``links`` is what people settled, and ``reviews`` what they saw in
        photos, which is data as well
    """

    roles: Mapping[str, str]

    @classmethod
    def of(cls, accounts: Iterable[Account], links: Iterable[Link] = (), reviews: Reviews | None = None) -> "Data":
        """Digest what every source held; where its adapter keeps no digest, what was counted in it."""
        seen: dict[str, list[str]] = {}
        for account in accounts:
            counts = f"{account.read} rows, {account.photos} photos, {account.unreadable} unreadable"
            seen.setdefault(account.source.role, []).append(account.digest or counts)
        seen["links"] = [json.dumps(_said(link), ensure_ascii=False) for link in links]
        if reviews:
            seen["reviews"] = [json.dumps(astuple(one), ensure_ascii=False) for one in reviews.values()]
        return cls({role: _digest(sorted(parts)) for role, parts in sorted(seen.items())})

    @property
    def whole(self) -> str:
        """The digest of everything."""
        return self.of_roles(self.roles)

    def of_roles(self, roles: Iterable[str]) -> str:
        """Digest the data of some roles."""
        return _digest([(role, self.roles.get(role)) for role in sorted(set(roles))])


def _said(link: Link) -> tuple[object, ...]:
    """Give a person's word as it is digested: a confirmation as it was before there were denials."""
    return astuple(link, filter=lambda attribute, value: attribute.name != "denied" or value)


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


@frozen
class Change:
    """A finding that a run or an answer touched.

    :param before: its state before; None for what was found for the first time
    :param event: what happened, or None where only the run in which it was seen is new
    """

    before: Status | None
    event: Event | None
    life: Life = field(repr=False)


def follow(
    lives: Mapping[str, Life], survey: Survey, outcome: Outcome, *, run: int, data: Data, backwards: bool = False
) -> tuple[Change, ...]:
    """Carry every finding on, and give those that are touched, in the order of their keys.

    :param lives: what earlier runs found, by key
    :param run: the number of this run
    :param backwards: whether this run looks at an earlier moment than the last one: it then has no newer data
    """
    look = _Look(survey, outcome, run, data, backwards)
    found = {finding.key: finding for finding in outcome.findings}
    changes = []
    for key in sorted({*lives, *found}):
        before = lives.get(key)
        after, event = look.at(before, found.get(key))
        if after is not None and after != before:
            changes.append(Change(before.state if before else None, event, after))
    return tuple(changes)


class _Look:
    """What one run sees of a finding."""

    def __init__(self, survey: Survey, outcome: Outcome, run: int, data: Data, backwards: bool) -> None:
        self._given, self._casefiles = survey.given, survey.by_id
        places = [casefile.place for casefile in survey.casefiles]
        self._townships = {one for place in places for one in (place.area_code[:9], place.township)}
        self._sources = sorted((account.source for account in survey.accounts), key=lambda one: -len(one.name))
        self._households = {household.household_id: household for household in outcome.households}
        self._rules = {account.rule.code: account for account in outcome.rules}
        self._run, self._data, self._whole, self._backwards = run, data, data.whole, backwards

    def at(self, before: Life | None, finding: Finding | None) -> tuple[Life | None, Event | None]:
        """Give a finding's life after this run, and what happened to it."""
        code = finding.code if finding else before.code if before else ""
        sight = self._sight_of(finding, before) if finding else self._missing(before)
        state, event = after_check(before.state if before else None, sight, danger=code == DANGER)
        after = self._seen(finding, before) if finding else before
        if after is None or state is None or event is None:
            return after, None
        return evolve(after, state=state, event=event, run=self._run), event

    # -------------------------------------------------------------------------------------------- found

    def _sight_of(self, finding: Finding, before: Life | None) -> Sight:
        if finding.status is Status.WAIVED:
            return Sight.WAIVED
        if before is None or self._is_same_data(before):
            return Sight.FOUND
        renewed = before.renewed != self._data.of_roles(self._roles(finding))
        return Sight.FOUND_RENEWED if renewed else Sight.FOUND_NEWER

    def _seen(self, finding: Finding, before: Life | None) -> Life:
        """Note where and in which data it stands now."""
        roles = self._roles(finding)
        cell = next((cell for cell in finding.cells if cell.row is not None), None)
        file_no = finding.values.get("file_no")
        seen = evolve(
            before or _newborn(finding, self._run),
            severity=finding.severity,
            place=finding.place,
            seen_run=self._run,
            source=cell.source if cell else None,
            sheet=cell.sheet if cell else None,
            row=cell.row if cell else None,
            file_no=str(file_no) if file_no else None,
            roles=roles,
        )
        if before is not None and self._backwards:
            return seen
        return evolve(seen, data=self._whole, renewed=self._data.of_roles(roles))

    def _roles(self, finding: Finding) -> tuple[str, ...]:
        rule = self._rules[finding.code].rule
        own = {self._role(cell) for cell in finding.cells}
        return tuple(sorted({*own, *rule.needs, *rule.absence_of} - {""}))

    def _role(self, cell: Cell) -> str:
        """Say of which role's source a cell is; one inside a zip or folder is named behind its source."""
        inside = (s.role for s in self._sources if cell.source == s.name or cell.source.startswith(f"{s.name}/"))
        return next(inside, "")

    # -------------------------------------------------------------------------------------------- not found

    def _missing(self, before: Life | None) -> Sight:
        if before is None or not self._could_see(before):
            return Sight.UNCHECKED
        return Sight.MISSED if self._is_same_data(before) else Sight.GONE

    def _is_same_data(self, before: Life) -> bool:
        return self._backwards or before.data == self._whole

    def _could_see(self, life: Life) -> bool:
        """Say whether the finding would have been found, were it still there."""
        account = self._rules.get(life.code)
        if account is None or account.not_applicable is not None:
            return False
        if any(not self._given.has(role) or role in self._given.broken for role in life.roles):
            return False
        if account.rule.scope is Scope.SURVEY:
            return account.failures == 0 and self._looked_at(life.place)
        casefile = self._casefiles.get(life.household_id or "")
        return casefile is not None and self._was_asked(account, casefile, life.roles)

    def _looked_at(self, place: Place) -> bool:
        """Say whether the roster has a household in that township, or nobody says which it is."""
        township = place.area_code[:9] or place.township
        return not township or township in self._townships

    def _was_asked(self, account: RuleAccount, casefile: CaseFile, roles: Sequence[str]) -> bool:
        if account.rule.code in self._households[casefile.household_id].unjudged:
            return False
        if account.rule.recorded and not casefile.verifications:
            return False
        return all(row.origin.table.role not in roles for row in casefile.bad_rows)


def _newborn(finding: Finding, run: int) -> Life:
    return Life(
        finding.key,
        finding.code,
        finding.severity,
        finding.household_id,
        finding.place,
        Status.NEW,
        Event.FOUND,
        run,
        first_run=run,
        seen_run=run,
    )
