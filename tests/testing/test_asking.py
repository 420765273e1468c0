"""A rule is asked as the engine does, and what differs is told line by line."""

from typing import Any

import pytest
from attrs import frozen

from housing_guarantee.findings import Verdict
from housing_guarantee.rule import WARNING, Breach, Fix, Group, Proof, Topic, Words, rule
from housing_guarantee.testing import (
    answers_of,
    assert_breaches,
    casefile,
    entry,
    household,
    judged,
    survey,
    verification,
)

WORDS: dict[str, Any] = {
    "clause": "S1",
    "severity": WARNING,
    "message": Words("{size}人", "{size} persons"),
    "fix": Fix("核实", "check"),
}


@frozen
class Settings:
    """From when on a household is large."""

    persons: int = 6
    """Persons; our own."""


@rule(**WORDS)
def large(casefile: Any, settings: Settings) -> list[Breach | Proof]:
    """A household is large."""
    size = casefile.record.household_size
    cells = casefile.record.at("household_size")
    return [Breach(cells, {"size": size}, slot="size")] if size > settings.persons else [Proof(cells)]


@rule(**WORDS, key=lambda casefile: [(casefile.place.village, casefile.household.rows[0].at("village"))])
def together(group: Group) -> Breach:
    """Several households are in one village."""
    return Breach((), {"size": len(group.members)})


@rule(**WORDS)
def wrong(casefile: Any) -> str:
    """A rule answers with a text."""
    return "large"


LARGE = casefile({"household_size": 7})
OWN = Settings()


def difference(expected: list[Any]) -> str:
    """Give the words with which a wrong expectation is told."""
    with pytest.raises(AssertionError) as error:
        assert_breaches(large, LARGE, expected, settings=OWN)
    return str(error.value)


def test_what_is_expected_is_exact() -> None:
    """Whole breaches, or their values alone; and a proof is no breach."""
    assert_breaches(large, LARGE, [{"size": 7}], settings=OWN)
    assert_breaches(large, LARGE, [Breach(LARGE.record.at("household_size"), {"size": 7}, slot="size")], settings=OWN)
    assert_breaches(large, LARGE, settings=Settings(persons=7))


def test_a_breach_that_nobody_expected_is_told() -> None:
    """With its cells as a clerk would look for them."""
    assert difference([]) == (
        "large: 1 breaches, 0 expected\n"
        "+ breach at\n"
        "+     export.xlsx [核验] G3 household_size = 7\n"
        "+     size: 7\n"
        "+     slot = 'size'"
    )


def test_a_breach_that_is_missing_is_told() -> None:
    """Beside those that are there."""
    assert difference([{"size": 7}, {"size": 8}]) == (
        "large: 1 breaches, 2 expected\n  breach\n      size: 7\n- breach\n-     size: 8"
    )


def test_a_breach_that_differs_is_told_by_the_line() -> None:
    """Only what differs is marked."""
    elsewhere = Breach(LARGE.record.at("grade"), {"size": 7}, slot="size")
    assert difference([elsewhere]) == (
        "large: 1 breaches, 1 expected\n"
        "  breach at\n"
        "-     export.xlsx [核验] L3 grade = 'A级'\n"
        "+     export.xlsx [核验] G3 household_size = 7\n"
        "      size: 7\n"
        "      slot = 'size'"
    )


def test_all_answers_can_be_listed() -> None:
    """Proofs too; what no rule may answer is refused, and so is a rule without the settings that it asks for."""
    assert answers_of(large, casefile(), settings=OWN) == [Proof(casefile().record.at("household_size"))]
    with pytest.raises(TypeError, match="a rule answers with Breach or Proof or Unanswered or None"):
        answers_of(wrong, LARGE)
    with pytest.raises(TypeError, match=r"large asks for settings: give settings=Settings\(\)"):
        answers_of(large, LARGE)


def test_case_files_are_judged_as_in_a_run() -> None:
    """Groups are put together, settings have their defaults, and verdicts are concluded."""
    other = casefile(household={"household_id": "2"})
    outcome = judged(Topic("own", (large, together), Settings), LARGE, other)

    assert [(one.code, one.household_id, dict(one.values)) for one in outcome.findings] == [
        ("own.large", "10000000001", {"size": 7}),
        ("own.together", "10000000001", {"size": 2, "others": ("2",)}),
        ("own.together", "2", {"size": 2, "others": ("10000000001",)}),
    ]
    assert [one.verdict for one in outcome.households] == [Verdict.UNPROVEN] * 2


def test_a_survey_was_given_what_any_of_its_case_files_was() -> None:
    """A source of one is a source of all, and no record of it is a record that is missing."""
    whole = survey(casefile(), casefile(household={"household_id": "2"}, ledger=[{}]))
    assert {casefile.given.has("ledger") for casefile in whole.casefiles} == {True}


def test_everything_in_a_case_file_bears_its_number() -> None:
    """A second household's record, papers and matches are its own."""
    second = "10000000002"
    other = casefile(household={"household_id": second}, ledger=[{}], appraisals=[{}], files={"身份证.jpg": 1})
    assert {other.household_id, other.record.household_id, other.appraisals[0].record.household_id} == {second}
    assert (other.ledger[0].household_ids, other.appraisals[0].household_ids) == ((second,), (second,))
    assert [paper.kinds for paper in other.archive] == [frozenset({"身份证明"})]


def test_a_cell_that_cannot_be_read_is_refused() -> None:
    """A test that means a bad row says so; one that mistypes a cell is told."""
    with pytest.raises(ValueError, match="household_size='many' cannot be read: a whole number of persons"):
        verification(household_size="many")
    assert (entry(year=2016).year, household().head.name) == (entry(year="2016").year, "才让多杰")
