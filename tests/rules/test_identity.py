"""Whether the record names the household of the roster."""

from datetime import datetime
from typing import Any

import pytest

from housing_guarantee.campaign import LOCAL
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.linkage.match import LinkOptions
from housing_guarantee.models import Household
from housing_guarantee.rule import CONTRADICTED, ERROR, Breach, Group, Member, Proof
from housing_guarantee.rules import identity
from housing_guarantee.testing import ask, campaign, casefile, household, id_number

HEAD, WIFE, STRANGER = id_number(1), id_number(2), id_number(99)
CORE = HEAD[:17]
FAMILY = household({"member_name": "卓玛", "member_id_number": WIFE, "relation": "配偶"})
RULES = (identity.number_differs, identity.name_differs, identity.head_changed)


def of(family: Household = FAMILY, **fields: Any) -> CaseFile:
    """Make the case file of a family with these cells in its record."""
    return casefile(fields, family)


def answers(subject: CaseFile) -> list[type]:
    """Say what the rules about one household answer: nothing, a breach or a proof."""
    return [type(ask(function, subject)) for function in RULES]


# ------------------------------------------------------------------------------------------------ number-invalid


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("63252519650101", "length"),
        ("63252519650101A234", "characters"),
        (HEAD[:17] + ("1" if HEAD[17] != "1" else "2"), "check"),
        ("632525650230001", "date"),
        (id_number(0), "order"),
        (id_number(1, "20200614"), "not-yet-born"),
    ],
)
def test_a_wrong_number_is_said_with_its_reason(typed: str, reason: str) -> None:
    """What is wrong with the record's number is named."""
    subject = of(id_number=typed)
    breach = Breach(subject.record.at("id_number"), {"number": typed, "reason": reason}, slot="record")
    assert ask(identity.number_invalid, subject) == [breach]


@pytest.mark.parametrize(
    "typed", [HEAD, "632525650101001", HEAD + "11", "6325**********0012", id_number(1, "20200613")]
)
def test_every_kind_of_number_is_known(typed: str) -> None:
    """Numbers of 18, 15 and 20 digits, masked ones, and that of a child born today are none of them wrong."""
    assert ask(identity.number_invalid, of(id_number=typed)) == []


def test_every_person_of_the_roster_is_looked_at() -> None:
    """A member's wrong number is said at the roster's cell, told apart by the name, record or not."""
    family = household({"member_name": "卓玛", "member_id_number": "123", "relation": "配偶"})
    breach = Breach(
        family.rows[1].at("member_id_number"), {"number": "123", "reason": "length"}, slot="roster", hidden="卓玛"
    )
    assert ask(identity.number_invalid, casefile({}, family)) == [breach]
    assert ask(identity.number_invalid, casefile(None, family, records=())) == [breach]


def test_who_is_born_after_the_run_depends_on_the_run() -> None:
    """The same number is right a day later."""
    later = campaign(as_of=datetime(2020, 6, 14, tzinfo=LOCAL))
    assert ask(identity.number_invalid, of(id_number=id_number(1, "20200614")), campaign=later) == []


# ------------------------------------------------------------------------------------------------ number and name


@pytest.mark.parametrize("typed", [HEAD, "632525650101001", HEAD + "11"])
def test_the_heads_number_in_any_form_is_the_proof(typed: str) -> None:
    """Both cells are the proof, and nothing else is said."""
    subject = of(id_number=typed)
    proof = Proof(subject.record.at("id_number") + FAMILY.head.at_number())
    assert ask(identity.number_differs, subject) == proof
    assert answers(subject) == [Proof, type(None), type(None)]


def test_a_strangers_number_contradicts() -> None:
    """Both numbers are given; the name, being right, is not accused."""
    subject = of(id_number=STRANGER)
    cells = subject.record.at("id_number") + FAMILY.head.at_number()
    assert ask(identity.number_differs, subject) == Breach(cells, {"number": STRANGER, "roster_number": HEAD})
    assert answers(subject) == [Breach, type(None), type(None)]


def test_a_strangers_name_is_a_warning_beside_the_right_number() -> None:
    """The number proves who it is."""
    subject = of(head_name="李秀英")
    cells = subject.record.at("head_name") + FAMILY.head.row.at("member_name")
    assert ask(identity.name_differs, subject) == Breach(cells, {"name_found": "李秀英", "roster_name": "才让多杰"})
    assert answers(subject) == [Proof, Breach, type(None)]


def test_a_strangers_name_and_number_contradict() -> None:
    """With the number of a stranger too, the name is an error."""
    breach = ask(identity.name_differs, of(head_name="李秀英", id_number=STRANGER))
    assert (breach.severity, breach.effect) == (ERROR, CONTRADICTED)


@pytest.mark.parametrize("name", ["才让·多杰", "才让 多杰", None])
def test_another_rendering_of_the_name_is_the_name(name: str | None) -> None:
    """Neither dots nor blanks nor a missing name are accused."""
    assert ask(identity.name_differs, of(head_name=name)) is None


