"""What a rule is: a plain function, marked by `@rule`, that answers one question with a Breach, a Proof or None.

The decorator hands the function back unchanged, so it stays callable, testable and picklable. The first argument's
name says the scope: ``casefile`` (one household), ``group`` (the case files that share a key, with ``key=`` on the
decorator, or that ``groups=`` puts together) or ``survey`` (the whole data set). A rule that also asks for
``settings`` or ``campaign`` by name gets its topic's settings or the campaign's facts.
"""

import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from typing import Any, TypeVar

from attrs import field, frozen

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.errors import PluginError
from housing_guarantee.findings import Effect, Severity
from housing_guarantee.models import Cell, Place

__all__ = [
    "CONTRADICTED",
    "ERROR",
    "INFO",
    "UNPROVEN",
    "WARNING",
    "Breach",
    "Fix",
    "Group",
    "Grouping",
    "Member",
    "Proof",
    "Rule",
    "Scope",
    "Ties",
    "Topic",
    "Unanswered",
    "Words",
    "rule",
]

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CONTRADICTED, UNPROVEN = Effect.CONTRADICTED, Effect.UNPROVEN

F = TypeVar("F", bound=Callable[..., Any])
GroupKey = Callable[[CaseFile], Iterable[tuple[Hashable, tuple[Cell, ...]]]]


class Unset(Enum):
    """That a breach says nothing of its effect; a member, so that it is the same one in every process."""

    UNSET = "unset"


@frozen
class Breach:
    """The question fails.

    :param cells: what to open, first the cell at fault (``record.at("grade")``)
    :param values: named data for the words
    :param severity, effect: instead of the rule's own, where the catalogue names another
    :param household_id: whom it concerns, where that is not the case file asked
    :param place: where, for what belongs to no household of the roster
    :param slot: tells two breaches of one rule and one household apart; part of the key
    :param clause: instead of the rule's own; the rule's ``also_clause``
    :param hidden: personal text that tells them apart; enters the key only as a keyed hash
    """

    cells: tuple[Cell, ...]
    values: Mapping[str, Any] = field(factory=dict)
    severity: Severity | None = None
    effect: Effect | Unset | None = Unset.UNSET
    household_id: str | None = None
    place: Place | None = None
    slot: str = ""
    hidden: str = ""
    clause: str | None = None

    @property
    def sets_effect(self) -> bool:
        """Whether it carries an effect of its own."""
        return self.effect is not Unset.UNSET


@frozen
class Proof:
    """The question holds, and these cells show it."""

    cells: tuple[Cell, ...]


@frozen
class Unanswered:
    """The question cannot be answered, because these cells are blank: neither a breach nor fine."""

    cells: tuple[Cell, ...]


@frozen
class Words:
    """A text in both languages, with named fields in braces."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """Give the text in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


@frozen
class Fix(Words):
    """What to do, and who does it: ``village``, ``township`` or ``county``."""

    by: str = "village"


@frozen
class Member:
    """One household of a group, and the cells that tie it to the others."""

    casefile: CaseFile
    cells: tuple[Cell, ...]


@frozen
class Group:
    """Case files that share a key or another tie, sorted by household."""

    key: Hashable
    members: tuple[Member, ...]


Grouping = Callable[[Sequence[CaseFile], Any], Iterable[Group]]
"""Puts together what no equal key does, such as what is alike or near; it is given the settings of the topic."""


@frozen
class Ties:
    """How households of several counties are found that a rule with ``groups=`` would put together.

    Whether two things are tied must rest on these two alone.

    :param things: what of a case file may be tied to another's
    :param tied: of many such things the pairs that are tied, by their places; asked in parts, which may be elsewhere
    :param parts: how many parts there are
    """

    things: Callable[[CaseFile], Iterable[Any]]
    tied: Callable[[Sequence[Any], int, Any], Iterable[tuple[int, int]]]
    parts: int = 1


Blind = Callable[[CaseFile], str | None]
"""Says in a word what of a case file a rule could not look at, if anything."""


class Scope(StrEnum):
    """What a rule is asked of."""

    CASEFILE = "casefile"
    GROUP = "group"
    SURVEY = "survey"


