"""Exports as ODK Central and KoboToolbox write them become verifications and photos, each at its own cell."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from housing_guarantee_odk.adapter import Odk
from housing_guarantee_odk.columns import known

import housing_guarantee as hg
from housing_guarantee.definition import load_definition
from housing_guarantee.errors import SourceError
from housing_guarantee.models import BadRow, Position, Verification
from housing_guarantee.source import Account, Found, PhotoAt, Source
from housing_guarantee.testing import photo_file, xlsx

FIRST, SECOND, THIRD = (f"uuid:0000000{n}-aaaa-4bbb-8ccc-dddddddddddd" for n in (1, 2, 3))
Table = Sequence[Mapping[str, str]]

CENTRAL: Table = [
    {
        "SubmissionDate": "2020-06-11T17:20:11.123Z",
        "start": "2020-06-11T10:00:00.000+08:00",
        "household-household_id": "10000000001",
        "household-head_name": "才让",
        "visit-guarantee_type": "鉴定安全",
        "visit-grade": "A",
        "visit-is_safe": "yes",
        "visit-problems": "leak crack",
        "visit-problems/leak": "1",
        "visit-problems/crack": "1",
        "visit-problems/none": "0",
        "visit-location-Latitude": "35.58",
        "visit-location-Longitude": "100.75",
        "visit-location-Altitude": "3100",
        "visit-location-Accuracy": "4.2",
        "visit-verified_on": "2020-06-11",
        "visit-front": "1591.jpg",
        "meta-instanceID": FIRST,
        "KEY": FIRST,
        "SubmitterID": "5",
        "SubmitterName": "村干部一",
        "AttachmentsPresent": "2",
        "ReviewState": "approved",
    },
    {
        "SubmissionDate": "2020-06-12T03:20:11.000Z",
        "household-household_id": "10000000002",
        "visit-guarantee_type": "鉴定安全",
        "visit-grade": "A",
        "KEY": SECOND,
        "ReviewState": "rejected",
    },
    {
        "SubmissionDate": "2020-06-12T04:20:11.000Z",
        "household-household_id": "10000000003",
        "visit-guarantee_type": "鉴定安全",
        "visit-grade": "E",
        "KEY": THIRD,
        "ReviewState": "",
    },
]
REPEATS: Table = [
    {"view": "side", "picture": "1592.jpg", "PARENT_KEY": FIRST, "KEY": f"{FIRST}/visit/more[1]"},
    {"view": "back", "picture": "", "PARENT_KEY": FIRST, "KEY": f"{FIRST}/visit/more[2]"},
    {
        "view": "deep",
        "picture": "1593.jpg",
        "PARENT_KEY": f"{FIRST}/visit/rooms[1]",
        "KEY": f"{FIRST}/visit/rooms[1]/p[1]",
    },
]
KOBO: Table = [
    {
        "start": "2020-06-11T10:00:00.000+08:00",
        "户/户编号": "10000000001",
        "户/户主姓名": "才让",
        "核验/保障方式": "鉴定安全",
        "核验/鉴定等级": "A级",
        "核验/存在问题/漏雨": "1",
        "核验/存在问题/开裂": "0",
        "核验/存在问题/潮湿": "1",
        "核验/位置": "35.58 100.75 3100 4",
        "核验/_位置_latitude": "35.58",
        "核验/_位置_longitude": "100.75",
        "核验/_位置_altitude": "3100",
        "核验/_位置_precision": "4",
        "核验/正面": "1.jpg",
        "核验/正面_URL": "https://example.org/attachment/1",
        "__version__": "v1",
        "_id": "7",
        "_uuid": "11111111-aaaa",
        "_submission_time": "2020-06-11T17:20:11",
        "_validation_status": "Approved",
        "_submitted_by": "village",
        "_index": "1",
    },
    {
        "户/户编号": "10000000002",
        "核验/保障方式": "鉴定安全",
        "核验/鉴定等级": "B级",
        "核验/存在问题/漏雨": "0",
        "核验/存在问题/开裂": "0",
        "核验/存在问题/潮湿": "0",
        "核验/正面": "1.jpg",
        "_uuid": "22222222-bbbb",
        "_validation_status": "Not Approved",
        "_index": "2",
    },
    {
        "户/户编号": "10000000003",
        "核验/保障方式": "鉴定安全",
        "核验/鉴定等级": "B级",
        "核验/存在问题/漏雨": "0",
        "核验/存在问题/开裂": "0",
        "核验/存在问题/潮湿": "0",
        "核验/正面": "1.jpg",
        "_uuid": "33333333-cccc",
        "_validation_status": "",
        "_index": "3",
    },
]
CODES = {"is_safe": {"yes": True, "no": False}}


def text_of(rows: Table, delimiter: str = ",") -> str:
    """Write a table as CSV, its columns in the order in which they first appear."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    file = StringIO()
    writer = csv.DictWriter(file, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def sheet_of(rows: Table) -> list[list[Any]]:
    """Give a table as a sheet of a workbook."""
    return list(csv.reader(StringIO(text_of(rows))))


@pytest.fixture
def central(tmp_path: Path) -> Path:
    """Write the zip that ODK Central gives: the submissions, a repeat, and the media."""
    path = tmp_path / "visit.csv.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("visit.csv", text_of(CENTRAL))
        archive.writestr("visit-more.csv", text_of(REPEATS))
        for name in ("1591.jpg", "1592.jpg", "1593.jpg"):
            archive.writestr(f"media/{name}", photo_file(position=(35.58, 100.75)))
    return path


def read(path: Path, **fields: Any) -> tuple[list[Found], Account]:
    """Read an export."""
    source = Source("verifications", "odk", path.name, path, values=CODES, **fields)
    account = Account(source)
    return list(Odk().read(source, account, load_definition(), lambda done, total: None)), account


def record_of(found: Iterable[Found], household_id: str = "10000000001") -> Verification:
    """Give the record of a household."""
    (record,) = [one for one in found if isinstance(one, Verification) and one.household_id == household_id]
    return record


# ------------------------------------------------------------------------------------------------ ODK


def test_questions_are_known_behind_their_groups(central: Path) -> None:
    """Values, codes, answers, the geopoint's columns, the moment of submission in local time."""
    record = record_of(read(central)[0])
    assert (record.head_name, record.guarantee_type, record.grade, record.is_safe) == ("才让", "鉴定安全", "A", True)
    assert record.position == Position(35.58, 100.75)
    assert (str(record.verified_on), str(record.recorded_on)) == ("2020-06-11", "2020-06-12 01:20")
    assert (record.recorder, record.problems) == ("村干部一", "leak crack")


def test_a_record_points_at_the_csvs_own_cell(central: Path) -> None:
    """By file, row, column and header as typed."""
    (cell,) = record_of(read(central)[0]).at("grade")
    assert (cell.source, cell.row, cell.column) == ("visit.csv.zip/visit.csv", 2, "F")
    assert (cell.header, cell.value) == ("visit-grade", "A")


def test_photos_of_a_submission_and_of_its_repeats_are_its_own(central: Path) -> None:
    """Each points at the cell that names it, in whatever table it stands; a repeat in a repeat counts too."""
    found, _ = read(central)
    record = record_of(found)
    assert record.photos == ("1591.jpg", "1592.jpg", "1593.jpg")
    places = [(cell.source.rpartition("/")[2], cell.row, cell.column, cell.header) for cell in record.at("photos")]
    assert places == [
        ("visit.csv", 2, "Q", "visit-front"),
        ("visit-more.csv", 2, "B", "picture"),
        ("visit-more.csv", 4, "B", "picture"),
    ]
    media = [one.place.name for one in found if isinstance(one, PhotoAt)]
    assert media == ["media/1591.jpg", "media/1592.jpg", "media/1593.jpg"]


def test_a_submission_that_the_office_refused_is_left_out(central: Path) -> None:
    """And is counted, and what cannot be read is a bad row with its household."""
    found, account = read(central)
    households = [one.household_id for one in found if isinstance(one, Verification | BadRow)]
    assert households == ["10000000001", "10000000003"]
    assert (account.read, account.unreadable, dict(account.left_out)) == (1, 1, {"not verified": 1, "not an image": 2})
    (bad,) = [one for one in found if isinstance(one, BadRow)]
    assert (bad.field, bad.origin.row) == ("grade", 4)


def test_only_what_is_not_understood_is_named(central: Path) -> None:
    """The programs' own columns, options and the rest of a geopoint need no understanding."""
    assert read(central)[1].unused == []
    rows = [{**row, "visit-colour": "red"} for row in CENTRAL]
    path = central.parent / "other.csv"
    path.write_text(text_of(rows), encoding="utf-8")
    assert read(path)[1].unused == ["visit-colour"]


def test_a_folder_and_a_csv_beside_its_repeats_are_read_alike(central: Path) -> None:
    """Unpacked, the export is the same."""
    folder = central.parent / "unpacked"
    with ZipFile(central) as archive:
        archive.extractall(folder)
    whole, alone = record_of(read(folder)[0]), record_of(read(folder / "visit.csv")[0])
    assert whole.photos == alone.photos == ("1591.jpg", "1592.jpg", "1593.jpg")
    assert [cell.source for cell in alone.at("photos")] == ["visit.csv", "visit-more.csv", "visit-more.csv"]
    assert sum(isinstance(one, PhotoAt) for one in read(folder / "visit.csv")[0]) == 3


def test_the_campaign_file_says_what_a_question_means(central: Path) -> None:
    """With its groups or without."""
    rows = [{name.replace("visit-grade", "visit-q7"): cell for name, cell in row.items()} for row in CENTRAL]
    path = central.parent / "other.csv"
    path.write_text(text_of(rows), encoding="utf-8")
    assert record_of(read(path)[0]).grade is None
    assert record_of(read(path, columns={"grade": "visit-q7"})[0]).grade == "A"
    assert record_of(read(path, columns={"grade": "q7"})[0]).grade == "A"


# ------------------------------------------------------------------------------------------------ KoboToolbox


def test_a_kobo_csv_is_read_with_its_semicolons(tmp_path: Path) -> None:
    """Labels as headers, strokes between groups, options without a column of their own, UTC without saying so."""
    path = tmp_path / "kobo.csv"
    path.write_text("\ufeff" + text_of(KOBO, ";"), encoding="utf-8")
    found, account = read(path)
    record = record_of(found)
    assert (record.head_name, record.grade, record.position) == ("才让", "A", Position(35.58, 100.75))
    assert (record.problems, str(record.recorded_on), record.recorder) == ("漏雨 潮湿", "2020-06-12 01:20", "village")
    assert record.at("problems")[0].column == "F"
    assert record_of(found, "10000000003").problems is None
    assert (account.read, dict(account.left_out), account.unused) == (2, {"not verified": 1}, [])


def test_a_media_zip_is_told_apart_by_the_submissions_folder(tmp_path: Path) -> None:
    """Two phones may call their photos alike."""
    path, media = tmp_path / "kobo.csv", tmp_path / "media.zip"
    path.write_text(text_of(KOBO, ";"), encoding="utf-8")
    with ZipFile(media, "w") as archive:
        for row in (KOBO[0], KOBO[2]):
            archive.writestr(f"county/attachments/form/{row['_uuid']}/1.jpg", photo_file())
    found, _ = read(path, options={"photos": "media.zip"})
    names = {number: record_of(found, number).photos for number in ("10000000001", "10000000003")}
    assert names == {
        "10000000001": ("county/attachments/form/11111111-aaaa/1.jpg",),
        "10000000003": ("county/attachments/form/33333333-cccc/1.jpg",),
    }
    assert [cell.value for cell in record_of(found).at("photos")] == ["1.jpg"]


def test_a_kobo_workbook_has_its_repeats_in_sheets(tmp_path: Path) -> None:
    """A row of a repeat belongs to its submission by the submission's number, or by its own index."""
    path = tmp_path / "kobo.xlsx"
    repeats = [{"more/picture": "2.jpg", "_index": "1", "_parent_table_name": "kobo", "_parent_index": "1"}]
    path.write_bytes(xlsx({"kobo": sheet_of(KOBO), "more": sheet_of(repeats)}))
    record = record_of(read(path)[0])
    assert record.photos == ("1.jpg", "2.jpg")
    own, more = record.at("photos")
    assert (own.sheet, own.row, own.column) == ("kobo", 2, "N")
    assert (more.sheet, more.row, more.column, more.header) == ("more", 2, "A", "more/picture")
    repeats = [{**row, "_submission__uuid": "11111111-aaaa", "_parent_index": "9"} for row in repeats]
    path.write_bytes(xlsx({"kobo": sheet_of(KOBO), "more": sheet_of(repeats)}))
    assert record_of(read(path)[0]).photos == ("1.jpg", "2.jpg")


# ------------------------------------------------------------------------------------------------ what cannot be read


def test_an_export_of_repeats_alone_is_refused(tmp_path: Path) -> None:
    """The table of submissions was forgotten."""
    path = tmp_path / "visit-more.csv"
    path.write_text(text_of(REPEATS), encoding="utf-8")
    with pytest.raises(SourceError, match="it holds no table of submissions"):
        read(path)


def test_an_export_that_names_no_household_is_refused(tmp_path: Path) -> None:
    """A submission of nobody can be laid into no case file."""
    path = tmp_path / "visit.csv"
    path.write_text(text_of([{"visit-grade": "A", "KEY": FIRST}]), encoding="utf-8")
    with pytest.raises(SourceError, match="no sheet has the columns that verifications needs"):
        read(path)


def test_a_folder_of_media_that_is_not_there_is_refused(central: Path) -> None:
    """Else every photo would be called missing."""
    with pytest.raises(SourceError, match="there is no such folder or zip file"):
        read(central, options={"photos": "lost.zip"})


def test_the_programs_own_columns_are_all_metadata() -> None:
    """What is looked at by name is never called unused."""
    own = known()
    named = [*own["keys"]["submission"], *own["keys"]["parent"], *own["review"]["headers"], *own["utc"]["headers"]]
    assert set(named) <= set(own["metadata"]["headers"])


# ------------------------------------------------------------------------------------------------ in a run

CAMPAIGN = """
schema = 1
[campaign]
name = "甲县"
county_code = "999999"
planned_households = 3
window = [2020-06-10, 2020-06-13]
rectify_by = 2020-06-30
policy_year = 2016
ledger_years = [2016, 2018]
as_of = 2020-06-13T20:00:00+08:00
[[sources]]
role = "roster"
adapter = "excel"
path = "roster.csv"
[[sources]]
role = "verifications"
adapter = "odk"
path = "visit.csv.zip"
values = { is_safe = { "yes" = true, "no" = false } }
"""
ROSTER = "户编号,户主姓名,乡镇,村,家庭人口数\n" + "".join(f"1000000000{n},才让,甲镇,乙村,3\n" for n in (1, 2, 3))


def test_a_photo_of_a_repeat_is_accused_at_its_own_cell(central: Path) -> None:
    """A run reads the export as any source, and a missing file is found where it is named."""
    rows = [{**REPEATS[0], "picture": "lost.jpg"}]
    with ZipFile(central, "w") as archive:
        archive.writestr("visit.csv", text_of(CENTRAL))
        archive.writestr("visit-more.csv", text_of(rows))
        archive.writestr("media/1591.jpg", photo_file(position=(35.58, 100.75)))
    (central.parent / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    (central.parent / "roster.csv").write_text(ROSTER, encoding="utf-8")
    result = hg.run(hg.load_campaign(central.parent / "campaign.toml"))
    (lost,) = [one for one in result.findings if one.code == "photo-gps.file-missing"]
    cell = lost.cells[0]
    assert (lost.household_id, cell.source, cell.row, cell.column) == (
        "10000000001",
        "visit.csv.zip/visit-more.csv",
        2,
        "B",
    )
    verdicts = {home.household_id: home.verdict for home in result.households}
    assert verdicts["10000000002"] is hg.Verdict.NOT_VERIFIED
