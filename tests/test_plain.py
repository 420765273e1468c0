"""Case files from plain data: judged as the same rows in a workbook are, and never of two households."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import housing_guarantee as hg
from housing_guarantee.campaign import Campaign, load_campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.demo import write_county
from housing_guarantee.plugins import equipped
from housing_guarantee.rule import Scope
from housing_guarantee.runner import run
from housing_guarantee.testing import campaign, id_number
from housing_guarantee.testing.exif import GUINAN, jpeg, tiff

HOUSEHOLD = "11002050026"
ROSTER = {
    "household_id": HOUSEHOLD,
    "head_name": "才让多杰",
    "head_id_number": id_number(1),
    "household_size": 3,
    "township": "茫曲镇",
    "village": "塔哇村",
}
RECORD = {
    "household_id": HOUSEHOLD,
    "head_name": "才让多杰",
    "id_number": id_number(1),
    "household_size": 3,
    "guarantee_type": "鉴定安全",
    "grade": "A级",
    "is_safe": True,
    "became_dangerous": "否",
    "type_changed": "否",
    "is_current_dwelling": "是",
    "visited": "是",
    "verified_on": date(2020, 6, 11),
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the key that a finding of a person's number needs out of the project's folder."""
    monkeypatch.chdir(tmp_path)


def judged(changes: Mapping[str, Any] | None = None, **tables: Any) -> hg.Result:
    """Judge the household, with changes of its record and further tables."""
    photos = tables.pop("photos", None)
    data = {"roster": [ROSTER], "verifications": [{**RECORD, **(changes or {})}], **tables}
    return hg.check([hg.casefile_of(data, campaign(), photos=photos)], campaign())


def found(result: hg.Result) -> list[tuple[str, str, Any]]:
    """Give code, field and value of each finding's first cell."""
    return [(f.code, f.cells[0].field, f.cells[0].value) for f in result.findings]


def test_a_household_without_fault_is_proved() -> None:
    """Text, truth values, numbers and dates are read as the cells of a workbook are."""
    result = judged()

    assert found(result) == []
    assert [(one.household_id, one.verdict) for one in result.households] == [(HOUSEHOLD, hg.Verdict.PROVED)]


def test_what_cannot_be_understood_is_the_same_finding() -> None:
    """A date that is none makes the row unreadable, and points at the field."""
    assert found(judged({"verified_on": "2020-06-41"})) == [("intake.row-unreadable", "verified_on", "2020-06-41")]
    assert judged({"verified_on": "2020-06-41"}).households[0].verdict is hg.Verdict.UNPROVEN


def test_a_finding_names_the_field_in_both_ways() -> None:
    """A program finds the field by its name, a clerk by the usual header."""
    result = judged({"verified_on": "2020-06-41"})

    (cell,) = result.findings[0].cells
    assert (cell.source, cell.row, cell.column, cell.header) == ("verifications", 1, "verified_on", "核验时间")
    assert result.public.place(cell) == "核验记录 第1行 verified_on 「核验时间」"


def test_an_unreadable_ledger_row_is_the_household_s() -> None:
    """A row without a household number and without a name is the household's all the same: the caller has said so."""
    result = judged(ledger=[{"year": "二十年前", "programme": "农村危房改造"}])

    assert [(f.code, f.household_id) for f in result.findings] == [("intake.row-unreadable", HOUSEHOLD)]


def test_a_number_that_a_spreadsheet_damaged_is_found() -> None:
    """Questions about the whole data set are asked of the one household too."""
    assert ("intake.id-damaged", "id_number", 6.32525199001e17) in found(judged({"id_number": 6.32525199001e17}))


def test_a_person_listed_twice_is_found() -> None:
    """A roster of a row a person may repeat one."""
    person = {
        "household_id": HOUSEHOLD,
        "member_name": "才让多杰",
        "member_id_number": id_number(1),
        "relation": "户主",
    }
    data: dict[str, Any] = {"roster": [person, person], "verifications": [{**RECORD, "household_size": 1}]}

    result = hg.check([hg.casefile_of(data, campaign())], campaign())

    assert [f.code for f in result.findings] == ["roster.listed-twice"]


