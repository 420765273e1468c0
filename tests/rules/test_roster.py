"""Whether roster and verification records cover the same households and persons."""

from typing import Any

import pytest

from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.linkage.match import LinkOptions, Match
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import BadRow, Cell, Place
from housing_guarantee.roster import households_of
from housing_guarantee.rule import WARNING, Breach
from housing_guarantee.rules import roster
from housing_guarantee.testing import HOUSEHOLD_ID, ask, campaign, casefile, household, id_number, verification


def survey(*casefiles: CaseFile, **parts: Any) -> Survey:
    """Make a survey of these case files."""
    return Survey(casefiles, casefile().given, **parts)


def test_a_household_without_a_record_is_not_verified() -> None:
    """It is said at the household's number on the roster."""
    subject = casefile(records=())
    assert ask(roster.household_not_verified, subject) == Breach(subject.household.rows[0].at("household_id"))
    assert ask(roster.household_not_verified, casefile()) is None


def test_a_household_whose_record_is_unreadable_is_not_accused_twice() -> None:
    """A record that could not be read explains why there is none; another unreadable row does not."""
    own = verification()
    unread = BadRow(own.origin, "is_safe", {"zh": "应为 是 或 否"}, HOUSEHOLD_ID, own.place)
    assert ask(roster.household_not_verified, casefile(records=(), bad_rows=[unread])) is None
    row = household().rows[0]
    other = BadRow(row.origin, "household_size", {"zh": "应为整数"}, HOUSEHOLD_ID, row.place)
    assert ask(roster.household_not_verified, casefile(records=(), bad_rows=[other])) is not None


def test_a_record_of_nobody_is_named_by_its_household_number() -> None:
    """The finding bears the number and the place that the record has."""
    stray = verification(household_id="10000000009")
    values = {"others": "nobody"}
    breach = Breach(stray.at("household_id"), values, household_id="10000000009", place=stray.place)
    assert ask(roster.household_not_on_roster, survey(strays=(Match(stray),))) == [breach]


def test_a_record_of_nobody_names_the_households_that_it_may_be_of() -> None:
    """The likeliest first, as the linkage has them."""
    may_be = Match(verification(household_id=None, id_number=None), ("10000000002", "10000000007"))
    (breach,) = ask(roster.household_not_on_roster, survey(strays=(may_be,)))
    assert breach.values == {"others": ("10000000002", "10000000007")}


def test_a_record_of_nobody_without_a_number_is_told_apart_in_secret() -> None:
    """What tells it apart is personal: the identity number, else the name, else the row."""
    numbered = verification(household_id=None)
    named = verification(household_id=None, id_number=None)
    bare = verification(household_id=None, id_number=None, head_name=None)
    strays = tuple(map(Match, (numbered, named, bare)))
    first, second, third = ask(roster.household_not_on_roster, survey(strays=strays))
    assert (first.cells, first.hidden, first.household_id) == (numbered.at("id_number"), id_number(), None)
    assert (second.cells, second.hidden) == (named.at("head_name"), "才让多杰")
    assert "茫曲镇" in third.hidden


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"guarantee_type": "保障安全"}, "guarantee_type"),
        ({"grade": "B级"}, "grade"),
        ({"is_safe": "否"}, "is_safe"),
        ({"id_number": id_number(3)}, "id_number"),
        ({"head_name": "李秀英"}, "head_name"),
    ],
)
def test_two_records_that_disagree_contradict(change: dict[str, str], field: str) -> None:
    """The first field in which they differ is shown in the last record and in the other one."""
    last, other = verification(row=4), verification(row=3, **change)
    breach = ask(roster.verified_twice, casefile(records=(other, last)))
    assert breach == Breach(last.at(field) + other.at(field), {"count": 2, "reason": "records-disagree"})


def test_two_records_that_agree_are_only_mentioned() -> None:
    """A year and a day of that year agree, and a blank disagrees with nothing."""
    last, other = verification(row=4, policy_year="2015"), verification(row=3, policy_year="2015-08-01", grade=None)
    breach = ask(roster.verified_twice, casefile(records=(other, last)))
    cells, values = last.at("household_id") + other.at("household_id"), {"count": 2, "reason": "records-agree"}
    assert breach == Breach(cells, values, severity=WARNING, effect=None)
    assert ask(roster.verified_twice, casefile()) is None


