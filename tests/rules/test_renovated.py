"""What is asked of a household recorded as renovated safe."""

from typing import Any

import pytest

from housing_guarantee.rule import Breach, Proof
from housing_guarantee.rules import renovated as rules
from housing_guarantee.testing import ask, campaign, casefile, entry, renovated, verification


def test_no_programme_at_all() -> None:
    """Neither the programme nor the detail says anything."""
    subject = casefile(renovated(programme=None, guarantee_detail=""))
    assert ask(rules.programme_missing, subject) == Breach(subject.record.at("programme"))
    assert ask(rules.programme_unknown, subject) is None


def test_an_export_without_a_programme_column_is_asked_by_its_detail() -> None:
    """The cell to fill is the one that the export has."""
    record = verification(**renovated(), lacking=("programme",))
    assert ask(rules.programme_missing, casefile(record)) == Breach(record.at("guarantee_detail"))


def test_a_programme_that_is_none_of_the_five() -> None:
    """What was typed is said, at every cell that says something."""
    subject = casefile(renovated(programme="棚户区改造", guarantee_detail="货币安置"))
    cells = subject.record.at("programme", "guarantee_detail")
    assert ask(rules.programme_unknown, subject) == Breach(cells, {"typed": "棚户区改造"})
    assert ask(rules.programme_missing, subject) is None


@pytest.mark.parametrize("fields", [{"programme": "生态移民"}, {"programme": None, "guarantee_detail": "D级新建"}])
def test_a_programme_of_the_five_is_known(fields: dict[str, Any]) -> None:
    """The programme may stand in its own column or in the detail."""
    subject = casefile(renovated(**fields))
    assert ask(rules.programme_missing, subject) is None
    assert ask(rules.programme_unknown, subject) is None


def test_no_year() -> None:
    """A blank year is said at its cell, and the years are asked nothing."""
    subject = casefile(renovated(policy_year=None))
    assert ask(rules.year_missing, subject) == Breach(subject.record.at("policy_year"))
    assert ask(rules.before_policy_year, subject) is None
    assert ask(rules.year_missing, casefile(renovated())) is None


def test_a_year_before_the_policy() -> None:
    """December 2015 belongs to appraised safe."""
    subject = casefile(renovated(policy_year="2015年12月"))
    values = {"year": subject.record.policy_year, "expected": 2016}
    assert ask(rules.before_policy_year, subject) == Breach(subject.record.at("policy_year"), values)


def test_programme_and_year_together_are_the_proof() -> None:
    """One of the five programmes in the policy year or later; a year alone proves nothing."""
    subject = casefile(renovated(policy_year="2016"))
    assert ask(rules.before_policy_year, subject) == Proof(subject.record.at("programme", "policy_year"))
    assert ask(rules.before_policy_year, casefile(renovated(programme=None))) is None


def test_renovated_after_it_was_verified() -> None:
    """A month that begins after the visit is later; the month of the visit is not."""
    subject = casefile(renovated(policy_year="2020年7月"))
    record = subject.record
    cells = record.at("policy_year", "verified_on")
    values = {"date": record.policy_year, "other_date": record.verified_on}
    assert ask(rules.after_verification, subject) == Breach(cells, values)
    assert ask(rules.after_verification, casefile(renovated(policy_year="2020年6月"))) is None


def test_completed_after_it_was_verified() -> None:
    """The ledger's day of completion counts too."""
    subject = casefile(renovated(), ledger=[{"completed_on": "2020-06-12"}])
    row = subject.ledger[0].record
    cells = row.at("completed_on") + subject.record.at("verified_on")
    values = {"date": row.completed_on, "other_date": subject.record.verified_on}
    assert ask(rules.after_verification, subject) == Breach(cells, values)


def test_renovated_in_the_future() -> None:
    """Without a day of verification the moment of the run is the limit."""
    subject = casefile(renovated(policy_year="2021", verified_on=None))
    values = {"date": subject.record.policy_year, "other_date": "2020-06-13"}
    assert ask(rules.after_verification, subject) == Breach(subject.record.at("policy_year"), values)
    assert ask(rules.after_verification, casefile(renovated(policy_year="2020", verified_on=None))) is None


@pytest.mark.parametrize("typed", ["在建", "主体封顶", "0", "已建成但尚未入住"])
def test_works_that_are_not_completed(typed: str) -> None:
    """The ledger's progress says so, as a stage, a code of one, or within a sentence."""
    subject = casefile(renovated(), ledger=[{"progress": typed}])
    cells = subject.ledger[0].record.at("progress")
    assert ask(rules.not_completed, subject) == Breach(cells, {"progress": typed})


@pytest.mark.parametrize("typed", ["3", "竣工已验收", "已入住"])
def test_works_that_are_completed(typed: str) -> None:
    """Any other progress is done, even beside blank dates."""
    assert ask(rules.not_completed, casefile(renovated(), ledger=[{"progress": typed, "accepted_on": None}])) is None


def test_columns_for_dates_that_are_all_blank() -> None:
    """A ledger that asks for the dates and has none shows no completion; one that does not ask says nothing."""
    subject = casefile(renovated(), ledger=[{"completed_on": None, "moved_in_on": None}])
    cells = subject.ledger[0].record.at("completed_on", "moved_in_on")
    assert ask(rules.not_completed, subject) == Breach(cells, {"progress": None})
    one = casefile(renovated(), ledger=[{"completed_on": None, "moved_in_on": "2018-10"}])
    assert ask(rules.not_completed, one) is None
    assert ask(rules.not_completed, casefile(renovated(), ledger=[{}])) is None


def test_one_finished_row_of_several_suffices() -> None:
    """A household with a finished house has one, whatever another row says."""
    subject = casefile(renovated(), ledger=[{"progress": "在建"}, {"progress": "已竣工"}])
    assert ask(rules.not_completed, subject) is None
    assert ask(rules.not_completed, casefile(renovated())) is None


@pytest.mark.parametrize(("typed", "unfinished"), [("1", False), ("0", True), ("否", True), ("是", False)])
def test_under_a_question_a_figure_is_an_answer(typed: str, *, unfinished: bool) -> None:
    """Under 是否竣工 a 1 means yes, though under 工程进度 it means begun."""
    row = entry(progress=typed, headers={"progress": "是否竣工"})
    assert bool(ask(rules.not_completed, casefile(renovated(), ledger=[row]))) is unfinished


def test_another_policy_year_moves_the_limit() -> None:
    """The policy year is the campaign's, not the rule's."""
    subject = casefile(renovated(policy_year="2016"))
    assert ask(rules.before_policy_year, subject, campaign=campaign(policy_year=2017)).values["expected"] == 2017
