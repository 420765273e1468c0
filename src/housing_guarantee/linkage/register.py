"""The roster, indexed so that a row is compared only with persons whom a piece of its number or its name leads to.

The blocks stay small however large the roster is: a number's pieces, a name in a township or in a village of this name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from housing_guarantee.data import read_toml
from housing_guarantee.linkage.evidence import Evidence, LinkOptions, Named, Weights
from housing_guarantee.linkage.names import UNKNOWN_CHARACTER, short_forms
from housing_guarantee.models import Household, IdKind, IdNumber, Place

__all__ = ["Index", "likely", "ranked"]

Key = tuple[object, ...]
_TAIL = 4  # digits that a mask leaves, as a rule


@frozen(eq=False)
class Index:
    """The persons of a roster by what may lead to them.

    :param by_core: the 17 digits that name a person → who bears them
    :param blocks: a piece of a number, or a name in a place → whom it may be
    """

    weights: Weights
    by_core: Mapping[str, Sequence[Named]] = field(repr=False)
    blocks: Mapping[Key, Sequence[Named]] = field(repr=False)

    @classmethod
    def of(cls, households: Iterable[Household], options: LinkOptions) -> "Index":
        """Index every member of every household."""
        people: list[Named] = []
        by_core: dict[str, list[Named]] = defaultdict(list)
        blocks: dict[Key, list[Named]] = defaultdict(list)
        for household in households:
            home = Named.of(None, None, household.place, options)
            for person in household.members:
                one = home.member(household.household_id, person)
                people.append(one)
                if one.digits and one.digits.core:
                    by_core[one.digits.core].append(one)
                for key in _roster_keys(one, options):
                    blocks[key].append(one)
        return cls(Weights.of(people, options), dict(by_core), dict(blocks))

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
            if person.household_id not in best or bits > best[person.household_id].bits:
                best[person.household_id] = Evidence(person.household_id, words, bits)
        return best.values()

    def _who(self, row: Named) -> Iterator[Named]:
        """Give the persons whom a piece of the row leads to; two whole numbers that differ are two persons."""
        seen: set[int] = set()
        for key in _row_keys(row, self.weights.options, self.weights.places):
            for person in self.blocks.get(key, ()):
                other = row.digits and row.digits.core and person.digits and person.digits.core
                if not other and id(person) not in seen:
                    seen.add(id(person))
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


def _roster_keys(person: Named, options: LinkOptions) -> Iterator[Key]:
    """Name the blocks in which a person stands."""
    township, village = person.place
    if person.digits:
        yield from ((piece,) for piece in person.digits.keys)
        yield (township, person.digits.text[-_TAIL:])
    if not person.name:
        return
    sound = options.parts.sound_key(person.name)
    yield (township, sound)
    yield ("village", village, sound)
    yield person.place
    yield (township,)
    if UNKNOWN_CHARACTER in person.name:
        yield (*person.place, UNKNOWN_CHARACTER)
    for form in short_forms(person.name):
        yield (*person.place, options.parts.sound_key(form))
        yield ("short", township, options.parts.sound_key(form))


def _row_keys(row: Named, options: LinkOptions, villages: Collection[Key]) -> Iterator[Key]:
    """Name the blocks in which a row's person may stand."""
    township, village = row.place
    if row.digits:
        yield from ((piece,) for piece in row.digits.keys)
        if row.digits.kind is IdKind.MASKED:
            yield (township, row.digits.text[-_TAIL:])
    if not row.name:
        return
    abroad = row.place not in villages  # a village of yesterday, or none: it may be any of the township
    if UNKNOWN_CHARACTER in row.name:
        yield (township,) if abroad else row.place
        return
    sound = options.parts.sound_key(row.name)
    yield (township, sound)
    yield ("village", village, sound)
    yield (*row.place, UNKNOWN_CHARACTER)
    yield ("short", township, sound) if abroad else (*row.place, sound)
    for form in short_forms(row.name):
        yield ("village", village, options.parts.sound_key(form))
