"""The county's archives (一户一档): one township scanned its papers, the others sent an index of what they hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize

from attrs import evolve

from housing_guarantee.demo.county import County, House
from housing_guarantee.demo.pictures import jpeg_of
from housing_guarantee.demo.places import Places
from housing_guarantee.demo.sheets import SheetWriter, csv_text, workbook

__all__ = [
    "FOLDER",
    "INDEX",
    "SCANNED_INDEX",
    "filed_scene",
    "papers_of",
    "typed_grade",
    "typed_kind",
    "write_archives",
]

FOLDER, SCANNED_INDEX, INDEX = "一户一档/塔秀乡", "一户一档/塔秀乡目录.xlsx", "一户一档/档案目录.csv"

_FILED = 2 * 10**12
"""What sets the scenes of the archives' photos apart from all others."""

_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
_CALLED = {
    "身份证明": ("户主身份证复印件", "户口簿复印件"),
    "鉴定表": ("房屋安全鉴定报告", "危房鉴定表"),
    "竣工验收表": ("竣工验收表", "危房改造验收单"),
    "搬迁协议": ("搬迁安置协议", "移民安置协议书"),
    "租赁合同": ("房屋租赁合同", "租房协议"),
    "分配证明": ("公租房分配通知", "幸福大院入住协议"),
    "接纳协议": ("投亲靠友证明", "借住协议"),
}
_HEADERS = ("户编号", "户主姓名", "材料名称", "保障方式", "鉴定等级", "文件名")
_FIELDS = ("household_id", "head_name", "document", "guarantee_type", "grade", "file")
_COLUMNS = {name: at for at, name in enumerate(_FIELDS)}


def write_archives(county: County, folder: Path, places: Places, *, photos: bool) -> None:
    """Write the folders of one township, its index, and the index of the others."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    book = workbook(folder / SCANNED_INDEX)
    sheet = SheetWriter(book, "目录")
    sheet.title("塔秀乡一户一档目录", len(_HEADERS))
    sheet.write(_HEADERS)
    rows: list[Sequence[Any]] = [_HEADERS[:5]]
    for house in county.houses:
        if house.archive == "none":
            continue
        if house.archive_scanned:
            _write_folder(county, house, folder, photos=photos)
        for paper in house.papers if house.archive == "ok" else ():
            cells = _index_row(house, paper)
            if house.archive_scanned:
                row = sheet.write(cells)
                places.note("archive", house.household_id, (SCANNED_INDEX, "目录", row, _COLUMNS))
            else:
                rows.append(cells[:5])
                places.note("archive", house.household_id, (INDEX, None, len(rows), _COLUMNS))
    book.close()
    (folder / INDEX).write_bytes(csv_text(rows).encode("gbk", "replace"))


def papers_of(house: House) -> list[str]:
    """List what the archive of such a household must hold."""
    if house.kind == "鉴定安全":
        return ["身份证明", "鉴定表"]
    if house.kind == "改造安全":
        return ["身份证明", "竣工验收表" if house.record["programme"] == "农村危房改造" else "搬迁协议"]
    methods = {"租赁闲置农房": "租赁合同", "投亲靠友": "接纳协议"}
    return ["身份证明", methods.get(house.record["guarantee_detail"], "分配证明")]


def filed_scene(house: House) -> int:
    """Say what is to be seen on the photo in a household's archive."""
    return _FILED + int(house.household_id)


def _write_folder(county: County, house: House, folder: Path, *, photos: bool) -> None:
    own = folder / FOLDER / house.village.name / f"{house.household_id}_{house.head.name}"
    own.mkdir(parents=True, exist_ok=True)
    if house.archive == "empty folder":
        return
    for paper in house.papers:
        if house.spoilt.get(paper) != "lost":
            (own / f"{_called(house, paper)}.pdf").write_bytes(b"" if house.spoilt.get(paper) == "empty" else _PAPER)
    if photos:
        filed = evolve(house.front, scene=filed_scene(house), look="whole", state="ok")
        (own / "档案照片.jpg").write_bytes(jpeg_of(filed))


def _index_row(house: House, paper: str) -> list[Any]:
    called = _called(house, paper)
    said = {"guarantee_type": typed_kind(house), "grade": typed_grade(house.record.get("grade")), **house.indexed}
    grade = said["grade"] if said["guarantee_type"] == "鉴定安全" else ""
    return [house.household_id, house.head.name, called, said["guarantee_type"], grade, f"{called}.pdf"]


def _called(house: House, paper: str) -> str:
    return _CALLED[paper][int(house.household_id) % 2]


def typed_kind(house: House) -> str:
    """Give the type that the record claims; where nobody can tell, the one it should have been."""
    kind = str(house.record.get("guarantee_type"))
    return kind if kind in ("鉴定安全", "改造安全", "保障安全") else house.kind


def typed_grade(typed: Any) -> str:
    """Give a grade as another office would type it; empty where it is none."""
    text = normalize("NFKC", str(typed or ""))
    return f"{text[0]}级" if text[:1] in ("A", "B", "C", "D") else "无房" if text == "无房" else ""
