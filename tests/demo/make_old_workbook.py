"""Write the old .xls that the demo carries: the relocation ledger of one village, the same for every seed.

    python -m tests.demo.make_old_workbook

It needs xlwt, which only tests have; the county itself needs nobody to write that format.
"""

from datetime import date
from pathlib import Path
from typing import Any

import xlwt

from housing_guarantee.demo.county import build
from housing_guarantee.demo.files import old_ledger_rows

PATH = Path(__file__).parents[2] / "src/housing_guarantee/demo/data/relocation-ledger.xls"


def rows() -> list[list[Any]]:
    """Give the title, the header and the rows of the ledger."""
    header, *entries = old_ledger_rows(build(2020, 2193).houses)
    return [["塔秀乡巴塘新村易地扶贫搬迁台账"], list(header), *map(list, entries), ["合计", f"{len(entries)}户"]]


def write(path: Path) -> None:
    """Write the workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("搬迁户")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for row, cells in enumerate(rows()):
        for column, value in enumerate(cells):
            if value not in (None, ""):
                sheet.write(row, column, value, *((day,) if isinstance(value, date) else ()))
    book.save(str(path))


if __name__ == "__main__":
    write(PATH)
