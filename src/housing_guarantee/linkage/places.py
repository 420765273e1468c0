"""Villages by township and name, because a village's name alone is no key (two repeat in Guinan alone)."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from attrs import field, frozen

from housing_guarantee.converters import clean
from housing_guarantee.data import read_csv, read_toml
from housing_guarantee.models import Place

__all__ = [
    "FormerNames",
    "Gazetteer",
    "is_near",
    "normalise_township",
    "normalise_village",
    "same_village",
    "village_key",
]

VillageKey = tuple[str, str]
"""Township and village as they compare; empty where nothing was given."""

_TOWNSHIP = re.compile(r"(?:街道办事处|街道|[镇乡])?(?:人民政府)?$")
_VILLAGE = re.compile(r"(?:村民委员会|村委会|行政村|居委会|社区居委会|社区|嘎查|村)+$")
_SIDES = "上下东西南北前后新老大小"
_VARIANTS = str.maketrans("嘎噶", "尕尕")


@cache
def normalise_township(name: str) -> str:
    """Drop the kind of unit and a leading county name: 贵南县茫曲镇 → 茫曲."""
    return _TOWNSHIP.sub("", _within_county(name))


def _within_county(name: str) -> str:
    """Drop blanks, and a leading county name."""
    return re.sub(r"^.*?[县市](?=.)", "", "".join(clean(name).split()))


@cache
def normalise_village(name: str, township: str = "") -> str:
    """Drop the kind of unit and leading county and township names: 茫曲镇塔哇村委会 → 塔哇."""
    text = _within_county(name)
    if township and text.startswith(township) and text != township:
        text = text.removeprefix(township)
    else:
        text = re.sub(r"^.{1,6}?[乡镇](?=.{2,})", "", text)
    return (_VILLAGE.sub("", text) or text).translate(_VARIANTS)


@frozen
class FormerNames:
    """What villages were called before, by the campaign's word: a new name goes before the old one.

    :param villages: former township and village → the present ones; a former township may be empty
    """

    villages: Mapping[VillageKey, VillageKey] = field(factory=dict)

    @classmethod
    def of(cls, names: Mapping[str, str]) -> "FormerNames":
        """Read former → present names, each with its township before it (茫曲镇老塔哇村) or without."""
        return cls({_parted(old): _parted(new) for old, new in names.items()})

    def present(self, key: VillageKey) -> VillageKey:
        """Give what the village is called now."""
        township, village = self.villages.get(key) or self.villages.get(("", key[1])) or key
        return township or key[0], village


def _parted(name: str) -> VillageKey:
    found = re.match(r"(?P<township>.{1,6}?[乡镇])(?=.{2,})", _within_county(name))
    township = found["township"] if found else ""
    return normalise_township(township), normalise_village(name, township)


_NEVER = FormerNames()


def village_key(place: Place, former: FormerNames = _NEVER) -> VillageKey:
    """Give township and village as they compare: without kind, county and former name."""
    return former.present((normalise_township(place.township), normalise_village(place.village, place.township)))


def is_near(one: str, other: str) -> bool:
    """Say whether one name is the other with 上, 下 or the like before it: two villages, easily confused."""
    short, full = sorted((one, other), key=len)
    return len(full) == len(short) + 1 and full.endswith(short) and full[0] in _SIDES


@cache
def present_code(code: str) -> str:
    """Give the code that a place has now; tables of several years are about (`data/former-places.toml`)."""
    changed: Mapping[str, str] = read_toml("former-places.toml")["codes"]
    old = next((old for old in changed if code.startswith(old)), None)
    return changed[old] + code[len(old) :] if old else code


def same_village(one: Place, other: Place, former: FormerNames = _NEVER) -> bool | None:
    """Say whether two places are one village; None where either does not say enough."""
    if len(one.area_code) == 12 and len(other.area_code) == 12:
        return present_code(one.area_code) == present_code(other.area_code)
    if not one.village or not other.village:
        return None
    (township, village), (other_township, other_village) = village_key(one, former), village_key(other, former)
    if township and other_township and township != other_township:
        return False
    return village == other_village


@frozen
class Gazetteer:
    """The divisions of a county: codes of townships and villages by their names."""

    townships: Mapping[str, tuple[str, str]]
    villages: Mapping[tuple[str, str], tuple[str, str]]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, str]], county_code: str) -> "Gazetteer":
        """Build one from rows of ``code`` (9 or 12 digits) and ``name``, of one county."""
        own = [row for row in rows if row["code"].startswith(county_code)]
        townships = {row["code"]: row["name"] for row in own if len(row["code"]) == 9}
        villages = {}
        for row in own:
            if len(row["code"]) == 12:
                township = normalise_township(townships[row["code"][:9]])
                villages[township, normalise_village(row["name"])] = (row["code"], row["name"])
        return cls({normalise_township(name): (code, name) for code, name in townships.items()}, villages)

    @classmethod
    def builtin(cls, county_code: str, more: Mapping[str, str] | None = None) -> "Gazetteer":
        """Build one from the package's own divisions, with what is added; empty for a county that neither knows.

        :param more: code → name
        """
        added = ({"code": code, "name": name} for code, name in (more or {}).items())
        return cls.of((*read_csv("divisions.csv"), *added), county_code)

    def resolve(self, place: Place) -> Place:
        """Add what the names say: the village's code, or else the township's; names stay as typed."""
        if place.area_code:
            return place
        township = normalise_township(place.township)
        found = self.villages.get((township, normalise_village(place.village, place.township)))
        code = found[0] if found else self.townships.get(township, ("", ""))[0]
        return Place(place.township, place.village, code)
