"""What each source says of a household's facts, and how two of them are told to differ.

A blank says nothing. Only what means the same in every source is compared: a grade where the house is recorded as
appraised safe (elsewhere it may be that of before the works), a method where it is recorded as accommodated.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from attrs import field, frozen

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.definition import ACCOMMODATED, APPRAISED
from housing_guarantee.linkage.identity import Agreement, compare_numbers
from housing_guarantee.models import (
    Appraisal,
    ArchiveRecord,
    Cell,
    IdKind,
    IdNumber,
    LedgerEntry,
    Period,
    ProvincialRecord,
    RosterRow,
    Verification,
)

__all__ = ["COMPARED", "Said", "contradicting", "said"]

COMPARED = ("id_number", "guarantee_type", "guarantee_detail", "grade", "programme", "policy_year")
"""The fields in which sources are compared with one another."""

_ATTRIBUTES = {"guarantee_detail": "method"}  # the campaign's own word for what is typed there
_MEANT_OF = {"guarantee_detail": ACCOMMODATED, "grade": APPRAISED}
_Row = RosterRow | Verification | LedgerEntry | Appraisal | ArchiveRecord | ProvincialRecord


@frozen
class Said:
    """What a row of a source says of a field.

    :param value: the campaign's own word, a number or a period; None where nothing is said, or nothing understood
    :param point: points at its cells, which are asked for only where sources differ
    """

    role: str
    value: Any
    point: Callable[[], tuple[Cell, ...]] = field(repr=False, eq=False)

    @classmethod
    def by(cls, row: _Row, name: str) -> "Said":
        """Read a field of a row."""
        return cls(row.ROLE, getattr(row, _ATTRIBUTES.get(name, name), None), partial(row.at, name))

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that say it."""
        return self.point()


def said(casefile: CaseFile, field: str) -> Iterator[Said]:
    """Give what the county's own sources say of a field; a number that cannot be read says nothing."""
    record = casefile.record if casefile.verifications else None
    if field in _MEANT_OF and casefile.kind != _MEANT_OF[field]:
        return
    for one in _everything(casefile, record, field):
        number = one.value if isinstance(one.value, IdNumber) else None
        if one.value is not None and (number is None or number.core is not None):
            yield one


def _everything(casefile: CaseFile, record: Verification | None, field: str) -> Iterator[Said]:
    if record is not None:
        yield Said.by(record, field)
    yield from (Said.by(row, field) for row in casefile.archive_rows)
    yield from (_ledger(match.record, field) for match in casefile.ledger)
    yield from _roster(casefile, field)
    if field == "grade":
        yield from (Said.by(match.record, field) for match in casefile.appraisals)


def _roster(casefile: CaseFile, field: str) -> Iterator[Said]:
    if field == "id_number":
        head = casefile.household.head
        for person in (head, *(person for person in casefile.household.members if person is not head)):
            yield Said("roster", person.id_number, person.at_number)
    elif field == "grade":
        for row in casefile.household.rows:
            yield Said.by(row, field)


def _ledger(entry: LedgerEntry, field: str) -> Said:
    """Read a ledger row, whose year may stand in the column of completion."""
    if field != "policy_year":
        return Said.by(entry, field)
    own = "year" if entry.year else "completed_on"
    return Said("ledger", entry.year or entry.completed_on, partial(entry.at, own))


def contradicting(own: Said, claims: Iterable[Said], order: Sequence[str]) -> Said | None:
    """Give what the most trusted of the other sources says, where none of them says what this one does.

    What agrees with one of them is not at fault alone: that they differ is said where they differ.
    """
    others = [claim for claim in claims if claim.role != own.role]
    if any(agree(own.value, other.value) for other in others):
        return None
    return next((claim for role in order for claim in others if claim.role == role), None)


def agree(one: Any, other: Any) -> bool:
    """Say whether two values mean the same, or may: a year holds its months, a masked number what can be seen."""
    if isinstance(one, Period) and isinstance(other, Period):
        return one.year <= _last_year(other) and other.year <= _last_year(one)
    if isinstance(one, IdNumber) and isinstance(other, IdNumber):
        if IdKind.DAMAGED in (one.kind, other.kind):
            return False
        return compare_numbers(one, other) in (Agreement.SAME, Agreement.COMPATIBLE)
    return bool(one == other)


def _last_year(period: Period) -> int:
    return (period.end - period.end.resolution).year
