"""The list of photos: facts, owners, masked names, and a second run that opens nothing."""

import csv
import json
import os
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from housing_guarantee.adapters.delimited import read_delimited
from housing_guarantee.cli.check import command as check
from housing_guarantee.cli.photos import COLUMNS, _csv, command
from housing_guarantee.testing.exif import GUINAN, jpeg, tiff
from tests.test_cli import CAMPAIGN, ROSTER

RECORDS = "户编号,保障方式,鉴定等级,核验时间,照片\n"
PHOTO = jpeg(tiff(gps=GUINAN), size=(8, 8))


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A county of one household with a photo that bears its head's name, and a photo of nobody."""
    file = tmp_path / "campaign.toml"
    photos = '\n[[sources]]\nrole = "photos"\nadapter = "photo_files"\npath = "照片"\n'
    file.write_text(CAMPAIGN + photos, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER + "10000000001,才让多杰,,3,茫曲镇,塔哇村\n", encoding="utf-8")
    (tmp_path / "records.csv").write_text(
        RECORDS + "10000000001,鉴定安全,A级,2020-06-11,才让多杰.jpg\n", encoding="utf-8"
    )
    (tmp_path / "照片").mkdir()
    for name, content in {"才让多杰.jpg": PHOTO, "=1+1.jpg": b"no photo"}.items():
        (tmp_path / "照片" / name).write_bytes(content)
        os.utime(tmp_path / "照片" / name, (time.time() - 99,) * 2)
    return file


def photos(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)


def listed(*arguments: object) -> list[dict[str, Any]]:
    """Give the rows of the JSON list."""
    rows: list[dict[str, Any]] = json.loads(photos(*arguments, "--json").stdout)
    return rows


def test_every_photo_is_listed_with_its_facts_and_its_household(campaign: Path) -> None:
    """In the order of their names; what belongs to nobody is listed too."""
    bad, good = listed(campaign)
    assert (bad["photo"], bad["household_id"], bad["gps"], bad["problem"]) == (
        "照片/=1+1.jpg", None, "unreadable", "not an image",
    )  # fmt: skip
    assert (good["photo"], good["household_id"], good["gps"]) == ("照片/才***.jpg", "10000000001", "ok")
    assert (good["latitude"], good["longitude"]) == (35.58, 100.75)


def test_names_within_file_names_are_shown_on_demand(campaign: Path) -> None:
    """As everywhere, nothing personal is shown unless asked for."""
    assert [row["photo"] for row in listed(campaign, "--unmask")] == ["照片/=1+1.jpg", "照片/才让多杰.jpg"]


def test_a_spreadsheet_takes_no_cell_of_the_csv_for_a_formula(campaign: Path) -> None:
    """Every column stands there, and what begins like a formula does not begin a cell."""
    rows = list(csv.DictReader(photos(campaign, "--csv").stdout.splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert [value for row in rows for value in row.values() if value.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_begins_like_a_formula_is_none_and_comes_back_as_it_was(begin: str) -> None:
    """An apostrophe stands before it, which our own reader of delimited files takes off."""
    name = f"{begin}HYPERLINK(1)"

    written = _csv([{**dict.fromkeys(COLUMNS), "photo": name}])

    assert next(csv.DictReader(StringIO(written, newline="")))["photo"] == f"'{name}"
    assert read_delimited(written.encode(), "photos.csv").rows[1][0] == name


def test_the_table_counts_every_outcome(campaign: Path) -> None:
    """The totals stand below it, in the language asked for."""
    assert photos(campaign, "--lang", "en").stdout.rstrip().endswith("2  position 1  unreadable 1")
    assert photos(campaign).stdout.rstrip().endswith("2  有坐标 1  读不出 1")


def test_a_second_run_trusts_what_is_known_and_rehash_does_not(campaign: Path) -> None:
    """A photo replaced by another of its size and time is found out only when asked for."""
    listed(campaign)
    photo = campaign.parent / "照片/才让多杰.jpg"
    before = photo.stat()
    photo.write_bytes(PHOTO[:-2] + b"\0\0")
    os.utime(photo, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert listed(campaign)[1]["gps"] == "ok"
    assert listed(campaign, "--rehash")[1]["problem"] == "truncated"


def test_a_check_finds_out_such_a_photo_when_it_is_asked_to(campaign: Path) -> None:
    """Only `check --rehash` opens what seems unchanged; the finding points at the photo, and is there from then on."""

    def unreadable(*options: str) -> list[str]:
        CliRunner().invoke(check, [str(campaign), *options], standalone_mode=False)
        found = map(json.loads, (campaign.parent / "out/findings.jsonl").read_text(encoding="utf-8").splitlines())
        return [one["origins"][0]["source"] for one in found if one["code"] == "photo-gps.unreadable"]

    assert unreadable() == []
    photo = campaign.parent / "照片/才让多杰.jpg"
    before = photo.stat()
    photo.write_bytes(PHOTO[:-2] + b"\0\0")
    os.utime(photo, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert unreadable() == []
    assert unreadable("--rehash") == ["照片/才***.jpg"]
    assert unreadable() == ["照片/才***.jpg"]


def test_a_source_that_cannot_be_read_ends_with_3(campaign: Path) -> None:
    """The other photos are listed all the same."""
    (campaign.parent / "records.csv").unlink()
    found = photos(campaign)
    assert (found.return_value, "records.csv" in found.stderr) == (3, True)
    assert "2  有坐标 1" in found.stdout
