"""What the ledgers of 2016–2018 are asked."""

from typing import Any

import pytest

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.linkage.evidence import Evidence
from housing_guarantee.linkage.match import Match
from housing_guarantee.models import BadRow, Cell
from housing_guarantee.rule import WARNING, Breach, Group, Member, Proof
from housing_guarantee.rules import ledger as rules
from housing_guarantee.testing import HOUSEHOLD_ID, accommodated, appraisal, ask, casefile, entry, match, renovated


def row_at(subject: CaseFile, *fields: str, index: int = 0) -> tuple[Cell, ...]:
    """Point into one of the household's own rows of the ledger."""
    return subject.ledger[index].record.at(*fields)


# ------------------------------------------------------------------------------------------------ missing


def test_a_household_that_its_ledger_lacks() -> None:
    """A renovation of 2017 must stand in the renovation ledger that was given."""
    subject = casefile(renovated(), ledgers={"农村危房改造"})
    values = {"year": subject.record.policy_year, "programme": "农村危房改造"}
    assert ask(rules.entry_missing, subject) == Breach(subject.record.at("policy_year", "programme"), values)


@pytest.mark.parametrize("year", ["2016", "2018年12月"])
def test_the_first_and_last_year_are_covered(year: str) -> None:
    """The years of the ledgers are inclusive."""
    subject = casefile(renovated(policy_year=year), ledgers={""})
    assert ask(rules.entry_missing, subject) is not None
    assert ask(rules.not_checkable, subject) is None


@pytest.mark.parametrize(
    "fields", [{"policy_year": "2019"}, {"policy_year": "2015"}, {"policy_year": None}, {"programme": "其他"}]
)
def test_nothing_is_missing_where_no_ledger_could_hold_it(fields: dict[str, Any]) -> None:
    """Outside the years, or where another finding explains it, absence says nothing."""
    assert ask(rules.entry_missing, casefile(renovated(**fields), ledgers={""})) is None


def test_a_ledger_of_another_programme_accuses_nobody() -> None:
    """Only a ledger of the programme, or of no single one, can lack the household."""
    subject = casefile(renovated(), ledgers={"易地扶贫搬迁"})
    assert ask(rules.entry_missing, subject) is None
    assert ask(rules.not_checkable, subject) is None


def test_a_row_or_a_candidate_is_not_missing() -> None:
    """A certain row is there; of a candidate another rule speaks."""
    assert ask(rules.entry_missing, casefile(renovated(), ledger=[{}])) is None
    assert ask(rules.entry_missing, casefile(renovated(), candidates=[{}])) is None


def test_a_row_that_could_not_be_read_is_not_missing() -> None:
    """It is there, and that it cannot be read is a finding of its own; so is a row of another list."""
    row = entry()
    bad = BadRow(row.origin, "year", {"zh": "", "en": ""}, HOUSEHOLD_ID, row.place)
    other = BadRow(appraisal().origin, "grade", {"zh": "", "en": ""}, HOUSEHOLD_ID, row.place)
    assert ask(rules.entry_missing, casefile(renovated(), ledgers={""}, bad_rows=[bad])) is None
    assert ask(rules.entry_missing, casefile(renovated(), ledgers={""}, bad_rows=[other])) is not None


# ------------------------------------------------------------------------------------------------ not checkable


@pytest.mark.parametrize("fields", [{"policy_year": "2019"}, {"programme": "生态移民"}])
def test_what_no_ledger_covers_is_said_and_not_accused(fields: dict[str, Any]) -> None:
    """A later year, or a programme without a ledger, cannot be checked."""
    subject = casefile(renovated(**fields), ledgers={"农村危房改造"})
    values = {"year": subject.record.policy_year, "programme": subject.record.programme}
    assert ask(rules.not_checkable, subject) == Breach(subject.record.at("policy_year", "programme"), values)
    assert ask(rules.entry_missing, subject) is None


def test_a_ledger_of_any_programme_covers_resettlement() -> None:
    """Where a ledger without a programme was given, it could hold a row of any."""
    subject = casefile(renovated(programme="水库移民"), ledgers={""})
    assert ask(rules.not_checkable, subject) is None
    assert ask(rules.entry_missing, subject) is not None


@pytest.mark.parametrize("fields", [{}, {"policy_year": "2015"}, {"policy_year": None}, {"programme": None}])
def test_no_excuse_within_the_years_or_without_programme_and_year(fields: dict[str, Any]) -> None:
    """Without any ledger a renovation of 2017 stays unproven, and is not excused."""
    assert ask(rules.not_checkable, casefile(renovated(**fields))) is None


def test_a_row_that_is_there_can_be_checked() -> None:
    """A ledger that goes on after 2018 and holds the household is evidence."""
    assert ask(rules.not_checkable, casefile(renovated(policy_year="2019"), ledger=[{"year": 2019}])) is None


# ------------------------------------------------------------------------------------------------ differences


def test_a_row_that_agrees_is_the_proof() -> None:
    """Same year and same programme."""
    subject = casefile(renovated(), ledger=[{}])
    cells = row_at(subject, "head_name", "id_number", "programme", "year")
    assert ask(rules.year_differs, subject) == Proof(cells)
    assert ask(rules.programme_differs, subject) is None


