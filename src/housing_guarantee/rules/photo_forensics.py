"""必须入户：signs that nobody went, and front photos that show no house as it stands (四(二)).

The recorder must enter each home and see for themselves, and photograph the whole front there. One picture for two
homes, many homes from one spot, or a phone faster than any road tell that nobody did; a picture out of the archive,
a part of the front, a blur tell nothing of the house. What rests on looks is a suspicion, for a person to look at.

The app's photos and the provincial system's front photos are judged, and each finding says where its photo stands.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cache, partial
from operator import itemgetter
from typing import Any

from attrs import evolve, frozen

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.clusters import fronts, near_duplicates, resemblance, shown_by, spots, tied
from housing_guarantee.data import read_toml
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import Cell
from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.likeness import PARTS
from housing_guarantee.photos.picture import Picture
from housing_guarantee.reviews import Look
from housing_guarantee.rule import CONTRADICTED, ERROR, WARNING, Breach, Fix, Group, Ties, Topic, Words, rule
from housing_guarantee.tracks import Jump, Phone, by_photo, jumps, stops

R3 = "R3"
_NOT_LOOKED_AT = "a picture could not be decoded"
_NO_PICTURE = ("empty", "not an image")
"""Problems of files that an upload leaves when it fails; they are all alike, and `photo-gps.unreadable` names each."""


def _blind(casefile: CaseFile) -> str | None:
    """Say whether pixels lack that the rules must see; a file that cannot be read at all is a finding of its own."""
    unseen = any(photo.picture is None and photo.gps != "unreadable" for _, photo in fronts(casefile))
    return _NOT_LOOKED_AT if unseen else None


photo_rule = partial(rule, recorded=False, needs=("photos",))
looked_at = partial(photo_rule, blind=_blind)
VISIT = Fix(
    "入户核实，现场重新拍摄各户房屋正面全景", "visit the households and photograph each front on the spot", "township"
)
LOOK = Fix("人工查看照片；确有问题的，现场重新拍摄", "look at the photo; retake it on the spot if need be", "township")


@frozen
class Settings:
    """How alike, how near, how fast, how blurred."""

    same_picture: float = 0.95
    """Likeness, 0 to 1, from which two pictures are one: encoded again, made smaller or cut; our own, measured."""

    spot_households: int = 5
    """Households photographed from one spot in a short time that are too many; our own."""

    spot_metres: float = 20.0
    """Metres that make a spot: what a phone may be off between two homes that touch; our own."""

    spot_minutes: float = 15.0
    """Minutes that are too few for so many visits: three each; our own."""

    travel_kmh: float = 120.0
    """Kilometres an hour between two photos of one phone that no county road allows; our own."""

    travel_km: float = 1.0
    """Kilometres below which a speed says nothing, as positions and clocks err; our own."""

    border: float = 0.5
    """Evenness of a margin all around, 0 to 1, from which a picture looks like one of paper; our own, measured."""

    pattern: float = 0.25
    """Regularity of a fine pattern all over, 0 to 1, from which it looks like one of a screen; our own, measured."""

    least_side: int = 640
    """Pixels of the longer side below which a photo is too small to see the house; our own."""

    strip: float = 2.4
    """Height by width above which an upright photo is a strip; the longest phone screens have 2.3; our own."""

    sameness: float = 0.8
    """How even a picture is from top to bottom, 0 to 1, from which it looks like a close-up; our own, measured."""

    sharpness: float = 0.2
    """Fine edges by coarse ones below which a photo is too blurred; our own, measured."""

    light: float = 40.0
    """Mean grey level, 0 to 255, below which a photo is too dark; our own."""


def _breach(evidence: PhotoEvidence, *fields: str, beside: Iterable[Cell] = (), **values: Any) -> Breach:
    """Accuse one photo, saying in which system it stands."""
    named = {"photo": evidence.name, "system": evidence.system, **values}
    clause = R3 if evidence.system == "provincial" else None
    return Breach((*evidence.at(*fields), *beside), named, slot=evidence.slot, clause=clause)


# ------------------------------------------------------------------------------------------------ one picture for two


def _digests(casefile: CaseFile) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """Give what tells each file from every other."""
    for evidence, photo in fronts(casefile):
        if _is_picture(photo):
            yield photo.digest, evidence.at("file")


def _is_picture(photo: Photo) -> bool:
    return bool(photo.digest) and photo.problem not in _NO_PICTURE


@photo_rule(
    clause="V0",
    also_clause=R3,
    severity=ERROR,
    effect=CONTRADICTED,
    key=_digests,
    across=True,
    message=Words(
        "{system}的照片“{photo}”与{others}户的照片是同一文件",
        "the photo {photo} of the {system} is the very file that stands with {others}",
    ),
    fix=VISIT,
)
def shared_file(group: Group) -> list[Breach]:
    """One file is the photo of two households."""
    households = {member.casefile.household_id: member.casefile for member in group.members}
    if len(households) < 2:
        return []
    return [
        evolve(_breach(evidence, "file", beside=_cells_of_others(group, number)), household_id=number)
        for number, casefile in households.items()
        for evidence, photo in fronts(casefile)
        if photo.digest == group.key
    ]


def _cells_of_others(group: Group, household_id: str) -> list[Cell]:
    return [cell for member in group.members if member.casefile.household_id != household_id for cell in member.cells]


def _alike(casefiles: Sequence[CaseFile], settings: Settings) -> Iterator[Group]:
    return near_duplicates(casefiles, settings.same_picture)


@looked_at(
    clause="V0",
    also_clause=R3,
    severity=ERROR,
    effect=CONTRADICTED,
    groups=_alike,
    across=Ties(shown_by, tied, PARTS),
    message=Words(
        "{system}的照片“{photo}”与{others}户的照片是同一画面（经压缩、缩小或裁剪）",
        "the photo {photo} of the {system} is the same picture as that of {others}, encoded again, smaller or cut",
    ),
    fix=VISIT,
)
def near_duplicate(group: Group) -> Breach:
    """One picture, encoded again, made smaller or cut, is the photo of two households."""
    number, slot = _photo_of(group)
    others = sorted({member.casefile.household_id for member in group.members} - {number})
    own = next(member.casefile for member in group.members if member.casefile.household_id == number)
    evidence = next(one for one, _ in fronts(own) if one.slot == slot)
    breach = _breach(evidence, "file", beside=_cells_of_others(group, number), others=tuple(others))
    return evolve(breach, household_id=number)


def _photo_of(group: Group) -> tuple[str, str]:
    """Give household and slot of the photo that the others are like."""
    number, slot = group.key if isinstance(group.key, tuple) else ("", "")
    return number, slot


@looked_at(
    clause=R3,
    severity=ERROR,
    effect=CONTRADICTED,
    needs=("photos", "archive"),
    message=Words(
        "{system}的照片“{photo}”就是本户档案中的“{archive_photo}”，系从档案中翻拍或拷贝",
        "the photo {photo} of the {system} is the picture {archive_photo} of the household's own archive",
    ),
    fix=Fix("现场重新拍摄房屋正面全景，替换该照片", "photograph the front on the spot, and replace it", "township"),
)
def copied_from_archive(casefile: CaseFile, settings: Settings) -> list[Breach]:
    """A front photo is a picture that stands in the household's own archive."""
    archived = [(one, one.photo) for one in casefile.archive_photos if one.photo and _is_picture(one.photo)]
    breaches = []
    for evidence, photo in fronts(casefile):
        score, original = max(
            ((resemblance(photo, other), one) for one, other in archived), key=itemgetter(0), default=(0.0, None)
        )
        if original and score >= settings.same_picture:
            values = {"archive_photo": original.name, "score": score}
            breaches.append(_breach(evidence, "file", beside=original.at("file"), **values))
    return breaches


