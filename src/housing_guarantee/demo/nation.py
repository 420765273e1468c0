"""Many counties as Parquet, partitioned by county, each drawn from the model of the demo's, in flat memory.

Counties are numbered from 660001, codes that nobody has. What is planted in each can be told from tables alone; beside
it some faults lie across two counties, each with the next: one identity number, one photo and, where pictures are
drawn, one picture.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from attrs import evolve, frozen

from housing_guarantee.adapters.photo_facts import facts_of
from housing_guarantee.converters import to_id_number
from housing_guarantee.demo import faults_photos, faults_pictures, faults_records
from housing_guarantee.demo.county import COUNTY, County, House, Shot, build
from housing_guarantee.demo.fault import Fault
from housing_guarantee.demo.files import AREA, area_of
from housing_guarantee.demo.geography import position_of
from housing_guarantee.demo.people import identity_number
from housing_guarantee.demo.pictures import jpeg_of
from housing_guarantee.demo.planting import plant_these
from housing_guarantee.demo.wear import wear
from housing_guarantee.models import IdKind, Position
from housing_guarantee.photos.facts import Photo, unreadable
from housing_guarantee.photos.picture import look_at

__all__ = ["FEWEST", "Nation", "county_codes", "write_nation"]

FEWEST = 320
"""Households of a county in which every fault has one of its own."""
_FIRST_CODE = 660_001
_RENOVATION, _RELOCATION = "农村危房改造", "易地扶贫搬迁"
_SOURCES = (
    ("roster", "roster", ""),
    ("verifications", "verifications", ""),
    ("ledger", "ledger-renovation", _RENOVATION),
    ("ledger", "ledger-relocation", _RELOCATION),
    ("appraisals", "appraisals", ""),
    ("photos", "photos", ""),
)
"""Role, folder, and the programme that a ledger is of."""
_PICTURED = "photo-forensics.near-duplicate"
_PLANTED = (_PICTURED, "photo-forensics.shared-file", "photo-forensics.impossible-travel", "photo-forensics.edited")
_BY_HAND = "ledger.entry-used-twice"  # needs a person's word in the campaign file


@frozen
class Nation:
    """What is to be written.

    :param per_county: households of a county
    :param faults: whether any are planted
    :param pictures: whether a picture of every photo is drawn, so that its pixels can be compared; that takes time
    """

    folder: Path
    households: int
    per_county: int = 8230
    seed: int = 2020
    faults: bool = True
    pictures: bool = False

    @property
    def counties(self) -> int:
        """How many counties there are."""
        return max(1, round(self.households / self.per_county))

    def size_of(self, number: int) -> int:
        """Give how many households a county has, so that the sum is exact."""
        share, rest = divmod(self.households, self.counties)
        return share + (number < rest)


def county_codes(nation: Nation) -> list[str]:
    """Give the counties' codes."""
    return [str(_FIRST_CODE + number) for number in range(nation.counties)]


def write_nation(nation: Nation, jobs: int = 1) -> Iterator[int]:
    """Write the counties, the campaign file and the truth; give after each county how many households it has.

    :raises ValueError: a county has too few households for every fault to have one of its own
    """
    if nation.size_of(nation.counties - 1) < FEWEST:
        raise ValueError(f"a county needs at least {FEWEST} households, so that every fault has its own")
    nation.folder.mkdir(parents=True, exist_ok=True)
    features = [feature for code in county_codes(nation) for feature in area_of(code)["features"]]
    area = {"type": "FeatureCollection", "features": features}
    (nation.folder / AREA).write_text(json.dumps(area, ensure_ascii=False) + "\n", encoding="utf-8")
    (nation.folder / "campaign.toml").write_text(_campaign(nation), encoding="utf-8")
    if jobs == 1:
        yield from (_write_county(nation, number) for number in range(nation.counties))
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_write_county, [nation] * nation.counties, range(nation.counties))


# ------------------------------------------------------------------------------------------------ one county


def _write_county(nation: Nation, number: int) -> int:
    code, households = str(_FIRST_CODE + number), nation.size_of(number)
    county = build(nation.seed + number, households, area=code, first=(_FIRST_CODE + number) * 10**11 + 10**10)
    for shot in (shot for house in county.houses for shot in house.shots):  # no phone is in two counties
        shot.phone = (*shot.phone[:2], f"{code}{shot.phone[2]}")
    planted = _plant(nation, county, number) if nation.faults else []
    wear(county, Random(nation.seed + number + 3))
    for (_, folder, _), rows in zip(_SOURCES, _tables(county, code, pictures=nation.pictures), strict=True):
        _put(nation.folder / folder / f"county={code}", rows)
    numbers = [to_id_number(_text(row["id_number"])) for house in county.houses for row in house.ledger]
    damaged = any(number and number.kind is IdKind.DAMAGED for number in numbers)
    planted_of: list[Row] = [
        {"code": f.code, "household_id": house.household_id, "also": f.also} for f, house in planted
    ]
    planted_of += [{"code": "intake.id-damaged", "household_id": None, "also": ()}] if damaged else []
    verdicts = {house.household_id: fault.verdict for fault, house in planted}
    truth = {"households": households, "planted": planted_of, "verdicts": verdicts}
    file = nation.folder / "truth" / f"county={code}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(truth, ensure_ascii=False) + "\n", encoding="utf-8")
    return households