def test_another_year() -> None:
    """Both years are said, the record's cell first."""
    subject = casefile(renovated(), ledger=[{"year": 2016}])
    values = {"year": subject.record.policy_year, "ledger_year": subject.ledger[0].record.year}
    cells = subject.record.at("policy_year") + row_at(subject, "year")
    assert ask(rules.year_differs, subject) == Breach(cells, values)


@pytest.mark.parametrize("year", ["2015", "2021"])
def test_a_year_that_cannot_be_is_one_finding(year: str) -> None:
    """A year before the policy's or after the visit is said to be that, and not to differ from the ledger as well."""
    subject = casefile(renovated(policy_year=year), ledger=[{"year": "2017"}])
    assert ask(rules.year_differs, subject) is None


def test_the_year_of_completion_stands_in_for_a_missing_year() -> None:
    """A ledger without a year has its day of completion."""
    row = entry(lacking=["year"], completed_on="2018-09-30")
    subject = casefile(renovated(), ledger=[row])
    cells = subject.record.at("policy_year") + row.at("completed_on")
    assert ask(rules.year_differs, subject).cells == cells
    agreeing = casefile(renovated(policy_year="2018"), ledger=[row])
    assert ask(rules.year_differs, agreeing) == Proof(row.at("head_name", "id_number", "programme", "completed_on"))


def test_a_row_that_does_not_say_contradicts_nothing() -> None:
    """Neither year nor programme: the row itself is the evidence."""
    subject = casefile(renovated(), ledger=[{"year": None, "programme": None}])
    assert isinstance(ask(rules.year_differs, subject), Proof)
    assert ask(rules.programme_differs, subject) is None


def test_another_programme() -> None:
    """Both programmes are said, and the row proves nothing."""
    subject = casefile(renovated(), ledger=[{"programme": "易地扶贫搬迁"}])
    values = {"programme": "农村危房改造", "ledger_programme": "易地扶贫搬迁"}
    cells = subject.record.at("programme") + row_at(subject, "programme")
    assert ask(rules.programme_differs, subject) == Breach(cells, values)
    assert ask(rules.year_differs, subject) is None


def test_the_mode_of_works_tells_the_programme() -> None:
    """原址翻建 is a mode of renovation, so a relocation contradicts it."""
    row = entry(programme=None, mode="原址翻建")
    subject = casefile(renovated(programme="易地扶贫搬迁"), ledger=[row])
    values = {"programme": "易地扶贫搬迁", "ledger_programme": "农村危房改造"}
    cells = subject.record.at("programme") + row.at("mode")
    assert ask(rules.programme_differs, subject) == Breach(cells, values)


def test_of_several_rows_one_that_agrees_suffices() -> None:
    """A relocation of 2018 beside the renovation of 2017 takes nothing from it."""
    subject = casefile(renovated(), ledger=[{"programme": "易地扶贫搬迁", "year": 2018}, {}])
    cells = row_at(subject, "head_name", "id_number", "programme", "year", index=1)
    assert ask(rules.year_differs, subject) == Proof(cells)
    assert ask(rules.programme_differs, subject) is None


def test_rows_that_agree_only_by_halves() -> None:
    """The year is compared with the row of the same programme, not with another's."""
    subject = casefile(renovated(), ledger=[{"programme": "易地扶贫搬迁", "year": 2017}, {"year": 2016}])
    cells = subject.record.at("policy_year") + row_at(subject, "year", index=1)
    assert ask(rules.year_differs, subject).cells == cells
    assert ask(rules.programme_differs, subject) is None


@pytest.mark.parametrize("fields", [{"policy_year": None}, {"programme": "其他"}])
def test_what_the_record_lacks_differs_from_nothing(fields: dict[str, Any]) -> None:
    """Another finding says that it is missing, and without it nothing is proved."""
    subject = casefile(renovated(**fields), ledger=[{}])
    assert ask(rules.year_differs, subject) is None
    assert ask(rules.programme_differs, subject) is None


# ------------------------------------------------------------------------------------------------ types


def test_in_the_ledger_yet_appraised_safe() -> None:
    """A row of the ledger's years contradicts the type."""
    subject = casefile(ledger=[{"year": 2015}, {"year": 2018}])
    values = {
        "guarantee_type": "鉴定安全",
        "ledger_year": subject.ledger[1].record.year,
        "ledger_programme": "农村危房改造",
    }
    cells = subject.record.at("guarantee_type") + row_at(subject, "year", index=1)
    assert ask(rules.type_disagrees, subject) == Breach(cells, values)


def test_in_the_ledger_yet_accommodated_is_advice() -> None:
    """A family may have moved on from a renovated house; a person should look."""
    answer = ask(rules.type_disagrees, casefile(accommodated(), ledger=[{}]))
    assert (answer.severity, answer.effect, answer.sets_effect) == (WARNING, None, True)


