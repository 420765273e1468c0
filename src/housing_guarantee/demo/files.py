"""The county's files as different offices would type them: titles, merged cells, totals, old encodings, old formats."""

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from housing_guarantee.data import read_csv
from housing_guarantee.demo.archives import write_archives
from housing_guarantee.demo.county import COUNTY, RESETTLED, County, House
from housing_guarantee.demo.geography import EXCLAVE, box_of
from housing_guarantee.demo.pictures import jpeg_of
from housing_guarantee.demo.places import Places
from housing_guarantee.demo.sheets import ZIPPED, SheetWriter, csv_text, workbook
from housing_guarantee.demo.systems import write_systems

__all__ = ["AREA", "area_of", "write_files"]

ROSTER, ROSTER_CSV = "名册/建档立卡名册.xlsx", "名册/塔秀乡名册.csv"
EXPORT, PACKAGE = "app/核验导出.xlsx", "app/茫曲镇.zip"
LEDGER, MOVES, OLD_MOVES = "台账/危房改造台账2016-2018.xlsx", "台账/易地扶贫搬迁台账.csv", "台账/巴塘新村搬迁台账.xls"
APPRAISALS, PHOTOS, AREA = "鉴定/房屋鉴定表.xlsx", "照片", "area.geojson"

_EXPORT_HEADERS = {
    "household_id": "户编号", "head_name": "户主姓名", "id_number": "证件号码", "household_size": "家庭人口数",
    "township": "乡镇", "village": "行政村", "guarantee_type": "保障方式", "guarantee_detail": "具体保障方式",
    "programme": "改造项目", "policy_year": "改造年度", "grade": "鉴定等级", "appraised_on": "鉴定时间",
    "is_safe": "住房是否安全", "type_changed": "保障方式是否发生变化", "became_dangerous": "是否变危、返危",
    "is_current_dwelling": "是否现住房", "visited": "是否入户", "problems": "存在问题", "rectification": "整改情况",
    "rectify_status": "整改状态", "rectified_on": "整改完成时间", "lease_until": "租赁到期", "recorder": "录入人",
    "recorder_role": "录入人身份", "verified_on": "核验时间", "recorded_on": "录入时间", "longitude": "经度",
    "latitude": "纬度", "photos": "照片", "status": "核验状态",
}  # fmt: skip
_YES_NO = ("is_safe", "type_changed", "became_dangerous", "is_current_dwelling", "visited")

Tick = Callable[[str, int, int], None]


