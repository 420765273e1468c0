"""Villages by township and name, because a village's name alone is no key (two repeat in Guinan alone)."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from attrs import frozen

from housing_guarantee.converters import clean
from housing_guarantee.data import read_csv
from housing_guarantee.models import Place

__all__ = ["Gazetteer", "normalise_township", "normalise_village", "same_village"]

_TOWNSHIP = re.compile(r"(?:街道办事处|街道|[镇乡])?(?:人民政府)?$")
_VILLAGE = re.compile(r"(?:村民委员会|村委会|行政村|居委会|社区居委会|社区|嘎查|村)+$")
_VARIANTS = str.maketrans("嘎噶", "尕尕")


@cache
def normalise_township(name: str) -> str:
    """Drop the kind of unit and a leading county name: 贵南县茫曲镇 → 茫曲."""
    return _TOWNSHIP.sub("", re.sub(r"^.*?[县市](?=.)", "", clean(name)))


@cache
def normalise_village(name: str, township: str = "") -> str:
    """Drop the kind of unit and leading county and township names: 茫曲镇塔哇村委会 → 塔哇."""
    text = re.sub(r"^.*?[县市](?=.)", "", clean(name))
    if township and text.startswith(township) and text != township:
        text = text.removeprefix(township)
    else:
        text = re.sub(r"^.{1,6}?[乡镇](?=.{2,})", "", text)
    return (_VILLAGE.sub("", text) or text).translate(_VARIANTS)


def same_village(one: Place, other: Place) -> bool | None:
    """Say whether two places are one village; None where either does not say enough."""
    if len(one.area_code) == 12 and len(other.area_code) == 12:
        return one.area_code == other.area_code
    if not one.village or not other.village:
        return None
    townships = normalise_township(one.township), normalise_township(other.township)
    if all(townships) and townships[0] != townships[1]:
        return False
    return normalise_village(one.village, one.township) == normalise_village(other.village, other.township)


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
    def builtin(cls, county_code: str) -> "Gazetteer":
        """Build one from the package's own divisions; empty for a county it does not know."""
        return cls.of(read_csv("divisions.csv"), county_code)

    def resolve(self, place: Place) -> Place:
        """Add what the names say: the village's code, or else the township's; names stay as typed."""
        if place.area_code:
            return place
        township = normalise_township(place.township)
        found = self.villages.get((township, normalise_village(place.village, place.township)))
        code = found[0] if found else self.townships.get(township, ("", ""))[0]
        return Place(place.township, place.village, code)