def test_records_of_different_years_disagree() -> None:
    """Dates disagree where they cannot mean the same day."""
    records = (verification(row=3, policy_year="2015"), verification(row=4, policy_year="2014"))
    assert ask(roster.verified_twice, casefile(records=records)).cells[0].field == "policy_year"


def test_the_roster_is_counted_against_the_plan() -> None:
    """Both numbers are given, and the column of household numbers is shown."""
    cell = Cell("roster.xlsx", "名册", None, "D", "列 household_id", "household_id", None)
    breach = ask(roster.count_differs, survey(casefile()), campaign=campaign(planned_households=2193))
    assert breach == Breach((cell,), {"count": 1, "planned": 2193})
    assert ask(roster.count_differs, survey(casefile()), campaign=campaign(planned_households=1)) is None
    assert ask(roster.count_differs, survey()) == Breach((), {"count": 0, "planned": 1})


def test_every_member_is_covered() -> None:
    """The record's size is compared with the persons listed, and a blank size with nothing."""
    family = household({"member_name": "卓玛", "relation": "配偶"})
    subject = casefile({"household_size": 1}, family)
    cells = subject.record.at("household_size") + family.rows[0].at("household_id")
    assert ask(roster.member_not_covered, subject) == Breach(cells, {"size": 1, "roster_size": 2})
    assert ask(roster.member_not_covered, casefile({"household_size": 2}, family)) is None
    assert ask(roster.member_not_covered, casefile({"household_size": None}, family)) is None


def test_a_record_of_another_village_contradicts() -> None:
    """Villages are one where their codes are; where codes are lacking, where their names are."""
    subject = casefile({"village": "塔哇村", "area_code": "632525100202"})
    cells = subject.record.at("village") + subject.household.rows[0].at("village")
    values = {"village_found": "茫曲镇塔哇村", "roster_village": "茫曲镇加土乎村"}
    assert ask(roster.other_village, subject) == Breach(cells, values)
    assert ask(roster.other_village, casefile({"village": "加土乎村委会", "area_code": None})) is None
    assert ask(roster.other_village, casefile({"lacking": ["township", "village", "area_code"]})) is None


def test_a_former_name_of_the_village_is_the_village() -> None:
    """By the campaign's word a record under the old name is filed where it belongs."""
    subject = casefile({"village": "红旗村", "area_code": None})
    knowing = campaign(linkage=LinkOptions(former_villages={"茫曲镇红旗村": "茫曲镇加土乎村"}))
    assert ask(roster.other_village, subject) is not None
    assert ask(roster.other_village, subject, campaign=knowing) is None


def test_records_under_two_renderings_of_one_name_repeat_each_other() -> None:
    """A rendering of the campaign's own makes no disagreement."""
    subject = casefile(records=[{}, {"head_name": "格列顿珠", "row": 4}])
    knowing = campaign(linkage=LinkOptions(renderings=(("格列", "才让"), ("顿珠", "多杰"))))
    reasons = [ask(roster.verified_twice, subject, campaign=c).values["reason"] for c in (campaign(), knowing)]
    assert reasons == ["records-disagree", "records-agree"]


def test_a_village_known_by_code_alone_is_named_by_it() -> None:
    """Without names, the code is what can be said, and its cell what can be shown."""
    subject = casefile({"lacking": ["township", "village"], "area_code": "632525100202"})
    breach = ask(roster.other_village, subject)
    assert breach.cells[0].field == "area_code"
    assert breach.values["village_found"] == "632525100202"


def test_who_stands_on_the_roster_twice_is_said_once() -> None:
    """The repeated row comes first, then the row that it repeats."""
    row = household().rows[0]
    _, repeated = households_of([row, row], (), Gazetteer({}, {}))
    breach = Breach(row.at("member_name", "member_name"), {"what": "person"}, household_id=HOUSEHOLD_ID, slot="户主")
    assert ask(roster.listed_twice, survey(repeated=tuple(repeated))) == [breach]
    assert ask(roster.listed_twice, survey(casefile())) == []


def test_places_without_a_name_say_nothing() -> None:
    """A roster without villages accuses nobody of being elsewhere."""
    lacking = household(lacking=["township", "village", "area_code"])
    assert lacking.place == Place()
    assert ask(roster.other_village, casefile({}, lacking)) is None
