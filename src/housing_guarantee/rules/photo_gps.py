"""拍：开启 GPS: a photo of the house that carries where and when it was taken (四(二)三是拍).

The recorder photographs the whole front with the phone's GPS on; the village sees no coordinates, so county and
township check them after the upload. Where a gallery or a mini-program has dropped them, the coordinates that the
app recorded beside the photo count instead; a position elsewhere says that the photo is of another house.

The front photos of the provincial system are judged too, under R3, each system by itself: there an earlier photo may
stand, so nothing is asked of its date, and it proves nothing for the app's.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import Any

from attrs import evolve, frozen

from housing_guarantee.campaign import LOCAL, Campaign
from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.datums import is_swapped, put_right
from housing_guarantee.geo import distance_km
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import Cell, Period, Verification
from housing_guarantee.photos.facts import Photo
from housing_guarantee.reviews import Look
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Words, rule
from housing_guarantee.whereabouts import beyond_county, located, recorded, stated

PROVINCIAL, R3 = "provincial", "R3"
photographed = partial(rule, clause="V3", severity=ERROR, effect=UNPROVEN, requirement="photo")
everywhere = partial(photographed, also_clause=R3, recorded=False)  # the provincial system waits for no record
placed = partial(rule, clause="V3a", also_clause=R3, recorded=False)
RETAKE = Fix("打开手机定位，现场重新拍摄房屋正面全景并上传", "photograph the whole front again, with GPS on")
COMPARE = Fix("核实照片是否该户现住房；不是的，重新拍摄", "see whether it is this house; retake if not", "township")
_PLANS_OFFSET = LOCAL.utcoffset(None)


@frozen
class Settings:
    """How far a position and a clock may be off."""

    outside_county_km: float = 5.0
    """Kilometres outside the county from which a photo is certainly of another place; our own."""

    border_km: float = 1.0
    """Kilometres outside the county that a border as drawn, and a phone, may be wrong by; our own."""

    far_from_record_km: float = 1.0
    """Kilometres between the photo's position and the record's, in the source's datum or else the kindest; our own."""

    same_place_km: float = 0.2
    """Kilometres within which a record of another datum than its source's is believed to be of that one; our own."""

    clock_minutes: int = 30
    """Minutes by which the camera's clock may differ from the satellites'; our own."""


def _photos(casefile: CaseFile) -> tuple[PhotoEvidence, ...]:
    """Give the photos of both systems."""
    return casefile.photos + casefile.front_photos


def _read(photos: Iterable[PhotoEvidence]) -> list[tuple[PhotoEvidence, Photo]]:
    """Give the photos that there are, with their facts."""
    return [(evidence, evidence.photo) for evidence in photos if evidence.photo]


def _at_position(record: Verification) -> tuple[Cell, ...]:
    return record.at("coordinates") if record.has("coordinates") else record.at("longitude", "latitude")


def _shows_place(photos: Iterable[PhotoEvidence], casefile: CaseFile, campaign: Campaign, settings: Settings) -> bool:
    """Say whether one of a system's photos lies in the county or near it: the plan asks for one (V3)."""
    limit, own = settings.outside_county_km, (one for one in photos if one.look is not Look.OTHER_HOUSE)
    return any(beyond_county(position, campaign) <= limit for _, position in located(casefile, own))


def _placeless(
    casefile: CaseFile, campaign: Campaign, settings: Settings, gps: str
) -> Iterator[tuple[PhotoEvidence, Photo]]:
    """Give the photos whose GPS has this outcome, of each system that has no photo which shows the place."""
    for photos in (casefile.photos, casefile.front_photos):
        lacking = [(evidence, photo) for evidence, photo in _read(photos) if photo.gps == gps]
        if lacking and not _shows_place(photos, casefile, campaign, settings):
            yield from lacking


def _breach(evidence: PhotoEvidence, *fields: str, **values: Any) -> Breach:
    """Accuse one photo of the household, under the clause of its system."""
    return Breach(
        evidence.at(*fields),
        {"system": evidence.system, "photo": evidence.name, **values},
        slot=evidence.slot,
        clause=R3 if evidence.system == PROVINCIAL else None,
    )


def _of_record(record: Verification, *beside: Cell) -> Breach:
    """Accuse the coordinates that the app recorded."""
    return Breach(_at_position(record) + beside, {"system": "app"}, slot="record")


# ------------------------------------------------------------------------------------------------ is there a photo


