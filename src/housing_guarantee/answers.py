"""What a rule answers, listed in full and checked, so that a fault in an answer is the rule's and not the run's.

A rule may answer lazily: a generator that raises must raise where the rule is asked, not where its answers are used.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from time import perf_counter
from typing import Any

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.containment import time_limit
from housing_guarantee.models import Cell
from housing_guarantee.rule import Breach, Group, GroupKey, Proof, Rule, Scope, Unanswered

__all__ = ["Ask", "Placed", "bind", "groups_of", "keys_of", "limited", "placed_by", "timed"]

Ask = Callable[[Any], Sequence[Any]]
Placed = tuple[str, tuple[Cell, ...], Breach]
"""The household that a breach concerns, the cells of theirs that it points at, and the breach."""


def bind(rule: Rule, has: Mapping[str, Any]) -> Ask:
    """Give the rule what it asks for by name, and list its answers.

    The answer raises whatever the rule raises, TypeError where it answers with anything else than it may, and
    ValueError where a breach names a clause that is not the rule's.
    """
    wanted = {name: has[name] for name in rule.arguments[1:]}
    clauses = (None, rule.clause, rule.also_clause)
    function, kinds = rule.function, (Breach, Proof, Unanswered) if rule.scope is Scope.CASEFILE else (Breach,)

    def ask(subject: Any) -> Sequence[Any]:
        answer = function(subject, **wanted)
        if answer is None:
            return ()
        answers = (answer,) if isinstance(answer, kinds) else tuple(answer)
        if not all(isinstance(one, kinds) for one in answers):
            raise TypeError(f"a rule answers with {' or '.join(kind.__name__ for kind in kinds)} or None")
        if any(isinstance(one, Breach) and one.clause not in clauses for one in answers):
            raise ValueError("a breach names the rule's own clause or its also_clause")
        return answers

    return ask


def placed_by(ask: Ask) -> Ask:
    """Say whom of a group each breach concerns: every member, where the only one names nobody.

    The answer raises KeyError where a breach names a household that is not of the group.
    """

    def place(group: Group) -> Sequence[Placed]:
        breaches = ask(group)
        if len(breaches) == 1 and breaches[0].household_id is None:
            return [(member.casefile.household_id, member.cells, breaches[0]) for member in group.members]
        members = {member.casefile.household_id: member.casefile.household_id for member in group.members}
        return [(members[breach.household_id or ""], breach.cells, breach) for breach in breaches]

    return place


def keys_of(function: GroupKey) -> Ask:
    """List the keys of a case file, with their cells; TypeError where one cannot be a key."""

    def keys(casefile: CaseFile) -> Sequence[tuple[Hashable, tuple[Cell, ...]]]:
        pairs = [(key, cells) for key, cells in function(casefile)]
        for key, _ in pairs:
            hash(key)
        return pairs

    return keys


def groups_of(rule: Rule, settings: Any) -> Ask | None:
    """List the groups that a rule forms itself; None where it has keys."""
    form = rule.groups
    return None if form is None else lambda casefiles: list(form(casefiles, settings))


def limited(ask: Ask, seconds: float, *, last: Callable[[], object] | None = None) -> Ask:
    """Hold what a stranger wrote to so many seconds each time; the answer raises `Overdue` after them.

    :param last: called where it goes on all the same
    """

    def answer(subject: Any) -> Sequence[Any]:
        with time_limit(seconds, last=last):
            return ask(subject)

    return answer


def timed(ask: Ask, note: Callable[[float], None]) -> Ask:
    """Note how long each answer took, in seconds."""

    def answer(subject: Any) -> Sequence[Any]:
        started = perf_counter()
        try:
            return ask(subject)
        finally:
            note(perf_counter() - started)

    return answer
