"""What is asked of a household recorded as appraised safe."""

import pytest

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.models import BadRow, Cell, Place
from housing_guarantee.rule import Breach, Proof
from housing_guarantee.rules import appraised
from housing_guarantee.testing import appraisal, ask, campaign, casefile, match


def listed(subject: CaseFile, index: int = 0) -> tuple[Cell, ...]:
    """Point at the grade in a row of the appraisal list."""
    return subject.appraisals[index].record.at("grade")


def test_a_blank_grade_is_missing() -> None:
    """A grade that says "not graded" is none, and is said at its cell."""
    subject = casefile({"grade": "未鉴定"})
    assert ask(appraised.grade_missing, subject) == Breach(subject.record.at("grade"))
    assert ask(appraised.grade_missing, casefile()) is None


@pytest.mark.parametrize("typed", ["A级", "B"])
def test_grades_a_and_b_prove_the_grade(typed: str) -> None:
    """Grade A or B is the proof that the clause asks for."""
    subject = casefile({"grade": typed})
    assert ask(appraised.grade_unsafe, subject) == Proof(subject.record.at("grade"))


@pytest.mark.parametrize(("typed", "grade"), [("C级", "C"), ("整栋危房", "D"), ("无房户", "无房")])
def test_other_grades_contradict(typed: str, grade: str) -> None:
    """Grades C and D, or no house at all, cannot be appraised safe; a missing grade is another rule's."""
    subject = casefile({"grade": typed})
    assert ask(appraised.grade_unsafe, subject) == Breach(subject.record.at("grade"), {"grade": grade})
    assert ask(appraised.grade_unsafe, casefile({"grade": None})) is None


def test_the_list_proves_a_grade_that_agrees() -> None:
    """A row of the list with the same grade proves that the record agrees with it."""
    subject = casefile(appraisals=[{"grade": "A级"}])
    assert ask(appraised.grade_differs, subject) == Proof(subject.record.at("grade") + listed(subject))


def test_the_list_contradicts_another_grade() -> None:
    """The record's cell comes first, then the list's, with both grades."""
    subject = casefile(appraisals=[{"grade": "B级"}])
    cells = subject.record.at("grade") + listed(subject)
    assert ask(appraised.grade_differs, subject) == Breach(cells, {"grade": "A", "listed_grade": "B"})


def test_of_several_appraisals_the_latest_counts() -> None:
    """An old grade C says nothing against the grade A that was given after repairs."""
    old, new = {"grade": "C级", "appraised_on": "2018-05"}, {"grade": "A级", "appraised_on": "2020-03-15"}
    subject = casefile(appraisals=[old, new])
    assert ask(appraised.grade_differs, subject) == Proof(subject.record.at("grade") + listed(subject, 1))
    outdated = casefile({"grade": "B级"}, appraisals=[old, new])
    assert ask(appraised.grade_differs, outdated).values == {"grade": "B", "listed_grade": "A"}


@pytest.mark.parametrize("grade", ["C级", "D级", "无房"])
def test_one_unsafe_grade_is_one_finding(grade: str) -> None:
    """A D typed into the record is said to be unsafe, and not to differ from the list as well."""
    subject = casefile({"grade": grade}, appraisals=[{"grade": "A级"}])
    assert ask(appraised.grade_unsafe, subject) is not None
    assert ask(appraised.grade_differs, subject) is None


def test_without_the_list_the_roster_can_contradict_but_not_prove() -> None:
    """The roster's grade is what remains where the list is silent."""
    subject = casefile({"grade": "A级"}, {"grade": "D级"})
    cells = subject.record.at("grade") + subject.household.rows[0].at("grade")
    assert ask(appraised.grade_differs, subject) == Breach(cells, {"grade": "A", "listed_grade": "D"})
    assert ask(appraised.grade_differs, casefile({"grade": "A级"}, {"grade": "A级"})) is None
    assert ask(appraised.grade_differs, casefile({"grade": None}, {"grade": "A级"})) is None


