"""Rules that a county writes in its campaign file alone."""

import pickle
from typing import Any

import attrs
import pytest

from housing_guarantee.conditions import ConditionError
from housing_guarantee.fields import case_fields
from housing_guarantee.local import LocalRule
from housing_guarantee.models import RosterRow
from housing_guarantee.rule import ERROR, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Unanswered, Words
from housing_guarantee.testing import casefile, household

MARKS: dict[str, Any] = {
    "clause": "local",
    "severity": WARNING,
    "message": Words("小", "small"),
    "fix": Fix("量", "measure"),
}
SMALL = "household_size > 0 and dwelling_area / household_size < 9"


def local(when: str | None = SMALL, proof: str | None = None, **marks: Any) -> LocalRule:
    """Make a local rule."""
    return LocalRule("area-too-small", when, proof, **{**MARKS, **marks})


def test_a_condition_that_holds_accuses_with_the_cells_it_read() -> None:
    """The finding shows every value that decided, and points at the cell of each."""
    subject = casefile({"household_size": 4}, {"dwelling_area": 30})
    cells = subject.record.at("household_size") + subject.household.rows[0].at("dwelling_area")
    assert local()(subject) == Breach(cells, {"household_size": 4, "dwelling_area": 30.0})


def test_a_condition_that_fails_says_nothing() -> None:
    """Thirty-six square metres for four are enough."""
    assert local()(casefile({"household_size": 4}, {"dwelling_area": 36})) is None


def test_a_blank_that_leaves_the_condition_open_is_unanswered() -> None:
    """The blank cell is pointed at; it is neither a breach nor fine."""
    subject = casefile({"household_size": 4}, {"dwelling_area": None})
    assert local()(subject) == Unanswered(subject.household.rows[0].at("dwelling_area"))


def test_a_proof_shows_the_requirement_by_its_cells() -> None:
    """A rule may say when a requirement is met; a condition that fails beside it still accuses."""
    both = local('grade in ["C", "D"]', 'grade in ["A", "B"]', requirement="grade")
    fine, unsafe = casefile({"grade": "A级"}), casefile({"grade": "D级"})
    assert both(fine) == Proof(fine.record.at("grade"))
    assert both(unsafe) == Breach(unsafe.record.at("grade"), {"grade": "D"})


def test_a_bare_name_is_the_records_and_else_the_rosters() -> None:
    """What the record leaves blank the roster may say; a name with a dot asks one of them."""
    subject = casefile({"grade": None}, {"grade": "C级"})
    assert case_fields()["grade"].read(subject) == ("C", subject.household.rows[0].at("grade"))
    assert case_fields()["verification.grade"].read(subject) == (None, subject.record.at("grade"))


def test_the_size_of_a_roster_by_person_is_the_number_listed() -> None:
    """A roster of a row a person has no column for it."""
    people = household({"member_name": "卓玛"}, {"member_name": "扎西"}, lacking=["household_size"])
    assert case_fields()["roster.household_size"].read(casefile({}, people))[0] == 3


def test_a_personal_value_never_becomes_a_value_of_the_finding() -> None:
    """That a number is missing may be asked; the number itself is not handed on."""
    answer = local("missing(grade) and not missing(id_number)")(casefile({"grade": None}))
    assert isinstance(answer, Breach)
    assert answer.values == {"grade": None}


def test_every_field_of_the_roster_may_be_asked() -> None:
    """But for what is no single value: where it stands."""
    asked = {name.removeprefix("roster.") for name in case_fields() if name.startswith("roster.")}
    own = {attribute.name for attribute in attrs.fields(RosterRow)} - {"origin", "place"}
    assert asked == own | {"township", "village", "area_code"}


def test_a_local_rule_is_built_like_any_other_and_pickled_by_its_texts() -> None:
    """Its code, question and marks are those it was given, and another process has the same rule."""
    made = local(severity=ERROR, effect=UNPROVEN)
    (built,) = Topic("local", (made,)).build()
    assert (built.code, built.question) == ("local.area-too-small", f"`{SMALL}`.")
    assert (built.severity, built.effect, built.recorded) == (ERROR, UNPROVEN, True)
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    assert repr(again) == repr(made)
    subject = casefile({"household_size": 4}, {"dwelling_area": 30})
    assert again(subject) == made(subject)


def test_what_only_the_roster_says_is_asked_of_households_without_a_record() -> None:
    """A question about the roster does not wait for a verification."""
    (built,) = Topic("local", (local("roster.dangerous"),)).build()
    assert built.recorded is False


def test_an_unknown_field_names_the_nearest() -> None:
    """The fault says which field was probably meant."""
    with pytest.raises(ConditionError, match=r"there is no field 'dweling_area'; did you mean 'dwelling_area'\?"):
        local("dweling_area < 9")
