"""What speaks for a row being a person: how each field agrees, as words, and what that weighs, in bits.

A weight says how much more often an agreement is seen between a row and its own person than between a row and a
stranger (`data/linkage.toml`). Frequencies are those of the roster: a name that many bear says little.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from math import log2
from typing import Any

from attrs import field, frozen

from housing_guarantee.data import read_toml
from housing_guarantee.linkage.identity import Digits, NumberMatch, match_numbers
from housing_guarantee.linkage.names import (
    NameMatch,
    Renderings,
    builtin,
    match_names,
    normalise_name,
    short_forms,
)
from housing_guarantee.linkage.places import FormerNames, VillageKey, is_near, present_code, village_key
from housing_guarantee.models import IdNumber, Person, Place

__all__ = ["AGREEING", "BY_NUMBER", "DIFFERING", "Evidence", "LinkOptions", "Named", "PlaceMatch", "Weights"]


@frozen
class LinkOptions:
    """What a campaign may set (``[linkage]`` in its file).

    :param certain_without_number: whether a name in its village may make a row certain; else a person confirms it
    :param renderings: written forms of one name part each, beside the package's own
    :param former_villages: what villages were called before → what they are called now
    """

    certain_without_number: bool = False
    renderings: tuple[tuple[str, ...], ...] = ()
    former_villages: Mapping[str, str] = field(factory=dict)
    parts: Renderings = field(init=False, eq=False, repr=False)
    former: FormerNames = field(init=False, eq=False, repr=False)

    @parts.default
    def _parts(self) -> Renderings:
        return Renderings.of(self.renderings) if self.renderings else builtin()

    @former.default
    def _former(self) -> FormerNames:
        return FormerNames.of(self.former_villages)


class PlaceMatch(StrEnum):
    """In which way two places agree, the strongest first; the values are words for the reader."""

    VILLAGE = "village"
    VILLAGE_ONLY = "village-only"  # a village of this name, where the row names no township
    TOWNSHIP = "township"  # the row names no village, or one that the roster does not know
    UNKNOWN = "no-place"
    NEAR_VILLAGE = "near-village"  # of the same township, and of a name like it: 达玉, 上达玉
    OTHER_VILLAGE = "other-village"  # of the same township
    OTHER_TOWNSHIP = "other-township"  # a village of the same name
    ELSEWHERE = "elsewhere"


_COUNTY, _WHOLE_CODE = 6, 12  # digits of a county's code, and of a village's

_NUMBER_WORDS = {
    NumberMatch.SAME: "number",
    NumberMatch.SLIP: "number-slip",
    NumberMatch.VISIBLE: "visible-digits",
    NumberMatch.FAR: "number-differs",
    NumberMatch.DIFFERENT: "number-differs",
    NumberMatch.UNKNOWN: "no-number",
}
_NAME_WORDS = {
    NameMatch.SAME: "name",
    NameMatch.RENDERING: "name-rendering",
    NameMatch.SHORTENED: "name-shortened",
    NameMatch.UNWRITTEN: "name-unwritten",
    NameMatch.SOUND: "name-sound",
    NameMatch.PART: "name-part",
    NameMatch.DIFFERENT: "name-differs",
    NameMatch.UNKNOWN: "no-name",
}
BY_NUMBER = frozenset({"number", "member-number", "number-slip", "visible-digits"})
_BY_NAME = frozenset({"name", "name-rendering", "name-shortened", "name-unwritten", "name-sound"})
_ELSEWHERE = frozenset({"near-village", "other-village", "other-township", "elsewhere"})
AGREEING = BY_NUMBER | _BY_NAME | {"name-part", "village", "village-only", "township", "head", "member"}
DIFFERING = _ELSEWHERE | {"number-differs", "name-differs"}
"""Words of what agrees, of what speaks of the number, and of what differs; the others say that nothing is known."""


@frozen
class Evidence:
    """Why a row may be a household's.

    :param agreement: how number, name, place and person agree, or that they do not; a word each
    :param bits: what that weighs against a stranger's row
    :param probability: that it is this household's, of all households and of none
    """

    household_id: str
    agreement: tuple[str, ...]
    bits: float
    probability: float = 1.0

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give the words of what agrees."""
        return tuple(word for word in self.agreement if word in AGREEING)

    @property
    def by_number(self) -> bool:
        """Say whether what can be read of the identity number agrees."""
        return not BY_NUMBER.isdisjoint(self.agreement)

    @property
    def by_name(self) -> bool:
        """Say whether the name agrees in some way; a part of it is not enough."""
        return not _BY_NAME.isdisjoint(self.agreement)

    @property
    def elsewhere(self) -> bool:
        """Say whether the place contradicts."""
        return not _ELSEWHERE.isdisjoint(self.agreement)


