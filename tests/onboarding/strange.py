"""The demo county's files as another county would have typed them, to see that nothing depends on how ours are.

Headers are renamed to other synonyms and moved to other rows; tables are split over sheets and over files.
"""

import csv
import shutil
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
from attrs import frozen

from housing_guarantee.demo import files

Rows = list[list[Any]]

ROSTER = {
    "户编号": "贫困户编号", "人口编号": "成员编号", "姓名": "家庭成员姓名", "证件号码": "公民身份号码",
    "与户主关系": "家庭关系", "户主姓名": "户 主", "户主证件号码": "户主身份证号码", "家庭人口数": "人口数（人）",
    "贫困户属性": "农户属性", "乡镇": "所在乡镇", "行政村": "村委会",
}  # fmt: skip
ROSTER_CSV = {
    "户编号": "家庭编号", "户主姓名": "农户姓名", "户主证件号码": "户主身份证", "家庭人口": "家庭人数",
    "所在乡镇": "镇街", "行政村": "村居", "联系电话": "户主联系电话",
}  # fmt: skip
EXPORT = {
    "户编号": "户ID", "户主姓名": "贫困户姓名", "证件号码": "身份证明号码", "保障方式": "住房安全保障方式",
    "具体保障方式": "保障措施", "改造项目": "享受政策", "改造年度": "政策年度", "鉴定等级": "评定等级",
    "鉴定时间": "评定日期", "住房是否安全": "房屋是否安全", "保障方式是否发生变化": "方式是否变化",
    "是否变危、返危": "是否变危", "是否现住房": "是否为现住房", "是否入户": "是否实地核验", "存在问题": "问题描述",
    "整改情况": "整改措施", "整改状态": "整改进度", "整改完成时间": "整改完成日期", "租赁到期": "租期至",
    "录入人": "核验人", "录入人身份": "核验人身份", "核验时间": "核验日期", "录入时间": "上报时间", "经度": "东经",
    "纬度": "北纬", "照片": "照片名称", "核验状态": "审核状态", "乡镇": "镇(乡)", "行政村": "村（社区）",
}  # fmt: skip
LEDGER = {
    "档案编号": "档案号", "身份证号码": "身份证号", "改造方式": "建设方式", "改造年度": "列入年度计划",
    "竣工时间": "完工时间", "验收时间": "竣工验收时间", "工程进度": "改造状态",
}  # fmt: skip
MOVES = {
    "档案编号": "档案号", "户主姓名": "农户", "身份证号码": "身份证件号码", "乡镇": "镇", "村": "行政村",
    "搬迁年度": "实施年度", "是否入住": "是否交钥匙",
}  # fmt: skip
APPRAISALS = {
    "鉴定报告编号": "报告编号", "户主": "房主", "身份证号码": "身份证", "房屋安全等级": "鉴定结论",
    "鉴定日期": "报告日期", "鉴定机构": "鉴定单位",
}  # fmt: skip
INDEX = {"户编号": "户号", "户主姓名": "姓名", "材料名称": "档案内容", "保障方式": "保障类型", "鉴定等级": "房屋等级"}

TITLES: Rows = [["某县住房安全核验资料"], ["内部资料，注意保管"], [], ["填报单位：", None, "填报人："]]


@frozen
class Grid:
    """A sheet's cells, and its merged ranges counted from 1 as openpyxl counts them."""

    rows: Rows
    merged: tuple[tuple[int, int, int, int], ...] = ()


def retype(county: Path, folder: Path) -> None:
    """Write a county's files into another folder, typed otherwise, without a campaign file."""
    shutil.copytree(county, folder, ignore=shutil.ignore_patterns("campaign.toml", "truth.json", "out", "workspace*"))
    roster = book(folder / files.ROSTER)
    hidden = {name: roster.pop(name) for name in ("数据字典", "Sheet3")}
    names = list(roster)
    (folder / files.ROSTER).unlink()
    for number, own in enumerate((names[:3], names[3:]), 1):
        write(
            folder / f"名册/花名册{number}.xlsx",
            {name: typed(roster[name], ROSTER, number + 2) for name in own} | hidden,
        )
    retype_csv(folder / files.ROSTER_CSV, ROSTER_CSV, TITLES, "gbk")
    split_export(folder)
    for year, grid in book(folder / files.LEDGER).items():
        write(folder / f"台账/危改{year}.xlsx", {"Sheet1": typed(grid, LEDGER, 3)})
    (folder / files.LEDGER).unlink()
    retype_csv(folder / files.MOVES, MOVES, TITLES, "gb18030")
    (grid,) = book(folder / files.APPRAISALS).values()
    half = len(grid.rows) // 2
    halves = Grid(grid.rows[:half]), Grid([*grid.rows[:2], *grid.rows[half:]])
    write(folder / files.APPRAISALS, {f"第{n}页": typed(one, APPRAISALS, n) for n, one in enumerate(halves, 1)})
    retype_csv(folder / "一户一档/档案目录.csv", INDEX, [], "utf-8-sig")


def split_export(folder: Path) -> None:
    """Give every township a sheet, and the last township a workbook of its own."""
    ((header, *rows),) = (grid.rows for grid in book(folder / files.EXPORT).values())
    at = header.index("乡镇")
    townships = list(dict.fromkeys(row[at] for row in rows))
    sheets = {name: Grid([header, *(row for row in rows if row[at] == name)]) for name in townships}
    last = townships[-1]
    write(folder / f"app/{last}.xlsx", {"导出": typed(sheets.pop(last), EXPORT, 6)})
    write(folder / files.EXPORT, {name: typed(grid, EXPORT, n) for n, (name, grid) in enumerate(sheets.items())})


def typed(grid: Grid, names: Mapping[str, str], down: int) -> Grid:
    """Rename the headers, and move everything down."""
    above = (TITLES * 2)[:down]
    rows = [*above, *([names.get(cell, cell) if isinstance(cell, str) else cell for cell in row] for row in grid.rows)]
    return Grid(rows, tuple((r1 + down, c1, r2 + down, c2) for r1, c1, r2, c2 in grid.merged))


def retype_csv(path: Path, names: Mapping[str, str], above: Rows, encoding: str) -> None:
    """Do the same with a delimited file."""
    text = path.read_bytes().decode("gb18030")
    rows = [[names.get(cell, cell) for cell in row] for row in csv.reader(StringIO(text, newline=""))]
    file = StringIO(newline="")
    csv.writer(file).writerows([*above, *rows])
    path.write_bytes(file.getvalue().encode(encoding))


def book(path: Path) -> dict[str, Grid]:
    """Read a workbook's sheets."""
    found = openpyxl.load_workbook(path)
    return {
        sheet.title: Grid(
            [list(row) for row in sheet.iter_rows(values_only=True)],
            tuple((m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges),
        )
        for sheet in found.worksheets
    }


def write(path: Path, sheets: Mapping[str, Grid]) -> None:
    """Write a workbook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, grid in sheets.items():
        sheet = made.create_sheet(name)
        for number, row in enumerate(grid.rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    cell = sheet.cell(number, column, value)
                    cell.data_type = "s" if isinstance(value, str) else cell.data_type
        for r1, c1, r2, c2 in grid.merged:
            sheet.merge_cells(start_row=r1, start_column=c1, end_row=r2, end_column=c2)
    made.save(path)
