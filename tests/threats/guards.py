"""What stands in a guard's place when it is taken away: each does the work, and looks at nothing.

Named within housing_guarantee, as in ``threats.toml``.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import attrs

from housing_guarantee import database
from housing_guarantee.adapters import workbook
from housing_guarantee.photos import segments

__all__ = ["TAKEN_AWAY"]

BOUNDLESS = 10**18


def nothing(*_: Any, **__: Any) -> None:
    """Look at nothing."""


def as_it_is(value: Any, *_: Any) -> Any:
    """Change nothing."""
    return value


def always(answer: Any) -> Callable[..., Any]:
    """Give one answer, whatever is asked."""
    return lambda *_, **__: answer


# ------------------------------------------------------------------------------------------------ workbooks


def uncounted(package: Any, member: Any) -> Iterator[bytes]:
    """Unpack to the end."""
    with package._archive.open(member) as file:
        yield from iter(lambda: file.read(1 << 16), b"")


def unbounded(sheet: Any) -> None:
    """Stretch the extent as far as a cell says."""
    sheet._row_has_values = True
    sheet._last_row = max(sheet._last_row, sheet._row)
    sheet._last_column = max(sheet._last_column, sheet._column + 1)


def any_row(sheet: Any, attributes: dict[str, str]) -> None:
    """Take the rows as they come."""
    sheet._row, sheet._column = int(attributes.get("r", sheet._row + 1)), -1
    sheet._row_is_hidden = sheet._row_has_values = False


def any_cell(sheet: Any, attributes: dict[str, str]) -> None:
    """Take the cells as they come."""
    sheet._type, sheet._text, sheet._letters = attributes.get("t", "n"), "", ""
    sheet._has_value = sheet._has_formula = False


def up_to_a1(*asked: Any) -> dict[str, Any]:
    """Read no more of each sheet than the dimension A1, which these tests write into it."""
    return {"sheets": [{**sheet, "rows": [sheet["rows"][0][:1]]} for sheet in ASKED(*asked)["sheets"]]}


ASKED = workbook._ask_child


# ------------------------------------------------------------------------------------------------ files and reports

lenient_csv = SimpleNamespace(
    Error=csv.Error,
    reader=lambda lines, delimiter=",", strict=False: csv.reader(lines, delimiter=delimiter),
)


def typed(sheet: Any, row: int, column: int, text: str, cell_format: Any = None) -> None:
    """Let the writer choose what a text is."""
    write = sheet.layout.write_formula if text.startswith(("=", "{=")) else sheet.layout.write_string
    write(row, column, text, cell_format)


def in_place(path: Any, write: Callable[[Any], None]) -> Any:
    """Write over the earlier file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    write(path)
    return path


def for_writing(file: Any, mode: str) -> Any:
    """Open a file of SQLite as one that may be written."""
    return OPENED(file, "rw")


OPENED = database._open

# ------------------------------------------------------------------------------------------------ photos


def near_the_front(data: bytes) -> Any:
    """Look for Exif in the first 4,000 bytes only, as the common reader does."""
    container = segments.open_container(data)
    found = tuple(block for block in container.exif if data.find(block) < 4_000)
    return attrs.evolve(container, exif=found)


def head_alone(data: bytes, head: bool = True) -> Any:
    """Walk a JPEG as far as its picture data, and believe that the rest is there."""
    return WALKED(data, head=True)


WALKED = segments._walk_jpeg
UNWALKED = tuple(
    (matches, always(segments.Container("heic")) if walk is segments._walk_heic else walk)
    for matches, walk in segments._WALKS
)


def added_up(value: Any) -> float | None:
    """Add up whatever numbers there are."""
    numbers = [top / (bottom or 1) for top, bottom in value] if not isinstance(value, str) else [0.0]
    return float(sum(number / 60**place for place, number in enumerate(numbers)))


