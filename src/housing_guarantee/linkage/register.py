"""The roster, indexed so that a row is compared only with persons whom a piece of its number or its name leads to.

The blocks stay small however large the roster is: a number's pieces, and a name in a village. As a row may have its
village or its township wrong, a name is looked for in each village of the one and in each of that name in the county.
"""

from collections.abc import Iterable, Iterator, Sequence

from attrs import field, frozen

from housing_guarantee.data import read_toml
from housing_guarantee.linkage.evidence import Evidence, LinkOptions, Named, Weights
from housing_guarantee.linkage.identity import Digits
from housing_guarantee.linkage.names import UNKNOWN_CHARACTER, Renderings, normalise_name, short_forms
from housing_guarantee.models import Household, IdKind, Person

__all__ = ["Index", "Villages", "likely", "ranked", "weighed"]

_BORN, _CORE = 14, 17  # of an identity number, where the day of birth ends, and the order code
_NONE = -1


@frozen(eq=False)
class Blocks:
    """Persons by what may lead to them; chained through two lists, for most blocks hold one person.

    :param homes: each person's, as the roster has it; the two are laid out together only to be compared
    :param last: block → its last link
    :param who: link → person, by position
    :param before: link → the one before it in its block
    """

    homes: list[Named] = field(factory=list)
    people: list[Person] = field(factory=list)
    last: dict[str, int] = field(factory=dict)
    who: list[int] = field(factory=list)
    before: list[int] = field(factory=list)

    def add(self, home: Named, person: Person, keys: Sequence[str]) -> None:
        """Put a person into these blocks."""
        last, before = self.last, self.before
        self.who.extend([len(self.people)] * len(keys))
        for at, key in enumerate(keys, len(before)):
            before.append(last.get(key, _NONE))
            last[key] = at
        self.homes.append(home)
        self.people.append(person)

    def of(self, keys: Iterable[str]) -> Iterator[Named]:
        """Give whoever stands in one of these blocks, once each."""
        found = set()
        for key in keys:
            at = self.last.get(key, _NONE)
            while at != _NONE:
                found.add(self.who[at])
                at = self.before[at]
        return (self.homes[at].member(self.people[at]) for at in sorted(found))


@frozen(eq=False)
class Villages:
    """The villages of a roster by what a row says of its own; each is named by county, township and village.

    :param homes: village → its households
    :param by_township: county and township → its villages
    :param by_name: county and village → the villages of this name
    :param counties: those of the roster, as keys; empty where a household names none
    """

    homes: dict[str, list[Household]] = field(factory=dict)
    by_township: dict[str, list[str]] = field(factory=dict)
    by_name: dict[str, list[str]] = field(factory=dict)
    counties: dict[str, None] = field(factory=dict)

    def add(self, home: Named, household: Household) -> str:
        """Put a household into its village, and give that."""
        township, village = home.place
        at = f"{home.county} {township} {village}"
        if at not in self.homes:
            self.homes[at] = []
            self.counties[home.county] = None
            self.by_township.setdefault(f"{home.county} {township}", []).append(at)
            self.by_name.setdefault(f"{home.county} {village}", []).append(at)
        self.homes[at].append(household)
        return at

    def own(self, row: Named) -> list[str]:
        """Give the village that a row names with its township."""
        township, village = row.place
        names = (f"{county} {township} {village}" for county in self._counties(row))
        return [at for at in names if village and at in self.homes]

    def near(self, row: Named) -> list[str]:
        """Give the village that a row names; where it is none of today's, all of its township or of this name."""
        return self.own(row) or (self.of_township(row) if row.place[0] else self.of_name(row))

    def of_township(self, row: Named) -> list[str]:
        """Give the villages of the township that a row names."""
        return [at for name in self.townships(row) for at in self.by_township.get(name, ())]

    def of_name(self, row: Named) -> list[str]:
        """Give the villages that bear the name of a row's village."""
        names = (f"{county} {row.place[1]}" for county in self._counties(row))
        return [at for name in names for at in self.by_name.get(name, ())]

    def townships(self, row: Named) -> list[str]:
        """Give the townships that a row's may be: in its county, or where it names none, in each."""
        return [f"{county} {row.place[0]}" for county in self._counties(row)]

    def _counties(self, row: Named) -> Iterable[str]:
        return (row.county, "") if row.county else self.counties