def write_files(county: County, folder: Path, tick: Tick, *, photos: bool = True) -> Places:
    """Write everything but the campaign file and the truth, and say where what stands."""
    for name in (ROSTER, EXPORT, LEDGER, APPRAISALS, f"{PHOTOS}/x"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    places = Places()
    _write_rosters(county, folder, places)
    _write_export(county, folder, places)
    _write_package(county, folder, places, photos=photos)
    _write_ledgers(county, folder, places)
    _write_appraisals(county, folder, places)
    write_archives(county, folder, places, photos=photos)
    write_systems(county, folder, photos=photos)
    if photos:
        _write_photos(county, folder, tick)
    (folder / AREA).write_text(json.dumps(area_of(COUNTY), ensure_ascii=False) + "\n", encoding="utf-8")
    return places


# ------------------------------------------------------------------------------------------------ rosters

_PERSON_HEADERS = (
    "乡镇",
    "行政村",
    "户编号",
    "人口编号",
    "姓名",
    "证件号码",
    "与户主关系",
    "户主姓名",
    "户主证件号码",
    "家庭人口数",
    "贫困户属性",
    "备注",
)
_PERSON = {"township": 0, "village": 1, "household_id": 2, "person_id": 3, "member_name": 4, "member_id_number": 5}


def _write_rosters(county: County, folder: Path, places: Places) -> None:
    listed = [house for house in county.houses if house.listed_by_person]
    book = workbook(folder / ROSTER)
    for name in dict.fromkeys(house.township.name for house in listed):
        _township_sheet(book, name, [house for house in listed if house.township.name == name], places)
    hidden = SheetWriter(book, "数据字典")
    hidden.write(["户编号", "户主姓名", "备注"])
    hidden.write(["说明", "旧数据，勿用", ""])
    hidden._sheet.hide()
    SheetWriter(book, "Sheet3")
    book.close()
    rows: list[Sequence[Any]] = [("户编号", "户主姓名", "户主证件号码", "家庭人口", "所在乡镇", "行政村", "联系电话")]
    for house in county.houses:
        if not house.listed_by_person:
            head = house.head
            rows.append(
                (
                    house.household_id,
                    head.name,
                    f'="{head.typed}"',
                    house.size,
                    house.township.name,
                    house.village.name,
                    "",
                )
            )
            places.note("roster", house.household_id, (ROSTER_CSV, None, len(rows), {"household_id": 0}))
    (folder / ROSTER_CSV).write_bytes(csv_text(rows).encode("gbk"))


def _township_sheet(book: Any, name: str, houses: Sequence[House], places: Places) -> None:
    sheet = SheetWriter(book, name)
    sheet.title(f"贵南县{name}建档立卡贫困人口名册", len(_PERSON_HEADERS))
    sheet.title("单位：户、人", len(_PERSON_HEADERS))
    sheet.write(_PERSON_HEADERS)
    people = 0
    for village in dict.fromkeys(house.village.name for house in houses):
        first, before = sheet.row, people
        for house in (house for house in houses if house.village.name == village):
            members = [*house.people, house.people[-1]] if house.repeated else house.people
            for person in members:
                cells = ("", "", house.household_id, person.person_id, person.name, person.typed, person.relation,
                         house.head.name, house.head.typed, house.size, "一般贫困户", "")  # fmt: skip
                row = sheet.write(cells)
                places.note("roster", house.household_id, (ROSTER, name, row, _PERSON))
            people += len(house.people)
        sheet.merge_down(first, 0, name)
        sheet.merge_down(first, 1, village)
        sheet.write(["小 计", "", "", "", "", "", "", "", "", people - before])
    sheet.write(["合计", "", "", "", "", "", "", "", "", people])
    sheet.write(["填表人：", "", "", "审核人：", "", "填报日期：2020年6月1日"])


# ------------------------------------------------------------------------------------------------ the app's export


def _records(county: County, *, in_package: bool) -> list[tuple[House | None, Mapping[str, Any]]]:
    """Give the records of an export in the order of the households."""
    records: list[tuple[House | None, Mapping[str, Any]]] = []
    for house in county.houses:
        if house.in_package is in_package and house.recorded:
            records += [(house, record) for record in (*house.more_records, house.record)]
    if not in_package:
        records += [(None, record) for record in county.extra_records]
    return records


def _write_export(county: County, folder: Path, places: Places) -> None:
    fields = list(_EXPORT_HEADERS)
    columns = {name: index for index, name in enumerate(fields)}
    book = workbook(folder / EXPORT)
    sheet = SheetWriter(book, "核验记录")
    sheet.write(list(_EXPORT_HEADERS.values()))
    for house, record in _records(county, in_package=False):
        row = sheet.write([record.get(name) for name in fields])
        if house:
            places.note("record", house.household_id, (EXPORT, "核验记录", row, columns))
    book.close()


def _write_package(county: County, folder: Path, places: Places, *, photos: bool) -> None:
    fields = [name for name in _EXPORT_HEADERS if name not in ("longitude", "latitude")]
    columns = {name: index for index, name in enumerate(fields)}
    rows: list[Sequence[Any]] = [[_EXPORT_HEADERS[name] for name in fields]]
    member = "茫曲镇核验导出.csv"
    for house, record in _records(county, in_package=True):
        rows.append([_as_text(name, record.get(name)) for name in fields])
        if house:
            places.note("record", house.household_id, (f"{PACKAGE}/{member}", None, len(rows), columns))
    with zipfile.ZipFile(folder / PACKAGE, "w") as archive:
        _add(archive, member, b"\xef\xbb\xbf" + csv_text(rows).encode())
        for house in county.houses if photos else ():
            for shot in house.shots:
                if house.in_package and shot.state != "no file":
                    _add(archive, shot.name, jpeg_of(shot))


def _as_text(name: str, value: Any) -> Any:
    """Code yes and no as this export does: 1 is yes, but for 住房是否安全, where 0 is."""
    if name in _YES_NO and value in ("是", "否"):
        return str(int((value == "是") is not (name == "is_safe")))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return f"{value:%Y/%m/%d}" if isinstance(value, date) else value


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, ZIPPED), data)


# ------------------------------------------------------------------------------------------------ ledgers

_LEDGER_GROUPS = (
    ("序号", ()), ("档案编号", ()), ("户主信息", ("姓名", "身份证号码")), ("乡镇", ()), ("村", ()),
    ("改造情况", ("改造方式", "改造年度", "竣工时间", "验收时间", "工程进度")), ("备注", ()),
)  # fmt: skip
_LEDGER_FIELDS = (
    "",
    "file_no",
    "head_name",
    "id_number",
    "township",
    "village",
    "mode",
    "year",
    "completed_on",
    "accepted_on",
    "progress",
    "remark",
)
_MOVE_HEADERS = ("序号", "档案编号", "户主姓名", "身份证号码", "乡镇", "村", "搬迁年度", "安置点", "是否入住")
_MOVE_FIELDS = ("", "file_no", "head_name", "id_number", "township", "village", "year", "place", "progress")


