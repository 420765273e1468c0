"""拍：开启 GPS: a photo of the house that carries where and when it was taken (四(二)三是拍).

The recorder photographs the whole front with the phone's GPS on; the village sees no coordinates, so county and
township check them after the upload. Where a gallery or a mini-program has dropped them, the coordinates that the
app recorded beside the photo count instead; a position elsewhere says that the photo is of another house.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from attrs import evolve, frozen

from housing_guarantee.campaign import LOCAL, Campaign
from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.geo import DATUMS, distance_km, to_wgs84
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import Cell, Period, Position, Verification
from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.position import CHINA_LATITUDES, CHINA_LONGITUDES
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Words, rule

photographed = partial(rule, clause="V3", severity=ERROR, effect=UNPROVEN, requirement="photo")
placed = partial(rule, clause="V3a")
RETAKE = Fix("打开手机定位，现场重新拍摄房屋正面全景并上传", "photograph the whole front again, with GPS on")
COMPARE = Fix("核实照片是否该户现住房；不是的，重新拍摄", "see whether it is this house; retake if not", "township")
_RENOVATED_IN_PLACE = "农村危房改造"


@frozen
class Settings:
    """How far a position and a clock may be off."""

    outside_county_km: float = 5.0
    """Kilometres outside the county from which a photo is certainly of another place; our own."""

    border_km: float = 1.0
    """Kilometres outside the county that a border as drawn, and a phone, may be wrong by; our own."""

    far_from_record_km: float = 1.0
    """Kilometres between the photo's position and the record's, whatever datum the app used; our own."""

    clock_minutes: int = 30
    """Minutes by which the camera's clock may differ from the satellites'; our own."""


def _located(casefile: CaseFile) -> list[tuple[PhotoEvidence, Position]]:
    """Give the photos that carry a position."""
    return [(e, e.photo.position) for e in casefile.photos if e.photo and e.photo.position]


def _recorded(record: Verification) -> Position | None:
    """Give the position that the app recorded, if it is one; where its numbers are certainly exchanged, put right.

    An export whose two columns are exchanged is said of the source once, and must not accuse every household.
    """
    position = record.position
    if position is None:
        return None
    north, east = position.latitude, position.longitude
    (south, top), (west, right) = CHINA_LATITUDES, CHINA_LONGITUDES
    if west <= north <= right and south <= east <= top:
        return Position(east, north)
    return position if abs(north) <= 90 and abs(east) <= 180 else None  # false for what is no number


def _in_any_datum(position: Position) -> tuple[Position, ...]:
    """Give what a position of unknown datum may mean in WGS-84."""
    return tuple(to_wgs84(position, datum) for datum in DATUMS)


def _at_position(record: Verification) -> tuple[Cell, ...]:
    return record.at("coordinates") if record.has("coordinates") else record.at("longitude", "latitude")


def _beyond_county(position: Position, campaign: Campaign) -> float:
    """Measure how far outside the county a position lies, in kilometres; 0.0 where no area of it was given."""
    area = campaign.area(campaign.county_code)
    return area.distance_km(position) if area else 0.0


def _has_good_position(casefile: CaseFile, campaign: Campaign, settings: Settings) -> bool:
    """Say whether some photo of the household lies in the county or near it: the plan asks for one (V3)."""
    limit = settings.outside_county_km
    return any(_beyond_county(position, campaign) <= limit for _, position in _located(casefile))


def _breach(evidence: PhotoEvidence, *fields: str, **values: Any) -> Breach:
    """Accuse one photo of the household."""
    return Breach(evidence.at(*fields), {"photo": evidence.name, **values}, slot=evidence.slot)


# ------------------------------------------------------------------------------------------------ is there a photo


@photographed(absence_of=("photos",), message=Words("没有照片", "no photo"), fix=RETAKE)
def photo_missing(casefile: CaseFile) -> Breach | None:
    """A record has no photo."""
    is_asked = "photos" in casefile.given.roles or casefile.record.has("photos")
    return Breach(casefile.record.at("photos")) if is_asked and not casefile.photos else None


@photographed(
    clause="V4",
    needs=("photos",),
    absence_of=("photos",),
    message=Words("记录中的照片“{photo}”找不到文件", "the record names the photo {photo}, and there is no such file"),
    fix=Fix("补传该照片，或改正记录中的文件名", "upload the photo, or correct its name in the record", "village"),
)
def file_missing(casefile: CaseFile) -> list[Breach]:
    """A record names a photo whose file is not there."""
    return [_breach(evidence, "file") for evidence in casefile.photos if evidence.photo is None]


@photographed(
    message=Words("照片“{photo}”无法读取：{reason}", "the photo {photo} cannot be read: {reason}"), fix=RETAKE
)
def unreadable(casefile: CaseFile) -> list[Breach]:
    """A photo is no image, is truncated, or cannot be trusted to be read."""
    return [
        _breach(evidence, "file", reason=evidence.photo.problem)
        for evidence in casefile.photos
        if evidence.photo and evidence.photo.gps == "unreadable"
    ]


def _without_position(casefile: CaseFile, campaign: Campaign, settings: Settings, gps: str) -> list[Breach]:
    """Accuse the photos whose GPS has this outcome, unless another photo shows the place."""
    if _has_good_position(casefile, campaign, settings):
        return []
    return [_breach(e, "gps") for e in casefile.photos if e.photo and e.photo.gps == gps]


@photographed(
    message=Words(
        "照片“{photo}”的拍摄信息已被清除，记录也没有坐标",
        "the photo {photo} has lost its Exif data; the record has no coordinates",
    ),
    fix=RETAKE,
)
def exif_stripped(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """A photo has no Exif data at all, and the record has no coordinates."""
    return [] if casefile.record.position else _without_position(casefile, campaign, settings, "no_exif")


@photographed(
    message=Words("照片“{photo}”没有坐标，记录中也没有", "the photo {photo} has no coordinates, nor has the record"),
    fix=RETAKE,
)
def position_absent(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """A photo has Exif data without coordinates, and the record has none."""
    return [] if casefile.record.position else _without_position(casefile, campaign, settings, "absent")


@photographed(
    message=Words(
        "照片“{photo}”的坐标全为零（多为从相册选取）", "the coordinates of {photo} are zeros, as a gallery leaves them"
    ),
    fix=RETAKE,
)
def position_zeroed(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """The coordinates of a photo are zeros, which is what a gallery leaves of them."""
    return _without_position(casefile, campaign, settings, "zeroed")


@photographed(
    message=Words("坐标“{typed}”不可能存在：{reason}", "the coordinates {typed} are no place: {reason}"),
    fix=RETAKE,
)
def position_impossible(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """The coordinates of a photo or of the record are out of range, exchanged, or no numbers."""
    if _has_good_position(casefile, campaign, settings):
        return []
    breaches = [
        _impossible(evidence.at("gps"), evidence.slot, "swapped" if evidence.photo.swapped else "out-of-range")
        for evidence in casefile.photos
        if evidence.photo and evidence.photo.gps == "impossible"
    ]
    if casefile.record.position and _recorded(casefile.record) is None:
        breaches.append(_impossible(_at_position(casefile.record), "record", "out-of-range"))
    return breaches


def _impossible(cells: tuple[Cell, ...], slot: str, reason: str) -> Breach:
    typed = ", ".join(str(cell.value) for cell in cells)
    return Breach(cells, {"typed": typed, "reason": reason}, slot=slot)


# ------------------------------------------------------------------------------------------------ is it the right place


@placed(
    severity=ERROR,
    effect=CONTRADICTED,
    requirement="photo",
    message=Words("位置在本县以外{distance_km}公里", "the position is {distance_km} km outside the county"),
    fix=COMPARE,
)
def outside_county(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach | Proof]:
    """A photo, or without its position the record, lies outside the county."""
    answers: list[Breach | Proof] = []
    for distance, cells, slot in _positions(casefile, campaign):
        breach = Breach(cells, {"distance_km": round(distance, 2)}, slot=slot)
        if distance > settings.outside_county_km:
            answers.append(breach)
            continue
        answers.append(Proof(cells))
        if distance > settings.border_km:
            answers.append(evolve(breach, severity=WARNING, effect=None))
    return answers


def _positions(casefile: CaseFile, campaign: Campaign) -> Iterator[tuple[float, tuple[Cell, ...], str]]:
    """Give each position of the household: kilometres outside the county, cells, slot.

    The record's own counts only where no photo carries one, and only beside a photo that can be read.
    """
    located = _located(casefile)
    for evidence, position in located:
        yield _beyond_county(position, campaign), evidence.at("gps"), evidence.slot
    recorded = None if located else _recorded(casefile.record)
    shown = next((e for e in casefile.photos if e.photo and e.photo.gps != "unreadable"), None)
    if recorded and shown:
        cells = _at_position(casefile.record) + shown.at("file")
        yield min(_beyond_county(place, campaign) for place in _in_any_datum(recorded)), cells, "record"


@placed(
    severity=WARNING,
    message=Words(
        "照片“{photo}”拍摄于本乡镇以外{distance_km}公里", "{photo} was taken {distance_km} km outside the township"
    ),
    fix=COMPARE,
)
def outside_township(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """A photo was taken outside the township, and nobody moved the household away."""
    area = campaign.area(casefile.place.area_code[:9])
    if area is None or len(area.code) != 9 or _is_relocated(casefile):
        return []
    return [
        _breach(evidence, "gps", distance_km=round(area.distance_km(position), 2))
        for evidence, position in _located(casefile)
        if not area.contains(position) and _beyond_county(position, campaign) <= settings.border_km
    ]


def _is_relocated(casefile: CaseFile) -> bool:
    programmes = {casefile.record.programme, *(match.record.programme for match in casefile.ledger)}
    return bool(casefile.household.relocated) or bool(programmes - {None, _RENOVATED_IN_PLACE})


@placed(
    severity=ERROR,
    effect=CONTRADICTED,
    requirement="photo",
    message=Words(
        "照片“{photo}”与记录的坐标相距{distance_km}公里",
        "{photo} was taken {distance_km} km from the record's coordinates",
    ),
    fix=COMPARE,
)
def far_from_record(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """A photo of the county was taken far from the coordinates that the app recorded, whatever datum these have."""
    recorded = _recorded(casefile.record)
    if recorded is None:
        return []
    breaches = []
    for evidence, position in _located(casefile):
        distance = min(distance_km(position, place) for place in _in_any_datum(recorded))
        in_county = _beyond_county(position, campaign) <= settings.outside_county_km
        if distance > settings.far_from_record_km and in_county:
            breach = _breach(evidence, "gps", distance_km=round(distance, 2))
            breaches.append(evolve(breach, cells=breach.cells + _at_position(casefile.record)))
    return breaches


# ------------------------------------------------------------------------------------------------ is it the right time


@rule(
    clause="T1",
    severity=WARNING,
    message=Words("照片“{photo}”拍摄于{date}，不在核验期限{window}内", "{photo} was taken on {date}, outside {window}"),
    fix=Fix("核实照片是否本次现场拍摄", "find out whether the photo was taken for this campaign", "village"),
)
def taken_outside_window(casefile: CaseFile, campaign: Campaign) -> list[Breach]:
    """A photo was not taken within the days of the campaign."""
    window = f"{campaign.window[0]}～{campaign.window[1]}"
    return [
        _breach(evidence, "taken_at", date=when, window=window)
        for evidence in casefile.photos
        if evidence.photo and (when := _taken(evidence.photo)) and not campaign.in_window(when)
    ]


def _taken(photo: Photo) -> Period | None:
    """Give the moment on the camera's clock."""
    return Period(photo.taken_at, photo.taken_at + datetime.resolution) if photo.taken_at else None