def test_types_that_the_ledger_does_not_contradict() -> None:
    """Renovated safe agrees, an earlier year belongs to appraised safe, and no year says nothing."""
    assert ask(rules.type_disagrees, casefile(renovated(), ledger=[{}])) is None
    assert ask(rules.type_disagrees, casefile({"guarantee_type": None}, ledger=[{}])) is None
    for year in (2015, None):
        assert ask(rules.type_disagrees, casefile(ledger=[{"year": year}])) is None


# ------------------------------------------------------------------------------------------------ matches


def test_each_candidate_is_said_with_its_reasons() -> None:
    """One breach a row, told apart by the ledger's own number."""
    subject = casefile(renovated(), candidates=[{"id_number": None}, {"id_number": None, "file_no": "2017-0040"}])
    first, second = ask(rules.match_uncertain, subject)
    row = subject.candidates[0].record
    values = {"file_no": "2017-0031", "ledger_year": row.year, "reason": ("name", "village")}
    assert first == Breach(row.at("head_name", "id_number"), values, slot="ledger.xls/2017-0031")
    assert second.slot == "ledger.xls/2017-0040"


def test_a_certain_row_settles_the_candidates() -> None:
    """Nothing is left to confirm, nor where the ledger need not hold the household."""
    assert ask(rules.match_uncertain, casefile(renovated(), ledger=[{}], candidates=[{}])) == []
    assert ask(rules.match_uncertain, casefile(renovated(policy_year="2019"), candidates=[{}])) == []
    assert ask(rules.match_uncertain, casefile(accommodated(), candidates=[{}])) == []


def test_a_damaged_number_that_agrees_is_put_to_a_person_whatever_the_type() -> None:
    """Appraised safe may be contradicted by a row whose number lost its tail; a mere name is not enough."""
    row = entry(id_number=632525196501010000)
    visible = match(row, certain=False, reasons=("visible-digits", "name", "village"))
    [breach] = ask(rules.match_uncertain, casefile(candidates=[visible]))
    assert breach.cells == row.at("head_name", "id_number")
    assert ask(rules.match_uncertain, casefile(candidates=[row])) == []
    early = match(entry(year=2015), certain=False, reasons=visible.reasons)
    assert ask(rules.match_uncertain, casefile(candidates=[early])) == []


def test_the_reasons_are_the_households_own() -> None:
    """Of a row that may be two households', each is told what speaks for it."""
    other = Evidence("19999999999", ("no-number", "name", "village", "head"), 9.0)
    own = Evidence(HOUSEHOLD_ID, ("no-number", "name-rendering", "village", "member"), 3.0)
    row = Match(entry(id_number=None), (other.household_id, HOUSEHOLD_ID), reasons=other.reasons, evidence=(other, own))
    [breach] = ask(rules.match_uncertain, casefile(renovated(), candidates=[row]))
    assert breach.values["reason"] == ("name-rendering", "village", "member")


@pytest.mark.parametrize("reason", ["number", "member-number", "number-slip", "visible-digits"])
def test_whatever_of_a_number_agrees_contradicts_appraised_safe(reason: str) -> None:
    """A slip of the hand counts as what a spreadsheet left does."""
    row = match(entry(), certain=False, reasons=(reason, "village", "head"))
    assert len(ask(rules.match_uncertain, casefile(candidates=[row]))) == 1


# ------------------------------------------------------------------------------------------------ several


def test_households_that_rest_on_one_row() -> None:
    """The key is the row; the group is one breach for each of its households."""
    subject = casefile(renovated(), ledger=[{}])
    key = ("ledger.xls", "台账", 3)
    cells = row_at(subject, "head_name", "id_number")
    assert list(rules.rows_rested_on(subject)) == [(key, cells)]
    assert list(rules.rows_rested_on(casefile(renovated(), ledger=[{}, {}]))) == [(key, cells)]
    group = Group(key, (Member(subject, cells), Member(subject, cells)))
    assert ask(rules.entry_used_twice, group) == Breach(cells, hidden=",".join(str(cell.value) for cell in cells))


def test_only_renovated_households_rest_on_the_ledger() -> None:
    """One without a record, or of another type, rests on none of its rows."""
    assert list(rules.rows_rested_on(casefile(records=(), ledger=[{}]))) == []
    assert list(rules.rows_rested_on(casefile(ledger=[{}]))) == []


def test_subsidised_by_both_programmes() -> None:
    """The renovation and the relocation ledger both hold the household."""
    move = entry(source="moved.xls", programme="易地扶贫搬迁", year=2018)
    subject = casefile(renovated(), ledger=[move, {}])
    both = [match.record for match in reversed(subject.ledger)]
    values = {"programme": ("农村危房改造", "易地扶贫搬迁"), "year": tuple(row.year for row in both)}
    cells = tuple(cell for row in both for cell in row.at("programme"))
    assert ask(rules.subsidised_twice, subject) == Breach(cells, values)


def test_two_rows_of_one_programme_are_not_two_subsidies() -> None:
    """Nor is a programme that has no ledger of the plan."""
    assert ask(rules.subsidised_twice, casefile(ledger=[{}, {"year": 2018}])) is None
    assert ask(rules.subsidised_twice, casefile(ledger=[{}, {"programme": "生态移民"}])) is None
