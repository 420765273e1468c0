"""Which row is which household, and why."""

from typing import Any

import pytest

from housing_guarantee.linkage.match import Link, LinkOptions, Match, link
from housing_guarantee.models import Household, LedgerEntry
from housing_guarantee.testing import HOUSEHOLD_ID, SOURCES, appraisal, entry, household, id_number

OTHER_ID = "10000000002"
WIFE = {"member_name": "卓玛", "member_id_number": id_number(2), "relation": "配偶"}
DAMAGED = float(id_number()[:15] + "000")
SLIP = id_number()[:9] + "6" + id_number()[10:]


def found(record: LedgerEntry, *households: Household, links: tuple[Link, ...] = ()) -> Match[LedgerEntry]:
    """Match one row to a roster of these households, or of the usual one with two persons."""
    return link([record], households or (household(WIFE),), links)[0]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({}, "number"),
        ({"id_number": id_number()[:6] + id_number()[8:17]}, "number"),
        ({"id_number": id_number() + "43"}, "number"),
        ({"id_number": id_number(2), "head_name": "不同"}, "member-number"),
    ],
)
def test_a_readable_number_is_certain(cells: dict[str, Any], reason: str) -> None:
    """The number of the head or of any member, in any readable form, is proof whatever the name."""
    record = entry(**cells)
    assert found(record) == Match(record, (HOUSEHOLD_ID,), certain=True, reasons=(reason,))


@pytest.mark.parametrize(
    ("cells", "reasons"),
    [
        ({"id_number": None}, ("name", "village", "head")),
        ({"id_number": None, "head_name": "才让·多杰", "village": "茫曲镇加土乎村委会"}, ("name", "village", "head")),
        ({"id_number": None, "head_name": "卓瑪"}, ("name", "village", "member")),
        ({"id_number": None, "village": "塔哇村", "area_code": None}, ("name", "township", "head")),
        ({"id_number": None, "village": None, "area_code": None}, ("name", "township", "head")),
        ({"id_number": "不详"}, ("name", "village", "head")),
        ({"id_number": DAMAGED, "head_name": "扎西"}, ("visible-digits", "village", "head")),
        ({"id_number": SLIP, "head_name": None}, ("number-slip", "village", "head")),
    ],
)
def test_a_name_or_part_of_a_number_alone_makes_a_candidate(cells: dict[str, Any], reasons: tuple[str, ...]) -> None:
    """A name, or what is left of a number, makes a candidate with all its reasons, and never a certain match."""
    record = entry(**cells)
    assert found(record) == Match(record, (HOUSEHOLD_ID,), certain=False, reasons=reasons)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (DAMAGED, "visible-digits"),
        (float(id_number()), "visible-digits"),
        ("632525********" + id_number()[14:], "visible-digits"),
        (SLIP, "number-slip"),
        (id_number()[:9] + id_number()[10:], "number-slip"),
    ],
)
def test_part_of_a_number_and_the_name_together_are_certain(number: str | float, reason: str) -> None:
    """What a mask, a spreadsheet or a slip left of a number, with the name and the village, leaves no doubt."""
    record = entry(id_number=number)
    assert found(record) == Match(record, (HOUSEHOLD_ID,), certain=True, reasons=(reason, "name", "village", "head"))


@pytest.mark.parametrize(
    "cells",
    [
        {"id_number": id_number(9)},
        {"id_number": None, "head_name": "才让扎西"},
        {"id_number": None, "head_name": None},
        {"id_number": 6.32525197001010e17},
    ],
)
def test_another_number_or_name_is_nobody(cells: dict[str, Any]) -> None:
    """A readable number of somebody else, or a name that shares a part, makes no candidate."""
    record = entry(**cells)
    assert found(record) == Match(record)


def test_villages_of_one_name_in_two_townships_are_two() -> None:
    """A name in 塔哇 of one township says nothing of 塔哇 of another."""
    place: dict[str, Any] = {"village": "塔哇村", "area_code": None}
    record = entry(id_number=None, **place)
    assert found(record, household(township="森多镇", **place)) == Match(record)


def test_a_household_number_is_certain() -> None:
    """A row that bears the household's own number needs no other reason."""
    record = appraisal(id_number=None, head_name="不同")
    (match,) = link([record], [household()])
    assert match == Match(record, (HOUSEHOLD_ID,), certain=True, reasons=("household-number",))