# ------------------------------------------------------------------------------------------------ where the phone was


def _crowds(casefiles: Sequence[CaseFile], settings: Settings) -> Iterator[Group]:
    return spots(
        casefiles,
        metres=settings.spot_metres,
        minutes=settings.spot_minutes,
        households=settings.spot_households,
    )


@photo_rule(
    clause="V0",
    severity=WARNING,
    groups=_crowds,
    message=Words(
        "{count}户的照片在{minutes}分钟、{metres}米之内接连拍摄，另有{others}户",
        "{count} households were photographed within {metres} m, each in {minutes} minutes of others: {others} too",
    ),
    fix=Fix("抽查这些户是否真正入户", "visit some of these households and ask whether anybody came", "county"),
)
def one_spot(group: Group, settings: Settings) -> list[Breach]:
    """Many households were photographed from one spot in a short time, and it is no resettlement site."""
    cells: dict[str, tuple[Cell, ...]] = {}
    for member in group.members:
        number = member.casefile.household_id
        cells[number] = cells.get(number, ()) + member.cells
    values = {"count": len(cells), "metres": settings.spot_metres, "minutes": settings.spot_minutes}
    return [Breach(own, values, household_id=number) for number, own in cells.items()]


def _phones(casefile: CaseFile) -> Iterator[tuple[Phone, tuple[Cell, ...]]]:
    for stop in stops(casefile):
        yield stop.phone, stop.evidence.at("gps", "taken_at")


