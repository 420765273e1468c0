"""Write one county: draw it, plant the faults of a variant, write the files, the campaign and the truth."""

import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from random import Random

from attrs import frozen

from housing_guarantee.converters import to_id_number
from housing_guarantee.demo import archives, files, systems
from housing_guarantee.demo.county import County, House, build
from housing_guarantee.demo.fault import Fault
from housing_guarantee.demo.faults_records import NOTICES
from housing_guarantee.demo.files import write_files
from housing_guarantee.demo.places import Places
from housing_guarantee.demo.planting import TOPICS, UNEXPECTED, Plants, crowd_of_fronts, plant, plant_beside
from housing_guarantee.demo.truth import Planted, Truth
from housing_guarantee.demo.wear import wear
from housing_guarantee.geo import from_wgs84
from housing_guarantee.masking import Masking
from housing_guarantee.models import IdKind, Position

__all__ = ["VARIANTS", "write_county"]

_FEWEST = 320
_TICK = Callable[[str, int, int], None]
_Shift = Callable[[Position], Position]


def _as_it_is(position: Position) -> Position:
    return position


def _exchanged(position: Position) -> Position:
    return Position(position.longitude, position.latitude)


@frozen
class Variant:
    """One kind of county.

    :param topics: topics whose faults are planted, each in a household of its own
    :param records, photos: what becomes of every position that the app's records, or the photos, hold
    """

    title: str
    topics: tuple[str, ...] = ()
    records: _Shift = _as_it_is
    photos: _Shift = _as_it_is

    @property
    def is_tainted(self) -> bool:
        """Whether a whole source is wrong."""
        return not (self.records is self.photos is _as_it_is)


VARIANTS: Mapping[str, Variant] = {
    "base": Variant("every fault that can stand beside the others", TOPICS),
    "july": Variant("the deadline is past", ("safety",)),
    "short-roster": Variant("the roster is one household short of the plan"),
    "swapped": Variant("longitude and latitude are exchanged throughout one export", ("photo-gps",), _exchanged),
    "gcj02": Variant("the app wrote GCJ-02", ("photo-gps",), partial(from_wgs84, datum="gcj02")),
    "bd09": Variant("the app wrote BD-09", ("photo-gps",), partial(from_wgs84, datum="bd09")),
    "shifted-photos": Variant("photos hold BD-09", ("photo-gps",), photos=partial(from_wgs84, datum="bd09")),
    "broken-sources": Variant("a ledger of no bytes and a workbook cut short"),
}