def _plant(nation: Nation, county: County, number: int) -> list[tuple[Fault, House]]:
    """Plant what lies across counties first: it looks for the same houses in each."""
    planted: list[tuple[Fault, House]] = []
    for one in (number - 1, number):  # with the county before it, and with the next
        if 0 <= one < nation.counties - 1:
            planted += _plant_across(county, one, is_first=one == number, pictures=nation.pictures)
    return planted + plant_these(_told_by_tables(nation.pictures), county, Random(nation.seed + number + 1))


def _told_by_tables(pictures: bool) -> Sequence[Fault]:
    """Give the faults of records and photos that facts of the photos tell."""
    seen = _PLANTED if pictures else _PLANTED[1:]
    forensic = [fault for fault in faults_pictures.fault.all if fault.code in seen]
    faults = [*faults_records.fault.all, *faults_photos.fault.all, *forensic]
    return [fault for fault in faults if fault.code != _BY_HAND]


# ------------------------------------------------------------------------------------------------ across counties


def _plant_across(county: County, pair: int, *, is_first: bool, pictures: bool) -> list[tuple[Fault, House]]:
    """Plant one county's half of what it shares with its neighbour; both draw the same from the pair's number."""
    random = Random(pair)
    plain = (house for house in county.houses if house.in_package and not house.is_moved and not house.planted)
    planted = []
    for plant in (_one_number, _one_file, *((_one_picture,) if pictures else ())):
        house = next(house for house in plain if len(house.people) > 2)
        fault = plant(house, pair, random, is_first=is_first)
        house.planted.append(fault.code)
        planted.append((fault, house))
    return planted


def _of(code: str, verdict: str, *also: str) -> Fault:
    return Fault(code, lambda house, site: None, lambda house: True, verdict, also)


def _one_number(house: House, pair: int, random: Random, *, is_first: bool) -> Fault:
    """Have one person on two rosters."""
    number = identity_number(random.randrange(499), date(1918, 1, 1), male=True, area=str(_FIRST_CODE + pair))
    house.people[-1].typed = number
    return _of("identity.number-shared", "contradicted", "roster.member-not-covered")


def _one_file(house: House, pair: int, random: Random, *, is_first: bool) -> Fault:
    """Have one file as the photo of two households, each in the middle of a village."""
    house.shots[0] = evolve(
        house.shots[0],
        position=position_of(house.township.code, house.village.code, Random(pair)),
        taken=datetime(2020, 6, 11, 9, 5),  # noqa: DTZ001 - as on a phone
        phone=("HUAWEI", "JEF-AN00", f"X{pair}"),
        scene=10**14 + pair,
        style="plain",
    )
    return _of("photo-forensics.shared-file", "contradicted", "photo-gps.outside-township", "photo-gps.far-from-record")


def _one_picture(house: House, pair: int, random: Random, *, is_first: bool) -> Fault:
    """Have one picture, cut and saved again, as the photo of two households."""
    house.shots[0].scene, house.shots[0].look = 2 * 10**14 + pair, "whole" if is_first else "cropped"
    return _of("photo-forensics.near-duplicate", "contradicted")


# ------------------------------------------------------------------------------------------------ tables

Row = dict[str, Any]
_WHOLE = 10**15
"""A number that a spreadsheet has rounded, and shows so."""
_PERSONS = (
    *("township", "village", "area_code", "household_id", "person_id", "member_name", "member_id_number"),
    *("relation", "head_name", "head_id_number", "household_size"),
)
_RECORD = (
    *("household_id", "head_name", "id_number", "household_size", "township", "village"),
    *("guarantee_type", "guarantee_detail", "programme", "policy_year", "grade", "appraised_on", "is_safe"),
    *("type_changed", "became_dangerous", "is_current_dwelling", "visited", "problems", "rectification"),
    *("rectify_status", "rectified_on", "lease_until", "recorder", "recorder_role", "verified_on", "recorded_on"),
    *("longitude", "latitude", "photos", "status"),
)
_MOVES = ("file_no", "head_name", "id_number", "township", "village", "year", "progress")
_LEDGER = (*_MOVES, "mode", "completed_on", "accepted_on")
_APPRAISAL = ("report_no", "head_name", "id_number", "township", "village", "grade", "appraised_on", "appraiser")