@photo_rule(
    clause="V0",
    severity=WARNING,
    key=_phones,
    message=Words(
        "同一手机拍摄的照片“{photo}”与前后一张（{others}户）相距{distance_km}公里，间隔仅{minutes}分钟",
        "{photo} and the photo before or after it by the same phone ({others}) are {distance_km} km and only "
        "{minutes} minutes apart",
    ),
    fix=Fix("核实照片是否本机现场拍摄、手机时间是否正确", "ask who took the photos, and by what clock", "county"),
)
def impossible_travel(group: Group, settings: Settings, campaign: Campaign) -> list[Breach]:
    """Two photos that one phone took one after the other are too far apart for the time between them."""
    casefiles = {member.casefile.household_id: member.casefile for member in group.members}
    track = [stop for casefile in casefiles.values() for stop in stops(casefile) if stop.phone == group.key]
    found = jumps(track, kilometres=settings.travel_km, speed=settings.travel_kmh, since=campaign.window[0].year)
    return [_jumped(own) for own in by_photo(found)]


def _jumped(found: Sequence[Jump]) -> Breach:
    """Accuse a photo of the jump to the one before it or after it, whichever is less possible."""
    worst = max(found, key=lambda jump: jump.order)
    breach = _breach(
        worst.one.evidence,
        "gps",
        "taken_at",
        beside=worst.other.evidence.at("gps", "taken_at"),
        distance_km=round(worst.kilometres, 2),
        minutes=round(worst.hours * 60, 1),
        others=tuple(sorted({jump.other.household_id for jump in found} - {worst.one.household_id})),
    )
    return evolve(breach, household_id=worst.one.household_id)


# ------------------------------------------------------------------------------------------------ what is to be seen


_Sign = tuple[str, Any]  # why a photo is suspected, and the number that says so


def _suspected(casefile: CaseFile, looks: Container[Look], why: Callable[[Picture], _Sign | None]) -> list[Breach]:
    """Accuse each photo of which a person said one of these, and each that looks so and that nobody called whole."""
    breaches = []
    for evidence, photo in fronts(casefile):
        review = evidence.review
        if review and review.look in looks:
            reason = "other-house" if review.look is Look.OTHER_HOUSE else "reviewed"
            values = {"reason": reason, "score": review.when, "reviewer": review.reviewer}
            breaches.append(_breach(evidence, "file", beside=evidence.reviewed(), **values))
        elif photo.picture and evidence.look is not Look.WHOLE and (sign := why(photo.picture)):
            breaches.append(_breach(evidence, "file", reason=sign[0], score=sign[1]))
    return breaches