def _write_ledgers(county: County, folder: Path, places: Places) -> None:
    rows: list[tuple[House | None, Mapping[str, Any]]] = [(h, row) for h in county.houses for row in h.ledger]
    rows += [(None, row) for row in county.strangers]
    rows.sort(key=lambda pair: pair[1]["file_no"])
    book = workbook(folder / LEDGER)
    for year in ("2016", "2017", "2018"):
        own = [(house, row) for house, row in rows if row["book"] == "农村危房改造" and row["file_no"].startswith(year)]
        _ledger_sheet(book, year, own, places)
    book.close()
    moves: list[Sequence[Any]] = [_MOVE_HEADERS]
    columns = {name: index for index, name in enumerate(_MOVE_FIELDS) if name}
    for house, row in rows:
        if row["book"] == "易地扶贫搬迁":
            moves.append([len(moves), *(row.get(name) for name in _MOVE_FIELDS[1:])])
            if house:
                places.note("ledger", house.household_id, (MOVES, None, len(moves), columns))
    (folder / MOVES).write_bytes(csv_text(moves).encode("gb18030"))
    old = resources.files("housing_guarantee.demo").joinpath("data/relocation-ledger.xls")
    (folder / OLD_MOVES).write_bytes(old.read_bytes())


def _ledger_sheet(book: Any, year: str, rows: Sequence[tuple[House | None, Mapping[str, Any]]], places: Places) -> None:
    sheet = SheetWriter(book, f"{year}年")
    sheet.title(f"贵南县{year}年农村危房改造台账", len(_LEDGER_FIELDS))
    sheet.title("填报单位：贵南县住房和城乡建设局", len(_LEDGER_FIELDS))
    sheet.merge_header(_LEDGER_GROUPS)
    columns = {name: index for index, name in enumerate(_LEDGER_FIELDS) if name}
    for serial, (house, row) in enumerate(rows, 1):
        number = sheet.write([serial, *(row.get(name) for name in _LEDGER_FIELDS[1:])])
        if house:
            places.note("ledger", house.household_id, (LEDGER, f"{year}年", number, columns))
    sheet.write(["合计", "", f"{len(rows)}户"])


def old_ledger_rows(houses: Iterable[House]) -> list[Sequence[Any]]:
    """Give the rows of the old workbook that the package carries."""
    rows = [row for house in houses if house.village.code == RESETTLED for row in house.ledger if row["book"] == "xls"]
    return [
        _MOVE_HEADERS,
        *([serial, *(row.get(name) for name in _MOVE_FIELDS[1:])] for serial, row in enumerate(rows, 1)),
    ]


# ------------------------------------------------------------------------------------------------ appraisals, photos

_APPRAISAL_HEADERS = {
    "": "序号",
    "report_no": "鉴定报告编号",
    "head_name": "户主",
    "id_number": "身份证号码",
    "township": "乡镇",
    "village": "行政村",
    "grade": "房屋安全等级",
    "appraised_on": "鉴定日期",
    "appraiser": "鉴定机构",
}


def _write_appraisals(county: County, folder: Path, places: Places) -> None:
    book = workbook(folder / APPRAISALS)
    sheet = SheetWriter(book, "鉴定结果")
    sheet.title("贵南县农村住房安全性鉴定结果一览表", len(_APPRAISAL_HEADERS))
    sheet.write(list(_APPRAISAL_HEADERS.values()))
    columns = {name: index for index, name in enumerate(_APPRAISAL_HEADERS) if name}
    for house in county.houses:
        if house.appraisal:
            cells = [house.appraisal.get(name) for name in _APPRAISAL_HEADERS]
            row = sheet.write([sheet.row - 1, *cells[1:]])
            places.note("appraisal", house.household_id, (APPRAISALS, "鉴定结果", row, columns))
    sheet.write(["注：鉴定依据为农村住房安全性鉴定技术导则"])
    book.close()


def _write_photos(county: County, folder: Path, tick: Tick) -> None:
    houses = [house for house in county.houses if not house.in_package]
    for done, house in enumerate(houses, 1):
        for shot in house.shots:
            if shot.state != "no file":
                path = folder / shot.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(jpeg_of(shot))
        tick("county", done, len(houses))


# ------------------------------------------------------------------------------------------------ area


def area_of(county: str) -> dict[str, Any]:
    """Give the areas of the county and its townships, under this code."""
    townships = [row for row in read_csv("divisions.csv") if row["level"] == "township" and row["code"] != "632525400"]
    boxes = {row["code"]: box_of(row["code"]) for row in townships}
    parts = {code: [[_ring(*box)]] for code, box in boxes.items()}
    parts["632525102"].append([_ring(*EXCLAVE)])
    west, south = (min(box[side] for box in boxes.values()) for side in (0, 1))
    east, north = (max(box[side] for box in boxes.values()) for side in (2, 3))
    whole = [[_ring(west, south, east, north)], [_ring(*EXCLAVE)]]
    features = [_feature(county, "贵南县", whole)]
    features += [_feature(row["code"].replace(COUNTY, county, 1), row["name"], parts[row["code"]]) for row in townships]
    return {"type": "FeatureCollection", "features": features}


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _feature(code: str, name: str, polygons: Sequence[Any]) -> dict[str, Any]:
    geometry = {"type": "MultiPolygon", "coordinates": list(polygons)}
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}