def write_county(
    folder: Path,
    *,
    seed: int = 2020,
    variant: str = "base",
    households: int = 2193,
    photos: bool = True,
    progress: _TICK = lambda step, done, total: None,
) -> Truth:
    """Write a county into a folder, and give the truth about it.

    :param households: at least 320, so that every fault finds a household of its own
    :param photos: whether to write the photos too, and their source
    :raises ValueError: there are too few
    :raises FileExistsError: the folder holds something that is no county of ours
    """
    if households < _FEWEST:
        raise ValueError(f"a county needs at least {_FEWEST} households, so that every fault has its own")
    _make_room(folder)
    county, kind = build(seed, households), VARIANTS[variant]
    for house in county.houses:
        house.front, house.papers = systems.front_of(house), archives.papers_of(house)
    planted = crowd_of_fronts(county, Random(seed + 4)) if variant == "base" else []  # few households can be in it
    planted += plant(county, kind.topics, Random(seed + 1), tainted=kind.is_tainted)
    if variant == "base":
        planted += plant_beside(county, Random(seed + 2))
    wear(county, Random(seed + 3))
    if variant == "july":
        county.as_of = "2020-07-05T09:00:00+08:00"
    if variant == "short-roster":
        county.planned += 1
    _shift(county, kind)
    places = write_files(county, folder, progress, photos=photos)
    if variant == "broken-sources":
        (folder / files.MOVES).write_bytes(b"")
        whole = (folder / files.APPRAISALS).read_bytes()
        (folder / files.APPRAISALS).write_bytes(whole[: len(whole) // 2])
    (folder / "campaign.toml").write_text(_campaign(county, photos=photos), encoding="utf-8")
    truth = _truth(county, variant, planted, places)
    truth.save(folder / "truth.json")
    return truth


def _make_room(folder: Path) -> None:
    """Make the folder, and clear an earlier county's photos and archives out of it; what is not ours is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "truth.json").exists():
        for name in (files.PHOTOS, archives.FOLDER):
            shutil.rmtree(folder / name, ignore_errors=True)
    elif any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty, and holds no demo county")


def _shift(county: County, variant: Variant) -> None:
    """Write every position of a source as the variant has it."""
    records = [record for house in county.houses for record in (house.record, *house.more_records)]
    for record in (*records, *county.extra_records):
        moved = variant.records(Position(float(record["latitude"]), float(record["longitude"])))
        record |= {"latitude": f"{moved.latitude:.6f}", "longitude": f"{moved.longitude:.6f}"}
    for shot in (shot for house in county.houses for shot in house.shots):
        moved = variant.photos(Position(*shot.position))
        shot.position = moved.latitude, moved.longitude


def _truth(county: County, variant: str, planted: Plants, places: Places) -> Truth:
    late = {"safety.problem-open": "safety.problem-overdue"} if variant == "july" else {}
    known = {person.name for house in county.houses for person in house.people}
    faults = [_planted(fault, house, places, late, Masking(known=known)) for fault, house in planted]
    faults += [Planted(code, number) for code, number in _of_nobody(county, variant)]
    verdicts = {house.household_id: fault.verdict for fault, house in planted}
    if variant == "broken-sources":
        unsure = [house for house in county.houses if house.appraisal or _moved(house)]
        verdicts = {house.household_id: "could_not_check" for house in unsure}
    return Truth(county.seed, variant, len(county.houses), tuple(faults), verdicts, NOTICES)


def _moved(house: House) -> bool:
    return any(row["book"] == "易地扶贫搬迁" for row in house.ledger)


def _of_nobody(county: County, variant: str) -> list[tuple[str, str | None]]:
    """List the faults that concern no household of the roster."""
    numbers = [to_id_number(row["id_number"]) for house in county.houses for row in house.ledger]
    damaged = [("intake.id-damaged", None)] if any(n and n.kind is IdKind.DAMAGED for n in numbers) else []
    if variant == "base":
        strays = [("roster.household-not-on-roster", str(record["household_id"])) for record in county.extra_records]
        beside = [("provincial.record-unexpected", UNEXPECTED), ("provincial.record-missing", None)]
        return [*strays, ("intake.row-unreadable", None), *beside, *damaged]
    if VARIANTS[variant].is_tainted:
        return [("intake.source-suspicious", None), *damaged]
    return [("roster.count-differs", None), *damaged] if variant == "short-roster" else [*damaged]


def _planted(fault: Fault, house: House, places: Places, late: Mapping[str, str], masking: Masking) -> Planted:
    code = late.get(fault.code, fault.code)
    if fault.source == "front":
        return Planted(code, house.household_id, f"{systems.FRONTS}/{house.front.name}", also=fault.also)
    if fault.source == "photo":
        name = masking.show("photo", house.shots[0].name)
        return Planted(
            code, house.household_id, f"{files.PACKAGE}/{name}" if house.in_package else name, also=fault.also
        )
    placed = places.by_kind.get((fault.source, house.household_id))
    if placed is None:
        return Planted(code, house.household_id, also=fault.also)
    file, sheet, row, columns = placed
    column = columns.get(fault.field)
    letters = None if column is None else (chr(65 + column) if column < 26 else "A" + chr(39 + column))
    return Planted(code, house.household_id, file, sheet, row, letters, fault.also)


# ------------------------------------------------------------------------------------------------ the campaign file


def _campaign(county: County, *, photos: bool) -> str:
    books = {"农村危房改造": files.LEDGER, "易地扶贫搬迁": files.MOVES}
    links = "".join(
        f'\n[[links]]                        # 由人核实：这条台账就是这一户\nsource = "{books[link["book"]]}"\n'
        f'file_no = "{link["file_no"]}"\nhousehold_id = "{link["household_id"]}"\n'
        for link in county.links
    )
    return _CAMPAIGN.format(planned=county.planned, as_of=county.as_of) + _systems(photos=photos) + links


_CAMPAIGN = f"""\
# 虚构的县，仅供演示和测试；姓名、证件号码均为随机生成。
schema = 1

[campaign]
name = "贵南县住房安全有保障核验（演示）"
county_code = "632525"
planned_households = {{planned}}        # 应核验户数
window = [2020-06-10, 2020-06-13]  # 核验期限
rectify_by = 2020-06-30            # 整改期限
policy_year = 2016                 # 此前为鉴定安全，自此为改造安全
ledger_years = [2016, 2018]        # 台账年度
as_of = {{as_of}}   # 固定后每次结果相同；删去则为当前时间
language = "zh"
area = "{files.AREA}"

[workspace]
path = "workspace.sqlite"

[[sources]]                        # 名册：一人一行
role = "roster"
adapter = "excel"
path = "{files.ROSTER}"

[[sources]]                        # 名册：一户一行
role = "roster"
adapter = "excel"
path = "{files.ROSTER_CSV}"

[[sources]]
role = "verifications"
adapter = "app_export"
path = "{files.EXPORT}"

[[sources]]                        # 核验导出和照片打包在一起；该导出中 0 表示安全
role = "verifications"
adapter = "app_export"
path = "{files.PACKAGE}"
values = {{{{ is_safe = {{{{ "0" = true, "1" = false }}}} }}}}

[[sources]]
role = "ledger"
adapter = "excel"
path = "{files.LEDGER}"
programme = "农村危房改造"

[[sources]]
role = "ledger"
adapter = "excel"
path = "{files.MOVES}"
programme = "易地扶贫搬迁"

[[sources]]
role = "ledger"
adapter = "excel"
path = "{files.OLD_MOVES}"
programme = "易地扶贫搬迁"

[[sources]]
role = "appraisals"
adapter = "excel"
path = "{files.APPRAISALS}"
"""


def _systems(*, photos: bool) -> str:
    """Name the photos, the archives and the provincial systems."""
    columns = ", ".join(f'{field} = "{column}"' for field, column in systems.RETRIEVAL_COLUMNS.items())
    renovation = ", ".join(f'{field} = "{column}"' for field, column in systems.RENOVATION_COLUMNS.items())
    app = f'\n[[sources]]\nrole = "photos"\nadapter = "photo_files"\npath = "{files.PHOTOS}"\n' if photos else ""
    fronts = f'photos = "{systems.FRONTS}"\n' if photos else ""
    return f"""{app}
[[sources]]                        # 一户一档：塔秀乡已扫描，其余乡镇只有目录
role = "archive"
adapter = "archive"
path = "{archives.FOLDER}"

[[sources]]
role = "archive"
adapter = "archive"
path = "{archives.SCANNED_INDEX}"

[[sources]]
role = "archive"
adapter = "archive"
path = "{archives.INDEX}"

[[sources]]                        # 省检索系统；带口令的地址只能放在环境变量里，用 url_env 写变量名
role = "provincial"
adapter = "provincial"
system = "retrieval"
url = "sqlite:///{systems.DATABASE}"
tables = {{ household_archive = "{systems.UNSEEN}" }}
columns = {{ {columns} }}

[[sources]]                        # 省检索系统中茫曲镇、塔秀乡的户，正面照已导出
role = "provincial"
adapter = "provincial"
system = "retrieval"
url = "sqlite:///{systems.DATABASE}"
tables = {{ household_archive = "{systems.SEEN}" }}
columns = {{ {columns} }}
{fronts}
[[sources]]                        # 危旧房改造信息系统，与台账核对
role = "provincial"
adapter = "provincial"
system = "renovation"
url = "sqlite:///{systems.DATABASE}"
tables = {{ household_archive = "{systems.RENOVATION}" }}
columns = {{ {renovation} }}
"""