@frozen(eq=False)
class Index:
    """The persons of a roster by number, and by what may lead to them.

    :param numbered: those whose number can be read
    :param others: those whose number cannot, or who have none: no number of a row rules them out
    """

    weights: Weights
    villages: Villages = field(repr=False)
    numbered: Blocks = field(repr=False)
    others: Blocks = field(repr=False)

    @classmethod
    def of(cls, households: Iterable[Household], options: LinkOptions) -> "Index":
        """Index every member of every household."""
        villages, numbered, others = Villages(), Blocks(), Blocks()
        names: list[str] = []
        places = set()
        for household in households:
            home = Named.of(None, None, household.place, options, household.household_id)
            places.add(home.place)
            village, township = villages.add(home, household), f"{home.county} {home.place[0]}"
            for member in household.members:
                name, number = normalise_name(member.name or ""), member.id_number
                names.append(name)
                keys = _name_keys(name, village, options.parts) if name else []
                if number is not None and number.core is not None:
                    core = number.core
                    keys += (f"={core}", f"a{core[:_BORN]}", f"{township}#{core[_BORN:]}")
                    numbered.add(home, member, keys)
                else:
                    keys += _number_keys(Digits.of(number), [township]) if number is not None else ()
                    others.add(home, member, keys)
        return cls(Weights.of(names, places, options), villages, numbered, others)

    def holders(self, row: Named) -> tuple[Evidence, ...]:
        """Give the households in which the row's own number stands, the one that agrees best in the rest first."""
        if row.digits is None or row.digits.core is None:
            return ()
        return ranked(self._best(row, self.numbered.of([f"={row.digits.core}"])))

    def rank(self, row: Named) -> tuple[Evidence, ...]:
        """Weigh every household that a row may belong to, the likeliest first; the next to impossible are left out."""
        return likely(self._best(row, self._who(row)))

    def rules_out_all(self, row: Named) -> bool:
        """Say whether a row's number can be read, and that of every person too: it is nobody's but its holder's."""
        return row.digits is not None and row.digits.core is not None and not self.others.people

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
        if self.rules_out_all(row):
            return
        digits, keys = row.digits, [*self._name_keys(row)]
        if digits is not None:
            keys += _number_keys(digits, self.villages.townships(row))
        yield from self.others.of(keys)
        if digits is None:
            yield from self.numbered.of(keys)
        elif digits.core is None:
            yield from self.numbered.of([*keys, *(f"={core}" for core in digits.slips)])

    def _name_keys(self, row: Named) -> Iterator[str]:
        """Name the blocks in which a row's person may stand by name."""
        if not row.name:
            return
        villages, parts = self.villages, self.weights.options.parts
        own, near = villages.own(row), villages.near(row)
        if UNKNOWN_CHARACTER in row.name:
            yield from (f"{village}*{len(row.name)}" for village in near)
            return
        sound, of_name = parts.sound_key(row.name), villages.of_name(row)
        yield from (f"{village}: {sound}" for village in villages.of_township(row) + of_name)
        yield from (f"{village}~ {sound}" for village in near)
        yield from (f"{village}?{len(row.name)}" for village in own)
        for form in short_forms(row.name):
            key = parts.sound_key(form)
            yield from (f"{village}: {key}" for village in of_name)


def ranked(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Sort by weight, and equals by household number."""
    return tuple(sorted(found, key=lambda one: (-one.bits, one.household_id)))


def weighed(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Say how likely each household is, of all of them and of none, the likeliest first."""
    prior: float = read_toml("linkage.toml")["prior"]
    found = ranked(found)
    odds = [2 ** (one.bits + prior) for one in found]
    whole = 1 + sum(odds)
    pairs = zip(found, odds, strict=True)
    return tuple(Evidence(one.household_id, one.agreement, one.bits, own / whole) for one, own in pairs)


def likely(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Weigh households, and leave out what is next to impossible."""
    least: float = read_toml("linkage.toml")["weighed_from"]
    return tuple(one for one in weighed(found) if one.probability >= least)


def _name_keys(name: str, village: str, parts: Renderings) -> list[str]:
    """Name the blocks in which a person stands by name: its sound, its short forms, its length."""
    keys = [f"{village}: {parts.sound_key(name)}", f"{village}*{len(name)}"]
    keys += (f"{village}~ {form}" for form in dict.fromkeys(map(parts.sound_key, short_forms(name))))
    if UNKNOWN_CHARACTER in name:
        keys.append(f"{village}?{len(name)}")
    return keys


def _number_keys(digits: Digits, townships: Sequence[str]) -> list[str]:
    """Name the blocks of what can be read of a number that is none or is not whole, or that may be such a one's."""
    order = digits.text[_BORN:_CORE]
    shown = digits.kind is not IdKind.INVALID and "*" not in order
    return [*digits.pieces, *(f"{township}#{order}" for township in townships if shown)]
