"""The form asks for the library's fields in the campaign's words, so that its export needs no explaining."""

import csv
import subprocess
import sys
from io import StringIO
from itertools import zip_longest
from pathlib import Path
from zipfile import ZipFile

import pytest
from attrs import evolve
from housing_guarantee_odk.adapter import Odk
from housing_guarantee_odk.form import questions, write_form

from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.definition import Field, load_definition
from housing_guarantee.models import Verification
from housing_guarantee.records import Reader, fields_of
from housing_guarantee.source import Account, Source
from housing_guarantee.testing import photo_file

SHEETS = ("survey", "choices", "settings")


@pytest.fixture
def form(tmp_path: Path) -> dict[str, list[dict[str, str]]]:
    """Write the form of 2020 and read it back, sheet by sheet, a dictionary a row."""
    write_form(tmp_path / "form.xlsx", load_definition())
    sheets = read_sheets((tmp_path / "form.xlsx").read_bytes(), "form.xlsx")
    assert tuple(sheet.name for sheet in sheets) == SHEETS
    return {
        str(sheet.name): [
            {str(name): str(cell or "") for name, cell in zip_longest(sheet.rows[0], row)} for row in sheet.rows[1:]
        ]
        for sheet in sheets
    }


def test_every_question_is_a_field_a_position_or_a_photo() -> None:
    """Whatever the form asks, the library reads."""
    named = {question["name"] for question in questions() if question["type"] not in ("geopoint", "image")}
    assert named <= set(fields_of("verifications"))
    assert [question["type"] for question in questions()].count("image") == 1


def test_every_choice_is_a_word_that_its_field_reads(form: dict[str, list[dict[str, str]]]) -> None:
    """A form whose answers cannot be read would fail in the evening, with the whole village in it."""
    reader = Reader(load_definition())
    lists = {question["choices"]: question["name"] for question in questions() if "choices" in question}
    refused = [row for row in form["choices"] if reader.refuses(lists[row["list_name"]], row["name"])]
    assert refused == []
    assert {row["list_name"] for row in form["choices"]} == set(lists)
    assert all(" " not in row["name"] for row in form["choices"])  # XLSForm allows none


def test_a_question_of_one_type_is_asked_of_it_alone(form: dict[str, list[dict[str, str]]]) -> None:
    """The grade of whom is appraised safe, the programme of whom is renovated, the method of whom is accommodated."""
    relevant = {row["name"]: row["relevant"] for row in form["survey"] if row["relevant"]}
    assert relevant == {
        "grade": "${guarantee_type} = '鉴定安全'",
        "programme": "${guarantee_type} = '改造安全'",
        "policy_year": "${guarantee_type} = '改造安全'",
        "guarantee_detail": "${guarantee_type} = '保障安全'",
    }


def test_groups_are_opened_and_closed(form: dict[str, list[dict[str, str]]]) -> None:
    """As XLSForm wants them, one after the other."""
    marks = [(row["type"], row["name"]) for row in form["survey"] if row["type"].endswith("_group")]
    assert marks == [("begin_group", "household"), ("end_group", ""), ("begin_group", "visit"), ("end_group", "")]


def test_an_export_of_the_form_needs_no_explaining(form: dict[str, list[dict[str, str]]], tmp_path: Path) -> None:
    """What ODK Central would give for one household becomes its record."""
    answers = {
        "household-household_id": "10000000001",
        "household-head_name": "才让",
        "household-household_size": "3",
        **dict.fromkeys(("visit-visited", "visit-is_current_dwelling", "visit-is_safe"), "是"),
        **dict.fromkeys(("visit-type_changed", "visit-became_dangerous"), "否"),
        "visit-guarantee_type": "改造安全",
        "visit-programme": "农村危房改造",
        "visit-policy_year": "2017",
        "visit-problems": "无",
        "visit-location-Latitude": "35.58",
        "visit-location-Longitude": "100.75",
        "visit-front": "1.jpg",
        "visit-verified_on": "2020-06-11",
        "visit-recorder_role": "第一书记",
        "KEY": "uuid:1",
    }
    text = StringIO()
    csv.writer(text).writerows([list(answers), list(answers.values())])
    with ZipFile(tmp_path / "visit.zip", "w") as archive:
        archive.writestr("visit.csv", text.getvalue())
        archive.writestr("media/1.jpg", photo_file())
    source = Source("verifications", "odk", "visit.zip", tmp_path / "visit.zip")
    account = Account(source)
    record, _ = Odk().read(source, account, load_definition(), lambda done, total: None)
    assert isinstance(record, Verification)
    assert (record.guarantee_type, record.programme, str(record.policy_year)) == ("改造安全", "农村危房改造", "2017")
    assert (record.visited, record.is_safe, record.became_dangerous, record.problems) == (True, True, False, None)
    assert (record.recorder_role, record.photos, account.unused) == ("第一书记", ("1.jpg",), [])


def test_what_only_a_campaign_asks_is_asked_at_the_end(tmp_path: Path) -> None:
    """With the header that the definition gives it, and an answer where one is meant."""
    fields = (Field("verifications", "round", "code", ("轮次",)), Field("verifications", "ready", "answer"))
    write_form(tmp_path / "form.xlsx", evolve(load_definition(), fields=fields))
    survey, *_ = read_sheets((tmp_path / "form.xlsx").read_bytes(), "form.xlsx")
    assert [row[:3] for row in survey.rows[-4:-1]] == [
        ("begin_group", "more"),
        ("text", "round", "轮次"),
        ("select_one yes_no", "ready", "ready"),
    ]


@pytest.mark.parametrize(("arguments", "code"), [(["form.xlsx"], 0), (["form.xlsx", "no-such"], 1), ([], 1)])
def test_the_form_is_written_by_one_command(arguments: list[str], code: int, tmp_path: Path) -> None:
    """For a definition that there is; for another nothing is written."""
    command = [sys.executable, "-m", "housing_guarantee_odk", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == code
    assert (tmp_path / "form.xlsx").exists() is (code == 0)
