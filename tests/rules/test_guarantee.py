"""What is asked of a claim of whatever type."""

from housing_guarantee.rule import Breach, Proof
from housing_guarantee.rules import guarantee
from housing_guarantee.testing import ask, casefile


def test_a_record_without_a_type_is_said_at_its_cell() -> None:
    """A blank type, or one of blanks, is missing; so is a type for which there is no column."""
    subject = casefile({"guarantee_type": "  "})
    assert ask(guarantee.type_missing, subject) == Breach(subject.record.at("guarantee_type"))
    assert ask(guarantee.type_ambiguous, subject) is None
    lacking = casefile({"lacking": ["guarantee_type"]})
    assert ask(guarantee.type_missing, lacking) == Breach(lacking.record.at("guarantee_type"))


def test_a_clear_type_is_part_of_the_proof() -> None:
    """The cell of a clear type proves the type, and no other rule of the topic objects."""
    subject = casefile()
    assert ask(guarantee.type_missing, subject) == Proof(subject.record.at("guarantee_type"))
    others = (guarantee.type_ambiguous, guarantee.type_changed, guarantee.not_current_dwelling, guarantee.not_visited)
    assert [ask(function, subject) for function in others] == [None] * 4


def test_a_word_of_several_types_is_ambiguous_and_not_missing() -> None:
    """A word that means several types is quoted as it was typed."""
    subject = casefile({"guarantee_type": "鉴定安全或改造安全"})
    breach = Breach(subject.record.at("guarantee_type"), {"typed": "鉴定安全或改造安全"})
    assert ask(guarantee.type_ambiguous, subject) == breach
    assert ask(guarantee.type_missing, subject) is None


def test_a_word_of_no_type_is_ambiguous() -> None:
    """A word that means no type is ambiguous too."""
    subject = casefile({"guarantee_type": "不清楚"})
    assert ask(guarantee.type_ambiguous, subject) == Breach(subject.record.at("guarantee_type"), {"typed": "不清楚"})


def test_a_changed_type_is_mentioned() -> None:
    """A record that says the type has changed is pointed out."""
    subject = casefile({"type_changed": "是"})
    breach = Breach(subject.record.at("type_changed"), {"reason": "said-changed"})
    assert ask(guarantee.type_changed, subject) == breach


def test_a_change_that_the_record_denies() -> None:
    """The retrieval system has another type, and the record says no change; a blank answer denies nothing."""
    subject = casefile({"type_changed": "否"}, provincial=[{"guarantee_type": "改造安全"}])
    cells = subject.record.at("type_changed", "guarantee_type") + subject.provincial[0].record.at("guarantee_type")
    values = {"reason": "change-denied", "earlier_type": "改造安全"}
    assert ask(guarantee.type_changed, subject) == Breach(cells, values)
    assert ask(guarantee.type_changed, casefile(provincial=[{}])) is None
    assert ask(guarantee.type_changed, casefile(provincial=[{"guarantee_type": None}])) is None
    for record in ({"type_changed": None}, {"guarantee_type": "不清楚"}):
        assert ask(guarantee.type_changed, casefile(record, provincial=[{"guarantee_type": "改造安全"}])) is None


def test_a_house_that_is_not_lived_in_is_contradicted() -> None:
    """Only a plain no contradicts; a blank says nothing."""
    subject = casefile({"is_current_dwelling": "否"})
    assert ask(guarantee.not_current_dwelling, subject) == Breach(subject.record.at("is_current_dwelling"))
    assert ask(guarantee.not_current_dwelling, casefile({"is_current_dwelling": None})) is None


def test_a_house_that_nobody_entered_is_unproven() -> None:
    """Only a plain no counts; a blank says nothing."""
    subject = casefile({"visited": "电话核验"})
    assert ask(guarantee.not_visited, subject) == Breach(subject.record.at("visited"))
    assert ask(guarantee.not_visited, casefile({"visited": None})) is None