def test_one_number_in_two_households_is_told_by_the_name() -> None:
    """Where a number stands in two households, the one of the same name is meant, and says what its number is."""
    twin = household({**WIFE, "member_name": "拉毛", "member_id_number": id_number()}, household_id=OTHER_ID,
                     member_name="扎西", member_id_number=id_number(3))  # fmt: skip
    named = entry(head_name="拉毛")
    assert found(named, household(), twin) == Match(named, (OTHER_ID,), certain=True, reasons=("member-number",))
    nameless = entry(head_name=None)
    both = Match(nameless, (HOUSEHOLD_ID, OTHER_ID), reasons=("number", "split"))
    assert found(nameless, household(), twin) == found(nameless, twin, household()) == both


def test_candidates_stand_in_the_order_of_their_reasons() -> None:
    """A head goes before a member of the same name, and equals stand by household number, at most three."""
    member = {"member_name": "才让多杰", "member_id_number": None, "relation": "之子"}
    roster = [
        household(member, household_id=OTHER_ID, member_name="扎西", member_id_number=None),
        *(household(household_id=f"1000000000{n}", member_id_number=None) for n in (5, 4, 3)),
    ]
    record = entry(id_number=None)
    assert found(record, *roster).household_ids == ("10000000003", "10000000004", "10000000005")


@pytest.mark.parametrize(
    "named",
    [
        {"file_no": "2017-0031"},
        {"row": 3},
        {"row": 3, "sheet": SOURCES["ledger"][1]},
    ],
)
def test_a_persons_word_settles_a_row(named: dict[str, Any]) -> None:
    """A confirmed link goes before every other reason."""
    record = entry()
    links = (Link("ledger.xls", OTHER_ID, **named),)
    other = household(household_id=OTHER_ID, member_id_number=id_number(3))
    assert found(record, household(), other, links=links) == Match(record, (OTHER_ID,), True, ("confirmed",))


@pytest.mark.parametrize(
    "confirmed",
    [
        Link("other.xls", OTHER_ID, file_no="2017-0031"),
        Link("ledger.xls", OTHER_ID, file_no="2017-0032"),
        Link("ledger.xls", OTHER_ID, row=4),
        Link("ledger.xls", OTHER_ID, row=3, sheet="另一张"),
    ],
)
def test_a_link_settles_no_other_row(confirmed: Link) -> None:
    """A link of another file, sheet, row or file number leaves a row alone."""
    assert found(entry(), links=(confirmed,)).reasons == ("number",)


def test_a_link_names_the_file_with_or_without_its_folder() -> None:
    """A clerk writes the file's name; the campaign may have its path."""
    record = entry(source="2020/ledger.xls", id_number=id_number(9))
    assert found(record, links=(Link("ledger.xls", HOUSEHOLD_ID, row=3),)).certain


def test_one_row_may_be_two_households() -> None:
    """After a household has divided, both may be confirmed for the one row."""
    links = (Link("ledger.xls", HOUSEHOLD_ID, row=3), Link("ledger.xls", OTHER_ID, row=3))
    roster = (household(), household(household_id=OTHER_ID))
    assert found(entry(), *roster, links=links).household_ids == (HOUSEHOLD_ID, OTHER_ID)


def test_rows_keep_their_order() -> None:
    """The answer has one match a row, in the order of the rows."""
    rows = [entry(row=n, id_number=id_number(n)) for n in (5, 1, 3)]
    assert [match.record for match in link(rows, [household()])] == rows


# ------------------------------------------------------------------------------------------------ several rows

TRUSTING = LinkOptions(certain_without_number=True)
COUNTY = [
    household(household_id=f"2000000{at:04}", member_name=name, member_id_number=id_number(at + 20),
              village=f"{village}村", area_code=None)
    for at, (name, village) in enumerate(
        (name, village)
        for village in ("加土乎", "达玉", *"甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未")
        for name in (f"扎西{village[0]}", f"卓玛{village[0]}")
    )
]  # fmt: skip
HERE: dict[str, Any] = {"head_name": "扎西达", "village": "达玉村", "area_code": None}
OWN = "20000000002"
NAMESAKE: dict[str, Any] = {
    "household_id": OTHER_ID,
    "member_name": "扎西达",
    "member_id_number": id_number(90),
    "village": "达玉村",
    "area_code": None,
}


def linked(*records: LedgerEntry, options: LinkOptions | None = None) -> tuple[Match[LedgerEntry], ...]:
    """Match rows to a county of forty households in twenty villages."""
    return link(records, COUNTY, options=options)