@rule(
    clause="V0",
    severity=WARNING,
    message=Words(
        "照片“{photo}”的卫星与相机时间相差{minutes}分钟", "the clocks in {photo} are {minutes} minutes apart"
    ),
    fix=Fix("核实照片是否现场拍摄、手机时间是否正确", "see whether the phone's clock was right", "village"),
)
def clock_disagrees(casefile: CaseFile, settings: Settings) -> list[Breach]:
    """The satellites' time and the camera's differ in one photo."""
    apart = [(evidence, _minutes_apart(evidence.photo)) for evidence in casefile.photos if evidence.photo]
    return [
        _breach(evidence, "gps_time", "taken_at", minutes=minutes)
        for evidence, minutes in apart
        if minutes > settings.clock_minutes
    ]


def _minutes_apart(photo: Photo) -> int:
    """Measure how far the two clocks are apart; the camera's zone is the one it wrote, else the plan's own."""
    if photo.taken_at is None or photo.gps_time is None:
        return 0
    try:
        offset = datetime.strptime(photo.offset or "", "%z").utcoffset()
    except ValueError:
        offset = LOCAL.utcoffset(None)
    apart = photo.gps_time.replace(tzinfo=None) - photo.taken_at + (offset or timedelta())
    return round(abs(apart) / timedelta(minutes=1))


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    rules = (
        photo_missing,
        file_missing,
        unreadable,
        exif_stripped,
        position_absent,
        position_zeroed,
        position_impossible,
        outside_county,
        outside_township,
        far_from_record,
        taken_outside_window,
        clock_disagrees,
    )
    return [Topic("photo-gps", rules, Settings)]
