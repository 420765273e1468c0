"""The roster, indexed so that a row is compared only with persons whom a piece of its number or its name leads to.

The blocks stay small however large the roster is: a number's pieces, a name in a township or in a village of this name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from housing_guarantee.data import read_toml
from housing_guarantee.linkage.evidence import Evidence, LinkOptions, Named, Weights
from housing_guarantee.linkage.names import UNKNOWN_CHARACTER, halves, short_forms
from housing_guarantee.models import Household, IdKind, IdNumber, Place

__all__ = ["Index", "likely", "ranked"]

_TAIL = 4  # digits that a mask leaves, as a rule
_NONE = -1


@frozen(eq=False)
class Blocks:
    """Persons by what may lead to them; chained through two lists, for most blocks hold one person.

    :param last: block → its last link
    :param who: link → person, by position
    :param before: link → the one before it in its block
    """

    people: list[Named] = field(factory=list)
    last: dict[str, int] = field(factory=dict)
    who: list[int] = field(factory=list)
    before: list[int] = field(factory=list)

    def add(self, person: Named, keys: Iterable[str]) -> None:
        """Put a person into these blocks."""
        position, link = len(self.people), len(self.who)
        self.people.append(person)
        last, before = self.last, self.before
        for at, key in enumerate(keys, link):
            before.append(last.get(key, _NONE))
            last[key] = at
        self.who.extend([position] * (len(before) - link))

    def of(self, keys: Iterable[str]) -> Iterator[Named]:
        """Give whoever stands in one of these blocks, once each."""
        found = set()
        for key in keys:
            at = self.last.get(key, _NONE)
            while at != _NONE:
                found.add(self.who[at])
                at = self.before[at]
        return (self.people[position] for position in sorted(found))


@frozen(eq=False)
class Index:
    """The persons of a roster by number, and by what may lead to them.

    :param by_core: the 17 digits that name a person → who bears them
    """

    weights: Weights
    by_core: Mapping[str, Sequence[Named]] = field(repr=False)
    blocks: Blocks = field(repr=False)

    @classmethod
    def of(cls, households: Iterable[Household], options: LinkOptions) -> "Index":
        """Index every member of every household."""
        by_core: dict[str, list[Named]] = {}
        blocks = Blocks()
        for household in households:
            home = Named.of(None, None, household.place, options)
            for member in household.members:
                person = home.member(household.household_id, member)
                if person.digits and person.digits.core:
                    by_core.setdefault(person.digits.core, []).append(person)
                blocks.add(person, _roster_keys(person, options))
        return cls(Weights.of(blocks.people, options), by_core, blocks)

    def rank(self, name: str | None, number: IdNumber | None, place: Place) -> tuple[Evidence, ...]:
        """Weigh every household that a row may belong to, the likeliest first; the next to impossible are left out."""
        row = Named.of(name, number, place, self.weights.options)
        return likely(self._best(row, self._who(row)))

    def holders(self, name: str | None, number: IdNumber, place: Place) -> tuple[Evidence, ...]:
        """Give the households in which the row's own number stands, the one that agrees best in the rest first."""
        row = Named.of(name, number, place, self.weights.options)
        return ranked(self._best(row, self.by_core.get(number.core or "", ())))

    def _best(self, row: Named, people: Iterable[Named]) -> Iterable[Evidence]:
        """Give each household's best evidence."""
        best: dict[str, Evidence] = {}
        for person in people:
            words, bits = self.weights.compare(row, person)
            known = best.get(person.household_id)
            if known is None or (bits, words) > (known.bits, known.agreement):
                best[person.household_id] = Evidence(person.household_id, words, bits)
        return best.values()

    def _who(self, row: Named) -> Iterator[Named]:
        """Give the persons whom a piece of the row leads to; two whole numbers that differ are two persons."""
        core = row.digits.core if row.digits else None
        for person in self.blocks.of(_row_keys(row, self.weights)):
            if not (core and person.digits and person.digits.core):
                yield person


def ranked(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Sort by weight, and equals by household number."""
    return tuple(sorted(found, key=lambda one: (-one.bits, one.household_id)))


def likely(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Say how likely each household is, of all of them and of none, and leave out what is next to impossible."""
    rules = read_toml("linkage.toml")
    found = ranked(found)
    odds = [2 ** (one.bits + rules["prior"]) for one in found]
    whole = 1 + sum(odds)
    weighed = (evolve(one, probability=own / whole) for one, own in zip(found, odds, strict=True))
    return tuple(one for one in weighed if one.probability >= rules["trace_from"])


def _roster_keys(person: Named, options: LinkOptions) -> list[str]:
    """Name the blocks in which a person stands."""
    township, village = person.place
    keys = list(person.digits.keys) if person.digits else []
    if person.digits:
        keys.append(f"tail {township} {person.digits.text[-_TAIL:]}")
    if not person.name:
        return keys
    sound = options.parts.sound_key(person.name)
    keys += (f"{township}: {sound}", f"{village}; {sound}", f"{township} {village}", f"{township}!")
    for form in map(options.parts.sound_key, short_forms(person.name)):
        keys += (f"{township} {village}: {form}", f"{township}! {form}")
    if UNKNOWN_CHARACTER in person.name:
        keys.append(f"{township} {village}?")
    return keys


def _row_keys(row: Named, weights: Weights) -> list[str]:
    """Name the blocks in which a row's person may stand."""
    township, village = row.place
    keys = list(row.digits.keys) if row.digits else []
    if row.digits and row.digits.kind is IdKind.MASKED:
        keys.append(f"tail {township} {row.digits.text[-_TAIL:]}")
    if not row.name:
        return keys
    parts = weights.options.parts
    nowhere = row.place not in weights.places  # a village of yesterday, or none: it may be any of the township
    if UNKNOWN_CHARACTER in row.name:
        return [*keys, f"{township}!" if nowhere else f"{township} {village}"]
    sound = parts.sound_key(row.name)
    keys += (f"{township}: {sound}", f"{village}; {sound}", f"{township} {village}?")
    keys.append(f"{township}! {sound}" if nowhere else f"{township} {village}: {sound}")
    keys += (f"{township} {village}: {parts.sound_key(half)}" for half in halves(row.name))
    return keys + [f"{village}; {parts.sound_key(form)}" for form in short_forms(row.name)]
