"""Which row is which household: certain, or candidates with reasons for a person, or nobody's.

A readable identity number, a household number or a confirmed link makes a match certain. So does what is left of a
damaged number together with the name, where no other household comes near. A row without any number goes to a person,
unless the campaign says otherwise; and so does one whose number and name point at two households.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from attrs import evolve, field, frozen

from housing_guarantee.data import read_toml
from housing_guarantee.linkage.evidence import BY_NUMBER, Evidence, LinkOptions, Named
from housing_guarantee.linkage.register import Index, likely
from housing_guarantee.models import Household, IdNumber, Origin, Place

__all__ = ["Link", "LinkOptions", "Linkable", "Match", "Register", "link"]


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
    """A person's word that this row is this household (``[[links]]`` in the campaign file).

    :param denied: the word is that it is not (不是本户, in a list that came back)
    """

    source: str = field(repr=False)
    household_id: str
    file_no: str | None = None
    sheet: str | None = field(default=None, repr=False)
    row: int | None = None
    denied: bool = False


@frozen
class Match(Generic[R]):
    """A row, the households it may belong to, and why.

    :param household_ids: one where it is certain; best first where it is not; empty: nobody's
    :param reasons: what speaks for the first, such as ``number``, ``member-number``, ``name``, ``village``,
        ``confirmed``; ``double-row`` where the same file has another row that is certainly the household's, ``split``
        where its number stands in several households
    :param evidence: how each field agrees, for each of the households and for some that are less likely; empty where a
        person or a household number has settled it
    :param denied: households that a person said it is not
    """

    record: R
    household_ids: tuple[str, ...] = ()
    certain: bool = False
    reasons: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), eq=False)
    denied: frozenset[str] = frozenset()

    @property
    def by_name_alone(self) -> bool:
        """Say whether no number speaks for it, nor a person."""
        return bool(self.household_ids and self.evidence) and not self.evidence[0].by_number

    def why(self, household_id: str) -> tuple[str, ...]:
        """Give the reasons for one of the households."""
        own = next((one for one in self.evidence if one.household_id == household_id), None)
        return own.reasons if own and household_id not in self.household_ids[:1] else self.reasons

    def by_number(self, household_id: str) -> bool:
        """Say whether the identity number, or what can be read of it, speaks for one of the households."""
        return not BY_NUMBER.isdisjoint(self.why(household_id))


@frozen(eq=False)
class Register:
    """The roster, against which rows are matched."""

    households: Mapping[str, Household] = field(repr=False)
    options: LinkOptions
    index: Index = field(repr=False)

    @classmethod
    def of(cls, households: Iterable[Household], options: LinkOptions | None = None) -> "Register":
        """Index the households of a roster."""
        by_id = {household.household_id: household for household in households}
        options = options or LinkOptions()
        return cls(by_id, options, Index.of(by_id.values(), options))

    def link(self, records: Iterable[R], links: Iterable[Link] = ()) -> tuple[Match[R], ...]:
        """Match many rows, each seen beside the others; they keep their order."""
        settled = _Settled.of(links)
        matches = [settled.apply(record) or self.find(record, settled.denied(record)) for record in records]
        taken = Counter(match.household_ids[0] for match in matches if match.certain and not match.by_name_alone)
        matches = [self.again(match, taken) if match.by_name_alone else match for match in matches]
        named = Counter(match.household_ids[0] for match in matches if match.certain and match.by_name_alone)
        return tuple(settled.kept(_beside(match, taken, named)) for match in matches)

    def find(self, record: R, denied: Collection[str] = ()) -> Match[R]:
        """Match one row by itself; where several rows are matched, `link` sees which of them meet.

        :param denied: households that a person said it is not, unless the row itself names one by its number
        """
        household_id: str | None = getattr(record, "household_id", None)
        if household_id in self.households:
            return Match(record, (str(household_id),), certain=True, reasons=("household-number",))
        row = Named.of(record.head_name, record.id_number, record.place, self.options)
        holders = _others(self.index.holders(row), denied)
        if holders:
            return self._by_number(record, row, holders, denied)
        return self._by_evidence(record, _others(self.index.rank(row), denied))

    def _by_number(self, record: R, row: Named, holders: Sequence[Evidence], denied: Collection[str]) -> Match[R]:
        """Take the number's word, unless it stands in several households or everything else points elsewhere."""
        if len(holders) > 1:
            named = [one for one in holders if "name" in one.agreement]
            if len(named) != 1:
                return _match(record, holders, reasons=(holders[0].agreement[0], "split"))
            holders = named
        reasons = (holders[0].agreement[0],)
        if holders[0].by_name or not record.head_name:
            return _match(record, holders, certain=True, reasons=reasons)
        ranked = _others(self.index.rank(evolve(row, digits=None)), denied)
        named = [one for one in ranked if one.by_name and _likely(one)]
        at_home = any(one.household_id == holders[0].household_id for one in named)
        rivals = [one for one in named if {"name", "village"} <= set(one.agreement)]
        if at_home or not (rivals or holders[0].elsewhere):
            return _match(record, holders, certain=True, reasons=reasons)
        return _match(record, (*holders, *rivals), reasons=reasons)

    def _by_evidence(self, record: R, found: Sequence[Evidence]) -> Match[R]:
        """Be certain of the first where name and number agree in part and it is likely enough; else offer them all."""
        best, rules = next(iter(found), None), read_toml("linkage.toml")
        if best is None or not _likely(best):
            return Match(record, evidence=tuple(found))
        if best.by_number:
            sure = best.probability >= rules["certain_from"]
        else:
            sure = self.options.certain_without_number and best.probability >= rules["certain_by_name_from"]
        return _match(record, found, certain=sure and best.by_name)

    def again(self, match: Match[R], taken: Collection[str]) -> Match[R]:
        """Weigh a row without a number once more, knowing which households other rows are certainly of."""
        lost: float = read_toml("linkage.toml")["taken"]
        found = (evolve(one, bits=one.bits + lost) if one.household_id in taken else one for one in match.evidence)
        return self._by_evidence(match.record, likely(found))


