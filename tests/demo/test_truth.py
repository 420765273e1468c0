"""What was found is held against what was planted, file by file."""

from typing import Any

from housing_guarantee.demo.truth import Comparison, Planted, Truth, compare


def truth(*planted: Planted) -> Truth:
    """Give the truth about a county with these faults."""
    return Truth(1, "base", 2, planted, {}, ("ledger.not-checkable",))


def finding(code: str, household_id: str | None, *files: str) -> dict[str, Any]:
    """Give a finding that points at cells of these files."""
    return {"code": code, "household_id": household_id, "origins": [{"source": file} for file in files]}


def test_a_fault_of_one_system_is_not_found_by_what_is_said_of_another() -> None:
    """It is missed there, and what was said is unexpected."""
    planted = truth(Planted("photo-gps.unreadable", "1", "fronts.zip/1.jpg"))

    assert compare(planted, [finding("photo-gps.unreadable", "1", "app/1.jpg")], []) == Comparison(
        missed=("photo-gps.unreadable 1",), unexpected=("photo-gps.unreadable 1",)
    )


def test_a_fault_is_found_where_it_was_planted() -> None:
    """Among whatever else the finding points at; one that lies in no file is found by its code."""
    planted = truth(Planted("photo-gps.unreadable", "1", "1.jpg"), Planted("archive.missing", "2"))
    found = [finding("photo-gps.unreadable", "1", "app.xlsx", "1.jpg"), finding("archive.missing", "2", "roster.xlsx")]

    assert compare(planted, found, []).ok


def test_what_comes_with_a_fault_and_notices_are_expected_and_nothing_else() -> None:
    """Whatever file they point at."""
    planted = truth(Planted("a.one", "1", "1.jpg", also=("a.two",)))
    found = [finding(code, "1", "1.jpg") for code in ("a.one", "a.two", "ledger.not-checkable", "a.three")]

    assert compare(planted, found, []) == Comparison(unexpected=("a.three 1",))


def test_a_wrong_verdict_is_told_from_a_clean_household_that_is_not_proved() -> None:
    """Each names the verdict that was given and the one that was wanted."""
    households = [{"household_id": number, "verdict": "unproven"} for number in ("1", "2")]
    planted = Truth(1, "base", 2, (), {"1": "contradicted"}, ())

    assert compare(planted, [], households) == Comparison(
        not_proved=("2: unproven, not proved",), wrong_verdicts=("1: unproven, not contradicted",)
    )