def test_a_name_in_its_village_is_certain_only_where_the_campaign_says_so() -> None:
    """Without any number a person confirms the row, unless the campaign takes the risk."""
    row = entry(id_number=None, **HERE)
    assert [(m.household_ids, m.certain) for m in linked(row)] == [((OWN,), False)]
    assert [(m.household_ids, m.certain) for m in linked(row, options=TRUSTING)] == [((OWN,), True)]


def test_two_rows_that_only_a_name_gives_to_one_household_go_to_a_person() -> None:
    """One of them is a namesake's, or both are the household's: nothing tells."""
    rows = [entry(row=at, id_number=None, **HERE) for at in (3, 4)]
    assert [match.certain for match in linked(*rows, options=TRUSTING)] == [False, False]


def test_a_namesake_of_a_household_that_has_its_row_goes_to_a_person() -> None:
    """Where a number has proved a row, another of the name is likelier a stranger's."""
    proved, namesake = entry(row=3, id_number=id_number(22), **HERE), entry(row=4, id_number=None, **HERE)
    first, second = linked(proved, namesake, options=TRUSTING)
    assert (first.household_ids, first.certain, first.reasons) == ((OWN,), True, ("number",))
    assert second.household_ids == (OWN,)
    assert not second.certain


def test_two_rows_of_one_number_are_named() -> None:
    """A household may stand in a ledger twice, and each row says that there is another."""
    rows = [entry(row=at, id_number=id_number(22), **HERE) for at in (3, 4)]
    assert [(match.certain, match.reasons) for match in linked(*rows)] == [(True, ("number", "double-row"))] * 2


def test_a_number_and_a_name_that_point_at_two_households_go_to_a_person() -> None:
    """The number is one household's, and name and village are another's: either may be mistyped."""
    (match,) = linked(entry(id_number=id_number(25), **HERE))
    assert match.household_ids == ("20000000005", OWN)
    assert not match.certain
    assert match.why("20000000005") == ("number",)
    assert match.why(OWN) == ("name", "village", "head")
    assert (match.by_number("20000000005"), match.by_number(OWN)) == (True, False)


def test_a_campaign_says_what_a_village_was_called_and_how_a_name_is_written() -> None:
    """What the package does not know, a campaign adds."""
    row = entry(id_number=None, head_name="扎喜打", village="红旗大队", area_code=None)
    options = LinkOptions(renderings=(("打", "达"),), former_villages={"茫曲镇红旗大队": "茫曲镇达玉村"})
    (match,) = linked(row, options=options)
    assert match.household_ids == (OWN,)
    assert match.reasons == ("name-rendering", "village", "head")


# ------------------------------------------------------------------------------------------------ denials


def test_a_denied_household_is_no_candidate() -> None:
    """Of two households with the name, one that said that it is not leaves the other, which is still to be asked."""
    row, roster = entry(id_number=None, **HERE), (*COUNTY, household(**NAMESAKE))
    assert set(link([row], roster)[0].household_ids) == {OWN, OTHER_ID}
    for number, left in ((OWN, OTHER_ID), (OTHER_ID, OWN)):
        (match,) = link([row], roster, (Link("ledger.xls", number, file_no="2017-0031", denied=True),))
        assert (match.household_ids, match.certain, match.denied) == ((left,), False, frozenset({number}))


def test_a_denied_household_is_not_given_the_row_by_its_number_either() -> None:
    """A person's word goes before what a cell says; the row is nobody's, and another row is not concerned."""
    denial = Link("ledger.xls", HOUSEHOLD_ID, row=3, denied=True)
    assert found(entry(), links=(denial,)).household_ids == ()
    assert found(entry(row=4), links=(denial,)).certain


def test_of_two_bearers_of_a_number_the_one_that_did_not_deny_is_certain() -> None:
    """The number speaks for it alone then."""
    roster = (household(), household(household_id=OTHER_ID))
    assert not found(entry(), *roster).certain
    match = found(entry(), *roster, links=(Link("ledger.xls", HOUSEHOLD_ID, row=3, denied=True),))
    assert (match.household_ids, match.certain) == ((OTHER_ID,), True)


def test_a_confirmation_goes_before_a_denial() -> None:
    """The campaign file may give the row to whoever denied it in a list."""
    denial, word = (Link("ledger.xls", HOUSEHOLD_ID, row=3, denied=denied) for denied in (True, False))
    assert found(entry(), links=(denial, word)).reasons == ("confirmed",)
