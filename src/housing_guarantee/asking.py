"""Ask rules of some case files, here or in another process, and note what each answers or how it failed.

Nothing is concluded here, so that a county can be asked in parts, and the parts be laid together again in one order
(`engine.py`).
"""

import os
import pickle
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import evolve

from housing_guarantee.answers import Ask, Placed, bind, groups_of, keys_of, limited, placed_by, timed
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.containment import Overdue
from housing_guarantee.inquiry import MAX_FAILURES, NOT_ASKED, Asked, Failure, Inquiry, Kind, Whole, concerns, kind_of
from housing_guarantee.onefile import file_of, load_module
from housing_guarantee.parcels import unpacked
from housing_guarantee.rule import Group, Member, Rule, Scope, Ties
from housing_guarantee.veil import Covered

__all__ = ["ask_shard", "ask_shard_packed", "ask_whole", "ask_whole_packed", "keys_in", "restored", "travelling"]


class _Asking:
    """Asks one rule, and notes how it fares."""

    def __init__(self, rule: Rule, inquiry: Inquiry, failures: int) -> None:
        self.rule = rule
        self.failures = failures
        self.calls, self.seconds = 0, 0.0
        self._inquiry = inquiry
        has = {"settings": inquiry.settings.get(rule.topic), "campaign": inquiry.campaign}
        self._bound = bind(rule, has)
        self.ask = self.watched(self._bound)

    def watched(self, ask: Ask) -> Callable[[Any], Any]:
        """Time a rule where that is asked for, hold one that is not built in to its seconds, catch what it raises."""
        ask = timed(ask, self._note) if self._inquiry.profile else ask
        if self.rule.owner:
            last = (lambda: os._exit(1)) if self._inquiry.covered else None
            ask = limited(ask, self._inquiry.campaign.plugins.seconds, last=last)
        return self._guarded(ask)

    def over_groups(self, casefiles: Sequence[CaseFile], whole: Whole) -> Iterator[tuple[Group, Any]]:
        """Ask of each group of several case files, across all of these."""
        form = groups_of(self.rule, self._inquiry.settings.get(self.rule.topic))
        place = self.watched(placed_by(self._bound))
        self._inquiry.wind_up()
        for group in self.noted(self.watched(form)(casefiles), whole) if form else self._keyed(casefiles, whole):
            self._inquiry.wind_up()
            yield group, place(group)

    def _keyed(self, casefiles: Sequence[CaseFile], whole: Whole) -> list[Group]:
        """Collect the case files that share a key."""
        groups: dict[Hashable, list[Member]] = defaultdict(list)
        keys = self.watched(keys_of(self.rule.key) if self.rule.key else lambda casefile: ())
        for casefile in casefiles:
            self._inquiry.wind_up()
            for key, cells in self.noted(keys(casefile), whole):
                groups[key].append(Member(casefile, cells))
        return [
            Group(key, tuple(sorted(members, key=lambda member: member.casefile.household_id)))
            for key, members in groups.items()
            if len(members) > 1
        ]

    @staticmethod
    def noted(answer: Any, whole: Whole) -> Sequence[Any]:
        """Give what was answered; note what was not."""
        if isinstance(answer, Failure):
            whole.failures.append(answer)
            return ()
        found: Sequence[Any] = answer
        return found

    def _note(self, seconds: float) -> None:
        self.calls += 1
        self.seconds += seconds

    def _guarded(self, ask: Ask) -> Callable[[Any], Any]:
        def answer(subject: Any) -> Any:
            if self.failures >= MAX_FAILURES:
                return NOT_ASKED
            try:
                return ask(subject)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # sys.exit() in a rule must not end the run, least of all with success
                failure = _failure(error)
                self.failures += failure.weight
                return failure

        return answer


def _failure(error: BaseException) -> Failure:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
    weight = MAX_FAILURES if isinstance(error, Overdue) else 1  # what loops is not asked again
    return Failure(f"{type(error).__name__} in {where}", weight)


# ------------------------------------------------------------------------------------------------ some case files


def ask_shard(casefiles: Sequence[CaseFile], inquiry: Inquiry, failures: Sequence[int] = ()) -> Asked:
    """Ask rules of one household each of some case files.

    :param failures: how often each rule has failed before; one that fails too often is no longer asked
    """
    rules = [rule for _, rule in inquiry.rules]
    askings = [_Asking(rule, inquiry, failed) for rule, failed in zip(rules, failures or [0] * len(rules), strict=True)]
    asked = Asked([[] for _ in casefiles], [[] for _ in casefiles], {})
    views = _Views(inquiry, casefiles)
    shown = [views.of(rule) for rule in rules]
    lists: dict[Kind, list[int]] = {}
    for at, casefile in enumerate(casefiles):
        inquiry.wind_up(len(rules))
        kind = kind_of(casefile)
        if kind not in lists:
            lists[kind] = [index for index, rule in enumerate(rules) if concerns(rule, kind)]
        said = asked.answers[at]
        for index in lists[kind]:
            answer = askings[index].ask(shown[index][at])
            if answer:
                said.append((inquiry.rules[index][0], views.restored(rules[index], answer)))
    for (number, rule), asking, own in zip(inquiry.rules, askings, shown, strict=True):
        for at, reason in _blind(rule, inquiry, own):
            asked.blind[at].append((number, reason))
        asked.spent[number] = asking.calls, asking.seconds
    return asked