def _tables(county: County, code: str, *, pictures: bool) -> Iterator[list[Row]]:
    """Give the rows of each role."""
    yield [row for house in county.houses for row in _roster_rows(house, code)]
    yield [row for house in county.houses for row in _records(house)]
    entries = [*(row for house in county.houses for row in house.ledger), *county.strangers]
    yield [_texts(row, _LEDGER) for row in entries if row["book"] == _RENOVATION]
    yield [_texts(row, _MOVES) for row in entries if row["book"] != _RENOVATION]
    yield [_texts(house.appraisal, _APPRAISAL) for house in county.houses if house.appraisal]
    shots = (shot for house in county.houses for shot in house.shots if shot.state != "no file")
    yield [facts_of(_photo(shot, pictures=pictures)) for shot in shots]


def _roster_rows(house: House, code: str) -> Iterator[Row]:
    head, place = house.head, _place(house, code)
    shared = {**place, "household_id": house.household_id, "head_name": head.name, "household_size": house.size}
    shared["head_id_number"] = head.typed
    if not house.listed_by_person:
        yield _texts(shared, _PERSONS)
        return
    for person in [*house.people, house.people[-1]] if house.repeated else house.people:
        own = {"member_name": person.name, "member_id_number": person.typed, "relation": person.relation}
        yield _texts(shared | own | {"person_id": person.person_id}, _PERSONS)


def _records(house: House) -> Iterator[Row]:
    """Give the records of a household; those of the app's package have no coordinates."""
    for record in (*house.more_records, house.record) if house.recorded else ():
        row = _texts(record | ({"longitude": None, "latitude": None} if house.in_package else {}), _RECORD)
        row["photos"] = ";".join(_photo_name(shot) for shot in house.shots) if record.get("photos") else None
        yield row


def _place(house: House, code: str) -> Row:
    return {
        "township": house.township.name,
        "village": house.village.name,
        "area_code": house.village.code.replace(COUNTY, code, 1),
    }


def _texts(cells: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: _text(cells.get(name)) for name in names}


def _text(value: Any) -> str | None:
    """Give a cell as text, as tables on their way from office to office hold everything."""
    if value is None or value == "":
        return None
    if isinstance(value, float) or (isinstance(value, int) and value >= _WHOLE):
        return f"{float(value):.14E}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


# ------------------------------------------------------------------------------------------------ photos

_OUTCOMES = {
    "no exif": "no_exif",
    "no gps": "absent",
    "zeroed": "zeroed",
    "zero by zero": "zeroed",
    "impossible": "impossible",
    "swapped": "impossible",
}


def _photo_name(shot: Shot) -> str:
    return shot.name.rpartition("/")[2]


def _photo(shot: Shot, *, pictures: bool) -> Photo:
    """Give what reading the shot's file would have told."""
    name, digest = _photo_name(shot), sha256(repr(evolve(shot, name="")).encode()).hexdigest()
    if shot.state in ("truncated", "text"):
        return unreadable(name, "truncated" if shot.state == "truncated" else "not an image", 4000, digest)
    gps = _OUTCOMES.get(shot.state, "ok")
    photo = Photo(
        name,
        digest,
        40_000,
        gps,
        position=Position(*shot.position) if gps == "ok" else None,
        swapped=shot.state == "swapped",
        width=1280,
        height=960,
        gps_source="exif" if gps == "ok" else None,
        picture=look_at(jpeg_of(shot)) if pictures else None,
    )
    if shot.state == "no exif":
        return photo
    make, model, serial = shot.phone
    utc = (shot.gps_time or shot.taken - timedelta(hours=8)).replace(tzinfo=UTC)
    return evolve(
        photo,
        taken_at=shot.taken,
        offset="+08:00",
        gps_time=None if gps in ("absent", "zeroed") else utc,
        make=make,
        model=model,
        serial=serial,
        software=shot.software,
    )


# ------------------------------------------------------------------------------------------------ files


def _put(folder: Path, rows: Sequence[Row]) -> None:
    """Write the rows of one county and role, columns whose cells are all empty as text."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows)
    kinds = [pa.field(one.name, pa.string() if pa.types.is_null(one.type) else one.type) for one in table.schema]
    part = folder / ".part-0.parquet.writing"
    write_table(table.cast(pa.schema(kinds)), part, compression="zstd")
    part.replace(folder / "part-0.parquet")


def _campaign(nation: Nation) -> str:
    sources = "".join(
        f'\n[[sources]]\nrole = "{role}"\nadapter = "parquet"\npath = "{folder}"\n'
        + (f'programme = "{programme}"\n' if programme else "")
        for role, folder, programme in _SOURCES
    )
    return f"""\
# 虚构的各县，仅供测试；姓名、证件号码均为随机生成。
schema = 1

[campaign]
name = "住房安全有保障核验（多县）"
county_code = "660000"
planned_households = {nation.households}
window = [2020-06-10, 2020-06-13]
rectify_by = 2020-06-30
policy_year = 2016
ledger_years = [2016, 2018]
as_of = 2020-06-13T20:00:00+08:00
language = "zh"
area = "{AREA}"
{sources}"""
