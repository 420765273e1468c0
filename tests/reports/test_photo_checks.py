"""What the lists of a township and the county say of photos, and a village's do not."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from housing_guarantee import testing
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.masking import HOLDER
from housing_guarantee.models import Position
from housing_guarantee.render import Renderer
from housing_guarantee.reports.photo_checks import coordinates, photo_checks
from housing_guarantee.reports.rectification import Rectification

from .conftest import MakeResult, finding

HOME = Position(35.58, 100.75)
NEAR = Position(35.581, 100.75)


def with_photos(*photos: dict[str, Any], **record: Any) -> CaseFile:
    """Lay a case file whose app recorded the house's position."""
    made = testing.verification(**{"longitude": 100.75, "latitude": 35.58, **record})
    album = [testing.photo(made, f"photo{at}", **facts) for at, facts in enumerate(photos, 1)]
    return testing.casefile(made, household={"household_id": "1"}, photos=album)


def said(casefile: CaseFile | None, language: str = "zh") -> list[str]:
    """Give the lines about a household's photos."""
    return photo_checks(casefile, Renderer({}, testing.campaign().definition, language, HOLDER)).splitlines()


def test_a_photo_is_checked_against_the_record() -> None:
    """What its GPS tells, where that is, and how far from the record's coordinates."""
    photos = ({"name": "a.jpg", "gps": "ok", "position": NEAR}, {"name": "b.jpg"}, {"name": "c.jpg", "missing": True})
    assert said(with_photos(*photos)) == [
        "a.jpg 有坐标 35.581000, 100.750000 距核验记录 0.11 km",
        "b.jpg 无坐标",
        "c.jpg 没有文件",
    ]
    assert said(with_photos(*photos), "en")[0] == "a.jpg position 35.581000, 100.750000 from the record: 0.11 km"


def test_only_some_photos_are_listed() -> None:
    """A row stays readable; that there are more is said."""
    assert said(with_photos(*({"name": f"{name}.jpg"} for name in "abcd")))[3:] == ["…"]


def test_a_record_without_coordinates_says_nothing() -> None:
    """Nor does what belongs to no household."""
    photo = {"name": "a.jpg", "gps": "ok", "position": NEAR}
    bare = with_photos(photo, longitude=None, latitude=None)
    assert (coordinates(bare), said(bare)) == ("", ["a.jpg 有坐标 35.581000, 100.750000"])
    assert (coordinates(None), said(None)) == ("", [])


@pytest.mark.parametrize("level", ["village", "township", "county"])
def test_a_village_sees_instructions_only(result: MakeResult, tmp_path: Path, level: str) -> None:
    """The township's and the county's lists carry coordinates and photo checks, in the columns behind the others."""
    casefile = with_photos({"name": "a.jpg", "gps": "ok", "position": HOME})
    Rectification().write(result(finding(), casefiles=(casefile,), level=level), tmp_path)
    for path in (tmp_path / "rectification").glob("*.xlsx"):
        sheet = load_workbook(path).worksheets[1]
        shown = [[cell.value for cell in row[20:]] for row in sheet.iter_rows(min_row=3, max_row=4)]
        checked = ["35.580000, 100.750000", "a.jpg 有坐标 35.580000, 100.750000 距核验记录 0.00 km"]
        assert shown == ([[], []] if level == "village" else [["核验坐标（纬度，经度）", "照片核对"], checked])
        assert sheet["L4"].value == "由才让多杰家重新鉴定"