@frozen
class Rule:
    """A marked function with everything that is said about it.

    :param code: topic, a dot, and the function's name with hyphens
    :param also_clause: the other clause that its breaches may name, and then stand against that one's requirement
    :param guarantee: the kind of guarantee, or a campaign's own type, whose households alone are asked
    :param requirement: the requirement that its Proof satisfies and its Breach stands against
    :param recorded: whether it is asked only of households that have a verification record
    :param needs: roles without which it is not applicable
    :param absence_of: roles whose silence it accuses; where one could not be read in full, it cannot check
    :param key, groups: how a group rule's groups are formed: by equal keys, or otherwise
    :param across: whether the groups of a campaign of many counties reach from one into another: where a key means the
        same everywhere, as a name does not; of a rule with ``groups``, how they are found
    :param blind: says of which case files it could not check everything, and why
    :param sees: fields of persons that it is shown; a rule that is not built in sees tokens for all others
    :param owner: the plugin that brought it; empty for a built-in
    """

    code: str
    function: Callable[..., Any]
    scope: Scope
    arguments: tuple[str, ...]
    clause: str
    severity: Severity
    effect: Effect | None
    message: Words
    fix: Fix
    also_clause: str | None = None
    guarantee: str | None = None
    requirement: str | None = None
    recorded: bool = True
    needs: tuple[str, ...] = ()
    absence_of: tuple[str, ...] = ()
    key: GroupKey | None = None
    groups: Grouping | None = None
    across: bool | Ties = False
    blind: Blind | None = None
    sees: tuple[str, ...] = ()
    owner: str = ""

    @property
    def topic(self) -> str:
        """The topic, which is the part of the code before the dot."""
        return self.code.partition(".")[0]

    @property
    def question(self) -> str:
        """The first sentence of the function's docstring: the rule in English."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")


@frozen
class Topic:
    """What a rule file brings: its rules by name, and the class of its settings.

    :param applies: says of which campaigns its rules are asked, such as those of one county; None: of every one
    """

    name: str
    rules: tuple[Callable[..., Any], ...]
    settings: type | None = None
    applies: Callable[[Any], bool] | None = None

    def build(self, owner: str = "") -> tuple[Rule, ...]:
        """Make the rules of the marked functions.

        :param owner: the plugin that brings them
        :raises PluginError: a function is not marked
        """
        return tuple(_build(self.name, function, owner) for function in self.rules)


def rule(
    *,
    clause: str,
    severity: Severity,
    message: Words,
    fix: Fix,
    effect: Effect | None = None,
    also_clause: str | None = None,
    guarantee: str | None = None,
    requirement: str | None = None,
    recorded: bool = True,
    needs: tuple[str, ...] = (),
    absence_of: tuple[str, ...] = (),
    key: GroupKey | None = None,
    groups: Grouping | None = None,
    across: bool | Ties = False,
    blind: Blind | None = None,
    sees: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Mark a function as a rule; see `Rule` for the arguments."""
    marks = {name: value for name, value in locals().items()}  # noqa: C416 - a copy, before the closure sees it

    def mark(function: F) -> F:
        function.__rule__ = marks  # type: ignore[attr-defined]
        return function

    return mark


def _build(topic: str, function: Callable[..., Any], owner: str) -> Rule:
    marks = getattr(function, "__rule__", None)
    name = getattr(function, "__name__", "?")
    if marks is None:
        raise PluginError(f"topic {topic!r} lists {name!r}, which is not marked with @rule")
    arguments = tuple(inspect.signature(function).parameters)
    try:
        scope = Scope(arguments[0])
    except (IndexError, ValueError) as error:
        raise PluginError(f"rule {topic}.{name}: its first argument is casefile, group or survey") from error
    if unknown := set(arguments[1:]) - {"settings", "campaign"}:
        raise PluginError(f"rule {topic}.{name}: it can ask for settings and campaign, not {sorted(unknown)}")
    if (scope is Scope.GROUP) != (len({"key", "groups"} & {n for n, mark in marks.items() if mark is not None}) == 1):
        raise PluginError(f"rule {topic}.{name}: a group rule, and only a group rule, has key= or groups=")
    if marks["across"] and isinstance(marks["across"], Ties) is not (marks["groups"] is not None):
        raise PluginError(f"rule {topic}.{name}: across= is True beside key=, and Ties beside groups=")
    return Rule(f"{topic}.{name.replace('_', '-')}", function, scope, arguments, owner=owner, **marks)