def _match(
    record: R, found: Sequence[Evidence], *, certain: bool = False, reasons: tuple[str, ...] | None = None
) -> Match[R]:
    kept = [one for one in found if _likely(one)][: 1 if certain else read_toml("linkage.toml")["candidates"]]
    ids = tuple(one.household_id for one in kept)
    evidence = tuple(kept if certain else found)
    return Match(record, ids, certain, found[0].reasons if reasons is None else reasons, evidence)


def _others(found: Iterable[Evidence], denied: Collection[str]) -> tuple[Evidence, ...]:
    """Leave out the households that a person said the row is not."""
    return tuple(one for one in found if one.household_id not in denied)


def _likely(found: Evidence) -> bool:
    least: float = read_toml("linkage.toml")["candidate_from"]
    return found.probability >= least


def link(
    records: Iterable[R],
    households: Iterable[Household],
    links: Iterable[Link] = (),
    options: LinkOptions | None = None,
) -> tuple[Match[R], ...]:
    """Say of each row which household it is, with the reasons; rows keep their order (M2a)."""
    return Register.of(households, options).link(records, links)


def _beside(match: Match[R], taken: Mapping[str, int], named: Mapping[str, int]) -> Match[R]:
    """Name a household's second row; two rows that only a name gives to one household both go to a person."""
    if not match.certain or not match.evidence:
        return match
    number = match.household_ids[0]
    if match.by_name_alone and named[number] > 1:
        return evolve(match, certain=False)
    return evolve(match, reasons=(*match.reasons, "double-row")) if taken[number] + named[number] > 1 else match


@frozen
class _Settled:
    links: tuple[Link, ...]

    @classmethod
    def of(cls, links: Iterable[Link]) -> "_Settled":
        return cls(tuple(links))

    def apply(self, record: R) -> Match[R] | None:
        """Give the households that a person confirmed for this row, if any."""
        ids = tuple(one.household_id for one in self.links if not one.denied and _names(one, record))
        return Match(record, ids, certain=True, reasons=("confirmed",)) if ids else None

    def denied(self, record: Linkable) -> frozenset[str]:
        """Give the households that a person said this row is not."""
        return frozenset(one.household_id for one in self.links if one.denied and _names(one, record))

    def kept(self, match: Match[R]) -> Match[R]:
        """Keep with a match whom it was denied, so that it is never offered to them."""
        denied = self.denied(match.record)
        return evolve(match, denied=denied) if denied else match


def _names(word: Link, record: Linkable) -> bool:
    origin = record.origin
    if word.source not in (origin.table.source, origin.table.source.rpartition("/")[2]):
        return False
    if word.file_no is not None:
        return bool(getattr(record, "file_no", None) == word.file_no)
    return word.row == origin.row and word.sheet in (None, origin.table.sheet)