@frozen(eq=False)
class Named:
    """A name, a number and a place, laid out for comparing: a row's, or those of a person of the roster.

    :param code: the village's, twelve digits, or empty
    :param county: six digits, where the code says as much
    """

    name: str = field(repr=False)
    digits: Digits | None
    place: VillageKey
    code: str
    county: str = ""
    household_id: str = ""
    is_head: bool = False

    @classmethod
    def of(
        cls, name: str | None, number: IdNumber | None, place: Place, options: LinkOptions, household_id: str = ""
    ) -> "Named":
        """Lay out what a row says."""
        digits = Digits.of(number) if number is not None else None
        key = village_key(place, options.former)
        code = present_code(place.area_code) if len(place.area_code) >= _COUNTY else ""
        whole = code if len(code) == _WHOLE_CODE else ""
        return cls(normalise_name(name) if name else "", digits, key, whole, code[:_COUNTY], household_id)

    def member(self, person: Person) -> "Named":
        """Lay out a person who is registered in this household."""
        digits = Digits.of(person.id_number) if person.id_number is not None else None
        name = normalise_name(person.name) if person.name else ""
        return Named(name, digits, self.place, self.code, self.county, self.household_id, person.is_head)


@frozen(eq=False)
class Weights:
    """What agreements weigh against one roster.

    :param tables: `data/linkage.toml`
    :param bearers: how many persons bear a name, a class of names, a sound, a short form
    :param places: townships and villages of the roster
    :param villages: village → how many townships have one of this name
    :param place_bits: place → what it weighs: the more villages there are, the less is it chance that a stranger's is
        the same
    """

    options: LinkOptions
    tables: Mapping[str, Any]
    bearers: Mapping[NameMatch, Mapping[Any, int]]
    beyond: float
    places: frozenset[VillageKey]
    villages: Mapping[str, int]
    place_bits: Mapping[PlaceMatch, float]

    @classmethod
    def of(cls, names: Iterable[str], places: Iterable[VillageKey], options: LinkOptions) -> "Weights":
        """Count the names and places of a roster."""
        counted = Counter(names)
        renderings = options.parts
        bearers: dict[NameMatch, Counter[Any]] = {
            match: Counter() for match in (NameMatch.RENDERING, NameMatch.SOUND, NameMatch.SHORTENED)
        }
        for name, count in counted.items():
            bearers[NameMatch.RENDERING][renderings.key(name)] += count
            bearers[NameMatch.SOUND][renderings.sound_key(name)] += count
            for form in {renderings.key(form) for form in short_forms(name)}:
                bearers[NameMatch.SHORTENED][form] += count
        known = frozenset(place for place in places if place[1])
        tables = read_toml("linkage.toml")
        return cls(
            options,
            tables,
            {NameMatch.SAME: counted, **bearers},
            counted.total() + tables["name"]["beyond"],
            known,
            Counter(village for _, village in known),
            _place_bits(tables["place"], known),
        )

    def compare(self, row: Named, person: Named) -> tuple[tuple[str, ...], float]:
        """Say how each field of a row agrees with a person, and what all of it weighs."""
        number = match_numbers(row.digits, person.digits)
        name = match_names(row.name, person.name, self.options.parts)
        place = self._match_places(row, person)
        who = "head" if person.is_head else "member"
        by_number = self._number_bits(number, row, person)
        words = (_number_word(number, by_number, row, person), _NAME_WORDS[name], str(place), who)
        by_place = self.place_bits[place]
        if place is PlaceMatch.VILLAGE_ONLY:
            by_place -= log2(self.villages[row.place[1]])
        return words, by_number + self._name_bits(name, row, person) + by_place + self.tables["person"][who]

    def _match_places(self, row: Named, person: Named) -> PlaceMatch:
        if row.code and row.code == person.code:
            return PlaceMatch.VILLAGE
        (township, village), (its_township, its_village) = row.place, person.place
        if row.county != person.county and row.county and person.county:
            return PlaceMatch.ELSEWHERE
        elsewhere = bool(township) and township != its_township
        if village not in self.villages:
            if elsewhere:
                return PlaceMatch.ELSEWHERE
            return PlaceMatch.TOWNSHIP if township else PlaceMatch.UNKNOWN
        if village == its_village:
            if elsewhere:
                return PlaceMatch.OTHER_TOWNSHIP
            return PlaceMatch.VILLAGE if township else PlaceMatch.VILLAGE_ONLY
        if elsewhere or not township:
            return PlaceMatch.ELSEWHERE
        return PlaceMatch.NEAR_VILLAGE if is_near(village, its_village) else PlaceMatch.OTHER_VILLAGE

    def _number_bits(self, match: NumberMatch, row: Named, person: Named) -> float:
        if match is not NumberMatch.VISIBLE or row.digits is None or person.digits is None:
            return float(self.tables["number"][match])
        digit: Mapping[str, float] = self.tables["visible"]
        seen = [at for at, pair in enumerate(zip(row.digits.text, person.digits.text, strict=True)) if "*" not in pair]
        return sum(digit["area" if at < 6 else "birth" if at < 14 else "order" if at < 17 else "check"] for at in seen)

    def _name_bits(self, match: NameMatch, row: Named, person: Named) -> float:
        """Weigh a name against how many bear one that agrees as well; the roster's size cancels out then."""
        if match is NameMatch.UNKNOWN:
            return -log2(self.beyond)
        share: float = self.tables["name"][match]
        if match is NameMatch.DIFFERENT:
            return log2(share / self.beyond)
        return log2(share / (1 + self._bearers(match, row.name, person.name)))

    def _bearers(self, match: NameMatch, name: str, other: str) -> float:
        renderings = self.options.parts
        if match is NameMatch.RENDERING:
            return self.bearers[match][renderings.key(other)]
        if match is NameMatch.SOUND:
            return self.bearers[match][renderings.sound_key(other)]
        if match is NameMatch.PART:
            return float(self.beyond * self.tables["name"]["part-alike"])
        if match is NameMatch.SHORTENED:
            return self.bearers[match][renderings.key(min(name, other, key=len))]
        return self.bearers[NameMatch.SAME][other]


def _place_bits(shares: Mapping[str, float], places: Collection[VillageKey]) -> Mapping[PlaceMatch, float]:
    """Weigh each way to agree against how many such places a stranger might name."""
    chances = {
        PlaceMatch.VILLAGE: len(places),
        PlaceMatch.VILLAGE_ONLY: len(places),
        PlaceMatch.NEAR_VILLAGE: len(places),
        PlaceMatch.TOWNSHIP: len({township for township, _ in places}),
    }
    bits = {PlaceMatch(name): log2(share * max(chances.get(PlaceMatch(name), 1), 1)) for name, share in shares.items()}
    return bits | {PlaceMatch.UNKNOWN: 0.0}


def _number_word(match: NumberMatch, bits: float, row: Named, person: Named) -> str:
    """Name the agreement; of a number only whose place of registration can be read, nothing is known."""
    if match is NumberMatch.SAME and not person.is_head:
        return "member-number"
    if match is NumberMatch.VISIBLE and not bits:
        return "number-unclear"
    if match is NumberMatch.UNKNOWN and row.digits is not None and person.digits is not None:
        return "number-unclear"
    return _NUMBER_WORDS[match]