def test_a_rendering_of_the_campaigns_own_is_the_name() -> None:
    """A name that the package would take for a stranger's is the head's by the campaign's word."""
    knowing = campaign(linkage=LinkOptions(renderings=(("格列", "才让"), ("顿珠", "多杰"))))
    subject = of(head_name="格列顿珠", id_number=None)
    assert ask(identity.name_differs, subject) is not None
    assert ask(identity.name_differs, subject, campaign=knowing) is None
    assert type(ask(identity.number_differs, subject, campaign=knowing)) is Proof


@pytest.mark.parametrize("number", [None, "6325**********" + HEAD[14:]])
def test_without_a_whole_number_name_and_household_number_prove(number: str | None) -> None:
    """A masked number must agree, and a missing one cannot disagree."""
    subject = of(id_number=number)
    cells = subject.record.at("household_id", "head_name") + FAMILY.head.row.at("member_name")
    assert ask(identity.number_differs, subject) == Proof(cells)


def test_a_name_alone_proves_nothing() -> None:
    """Without the household's number, or with another's name, nothing is proved and the name is said."""
    assert ask(identity.number_differs, of(id_number=None, household_id=None)) is None
    assert answers(of(id_number=None, head_name="李秀英")) == [type(None), Breach, type(None)]
    assert ask(identity.number_differs, of(id_number=None, head_name=None)) is None


def test_a_roster_without_numbers_is_compared_by_name() -> None:
    """There is nothing that the record's number could differ from."""
    family = household(head_name="才让多杰", lacking=["member_id_number"])
    assert type(ask(identity.number_differs, of(family))) is Proof


def test_a_record_that_asks_for_neither_rests_on_the_household_number() -> None:
    """What has no column was not asked."""
    subject = of(lacking=["head_name", "id_number"])
    cells = subject.record.at("household_id") + FAMILY.head.row.at("household_id")
    assert ask(identity.number_differs, subject) == Proof(cells)


@pytest.mark.parametrize("typed", ["123", 632525199901010012])
def test_a_number_that_cannot_be_read_is_not_also_different(typed: Any) -> None:
    """An invalid or damaged number has a finding of its own, and proves nothing."""
    assert ask(identity.number_differs, of(id_number=typed)) is None


def test_a_masked_number_that_disagrees_is_different() -> None:
    """What can be seen is enough to contradict."""
    assert type(ask(identity.number_differs, of(id_number="1101**********" + HEAD[14:]))) is Breach


# ------------------------------------------------------------------------------------------------ head-changed


def test_another_member_as_head_is_a_notice_and_a_proof() -> None:
    """The member's number proves the household, and neither name nor number is accused."""
    subject = of(head_name="卓玛", id_number=WIFE)
    cells = subject.record.at("id_number") + FAMILY.members[1].at_number()
    assert ask(identity.head_changed, subject) == Breach(cells, {"name_found": "卓玛", "roster_name": "才让多杰"})
    assert ask(identity.number_differs, subject) == Proof(cells)
    assert ask(identity.name_differs, subject) is None


def test_another_member_is_known_by_name_where_there_is_no_number() -> None:
    """The name's cells are shown."""
    subject = of(head_name="卓玛", id_number=None)
    cells = subject.record.at("head_name") + FAMILY.rows[1].at("member_name")
    assert ask(identity.head_changed, subject) == Breach(cells, {"name_found": "卓玛", "roster_name": "才让多杰"})


def test_a_members_name_with_the_heads_number_is_only_the_wrong_name() -> None:
    """The number says that it is the head."""
    assert answers(of(head_name="卓玛")) == [Proof, Breach, type(None)]


def test_a_members_name_with_a_strangers_number_contradicts() -> None:
    """A name does not excuse the number of somebody else."""
    assert answers(of(head_name="卓玛", id_number=STRANGER)) == [Breach, Breach, type(None)]


def test_a_roster_that_names_no_head_sees_none_changed() -> None:
    """Whoever of the household the record names is then right."""
    wife = {"member_name": "卓玛", "member_id_number": WIFE, "relation": None}
    family = household(wife, relation=None)
    assert answers(of(family, head_name="卓玛", id_number=WIFE)) == [Proof, type(None), type(None)]


# ------------------------------------------------------------------------------------------------ number-shared


def numbers(subject: CaseFile) -> list[Any]:
    """Give the keys of the rule about shared numbers."""
    return list(identity.number_shared.__rule__["key"](subject))  # type: ignore[attr-defined]


def test_each_number_of_a_household_is_a_key_once() -> None:
    """Two persons of one household who share a number make no second key; what cannot be read makes none."""
    twin = {"member_name": "扎西", "member_id_number": "632525650101001", "relation": "之子"}
    unread = {"member_name": "央金", "member_id_number": "123", "relation": "之女"}
    subject = of(household(twin, unread))
    assert numbers(subject) == [(CORE, subject.household.head.at_number())]


def test_a_number_in_two_households_is_said_of_both() -> None:
    """One breach without a household stands for every member of the group."""
    members = [Member(of(household(household_id=f"{at:011}")), ()) for at in (1, 2)]
    assert ask(identity.number_shared, Group(CORE, tuple(members))) == Breach(())