def _blind(rule: Rule, inquiry: Inquiry, casefiles: Sequence[CaseFile]) -> Iterator[tuple[int, Any]]:
    """Give the case files of which a rule could not see everything, so that its silence clears nobody."""
    blind = rule.blind
    if blind is None:
        return
    look = _Asking(rule, inquiry, 0).watched(lambda one: [blind(one)])
    for at, casefile in enumerate(casefiles):
        inquiry.wind_up()
        answer = look(casefile)
        reason = answer if isinstance(answer, Failure) else answer[0]
        if reason:
            yield at, reason


class _Views:
    """The same case files as each rule is shown them."""

    def __init__(self, inquiry: Inquiry, casefiles: Sequence[CaseFile]) -> None:
        self._inquiry, self._casefiles = inquiry, casefiles
        self._covered: dict[frozenset[str], Covered[Sequence[CaseFile]]] = {}
        self._copies: dict[tuple[str, frozenset[str]], Sequence[CaseFile]] = {}

    def of(self, rule: Rule) -> Sequence[CaseFile]:
        """Give the case files themselves, or for a stranger's rule its plugin's own covered copy."""
        if self._inquiry.shows_all(rule):
            return self._casefiles
        sees = frozenset(rule.sees)
        if sees not in self._covered:
            self._covered[sees] = self._inquiry.veil(rule).over(self._casefiles)
        if (rule.owner, sees) not in self._copies:
            self._copies[rule.owner, sees] = self._covered[sees].view
        return self._copies[rule.owner, sees]

    def restored(self, rule: Rule, answer: Any) -> Any:
        """Give answers with the true cells instead of the covered ones."""
        if isinstance(answer, Failure) or self._inquiry.shows_all(rule):
            return answer
        return self._covered[frozenset(rule.sees)].restored(answer)


# ------------------------------------------------------------------------------------------------ all case files


def ask_whole(survey: Survey, inquiry: Inquiry) -> Whole:
    """Ask the inquiry's one rule of every group of case files that it is about, or of the whole survey."""
    ((_, rule),) = inquiry.rules
    if inquiry.shows_all(rule):
        return _ask_whole(survey, inquiry)
    covered = inquiry.veil(rule).over(survey)
    return restored(_ask_whole(covered.view, inquiry), covered)


def restored(whole: Whole, covered: Covered[Survey]) -> Whole:
    """Give what a rule answered about covered case files with the true cells."""
    groups: list[tuple[str, Sequence[Placed]]] = [
        (tie, [(number, covered.true(cells), covered.restored([breach])[0]) for number, cells, breach in placed])
        for tie, placed in whole.groups
    ]
    return evolve(whole, groups=groups, breaches=covered.restored(whole.breaches))


def _ask_whole(survey: Survey, inquiry: Inquiry) -> Whole:
    ((_, rule),) = inquiry.rules
    asking, whole = _Asking(rule, inquiry, 0), Whole()
    if rule.scope is Scope.SURVEY:
        whole.asked = 1
        inquiry.wind_up()
        whole.breaches = asking.noted(asking.ask(survey), whole)
    else:
        for group, answer in asking.over_groups(survey.casefiles, whole):
            whole.asked += 1
            if placed := asking.noted(answer, whole):
                whole.groups.append((repr(group.key), placed))
        for number, reason in _blind(rule, inquiry, survey.casefiles):
            if not isinstance(reason, Failure):
                whole.blind.append((survey.casefiles[number].household_id, reason))
            else:
                whole.failures.append(reason)
    whole.spent = (asking.calls, asking.seconds)
    return whole


def keys_in(survey: Survey, inquiry: Inquiry) -> Iterator[tuple[int, Any]]:
    """Give the keys that the inquiry's one rule groups by, or what it ties by, each with the place of its case file.

    Of a case file over which the rule raises nothing is given: asking the rule itself will tell.
    """
    ((_, rule),) = inquiry.rules
    shown = survey if inquiry.shows_all(rule) else inquiry.veil(rule).over(survey).view
    if isinstance(rule.across, Ties):
        things = rule.across.things
        look: Ask = lambda casefile: list(things(casefile))  # noqa: E731 - bound to this rule's
    else:
        pairs = keys_of(rule.key) if rule.key else lambda casefile: ()
        look = lambda casefile: [key for key, _ in pairs(casefile)]  # noqa: E731
    look = _Asking(rule, inquiry, 0).watched(look)
    for at, casefile in enumerate(shown.casefiles):
        found = look(casefile)
        yield from ((at, key) for key in (() if isinstance(found, Failure) else found))


# ------------------------------------------------------------------------------------------------ in other processes


def travelling(inquiry: Inquiry) -> bytes:
    """Give an inquiry as bytes for `ask_shard_packed` and `ask_whole_packed`.

    :raises Exception: whatever a rule, or its settings, raises that cannot be pickled
    """
    files = {file for _, rule in inquiry.rules if (file := file_of(rule.function))}
    return pickle.dumps((sorted(map(str, files)), pickle.dumps(inquiry)))


def ask_shard_packed(inquiry: bytes, casefiles: tuple[bytes, bytes]) -> Asked:
    """Ask of case files that were packed."""
    arrived = _arrived(inquiry)
    try:
        return ask_shard(unpacked(*casefiles), arrived)
    finally:
        arrived.wind_up(None)


def ask_whole_packed(inquiry: bytes, survey: tuple[bytes, bytes]) -> Whole:
    """Ask of a survey that was packed."""
    arrived = _arrived(inquiry)
    try:
        return ask_whole(unpacked(*survey), arrived)
    finally:
        arrived.wind_up(None)


@lru_cache(maxsize=4)
def _arrived(inquiry: bytes) -> Inquiry:
    files, pickled = pickle.loads(inquiry)  # noqa: S301 - packed by the run itself
    for file in files:
        load_module(Path(file))
    made: Inquiry = pickle.loads(pickled)  # noqa: S301
    return made