RENOVATED = {"guarantee_type": "改造安全", "programme": "农村危房改造", "policy_year": 2017, "grade": None}


def test_a_role_left_out_was_not_given_and_an_empty_one_was() -> None:
    """Without a ledger nothing can be missing from it; an empty one lacks the household's row."""
    row = {"head_name": "才让多杰", "id_number": id_number(1), "programme": "农村危房改造", "year": 2017}

    assert [f.code for f in judged(RENOVATED).findings if f.effect] == []
    assert [f.code for f in judged(RENOVATED, ledger=[]).findings] == ["ledger.entry-missing"]
    assert [f.code for f in judged(RENOVATED, ledger=[row]).findings] == []


def test_a_row_of_another_s_number_is_the_household_s_and_found_out() -> None:
    """The caller has said whose a record is; a stranger's number in it is a finding, and no reason to drop it."""
    assert "identity.number-differs" in {code for code, _, _ in found(judged({"id_number": id_number(7)}))}


def test_both_provincial_systems_are_told_apart() -> None:
    """The one of retrieval is compared with the record, and is not missing where only the other is given."""
    row = {"household_id": HOUSEHOLD, "id_number": id_number(1), "guarantee_type": "鉴定安全", "grade": "B级"}

    assert "provincial.field-differs" in {code for code, _, _ in found(judged(provincial=[row]))}
    assert judged(provincial=[{**row, "system": "renovation"}]).survey.given.systems == {"renovation"}
    assert judged(provincial=[]).survey.given.systems == {"retrieval"}


def test_photos_are_read_and_named() -> None:
    """A photo with a position proves what the plan asks of it; one that is named and not there is missing."""
    shown = jpeg(tiff(gps=GUINAN))
    named = {"photos": ["a/1.jpg", "b/1.jpg"]}

    def states(result: hg.Result) -> list[str]:
        return [one.state.value for one in result.households[0].requirements if one.requirement.name == "photo"]

    assert states(judged(photos={"1.jpg": shown})) == ["met"]
    assert states(judged(named, photos={"a/1.jpg": shown, "b/1.jpg": shown})) == ["met"]
    assert states(judged()) == ["not_applicable"]
    assert [f.code for f in judged(photos={}).findings] == ["photo-gps.photo-missing"]
    assert {f.code for f in judged(named, photos={"2.jpg": shown}).findings} == {"photo-gps.file-missing"}


def test_a_frame_s_missing_value_is_blank() -> None:
    """NaN is what data frames hold where there is nothing."""
    assert found(judged({"lease_until": float("nan"), "rectified_on": float("nan")})) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "a case file must have tables by role"),
        ({"roster": "才让多杰"}, "roster: a table must be a list of rows"),
        ({"roster": [ROSTER], "verification": []}, "'verification' is no table of a case file; did you mean "),
        ({}, "a case file needs a row of the roster"),
        ({"roster": []}, "a case file needs a row of the roster"),
        ({"roster": [ROSTER], "verification": [RECORD]}, "'verification' is no table of a case file; did you mean "),
        ({"roster": [{**ROSTER, "headname": "x"}]}, "roster 1: 'headname' is no field of roster; did you mean "),
        ({"roster": [{**ROSTER, "phone": {"private": 1}}]}, "roster 1: 'phone' must be text, a number, a date, true"),
        ({"roster": ["才让多杰"]}, "roster 1: a row must have fields"),
        ({"roster": [{**ROSTER, "household_id": " "}]}, "a case file needs one household_id"),
        ({"roster": [ROSTER, {**ROSTER, "household_id": "2"}]}, "a case file needs one household_id"),
        ({"roster": [ROSTER], "archive": [{"household_id": "2"}]}, "a case file needs one household_id"),
        ({"roster": [ROSTER], "provincial": [{"system": "retreival"}]}, "provincial 1: 'system' must be one of"),
    ],
)
def test_what_is_no_case_file_is_refused(data: Any, said: str) -> None:
    """The error names table, row and field, and never a value."""
    with pytest.raises(hg.CaseFileError) as refused:
        hg.casefile_of(data, campaign())

    assert str(refused.value).startswith(said)
    assert "才让多杰" not in str(refused.value)
    assert "private" not in str(refused.value)


