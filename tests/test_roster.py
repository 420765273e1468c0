"""How the rows of a roster become households."""

from typing import Any

from housing_guarantee.definition import load_definition
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import BadRow, CellError, Household, Person, Place, RosterRow, Table
from housing_guarantee.records import Reader
from housing_guarantee.roster import Repeated, households_of
from housing_guarantee.testing import id_number

READER = Reader(load_definition())
GAZETTEER = Gazetteer.of(
    [{"code": "632525100", "name": "茫曲镇"}, {"code": "632525100210", "name": "塔哇村"}], "632525"
)


def roster(*rows: dict[str, Any]) -> tuple[list[Household], list[Repeated]]:
    """Read the rows of a roster, the first in row 2, and group them."""
    fields = dict.fromkeys(name for row in rows for name in row)
    table = Table("roster.xlsx", None, "roster", dict.fromkeys(fields, "A"), {})
    read = list(READER.read(table, list(enumerate(rows, 2))))
    good = [row for row in read if isinstance(row, RosterRow)]
    return households_of(good, [row for row in read if isinstance(row, BadRow)], GAZETTEER)


def person(
    name: str, number: str | None = None, relation: str = "之子", household: str = "1", **more: Any
) -> dict[str, Any]:
    """Give the cells of a person's row."""
    return {"household_id": household, "member_name": name, "member_id_number": number, "relation": relation, **more}


def names(people: tuple[Person, ...]) -> list[str | None]:
    """List the names of persons."""
    return [one.name for one in people]


def test_a_row_a_person_makes_a_household_of_its_persons() -> None:
    """Rows of one household number are one household, wherever they stand; 户主 is its head."""
    households, repeated = roster(
        person("卓玛", id_number(2), "配偶"),
        person("扎西", id_number(3), "户主", household="2"),
        person("才让多杰", id_number(1), "户主"),
    )
    assert [one.household_id for one in households] == ["1", "2"]
    assert names(households[0].members) == ["卓玛", "才让多杰"]
    assert (households[0].head.name, households[0].size, households[1].size) == ("才让多杰", 2, 1)
    assert repeated == []


def test_a_row_a_household_makes_a_household_of_its_head() -> None:
    """Where only the household is listed, its head is its person and its size is the number given."""
    (household,), repeated = roster(
        {"household_id": "1", "head_name": "才让多杰", "head_id_number": id_number(), "household_size": 4}
    )
    assert (household.head.name, household.head.is_head, names(household.members)) == ("才让多杰", True, ["才让多杰"])
    assert (household.size, repeated) == (4, [])
    assert [cell.field for cell in household.head.at_number()] == ["head_id_number"]


def test_the_head_is_found_by_name_where_no_relation_says() -> None:
    """The person who bears the head's name, in whatever writing, is the head; else the first row is."""
    (named,), _ = roster(
        person("卓玛", head_name="才让·多杰", relation=""), person("才让多杰", head_name="才让·多杰", relation="")
    )
    (first,), _ = roster(person("卓玛", relation=""), person("才让多杰", relation=""))
    assert (named.head.name, first.head.name) == ("才让多杰", "卓玛")


def test_a_heads_number_may_stand_in_the_heads_column() -> None:
    """A head without an own number has that of the head's column; a member has not."""
    (household,), _ = roster(
        person("才让多杰", None, "本人", head_id_number=id_number()), person("卓玛", None, head_id_number=id_number())
    )
    assert [one.id_number is not None for one in household.members] == [True, False]


def test_a_person_who_stands_twice_is_one_person() -> None:
    """The second row is named with the first, and the household does not grow by it."""
    (household,), (twice,) = roster(
        person("才让多杰", id_number(), "户主"), person("卓玛", id_number(2)), person("才让 多杰", id_number(), "户主")
    )
    assert household.size == 2
    assert (twice.household_id, twice.what, twice.slot) == ("1", "person", "户主")
    assert [(cell.row, cell.field) for cell in twice.cells] == [(4, "member_name"), (2, "member_name")]


def test_a_persons_own_code_tells_twins_of_one_name() -> None:
    """Where persons have numbers of their own, these decide and not the names."""
    (household,), (twice,) = roster(
        person("卓玛", person_id="11"), person("卓玛", person_id="12"), person("拉毛", person_id="12")
    )
    assert names(household.members) == ["卓玛", "卓玛"]
    assert twice.slot == "12"


def test_a_household_that_stands_twice_is_one_household() -> None:
    """A second row of a household number repeats it, even where it bears another name."""
    (household,), (twice,) = roster(
        {"household_id": "1", "head_name": "才让多杰", "household_size": 4},
        {"household_id": "1", "head_name": "扎西", "household_size": 2},
    )
    assert (household.head.name, household.size) == ("才让多杰", 4)
    assert (twice.what, [(cell.row, cell.field) for cell in twice.cells]) == (
        "household",
        [(3, "household_id"), (2, "household_id")],
    )


def test_an_unreadable_row_still_names_its_household() -> None:
    """A typing error in the roster costs the cell, and not the household its place on the roster."""
    households, _ = roster(
        person("才让多杰", id_number(), "户主", household_size="四口半"),
        person("扎西", id_number(3), "户主", household="2", household_size="1"),
    )
    assert {one.household_id: one.head.name for one in households} == {"1": "才让多杰", "2": "扎西"}
    assert households[1].head.id_number is not None
    assert households[1].head.id_number.text == id_number(1)


def test_a_failed_formula_is_nobodys_name() -> None:
    """An error value in a column of names leaves the person without a name."""
    (household,), _ = roster(person("才让", head_name=CellError("#REF!")), {"household_id": "1", "head_name": "才让"})
    assert household.head.name == "才让"


def test_rows_that_name_no_household_are_no_household() -> None:
    """Blank household numbers make no household of nobody."""
    households, _ = roster(person("扎西", household=""), person("拉毛", household=""), person("才让"))
    assert [one.household_id for one in households] == ["1"]


def test_the_first_row_that_says_something_counts() -> None:
    """Village, relocation and grade stand on one row of a household, often on the head's alone."""
    (household,), _ = roster(
        person("才让", township="茫曲镇", village="塔哇村委会", relocated=None, grade=None),
        person("卓玛", township="茫曲镇", village="塔哇村委会", relocated="是", grade="C级"),
    )
    assert household.place == Place("茫曲镇", "塔哇村委会", "632525100210")
    assert (household.relocated, household.grade) == (True, "C")
