"""Who is handed what: findings and households shared out among townships and villages, none left over."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from attrs import field, frozen

from housing_guarantee.findings import Finding, HouseholdResult, Severity, Status, Verdict
from housing_guarantee.models import Place
from housing_guarantee.units import Unit, completed, township_of, village_of

__all__ = ["Share", "by_township", "by_village", "in_parts"]

T = TypeVar("T")


@frozen
class Share:
    """The findings and the households of one unit, in the order of the run."""

    findings: tuple[Finding, ...] = field(repr=False)
    households: tuple[HouseholdResult, ...] = field(repr=False)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings to work through."""
        return tuple(finding for finding in self.findings if finding.status is not Status.WAIVED)

    @property
    def waived(self) -> tuple[Finding, ...]:
        """The findings that an office answers for."""
        return tuple(finding for finding in self.findings if finding.status is Status.WAIVED)

    @property
    def places(self) -> tuple[Place, ...]:
        """The place of each finding, then of each household."""
        return (*(finding.place for finding in self.findings), *(household.place for household in self.households))

    def numbers(self) -> tuple[int, ...]:
        """Count households; open findings, errors and warnings; waived findings; households by verdict."""
        severities = Counter(finding.severity for finding in self.open)
        verdicts = Counter(household.verdict for household in self.households)
        return (
            len(self.households),
            len(self.open),
            severities[Severity.ERROR],
            severities[Severity.WARNING],
            len(self.waived),
            *(verdicts[verdict] for verdict in Verdict),
        )


def by_township(share: Share) -> dict[Unit, Share]:
    """Share out among the townships, in the order of their codes."""
    return _shared(share, [township_of(place) for place in share.places])


def by_village(share: Share) -> dict[Unit, Share]:
    """Share one township's among its villages, in the order of their codes."""
    return _shared(share, [village_of(place) for place in share.places])


def in_parts(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into parts of at most so many; an empty one is one part."""
    for start in range(0, max(len(items), 1), most):
        yield items[start : start + most]


def _shared(share: Share, units: Sequence[Unit]) -> dict[Unit, Share]:
    """Share out by the units given, one for each finding and then for each household."""
    units = completed(units)
    findings: dict[Unit, list[Finding]] = defaultdict(list)
    households: dict[Unit, list[HouseholdResult]] = defaultdict(list)
    for unit, finding in zip(units, share.findings, strict=False):
        findings[unit].append(finding)
    for unit, household in zip(units[len(share.findings) :], share.households, strict=True):
        households[unit].append(household)
    return {unit: Share(tuple(findings[unit]), tuple(households[unit])) for unit in sorted(set(units))}
