"""Where the rules are asked: here, village by village; in the processes of an executor; or apart, in one of their own.

Whatever ends a process costs its village a second try, rule by rule in a fresh process. The rule that ends that one too
is named, and asked no more; every other answer is as if it had not been there.
"""

import pickle
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from attrs import evolve

from housing_guarantee.asking import ask_shard, ask_shard_packed, ask_whole, ask_whole_packed, restored, travelling
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.inquiry import (
    MAX_FAILURES,
    Asked,
    Failure,
    Inquiry,
    Whole,
    concerns,
    is_strange,
    kind_of,
    merged,
)
from housing_guarantee.rule import Rule
from housing_guarantee.veil import Covered, openly
from housing_guarantee.workers.pool import Ended, Workers

__all__ = ["SHARD", "Questioning", "shards_of"]

SHARD = 100
"""Case files that are asked together at most; a village seldom has more."""
AHEAD = 8
"""Villages that are handed out before the first is taken back: none waits, and memory stays flat."""
MEMORY = 2 << 30
"""Bytes that the process of rules which are asked apart may ask for."""
TRIES = 2
"""Processes that a rule may end before it is held for the cause: a machine without memory ends one as well."""

Shard = Sequence[CaseFile]
Failures = Callable[[Rule], int]
"""Says how often a rule has failed so far."""
Numbered = tuple[int, Rule]
_Finish = Callable[[], Asked]


def shards_of(casefiles: Iterable[CaseFile]) -> Iterator[Shard]:
    """Give the case files village by village, in the order of the roster."""
    villages: dict[Any, list[CaseFile]] = defaultdict(list)
    for casefile in casefiles:
        villages[casefile.place].append(casefile)
    for village in villages.values():
        for start in range(0, len(village), SHARD):
            yield village[start : start + SHARD]


def _taken(shard: Shard, parts: Sequence[_Finish]) -> tuple[Shard, Asked]:
    return shard, merged([finish() for finish in parts])


class Questioning:
    """Asks rules wherever each is to be asked; a context manager, which ends the processes that it started.

    :param inquiry: what they are asked with
    :param executor: asks whatever can travel; None: all is asked here
    :param failures: how often a rule has failed so far
    """

    def __init__(self, inquiry: Inquiry, executor: Executor | None, failures: Failures) -> None:
        self._inquiry, self._executor, self._failures = inquiry, executor, failures
        self._isolates = inquiry.campaign.plugins.isolate
        self._open = ExitStack()
        self._fresh: Workers | None = None
        self._inquiries: dict[tuple[str, ...], bytes] = {}

    def __enter__(self) -> Self:
        """Begin; a process is started when the first village asks for it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes, in the midst of a village where the run was ended."""
        self._open.__exit__(kind, error, trace)

    def shards(self, casefiles: Iterable[CaseFile], rules: Sequence[Rule]) -> Iterator[tuple[Shard, Asked]]:
        """Ask rules of one household each; give the villages in order, with the answers by the number of the rule."""
        parts = self._parts(list(enumerate(rules)))
        ahead = AHEAD if self._executor else len(parts) - 1  # a village is asked apart while another is asked here
        begun: deque[tuple[Shard, list[_Finish]]] = deque()
        for shard in shards_of(casefiles):
            begun.append((shard, [part.begin(shard) for part in parts]))
            if len(begun) > ahead:
                yield _taken(*begun.popleft())
        while begun:
            yield _taken(*begun.popleft())

    def whole(self, survey: Survey, rule: Rule) -> Whole:
        """Ask a rule of all case files at once; it is asked here, unless apart."""
        inquiry = evolve(self._inquiry, rules=((0, rule),))
        if not self._is_apart(rule):
            return ask_whole(survey, inquiry)
        covered = inquiry.veil(rule).over(survey)
        for _ in range(TRIES):
            try:
                packed = self.packed(inquiry.rules, covered=True)
                return restored(self.fresh.submit(ask_whole_packed, packed, covered.parcel.bytes).result(), covered)
            except Exception as error:
                failure = _ended(error)
        return Whole(failures=[failure])

    def _parts(self, rules: Sequence[Numbered]) -> "list[_Here | _Sent]":
        """Lay together what is asked together."""
        here: list[Numbered] = []
        away: list[Numbered] = []
        apart: dict[tuple[str, frozenset[str]], list[Numbered]] = defaultdict(list)
        for number, rule in rules:
            if self._is_apart(rule):
                apart[rule.owner, frozenset(rule.sees)].append((number, rule))
            else:
                (away if self._executor is not None and _can_travel(rule) else here).append((number, rule))
        sent = [_Sent(self, own, covered=True) for own in apart.values()]
        sent += [_Sent(self, away, covered=False)] if away else []
        return [*sent, _Here(self, here)]

    def _is_apart(self, rule: Rule) -> bool:
        return self._isolates and is_strange(rule)

    # -------------------------------------------------------------------------------------------- for the parts

    def failed(self, rule: Rule) -> int:
        """Say how often a rule has failed so far."""
        return self._failures(rule)

    def here(self, shard: Shard, rules: Sequence[Numbered]) -> Asked:
        """Ask of a village in this process."""
        inquiry = evolve(self._inquiry, rules=tuple(rules))
        return ask_shard(shard, inquiry, [self.failed(rule) for _, rule in rules])

    def covered(self, shard: Shard, rule: Rule) -> Covered[Shard]:
        """Hide from a rule what it does not see."""
        return self._inquiry.veil(rule).over(shard)

    def packed(self, rules: Sequence[Numbered], *, covered: bool) -> bytes:
        """Give an inquiry of some rules as it travels; those who see covered case files get no key to them.

        :raises Exception: whatever a rule or its settings raise that cannot be pickled
        """
        codes = tuple(rule.code for _, rule in rules)
        if codes not in self._inquiries:
            inquiry = evolve(self._inquiry, rules=tuple(rules), veils={})
            if covered:
                inquiry = evolve(inquiry, key=b"", known=frozenset(), covered=True)
            self._inquiries[codes] = travelling(inquiry)
        return self._inquiries[codes]

    def submit(self, inquiry: bytes, data: tuple[bytes, bytes], *, covered: bool) -> Future[Asked]:
        """Have a village asked about elsewhere."""
        executor = self.fresh if covered or self._executor is None else self._executor
        return executor.submit(ask_shard_packed, inquiry, data)

    @property
    def fresh(self) -> Workers:
        """A process that is replaced when it ends."""
        if self._fresh is None:
            self._fresh = self._open.enter_context(Workers(memory=MEMORY if self._isolates else 0))
        return self._fresh