def test_a_household_that_the_list_lacks() -> None:
    """The list was given and says nothing of the household."""
    subject = casefile(roles=["appraisals"])
    assert ask(appraised.not_on_appraisal_list, subject) == Breach(subject.record.at("grade"), {"count": 0})
    assert ask(appraised.not_on_appraisal_list, casefile(appraisals=[{}])) is None


def test_a_row_of_the_same_name_is_not_certain() -> None:
    """A row that bears only the name is counted and pointed at, and proves nothing."""
    subject = casefile(appraisal_candidates=[{"household_id": None, "id_number": None}])
    cells = subject.record.at("grade") + subject.appraisal_candidates[0].record.at("head_name")
    assert ask(appraised.not_on_appraisal_list, subject) == Breach(cells, {"count": 1})
    assert ask(appraised.grade_differs, subject) is None


def test_a_list_without_numbers_is_read_by_name() -> None:
    """Where the list has no column for a number, its one row of the name is the household's."""
    row = appraisal(lacking=("id_number", "household_id"), grade="A级")
    subject = casefile(appraisal_candidates=[row])
    assert ask(appraised.not_on_appraisal_list, subject) is None
    assert ask(appraised.grade_differs, subject) == Proof(subject.record.at("grade") + row.at("grade"))
    assert ask(appraised.not_on_appraisal_list, casefile(appraisal_candidates=[row, row])).values == {"count": 2}


@pytest.mark.parametrize("reasons", [("name-rendering", "village", "head"), ("name", "township", "head")])
def test_a_list_without_numbers_is_read_by_the_name_in_the_village_alone(reasons: tuple[str, ...]) -> None:
    """Another rendering, or a village that is not told, is for a person to confirm."""
    row = match(appraisal(lacking=("id_number", "household_id")), certain=False, reasons=reasons)
    assert ask(appraised.not_on_appraisal_list, casefile(appraisal_candidates=[row])).values == {"count": 1}


def test_an_unreadable_row_of_the_list_speaks_for_itself() -> None:
    """A row of the list that could not be read is a finding already; the household is not missing too."""
    row = appraisal()
    bad = BadRow(row.origin, "grade", {"zh": "", "en": ""}, row.household_id, Place())
    assert ask(appraised.not_on_appraisal_list, casefile(roles=["appraisals"], bad_rows=[bad])) is None


def test_a_policy_since_2016_belongs_to_renovated() -> None:
    """The policy year itself is renovated safe; the year before it is not."""
    subject = casefile({"policy_year": "2016年"})
    cells = subject.record.at("policy_year", "guarantee_type")
    assert ask(appraised.belongs_to_renovated, subject) == Breach(cells, {"year": 2016})
    for year in ("2015年12月", None):
        assert ask(appraised.belongs_to_renovated, casefile({"policy_year": year})) is None


def test_an_appraisal_after_the_verification() -> None:
    """The day after is too late, in the record or in the list; the day itself is not."""
    subject = casefile({"appraised_on": "2020-06-12"})
    record = subject.record
    late = Breach(
        record.at("appraised_on", "verified_on"),
        {"date": record.appraised_on, "other_date": record.verified_on},
    )
    assert ask(appraised.dated_after_verification, subject) == late
    assert ask(appraised.dated_after_verification, casefile({"appraised_on": "2020-06-11"})) is None
    by_list = casefile(appraisals=[{"appraised_on": "2020-06-12"}])
    cells = by_list.appraisals[0].record.at("appraised_on") + by_list.record.at("verified_on")
    assert ask(appraised.dated_after_verification, by_list).cells == cells


def test_an_appraisal_in_the_future() -> None:
    """Without a day of verification the moment of the run is the limit."""
    subject = casefile({"appraised_on": "2020-06-14", "verified_on": None})
    values = {"date": subject.record.appraised_on, "other_date": "2020-06-13"}
    expected = Breach(subject.record.at("appraised_on"), values)
    assert ask(appraised.dated_after_verification, subject) == expected
    later = campaign(as_of=campaign().as_of.replace(day=14))
    assert ask(appraised.dated_after_verification, subject, campaign=later) is None