TAKEN_AWAY: dict[str, Any] = {
    "adapters.xlsx_guard._Package._blocks": uncounted,
    "adapters.xlsx_guard._Part._doctype": nothing,
    "adapters.xlsx_guard._notes": always(()),
    "adapters.xlsx_guard._DAMAGED": (),
    "adapters.xlsx_sheet.SheetReader._spread": unbounded,
    "adapters.xlsx_sheet.SheetReader._open_row": any_row,
    "adapters.xlsx_sheet.SheetReader._open_cell": any_cell,
    "adapters.xlsx_sheet.SheetReader._close_cell": nothing,
    "adapters.xlsx_sheet.SheetReader._merge": nothing,
    "adapters.xls_facts._error": nothing,
    "adapters.workbook._ask_child": up_to_a1,
    "adapters.workbook._refuse_other_kinds": nothing,
    "adapters.workbook._OLE_STREAMS": {},
    "adapters.workbook._notes": always([]),
    "adapters.header._places": always([(0, 0)]),
    "adapters.header._refuse_doubles": nothing,
    "adapters.delimited._MARKS": (),
    "adapters.delimited._refuse_mixture": nothing,
    "adapters.delimited.csv": lenient_csv,
    "adapters.delimited._Lines.end_alike": always(True),
    "adapters.delimited._unwrap": as_it_is,
    "adapters.tables._lost": always({}),
    "annotated.rebuilt._opened": always(None),
    "converters._SERIAL_DAYS": range(-BOUNDLESS, BOUNDLESS),
    "converters._EXACT_DIGITS": 30,
    "converters._LOCAL": None,
    "converters.clean": str,
    "converters.isfinite": always(True),
    "cli.photos._plain": as_it_is,
    "page.document._data": json.dumps,
    "report._replace_file": in_place,
    "reports.workbook.Sheet.text": typed,
    "reports.workbook.Sheet._check": nothing,
    "reports.workbook.clean": as_it_is,
    "reports.workbook._NOT_IN_NAMES": re.compile("(?!)"),
    "photos.archive.path_parts": lambda name: [name],
    "photos.archive._is_file": always(True),
    "photos.archive._decodes": always(False),
    "photos.archive._unicode_path": nothing,
    "photos.archive._refuse_excess": nothing,
    "photos.archive._ENCRYPTED": 0,
    "photos.places._MEMBER_FAULTS": (),
    "photos.folder._equal": always(True),
    "photos.facts.open_container": near_the_front,
    "photos.segments._walk_jpeg": head_alone,
    "photos.segments._WALKS": UNWALKED,
    "photos.segments.STEPS_AT_MOST": BOUNDLESS,
    "photos.tiff_budget.ENTRIES_AT_MOST": BOUNDLESS,
    "photos.reading._weigh": lambda fix, opinion: (fix, None),
    "photos.position._unset": always(False),
    "photos.position._number": added_up,
    "photos.position._sign": always(1),
    "photos.position.CHINA_LONGITUDES": (500.0, 501.0),
    "photos.picture.PIXELS_AT_MOST": BOUNDLESS,
    "photos.picture.FORMATS": None,
    "reading._stamp": nothing,
    "writeback.rows._differs": nothing,
    "writeback.rows.same": always(True),
    "tracking.engines.is_damaged": always(False),
    "tracking.store.Workspace._holder": always(""),
    "database._open": for_writing,
    "database._fault": lambda error, name, **_: error,
    "engine._Run._note_failure": nothing,
    "engine._Run._guarded": lambda run, account, function, subject: function(subject),
    "loading.guarded": lambda call: (call(), ""),
    "values.Sealed.update": dict.update,
    "loading._of_this_api": as_it_is,
    "plugins._claim": nothing,
    "masking._LONG_NUMBER": re.compile("(?!)"),
    "masking.mask_name": as_it_is,
    "masking.mask_number": as_it_is,
    "masking._without_names": as_it_is,
}
"""Guard → what stands in its place."""