# ------------------------------------------------------------------------------------------------ asked together


class _Here:
    """Rules that are asked in this process, when their turn comes."""

    def __init__(self, where: Questioning, rules: Sequence[Numbered]) -> None:
        self._where, self._rules = where, rules

    def begin(self, shard: Shard) -> _Finish:
        """Begin nothing: until their turn comes some may have failed too often."""
        return lambda: self._where.here(shard, self._rules)


class _Sent:
    """Rules that are asked in another process.

    :param covered: whether persons are hidden from them before anything leaves this one
    """

    def __init__(self, where: Questioning, rules: Sequence[Numbered], *, covered: bool) -> None:
        self._where, self._rules, self._is_covered = where, rules, covered
        self._ended: dict[int, Failure] = {}

    def begin(self, shard: Shard) -> _Finish:
        """Send the village out."""
        living = [one for one in self._rules if self._is_asked(*one)]
        if not living:
            return lambda: self._failed(shard)
        covered = self._where.covered(shard, living[0][1]) if self._is_covered else None
        data = (covered.parcel if covered else openly(shard)).bytes
        future = self._sent(living, data)

        def finish() -> Asked:
            try:
                found = [future.result()]
            except Exception:  # of a worker or of an executor, and no rule's own: those are answers
                found = list(self._one_by_one(living, data))
            found = [_restored(one, covered) for one in found] if covered else found
            return merged([*found, self._failed(shard)])

        return finish

    def _is_asked(self, number: int, rule: Rule) -> bool:
        return number not in self._ended and self._where.failed(rule) < MAX_FAILURES

    def _sent(self, rules: Sequence[Numbered], data: tuple[bytes, bytes]) -> Future[Asked]:
        try:
            inquiry = self._where.packed(rules, covered=self._is_covered)
        except Exception as error:  # what a stranger's settings or rule raises when it is pickled
            return _failing(error)
        try:
            return self._where.submit(inquiry, data, covered=self._is_covered)
        except BrokenExecutor as error:
            return _failing(error)

    def _one_by_one(self, rules: Sequence[Numbered], data: tuple[bytes, bytes]) -> Iterator[Asked]:
        """Ask rule by rule in a fresh process; a rule that ends it too is named, and asked no more."""
        for number, rule in rules:
            try:
                inquiry = self._where.packed([(number, rule)], covered=self._is_covered)
                yield self._where.fresh.submit(ask_shard_packed, inquiry, data).result()
            except Exception as error:
                self._ended[number] = _ended(error)

    def _failed(self, shard: Shard) -> Asked:
        """Note those that are asked no more for every household that they concern."""
        ended = [(number, rule) for number, rule in self._rules if number in self._ended]
        kinds = [kind_of(casefile) for casefile in shard]
        answers = [[(number, self._ended[number]) for number, rule in ended if concerns(rule, kind)] for kind in kinds]
        return Asked(answers, [[] for _ in shard], {})


def _failing(error: Exception) -> Future[Asked]:
    future: Future[Asked] = Future()
    future.set_exception(error)
    return future


def _ended(error: BaseException) -> Failure:
    """Say how a process ended, or why a rule cannot be asked in one."""
    return Failure(str(error) if isinstance(error, Ended) else f"{type(error).__name__} on its way", MAX_FAILURES)


def _restored(asked: Asked, covered: Covered[Shard]) -> Asked:
    answers = [
        [(number, one if isinstance(one, Failure) else covered.restored(one)) for number, one in said]
        for said in asked.answers
    ]
    return evolve(asked, answers=answers)


def _can_travel(rule: Rule) -> bool:
    try:
        pickle.dumps(rule)
    except Exception:  # a function inside another, as tests write them: it is asked here
        return False
    return True
