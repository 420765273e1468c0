"""贵南县: what only this county can ask, because it rests on the county's own plan, villages and land.

The plan's figures must be those of the campaign file; a village must be one of the county's 75, and named so that it
can be told from another of the same name; a photo taken in the exclave was taken in the county.
"""

from datetime import time
from functools import partial
from typing import Any

from attrs import field, frozen

from housing_guarantee import Breach, Fix, Topic, Words
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.linkage.places import normalise_township, normalise_village
from housing_guarantee.models import Cell
from housing_guarantee.rule import INFO, WARNING, rule
from housing_guarantee_guinan.facts import facts, villages

placed = partial(rule, clause="S1", severity=WARNING, recorded=False)


def _time(instance: object, attribute: Any, value: str) -> None:
    try:
        time.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{attribute.name} must be a time of day such as 06:00, not {value!r}") from error


@frozen
class Settings:
    """When it is light enough for a photo, in China time (UTC+8).

    The sun stands highest at about 13:17 there, and in the middle of June the day lasts from about 06:00 to 20:40: our
    own reckoning from the county's longitude and latitude, which no document says.
    """

    light_from: str = field(default="06:00", validator=_time)
    """First light, ``HH:MM``."""

    light_until: str = field(default="20:40", validator=_time)
    """Last light, ``HH:MM``."""


def in_guinan(campaign: Campaign) -> bool:
    """Say whether a campaign is Guinan's."""
    return bool(campaign.county_code == facts()["county_code"])


@rule(
    clause="W1",
    severity=WARNING,
    message=Words(
        "任务文件的{field}为{found}，县方案（南政办〔2020〕51号）为{expected}",
        "{field} of the campaign file is {found}; the county's plan (No. 51 of 2020) says {expected}",
    ),
    fix=Fix("核对任务文件；确与方案不同的，说明依据", "check the campaign file; say why if it is meant", "county"),
)
def plan_differs(survey: Survey, campaign: Campaign) -> list[Breach]:
    """A figure of the campaign file is not the one of the county's own plan."""
    breaches = []
    for name, wanted in facts()["plan"].items():
        expected = tuple(wanted) if isinstance(wanted, list) else wanted
        found = getattr(campaign, name)
        if found != expected:
            cell = Cell(campaign.path.name, None, None, None, name, name, _said(found))
            breaches.append(Breach((cell,), _values(name, found, expected), slot=name))
    return breaches


def _values(name: str, found: Any, expected: Any) -> dict[str, str]:
    return {"field": name, "found": _said(found), "expected": _said(expected)}


def _said(value: Any) -> str:
    return "–".join(map(str, value)) if isinstance(value, tuple) else str(value)


@rule(
    clause="V3a",
    severity=WARNING,
    message=Words(
        "县界文件只到北纬{latitude}°，缺东南飞地（约161平方公里），飞地内的照片会被误判为县外",
        "the county's area ends at {latitude}° N: the exclave in the south-east is missing, and photos taken there "
        "would be said to lie outside",
    ),
    fix=Fix("换用含飞地（两块）的县界文件", "use a file of the border that has both parts of the county", "county"),
)
def exclave_missing(survey: Survey, campaign: Campaign) -> Breach | None:
    """The area that the campaign file gives for the county lacks its exclave."""
    area = campaign.area(facts()["county_code"])
    if area is None:
        return None
    _, south, _, north = facts()["parts"]["exclave"]
    southernmost = min(polygon.box[1] for polygon in area.polygons)
    if southernmost < (south + north) / 2:
        return None
    cell = Cell(campaign.path.name, None, None, None, "area", "area", area.name)
    return Breach((cell,), {"latitude": round(southernmost, 3)})


@placed(
    message=Words(
        "{township}没有“{village}”（全县75个行政村和各社区）", "{township} has no “{village}” among its villages"
    ),
    fix=Fix("按区划表改正村名或乡镇", "correct the village or the township after the table of divisions", "township"),
)
def village_unknown(casefile: CaseFile) -> Breach | None:
    """The roster names a village that its township does not have."""
    row = casefile.household.rows[0]
    township, village = normalise_township(row.place.township), normalise_village(row.place.village, row.place.township)
    known = villages().by_township.get(township)
    if not village or (not township and village in frozenset[str]().union(*villages().by_township.values())):
        return None
    if known is not None and village in known:
        return None
    values = {"township": row.place.township or facts()["name"], "village": row.place.village}
    return Breach(row.at("village", "township"), values)


@placed(
    message=Words(
        "“{village}”在县内不止一个，又没有乡镇和区划代码，无法确定是哪个村",
        "more than one township has a “{village}”, and neither township nor code says which",
    ),
    fix=Fix("补填乡镇或区划代码", "enter the township or the code", "township"),
)
def village_ambiguous(casefile: CaseFile) -> Breach | None:
    """The roster names a village whose name repeats in the county, without its township or code."""
    row = casefile.household.rows[0]
    if row.place.township or row.place.area_code:
        return None
    if normalise_village(row.place.village) not in villages().repeated:
        return None
    return Breach(row.at("village"), {"village": row.place.village})


@rule(
    clause="S1",
    severity=INFO,
    recorded=False,
    message=Words(
        "区划代码{found}在2020年6月的区划表中已经没有",
        "the divisions of June 2020 have no code {found} any more",
    ),
    fix=Fix("改用现行区划代码", "use the code that the place has now", "county"),
)
def code_superseded(casefile: CaseFile) -> Breach | None:
    """The roster has a code of the older table of divisions that the newer one no longer has."""
    row = casefile.household.rows[0]
    division = villages().by_code.get(row.place.area_code)
    if division is None or division.in_2020:
        return None
    return Breach(row.at("area_code"), {"found": division.code})


@rule(
    clause="V3",
    severity=WARNING,
    message=Words(
        "照片拍摄于{taken_at}，天光之外（{light_from}—{light_until}）",
        "taken at {taken_at}, outside daylight ({light_from}–{light_until})",
    ),
    fix=Fix("核实拍摄时间或手机时钟；夜间拍摄的白天重拍", "check the clock; take the photo again by day", "village"),
)
def photo_in_the_dark(casefile: CaseFile, settings: Settings) -> list[Breach]:
    """A photo of the app was taken while it is dark in the county."""
    first, last = time.fromisoformat(settings.light_from), time.fromisoformat(settings.light_until)
    light = {"light_from": settings.light_from, "light_until": settings.light_until}
    return [
        Breach(one.at("taken_at"), {"taken_at": one.photo.taken_at, **light}, slot=one.slot)
        for one in casefile.photos
        if one.photo and one.photo.taken_at and not first <= one.photo.taken_at.time() <= last
    ]


RULES = (plan_differs, exclave_missing, village_unknown, village_ambiguous, code_superseded, photo_in_the_dark)


def topics() -> list[Topic]:
    """Bring the county's rules, which are asked of its campaigns alone."""
    return [Topic("guinan", RULES, Settings, applies=in_guinan)]
