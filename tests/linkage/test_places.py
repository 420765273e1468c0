"""Villages by township and name."""

import pytest

from housing_guarantee.linkage.places import (
    FormerNames,
    Gazetteer,
    is_near,
    normalise_township,
    normalise_village,
    present_code,
    same_village,
    village_key,
)
from housing_guarantee.models import Place

ROWS = [
    {"code": "632525100", "name": "茫曲镇"},
    {"code": "632525100210", "name": "塔哇村村民委员会"},
    {"code": "632525102", "name": "森多镇"},
    {"code": "632525102203", "name": "塔哇村村民委员会"},
    {"code": "632524100", "name": "子科滩镇"},
]
GAZETTEER = Gazetteer.of(ROWS, "632525")


@pytest.mark.parametrize("typed", ["茫曲镇", "贵南县茫曲镇", "茫曲镇人民政府", " 茫曲 ", "茫曲"])
def test_a_township_loses_its_kind_and_county(typed: str) -> None:
    """Offices write a township with and without its kind, its county and its government."""
    assert normalise_township(typed) == "茫曲"


@pytest.mark.parametrize(
    ("typed", "township"),
    [
        ("塔哇村", ""),
        ("塔哇", "茫曲镇"),
        ("塔哇村委会", "茫曲镇"),
        ("塔哇村村民委员会", "茫曲镇"),
        ("塔哇行政村", ""),
        ("茫曲镇塔哇村", "茫曲镇"),
        ("茫曲镇塔哇村", ""),
        ("贵南县茫曲镇塔哇村委会", "贵南县茫曲镇"),
    ],
)
def test_a_village_loses_its_kind_and_what_it_lies_in(typed: str, township: str) -> None:
    """A village is the same with its township before it and its committee behind it."""
    assert normalise_village(typed, township) == "塔哇"


@pytest.mark.parametrize(
    ("typed", "village"), [("上达玉村", "上达玉"), ("塔秀村", "塔秀"), ("嘎巴村", "尕巴"), ("村", "村"), ("", "")]
)
def test_a_village_keeps_its_own_name(typed: str, village: str) -> None:
    """A village is not cut into its neighbour, and one that is all kind keeps its name."""
    assert normalise_village(typed, "塔秀乡") == village


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Place("茫曲镇", "塔哇村"), Place("贵南县茫曲镇", "茫曲镇塔哇村委会"), True),
        (Place("茫曲镇", "塔哇村"), Place("森多镇", "塔哇村"), False),
        (Place("茫曲镇", "塔哇村"), Place("", "塔哇村"), True),
        (Place("茫曲镇", "达玉村"), Place("茫曲镇", "上达玉村"), False),
        (Place("茫曲镇", "塔哇村"), Place("茫曲镇", ""), None),
        (Place(area_code="632525100210"), Place("森多镇", "塔哇村", "632525100210"), True),
        (Place(area_code="632525100210"), Place(area_code="632525102203"), False),
        (Place(area_code="632525100"), Place(area_code="632525100210"), None),
    ],
)
def test_villages_are_told_apart_by_code_or_township(one: Place, other: Place, same: bool | None) -> None:
    """Two codes decide; else the township and the name do; else it cannot be said."""
    assert same_village(one, other) is same
    assert same_village(other, one) is same


@pytest.mark.parametrize(
    ("township", "village", "code"),
    [
        ("茫曲镇", "塔哇村", "632525100210"),
        ("贵南县森多镇", "森多镇塔哇村委会", "632525102203"),
        ("森多", "不详村", "632525102"),
        ("", "塔哇村", ""),
        ("子科滩镇", "", ""),
    ],
)
def test_names_resolve_to_codes_within_the_county(township: str, village: str, code: str) -> None:
    """A village gets its code by township and name, else its township's; a name alone is no key."""
    assert GAZETTEER.resolve(Place(township, village)) == Place(township, village, code)


def test_a_code_that_was_given_stands() -> None:
    """What the roster says of a place goes before what its names say."""
    place = Place("茫曲镇", "塔哇村", "632525400001")
    assert GAZETTEER.resolve(place) == place


def test_the_county_of_the_plan_has_75_villages() -> None:
    """The built-in divisions hold the county's villages, and nothing of another county is found in them."""
    villages = [code for code, _ in Gazetteer.builtin("632525").villages.values() if "200" <= code[9:] < "400"]
    assert len(villages) == 75
    assert Gazetteer.builtin("110101") == Gazetteer({}, {})


FORMER = FormerNames.of({"茫曲镇红旗村": "茫曲镇塔哇村", "东风大队": "森多镇塔哇村"})


@pytest.mark.parametrize(
    ("place", "key"),
    [
        (Place("茫曲镇", "红旗村"), ("茫曲", "塔哇")),
        (Place("贵南县茫曲镇", "茫曲镇红旗村委会"), ("茫曲", "塔哇")),
        (Place("森多镇", "红旗村"), ("森多", "红旗")),
        (Place("", "东风大队"), ("森多", "塔哇")),
        (Place("森多镇", "东风大队"), ("森多", "塔哇")),
        (Place("茫曲镇", "塔哇村"), ("茫曲", "塔哇")),
    ],
)
def test_a_former_name_is_the_present_village(place: Place, key: tuple[str, str]) -> None:
    """A campaign says what a village was called, with or without the township before it."""
    assert village_key(place, FORMER) == key


def test_a_former_name_is_no_other_village() -> None:
    """Without the campaign's word two names are two villages."""
    places = Place("茫曲镇", "红旗村"), Place("茫曲镇", "塔哇村")
    assert (same_village(*places), same_village(*places, FORMER)) == (False, True)


@pytest.mark.parametrize(
    ("code", "now"),
    [
        ("632525400001", "632525101003"),
        ("632525201203", "632525102203"),
        ("632525100210", "632525100210"),
    ],
)
def test_codes_of_several_years_are_one(code: str, now: str) -> None:
    """A unit that changed its code is the same place."""
    assert present_code(code) == now
    assert same_village(Place(area_code=code), Place(area_code=now)) is True


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("达玉", "上达玉", True),
        ("上洛哇", "下洛哇", False),
        ("江当", "下江当", True),
        ("日茫", "达茫", False),
        ("塔哇", "塔哇", False),
    ],
)
def test_villages_of_like_names(one: str, other: str, near: bool) -> None:
    """上 or 下 before a name is easily left out; any other likeness is none."""
    assert is_near(one, other) is near
    assert is_near(other, one) is near