@looked_at(
    clause=R3,
    severity=WARNING,
    message=Words(
        "{system}的照片“{photo}”疑似翻拍：{reason}（{score}）",
        "the photo {photo} of the {system} looks like one of a picture: {reason} ({score})",
    ),
    fix=LOOK,
)
def looks_rephotographed(casefile: CaseFile, settings: Settings) -> list[Breach]:
    """A front photo looks like a photo of paper or of a screen."""
    return _suspected(casefile, {Look.REPHOTOGRAPHED}, lambda picture: _copied(picture, settings))


def _copied(picture: Picture, settings: Settings) -> _Sign | None:
    """Say why a picture may be one of a picture."""
    if picture.border >= settings.border:
        return "paper-border", picture.border
    return ("moire", picture.pattern) if picture.pattern >= settings.pattern else None


@looked_at(
    clause=R3,
    severity=WARNING,
    message=Words(
        "{system}的照片“{photo}”疑似不是正面全景：{reason}（{score}）",
        "the photo {photo} of the {system} may not show the whole front: {reason} ({score})",
    ),
    fix=LOOK,
)
def not_whole_front(casefile: CaseFile, settings: Settings) -> list[Breach]:
    """A front photo is too small, a strip, or so even from top to bottom that it looks like a close-up."""
    looks = {Look.PART, Look.OTHER_HOUSE} if casefile.own_photos else {Look.PART}  # without any, photo-missing says it
    return _suspected(casefile, looks, lambda picture: _part(picture, settings))


def _part(picture: Picture, settings: Settings) -> _Sign | None:
    """Say why a picture may not show the whole."""
    longer, shape = max(picture.width, picture.height), picture.height / picture.width
    if longer < settings.least_side:
        return "too-small", longer
    if shape > settings.strip:
        return "strip", round(shape, 2)
    return ("close-up", picture.sameness) if picture.sameness >= settings.sameness else None


@looked_at(
    clause="V3",
    also_clause=R3,
    severity=WARNING,
    message=Words(
        "{system}的照片“{photo}”看不清房屋：{reason}（{score}）",
        "the house cannot be made out in {photo} of the {system}: {reason} ({score})",
    ),
    fix=Fix("人工查看照片；看不清的，现场重新拍摄", "look at the photo; retake it if the house cannot be seen"),
)
def blurred(casefile: CaseFile, settings: Settings) -> list[Breach]:
    """A photo is too dark or too blurred to see the house."""
    return _suspected(casefile, {Look.UNCLEAR}, lambda picture: _unclear(picture, settings))


def _unclear(picture: Picture, settings: Settings) -> _Sign | None:
    """Say why the house cannot be made out in a picture."""
    if picture.light < settings.light:
        return "dark", picture.light
    return ("blurred", picture.sharpness) if picture.sharpness < settings.sharpness else None


@photo_rule(
    clause="V3",
    also_clause=R3,
    severity=WARNING,
    message=Words(
        "{system}的照片“{photo}”由图像编辑软件“{software}”写成",
        "the photo {photo} of the {system} was written by {software}, which edits pictures",
    ),
    fix=Fix("上传手机拍摄的原图", "upload the photo as the phone took it"),
)
def edited(casefile: CaseFile) -> list[Breach]:
    """A photo was written by a program that edits pictures."""
    return [
        _breach(evidence, "software", software=photo.software)
        for evidence, photo in fronts(casefile)
        if photo.software and any(word in photo.software.casefold() for word in _editors())
    ]


@cache
def _editors() -> tuple[str, ...]:
    return tuple(word.casefold() for words in read_toml("editors.toml").values() for word in words)


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    rules = (
        shared_file,
        near_duplicate,
        one_spot,
        impossible_travel,
        copied_from_archive,
        looks_rephotographed,
        not_whole_front,
        blurred,
        edited,
    )
    return [Topic("photo-forensics", rules, Settings)]
