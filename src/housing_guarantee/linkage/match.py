"""Which row is which household: certain by a number or a person's word, else candidates with reasons, else nobody.

Only a readable identity number, a household number, or a confirmed link makes a match certain. A name in the right
village, or what is left of a damaged number, makes a candidate that a person must confirm.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from attrs import field, frozen

from housing_guarantee.linkage.identity import Agreement, compare_numbers, full_core
from housing_guarantee.linkage.names import Likeness, compare_names, normalise_name
from housing_guarantee.linkage.places import normalise_village, same_village
from housing_guarantee.models import Household, IdKind, IdNumber, Origin, Person, Place

__all__ = ["Link", "Linkable", "Match", "Register", "link"]


class Linkable(Protocol):
    """A row that names a person: a ledger entry, an appraisal, a verification."""

    @property
    def origin(self) -> Origin:
        """Where it stands."""

    @property
    def place(self) -> Place:
        """The village it names."""

    @property
    def head_name(self) -> str | None:
        """The name it bears."""

    @property
    def id_number(self) -> IdNumber | None:
        """The identity number it bears."""


R = TypeVar("R", bound=Linkable)


@frozen
class Link:
    """A person's word that this row is this household (``[[links]]`` in the campaign file)."""

    source: str
    household_id: str
    file_no: str | None = None
    sheet: str | None = None
    row: int | None = None


@frozen
class Match(Generic[R]):
    """A row, the households it may belong to, and why.

    :param household_ids: one where it is certain; best first where it is not; empty: nobody's
    :param reasons: words such as ``number``, ``member-number``, ``name``, ``village``, ``confirmed``
    """

    record: R
    household_ids: tuple[str, ...] = ()
    certain: bool = False
    reasons: tuple[str, ...] = ()


@frozen
class Register:
    """The roster, indexed for matching by number and by name in a village."""

    households: Mapping[str, Household] = field(repr=False)
    by_core: Mapping[str, Sequence[tuple[Household, Person]]] = field(repr=False)
    by_village: Mapping[str, Sequence[Household]] = field(repr=False)

    @classmethod
    def of(cls, households: Iterable[Household]) -> "Register":
        """Index the households of a roster."""
        by_id: dict[str, Household] = {}
        by_core: dict[str, list[tuple[Household, Person]]] = defaultdict(list)
        by_village: dict[str, list[Household]] = defaultdict(list)
        for household in households:
            by_id[household.household_id] = household
            village = normalise_village(household.place.village, household.place.township)
            by_village[village].append(household)
            for person in household.members:
                if core := full_core(person.id_number):
                    by_core[core].append((household, person))
        return cls(by_id, dict(by_core), dict(by_village))

    def find(self, record: R) -> Match[R]:
        """Match one row: certainly by a number, else candidates by name and village."""
        household_id: str | None = getattr(record, "household_id", None)
        if household_id in self.households:
            return Match(record, (str(household_id),), certain=True, reasons=("household-number",))
        by_number = self._by_number(record)
        return by_number if by_number.household_ids else self._by_name(record)

    def _by_number(self, record: R) -> Match[R]:
        core = full_core(record.id_number)
        holders = self.by_core.get(core, ()) if core else ()
        ids = {household.household_id for household, _ in holders}
        if len(ids) > 1:  # one number in two households: the name may tell which is meant
            named = [pair for pair in holders if compare_names(pair[1].name, record.head_name) is Likeness.SAME]
            if len({household.household_id for household, _ in named}) == 1:
                holders, ids = named, {named[0][0].household_id}
        if not ids:
            return Match(record)
        reason = "number" if any(person.is_head for _, person in holders) else "member-number"
        return Match(record, tuple(sorted(ids)), certain=len(ids) == 1, reasons=(reason,))

    def _by_name(self, record: R) -> Match[R]:
        """Look in the village for the name, unless a readable number says that it is somebody else."""
        number = record.id_number
        if not record.head_name or (number is not None and number.core is not None):
            return Match(record)
        found: dict[str, tuple[str, ...]] = {}
        name = normalise_name(record.head_name)
        for household in self._neighbours(record.place):
            for person in household.members:
                reasons = _why(person, name, record)
                if reasons and len(reasons) > len(found.get(household.household_id, ())):
                    found[household.household_id] = reasons
        best = sorted(found, key=lambda household_id: (-len(found[household_id]), household_id))
        return Match(record, tuple(best[:3]), reasons=found[best[0]] if best else ())

    def _neighbours(self, place: Place) -> Iterable[Household]:
        village = normalise_village(place.village, place.township)
        return (
            household
            for household in self.by_village.get(village, ())
            if same_village(household.place, place) is not False
        )


def _why(person: Person, name: str, record: Linkable) -> tuple[str, ...]:
    """Give the reasons for a person to be the one a row names, or none."""
    if not person.name or normalise_name(person.name) != name:
        return ()
    agreement = compare_numbers(person.id_number, record.id_number)
    if agreement is Agreement.DIFFERENT:
        return ()
    damaged = record.id_number is not None and record.id_number.kind in (IdKind.DAMAGED, IdKind.MASKED)
    agrees = ("visible-digits",) if damaged and agreement is Agreement.COMPATIBLE else ()
    return (*agrees, "name", "village", *(() if not person.is_head else ("head",)))


def link(records: Iterable[R], households: Iterable[Household], links: Iterable[Link] = ()) -> tuple[Match[R], ...]:
    """Say of each row which household it is, with the reasons; rows keep their order (M2a)."""
    register = Register.of(households)
    settled = _Settled.of(links)
    return tuple(settled.apply(record) or register.find(record) for record in records)


@frozen
class _Settled:
    links: tuple[Link, ...]

    @classmethod
    def of(cls, links: Iterable[Link]) -> "_Settled":
        return cls(tuple(links))

    def apply(self, record: R) -> Match[R] | None:
        """Give the households that a person confirmed for this row, if any."""
        ids = tuple(confirmed.household_id for confirmed in self.links if _names(confirmed, record))
        return Match(record, ids, certain=True, reasons=("confirmed",)) if ids else None


def _names(confirmed: Link, record: Linkable) -> bool:
    origin = record.origin
    if confirmed.source not in (origin.table.source, origin.table.source.rpartition("/")[2]):
        return False
    if confirmed.file_no is not None:
        return bool(getattr(record, "file_no", None) == confirmed.file_no)
    return confirmed.row == origin.row and confirmed.sheet in (None, origin.table.sheet)