def test_case_files_of_different_sources_are_not_judged_together() -> None:
    """What one was never given would be called missing in it because another has it."""
    plain = hg.casefile_of({"roster": [ROSTER]}, campaign())
    other = hg.casefile_of({"roster": [{**ROSTER, "household_id": "2"}], "ledger": []}, campaign())

    with pytest.raises(hg.CaseFileError, match="given the same sources"):
        hg.check([plain, other], campaign())


def test_a_household_without_a_record_is_judged_beside_one_that_has_one() -> None:
    """An empty list was looked into; what fields a record would have had is known from the others."""
    other = {"roster": [{**ROSTER, "household_id": "2", "head_id_number": id_number(2)}], "verifications": []}
    files = [
        hg.casefile_of({"roster": [ROSTER], "verifications": [RECORD]}, campaign()),
        hg.casefile_of(other, campaign()),
    ]

    result = hg.check(files, campaign())

    assert {one.household_id: one.verdict for one in result.households} == {
        HOUSEHOLD: hg.Verdict.PROVED,
        "2": hg.Verdict.NOT_VERIFIED,
    }
    assert {casefile.given.fields["verifications"] for casefile in result.survey.casefiles} == {frozenset(RECORD)}


def test_nobody_is_no_fault() -> None:
    """No case file makes an empty result."""
    assert hg.check([], campaign()).households == ()


# ------------------------------------------------------------------------------------------------ a whole county


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """A county with planted faults."""
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, households=320, photos=False)
    return load_campaign(folder / "campaign.toml")


def handed_over(casefile: CaseFile, campaign: Campaign) -> dict[str, list[dict[str, Any]]]:
    """Give a case file's own rows as a program would hold them, in words instead of a source's own coding."""
    rows = {
        "roster": casefile.household.rows,
        "verifications": casefile.verifications,
        "appraisals": [match.record for match in casefile.appraisals],
    }

    def cell(row: Any, name: str) -> Any:
        typed = row.origin.raw.get(name)
        source = next(one for one in campaign.sources if row.origin.table.source.startswith(one.name))
        return source.values.get(name, {}).get(str(typed), typed)

    return {role: [{n: cell(row, n) for n in row.origin.table.columns} for row in own] for role, own in rows.items()}


def test_what_is_handed_over_is_judged_as_what_was_read(county: Campaign) -> None:
    """Every question that roster, record and appraisal answer has the same answer, household by household."""
    equipment = equipped(county)
    topics = {"roster", "identity", "guarantee", "appraised", "safety", "schedule"}
    asked = {rule.code for rule in equipment.rules if rule.scope is Scope.CASEFILE and rule.topic in topics}
    asked -= {"guarantee.type-changed"}  # it compares with the provincial systems, which are not handed over
    read = run(county)
    own = {casefile.household_id: casefile for casefile in read.survey.casefiles if not casefile.bad_rows}

    def answers(result: hg.Result) -> set[tuple[str, str | None, str]]:
        findings = (f for f in result.findings if f.household_id in own and f.code in asked)
        return {(f.code, f.household_id, result.public.message(f).replace("、返", "返")) for f in findings}  # a header

    given = [hg.casefile_of(handed_over(casefile, county), county) for casefile in own.values()]
    judged = [hg.check([casefile], county, equipment=equipment) for casefile in given]

    assert answers(read) == {answer for result in judged for answer in answers(result)}
    assert len(answers(read)) > 30
