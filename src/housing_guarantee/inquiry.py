"""What is asked of case files, and what comes back: plain data, the same wherever the rules are asked."""

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from attrs import define, field, frozen

from housing_guarantee.answers import Placed
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.containment import end_process_after
from housing_guarantee.local import LocalRule
from housing_guarantee.rule import Rule
from housing_guarantee.veil import Veil

__all__ = [
    "MAX_FAILURES",
    "NOT_ASKED",
    "Asked",
    "Failure",
    "Inquiry",
    "Kind",
    "Whole",
    "concerns",
    "is_strange",
    "kind_of",
    "merged",
    "type_of",
]

MAX_FAILURES = 50
LONGEST = 3
"""Times a rule's own seconds, after which its process is ended whatever it is at."""


@frozen
class Failure:
    """A rule that did not answer.

    :param error: the class of what it raised, and the line; never the message, which may hold a person's data
    :param weight: how many failures it counts as; 0 where it was not asked any more
    """

    error: str
    weight: int = 1


NOT_ASKED = Failure("", 0)
"""Of a rule that has failed too often."""


@define
class Asked:
    """What rules answered about the case files of a shard.

    :param answers: of each case file the rules that said anything, by their numbers, and what they said
    :param blind: of each case file the rules that could not look at everything of it, and why
    :param spent: number of a rule → its calls and their seconds, where that was asked for
    """

    answers: list[list[tuple[int, Any]]]
    blind: list[list[tuple[int, Any]]]
    spent: dict[int, tuple[int, float]]


def merged(parts: Sequence[Asked]) -> Asked:
    """Lay together what different rules answered about the same case files, in the order of the rules."""
    if len(parts) == 1:
        return parts[0]
    return Asked(
        answers=[sorted(chain(*own), key=_number) for own in zip(*(part.answers for part in parts), strict=True)],
        blind=[sorted(chain(*own), key=_number) for own in zip(*(part.blind for part in parts), strict=True)],
        spent={number: spent for part in parts for number, spent in part.spent.items()},
    )


_number = itemgetter(0)


@define
class Whole:
    """What a rule answered about all case files.

    :param asked: how many groups, or surveys, it was asked of
    :param groups: of each group that fails what tells it from others, and whom each breach concerns
    :param breaches: those of a rule about the survey
    :param blind: the households of which it could not look at everything, and why
    """

    asked: int = 0
    groups: list[tuple[str, Sequence[Placed]]] = field(factory=list)
    breaches: Sequence[Any] = ()
    blind: list[tuple[str, str]] = field(factory=list)
    failures: list[Failure] = field(factory=list)
    spent: tuple[int, float] = (0, 0.0)


@frozen
class Inquiry:
    """What is asked, and with what.

    :param rules: with their numbers
    :param settings: topic → an instance of the topic's settings
    :param key, known: for the tokens that rules which are not built in see instead of persons' data
    :param covered: whether what is handed in is covered already; the process is then the rules' own
    """

    rules: tuple[tuple[int, Rule], ...]
    campaign: Campaign
    settings: Mapping[str, Any]
    key: bytes = field(default=b"", repr=False)
    known: frozenset[str] = field(default=frozenset(), repr=False)
    profile: bool = False
    covered: bool = False
    veils: dict[frozenset[str], Veil] = field(factory=dict, repr=False, eq=False)

    def veil(self, rule: Rule) -> Veil:
        """Give what hides from a rule whatever it does not say that it needs."""
        sees = frozenset(rule.sees)
        if sees not in self.veils:
            self.veils[sees] = Veil(sees, self.key, self.known)
        return self.veils[sees]

    def wind_up(self, calls: int | None = 1) -> None:
        """Have a process that is the rules' own end where the next calls never do; None: there are none."""
        if self.covered:
            end_process_after(None if calls is None else LONGEST * self.campaign.plugins.seconds * calls)

    def shows_all(self, rule: Rule) -> bool:
        """Say whether a rule is shown what is handed in as it is."""
        return self.covered or not is_strange(rule)


def is_strange(rule: Rule) -> bool:
    """Say whether strangers wrote a rule; what a campaign file itself holds reads only the fields that it names."""
    return bool(rule.owner) and not isinstance(rule.function, LocalRule)


def type_of(casefile: CaseFile) -> str | None:
    """Give the word for the guarantee that the last record claims."""
    return casefile.record.guarantee_type if casefile.verifications else None


Kind = tuple[bool, str | None, str | None]
"""What decides which rules a household is asked: whether it has a record, of which type, and of which kind that is."""


def kind_of(casefile: CaseFile) -> Kind:
    """Give what decides which rules are asked of a household."""
    return bool(casefile.verifications), type_of(casefile), casefile.kind


def concerns(rule: Rule, kind: Kind) -> bool:
    """Say whether households of a kind are asked: a rule names a kind of guarantee, or one campaign's own type."""
    recorded, guarantee_type, guarantee = kind
    return (recorded or not rule.recorded) and rule.guarantee in (None, guarantee, guarantee_type)