@photographed(
    absence_of=("photos",),
    message=Words("没有本户房屋的照片：{reason}", "no photo of the house: {reason}"),
    fix=RETAKE,
)
def photo_missing(casefile: CaseFile) -> Breach | None:
    """A record has no photo, or none that shows the household's house."""
    is_asked = "photos" in casefile.given.roles or casefile.record.has("photos")
    if not is_asked or casefile.own_photos:
        return None
    seen = tuple(cell for one in casefile.photos for cell in one.reviewed())
    return Breach(casefile.record.at("photos") + seen, {"reason": "other-house" if seen else "no-photo"})


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


@everywhere(
    message=Words(
        "{system}的照片“{photo}”无法读取：{reason}", "the photo {photo} of the {system} cannot be read: {reason}"
    ),
    fix=RETAKE,
)
def unreadable(casefile: CaseFile) -> list[Breach]:
    """A photo is no image, is truncated, or cannot be trusted to be read."""
    return [
        _breach(evidence, "file", reason=photo.problem)
        for evidence, photo in _read(_photos(casefile))
        if photo.gps == "unreadable"
    ]


@everywhere(
    message=Words(
        "{system}的照片“{photo}”的拍摄信息已被清除，核验记录也没有坐标",
        "the photo {photo} of the {system} has lost its Exif data; the record has no coordinates",
    ),
    fix=RETAKE,
)
def exif_stripped(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """A photo has no Exif data at all, and the record has no coordinates."""
    if stated(casefile):
        return []
    return [_breach(evidence, "gps") for evidence, _ in _placeless(casefile, campaign, settings, "no_exif")]


@everywhere(
    message=Words(
        "{system}的照片“{photo}”没有坐标，核验记录也没有坐标",
        "the photo {photo} of the {system} has no coordinates, nor has the record",
    ),
    fix=RETAKE,
)
def position_absent(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """A photo has Exif data without coordinates, and the record has none."""
    if stated(casefile):
        return []
    return [_breach(evidence, "gps") for evidence, _ in _placeless(casefile, campaign, settings, "absent")]


@everywhere(
    message=Words(
        "{system}的照片“{photo}”的坐标全为零（多为从相册选取）",
        "the coordinates of {photo} of the {system} are zeros, as a gallery leaves them",
    ),
    fix=RETAKE,
)
def position_zeroed(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """The coordinates of a photo are zeros, which is what a gallery leaves of them."""
    return [_breach(evidence, "gps") for evidence, _ in _placeless(casefile, campaign, settings, "zeroed")]


@everywhere(
    message=Words(
        "{system}的坐标“{typed}”不可能存在：{reason}", "the coordinates {typed} in the {system} are no place: {reason}"
    ),
    fix=RETAKE,
)
def position_impossible(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """The coordinates of a photo or of the record are out of range, exchanged, or no numbers."""
    breaches = [
        _impossible(_breach(evidence, "gps"), "swapped" if photo.swapped else "out-of-range")
        for evidence, photo in _placeless(casefile, campaign, settings, "impossible")
    ]
    reason = _impossible_record(casefile)
    if reason and not _shows_place(casefile.photos, casefile, campaign, settings):
        breaches.append(_impossible(_of_record(casefile.record), reason))
    return breaches


def _impossible_record(casefile: CaseFile) -> str | None:
    """Say what is wrong with the recorded coordinates; a table exchanged throughout is said of its source."""
    position = stated(casefile)
    if position is None:
        return None
    if is_swapped(position):
        return None if casefile.given.is_exchanged(casefile.record) else "swapped"
    return None if put_right(position) else "out-of-range"


def _impossible(breach: Breach, reason: str) -> Breach:
    typed = ", ".join(str(cell.value) for cell in breach.cells)
    return evolve(breach, values={**breach.values, "typed": typed, "reason": reason})


# ------------------------------------------------------------------------------------------------ is it the right place


@placed(
    severity=ERROR,
    effect=CONTRADICTED,
    requirement="photo",
    message=Words(
        "{system}的位置在本县以外{distance_km}公里",
        "the position in the {system} is {distance_km} km outside the county",
    ),
    fix=COMPARE,
)
def outside_county(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach | Proof]:
    """A photo, or without its position the record, lies outside the county."""
    answers: list[Breach | Proof] = []
    for distance, found, evidence in _positions(casefile, campaign):
        breach = evolve(found, values={**found.values, "distance_km": round(distance, 2)})
        if distance > settings.outside_county_km:
            answers.append(breach)
            continue
        if breach.clause is None and evidence.look is not Look.OTHER_HOUSE:  # the app's: the plan asks for no other
            answers.append(Proof(breach.cells + (evidence.reviewed() if evidence.look is Look.WHOLE else ())))
        if distance > settings.border_km:
            answers.append(evolve(breach, severity=WARNING, effect=None))
    return answers


def _positions(casefile: CaseFile, campaign: Campaign) -> Iterator[tuple[float, Breach, PhotoEvidence]]:
    """Give each position of the household: kilometres outside the county, what would be said of it, and its photo.

    The record's own counts only where no photo of the app carries one, and only beside one that can be read; or that
    is named, where no photos were given to read.
    """
    for evidence, position in located(casefile, _photos(casefile)):
        yield beyond_county(position, campaign), _breach(evidence, "gps"), evidence
    readable = [evidence for evidence, photo in _read(casefile.photos) if photo.gps != "unreadable"]
    shown = next(iter(readable if "photos" in casefile.given.roles else casefile.photos), None)
    if shown is None or located(casefile, casefile.photos):
        return
    if places := recorded(casefile):
        distance = min(beyond_county(place, campaign) for place in places)
        yield distance, _of_record(casefile.record, *shown.at("file")), shown


@placed(
    severity=WARNING,
    message=Words(
        "{system}的照片“{photo}”拍摄于本乡镇以外{distance_km}公里",
        "{photo} of the {system} was taken {distance_km} km outside the township",
    ),
    fix=COMPARE,
)
def outside_township(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """A photo was taken outside the township, and nobody moved the household away."""
    area = campaign.area(casefile.place.area_code[:9])
    if area is None or len(area.code) != 9 or casefile.is_relocated:
        return []
    return [
        _breach(evidence, "gps", distance_km=round(area.distance_km(position), 2))
        for evidence, position in located(casefile, _photos(casefile))
        if not area.contains(position) and beyond_county(position, campaign) <= settings.border_km
    ]


@placed(
    severity=ERROR,
    effect=CONTRADICTED,
    requirement="photo",
    message=Words(
        "{system}的照片“{photo}”与核验记录的坐标相距{distance_km}公里",
        "{photo} of the {system} was taken {distance_km} km from the record's coordinates",
    ),
    fix=COMPARE,
)
def far_from_record(casefile: CaseFile, campaign: Campaign, settings: Settings) -> list[Breach]:
    """A photo of the county was taken far from the coordinates that the app recorded, in whatever datum."""
    taken = located(casefile, _photos(casefile))
    places = recorded(casefile) if taken else []
    breaches = []
    for evidence, position in taken if places else ():
        distance = min(distance_km(position, place) for place in places)
        if distance <= settings.far_from_record_km or beyond_county(position, campaign) > settings.outside_county_km:
            continue
        any_datum = min(distance_km(position, place) for place in recorded(casefile, any_datum=True))
        if any_datum > settings.same_place_km:  # else a phone that wrote another datum than those of its source
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
    """A photo of the app was not taken within the days of the campaign."""
    window = f"{campaign.window[0]}～{campaign.window[1]}"
    return [
        _breach(evidence, "taken_at", *(["offset"] if photo.offset else []), date=when, window=window)
        for evidence, photo in _read(casefile.photos)
        if (when := _taken(photo)) and not campaign.in_window(when)
    ]


def _taken(photo: Photo) -> Period | None:
    """Give the moment on the camera's clock, in the plan's own zone."""
    if photo.taken_at is None:
        return None
    try:
        moment = photo.taken_at + (_PLANS_OFFSET - _offset(photo))
    except OverflowError:  # at the end of time no zone matters
        moment = photo.taken_at
    return Period(moment, moment + datetime.resolution)


def _offset(photo: Photo) -> timedelta:
    """Tell how far the camera's clock is ahead of UTC: as it wrote, else as the plan's own zone is."""
    try:
        return datetime.strptime(photo.offset or "", "%z").utcoffset() or timedelta()
    except ValueError:
        return _PLANS_OFFSET


@rule(
    clause="V0",
    also_clause=R3,
    recorded=False,
    severity=WARNING,
    message=Words(
        "{system}的照片“{photo}”的卫星与相机时间相差{minutes}分钟",
        "the clocks in {photo} of the {system} are {minutes} minutes apart",
    ),
    fix=Fix("核实照片是否现场拍摄、手机时间是否正确", "see whether the phone's clock was right", "village"),
)
def clock_disagrees(casefile: CaseFile, settings: Settings) -> list[Breach]:
    """The satellites' time and the camera's differ in one photo."""
    apart = [(evidence, _minutes_apart(photo)) for evidence, photo in _read(_photos(casefile))]
    return [
        _breach(evidence, "gps_time", "taken_at", minutes=minutes)
        for evidence, minutes in apart
        if minutes > settings.clock_minutes
    ]


def _minutes_apart(photo: Photo) -> int:
    """Measure how far the two clocks are apart, in minutes begun."""
    if photo.taken_at is None or photo.gps_time is None:
        return 0
    apart = photo.gps_time.replace(tzinfo=None) - photo.taken_at + _offset(photo)
    return ceil(abs(apart) / timedelta(minutes=1))


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
