"""Which rows a household is shown before it is said to stand in none of them."""

from typing import Any

import pytest

from housing_guarantee.linkage.match import Link, Match, Register
from housing_guarantee.linkage.traces import traces
from housing_guarantee.models import Household, LedgerEntry
from housing_guarantee.testing import entry, household, id_number

HOME = household(
    {"member_name": "完么措", "member_id_number": id_number(2), "relation": "配偶"},
    household_id="1", member_name="俄日彭措", area_code=None,
)  # fmt: skip
AWAY = household(household_id="2", member_name="尼玛", member_id_number=id_number(3), village="塔哇村", area_code=None)


def traced(*rows: LedgerEntry, roster: tuple[Household, ...] = (HOME, AWAY)) -> dict[str, list[Match[LedgerEntry]]]:
    """Link, and give the traces by household."""
    register = Register.of(roster)
    return {number: list(found) for number, found in traces(register.link(rows), register).items()}


def row(**cells: Any) -> LedgerEntry:
    """Give a row without a number, of the first household's village."""
    return entry(**{"id_number": None, "area_code": None, **cells})


@pytest.mark.parametrize(
    ("cells", "reasons"),
    [
        ({"head_name": "俄日多杰"}, ("name-part", "village", "head")),
        ({"head_name": "俄日才措"}, ("name-part", "village", "head")),
        ({"head_name": "俄日扎西", "village": "红旗大队"}, ("name-part", "township", "head")),
        ({"head_name": "俄日扎西", "id_number": id_number()[:5] + "*" * 13}, ("name-part", "village", "head")),
    ],
)
def test_a_row_that_may_be_a_households_is_its_trace(cells: dict[str, Any], reasons: tuple[str, ...]) -> None:
    """Half of the head's name in the village, or where the village is none of today's in the township."""
    ((number, (match,)),) = traced(row(**cells)).items()
    assert (number, match.household_ids, match.certain) == ("1", ("1",), False)
    assert (match.reasons, match.why("1")) == (reasons, reasons)
    assert 0 < match.evidence[0].probability < 0.03


@pytest.mark.parametrize(
    "cells",
    [
        {"head_name": "完么才让"},  # half of a member's name only
        {"head_name": "王建国"},
        {"head_name": None},
        {"head_name": "俄日多杰", "village": "塔哇村"},
        {"head_name": "俄日多杰", "township": "森多镇"},
        {"head_name": "俄日多杰", "id_number": id_number(9)},
        {"head_name": "俄日多杰", "id_number": float(id_number(8))},
    ],
)
def test_a_row_that_cannot_be_a_households_is_not(cells: dict[str, Any]) -> None:
    """Another name, another village, another number."""
    assert traced(row(**cells)) == {}


def test_a_household_that_a_row_leads_to_is_shown_no_more() -> None:
    """A certain row, or a candidate, leaves nothing to look for."""
    faint = row(head_name="俄日多杰", row=4)
    assert [match.record for match in traced(faint)["1"]] == [faint]
    assert traced(faint, row(head_name="俄日彭措", row=5)) == {}
    assert traced(faint, entry(head_name="俄日彭措", area_code=None, row=5)) == {}


def test_a_row_that_is_certainly_anothers_is_no_trace() -> None:
    """The neighbour's row with his number says nothing of a household whose name is half of his."""
    neighbour = household(household_id="3", member_name="俄日多杰", member_id_number=id_number(4), area_code=None)
    assert traced(row(head_name="俄日多杰", id_number=id_number(4)), roster=(HOME, neighbour)) == {}


def test_a_household_that_a_person_denied_the_row_is_not_shown_it_again() -> None:
    """Neither as a candidate nor as a last trace."""
    register = Register.of((HOME, AWAY))
    rows = [row(head_name="俄日多杰")]
    denial = Link(rows[0].origin.table.source, "1", row=rows[0].origin.row, denied=True)
    assert set(traces(register.link(rows), register)) == {"1"}
    assert set(traces(register.link(rows, (denial,)), register)) == set()


def test_many_of_one_short_name_are_each_shown_the_row() -> None:
    """However many share a short form, so that each is next to impossible, none of them is left out."""
    roster = tuple(
        household(household_id=f"3000000{at:04}", member_name="俄日彭措", member_id_number=None, village=f"{at}村",
                  area_code=None)
        for at in range(90)
    )  # fmt: skip
    unplaced = row(head_name="彭措", village=None)
    found = traced(unplaced, roster=roster)
    assert list(found) == [home.household_id for home in roster]
    assert all([match.record for match in shown] == [unplaced] for shown in found.values())
