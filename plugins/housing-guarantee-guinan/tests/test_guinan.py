"""Guinan's facts stand as their sources have them, and its rules find what breaks them and leave the others alone."""

from datetime import date, datetime
from pathlib import Path

import pytest
from housing_guarantee_guinan import rules
from housing_guarantee_guinan.facts import areas, facts, villages
from housing_guarantee_guinan.rules import Settings, in_guinan

import housing_guarantee as hg
from housing_guarantee.campaign import PluginChoice
from housing_guarantee.geo import Area, Polygon
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import Position
from housing_guarantee.plugins import equip
from housing_guarantee.testing import (
    answers_of,
    assert_breaches,
    campaign,
    casefile,
    household,
    photo,
    survey,
    write_demo_county,
)

PLAN = campaign(planned_households=2193)


def square(west: float, south: float, east: float, north: float) -> Polygon:
    """Make a polygon of a box."""
    return Polygon((((west, south), (east, south), (east, north), (west, north), (west, south)),))


# ------------------------------------------------------------------------------------------------ facts


def test_the_county_has_75_villages_in_six_townships() -> None:
    """As many in each as the tables have, and two names that repeat."""
    own = [one for one in villages().all if one.kind == "village"]
    townships = ("茫曲镇", "过马营镇", "森多镇", "沙沟乡", "茫拉乡", "塔秀乡")
    assert [sum(one.township == name for one in own) for name in townships] == [11, 11, 16, 15, 13, 9]
    assert villages().repeated == {"塔哇", "贡哇"}


def test_one_code_was_given_up_between_the_two_tables_and_one_came() -> None:
    """The community of an enterprise stands under a town since."""
    assert [one.code for one in villages().all if not one.in_2020] == ["632525400001"]
    assert [one.code for one in villages().all if not one.in_2019] == ["632525101003"]


def test_the_villages_are_those_that_the_library_knows() -> None:
    """What the plugin adds contradicts nothing."""
    known = dict(Gazetteer.builtin("632525").villages.values())
    assert {one.code: one.village for one in villages().all if one.kind == "village"} == {
        code: name.removesuffix("村") for code, name in known.items() if "200" <= code[9:] < "500"
    }


def test_the_exclave_is_part_of_the_county() -> None:
    """A point in the exclave lies in the area, one between the boxes and one in a neighbour's land do not."""
    (area,) = areas()
    assert area.contains(Position(35.25, 101.44))
    assert area.contains(Position(35.58, 100.75))
    assert not area.contains(Position(35.25, 100.75))
    assert area.distance_km(Position(35.0, 101.44)) == pytest.approx(19.1, abs=0.1)


# ------------------------------------------------------------------------------------------------ rules


def test_a_campaign_as_the_plan_has_it_is_left_alone() -> None:
    """The five figures are those of the plan."""
    assert_breaches(rules.plan_differs, survey(), campaign=PLAN)


def test_a_figure_that_differs_from_the_plan_is_named() -> None:
    """Each on its own, with both values, pointing into the campaign file."""
    changed = campaign(planned_households=2193, window=(date(2020, 6, 10), date(2020, 6, 14)), policy_year=2015)
    first, last = answers_of(rules.plan_differs, survey(), campaign=changed)
    assert first.values == {
        "field": "window",
        "found": "2020-06-10–2020-06-14",
        "expected": "2020-06-10–2020-06-13",
    }
    assert (last.slot, last.values["found"], last.values["expected"]) == ("policy_year", "2015", "2016")
    assert (last.cells[0].source, last.cells[0].header) == ("campaign.toml", "policy_year")


def test_an_area_without_the_exclave_is_told() -> None:
    """The border then ends at the main part's south."""
    main = Area("632525", "贵南县", (square(100.2, 35.335, 101.56, 36.13),))
    assert_breaches(rules.exclave_missing, survey(), [{"latitude": 35.335}], campaign=campaign(areas=(main,)))


@pytest.mark.parametrize("given", [areas(), ()], ids=["both parts", "no file"])
def test_an_area_with_the_exclave_or_none_is_left_alone(given: tuple[Area, ...]) -> None:
    """Without a file there is nothing to put right."""
    assert_breaches(rules.exclave_missing, survey(), campaign=campaign(areas=given))


@pytest.mark.parametrize(
    ("township", "village"),
    [("茫曲镇", "塔哇村"), ("塔秀乡", "巴塘新村"), ("", "加土乎"), ("贵南县森多镇", "斗龙村委会"), ("茫曲镇", "")],
)
def test_a_village_of_its_township_is_known(township: str, village: str) -> None:
    """However it is written, and where only the village is."""
    found = casefile(household=household(township=township, village=village, area_code=None))
    assert_breaches(rules.village_unknown, found)


@pytest.mark.parametrize(("township", "village"), [("茫曲镇", "斗龙村"), ("泽库县", "加土乎村"), ("", "王家村")])
def test_a_village_that_its_township_lacks_is_told(township: str, village: str) -> None:
    """Another township's, another county's, or nobody's."""
    found = casefile(household=household(township=township, village=village, area_code=None))
    assert_breaches(rules.village_unknown, found, [{"township": township or "贵南县", "village": village}])


def test_a_name_that_repeats_needs_its_township_or_code() -> None:
    """塔哇村 alone may be either; with a township, a code, or another name it is one."""
    either = casefile(household=household(township="", village="塔哇村", area_code=None))
    assert_breaches(rules.village_ambiguous, either, [{"village": "塔哇村"}])
    for place in (
        {"township": "森多镇", "village": "塔哇村", "area_code": None},
        {"township": "", "village": "塔哇村", "area_code": "632525102203"},
        {"township": "", "village": "斗龙村", "area_code": None},
    ):
        assert_breaches(rules.village_ambiguous, casefile(household=household(**place)))


def test_a_code_of_the_older_table_is_told() -> None:
    """One that still stands is not, nor one of another county."""
    old = casefile(household=household(area_code="632525400001"))
    assert_breaches(rules.code_superseded, old, [{"found": "632525400001"}])
    for code in ("632525101003", "632525100200", "630000000000"):
        assert_breaches(rules.code_superseded, casefile(household=household(area_code=code)))


def test_a_photo_taken_at_night_is_told() -> None:
    """By the camera's clock, once a photo; the hours are settings."""
    night, day = datetime(2020, 6, 11, 2, 5), datetime(2020, 6, 11, 10, 30)
    found = casefile(photos=[photo(taken_at=day), photo(slot="photo2", taken_at=night), photo(slot="photo3")])
    values = {"taken_at": night, "light_from": "06:00", "light_until": "20:40"}
    assert_breaches(rules.photo_in_the_dark, found, [values], settings=Settings())
    assert_breaches(rules.photo_in_the_dark, found, settings=Settings(light_from="02:00"))


def test_a_setting_that_is_no_time_of_day_is_refused() -> None:
    """It would let every photo pass."""
    with pytest.raises(ValueError, match="light_from must be a time of day such as 06:00, not 'dawn'"):
        Settings(light_from="dawn")


# ------------------------------------------------------------------------------------------------ in a run


def test_the_rules_are_asked_of_guinan_alone() -> None:
    """Another county's campaign is none of its business."""
    equipment = equip(choice=PluginChoice(use=("guinan",)), strict=True)
    own = {code for code in equipment.by_code if code.startswith("guinan.")}
    assert len(own) == 6
    assert own <= {rule.code for rule in equipment.chosen(campaign())}
    assert not own & {rule.code for rule in equipment.chosen(campaign(county_code="632323"))}
    assert in_guinan(campaign())


def test_a_synthetic_county_is_left_alone_but_for_its_size(tmp_path: Path) -> None:
    """Its households are fewer than the plan's; without a file of the border the boxes tell who is far outside it."""
    file = write_demo_county(tmp_path / "demo", households=320)
    text = file.read_text(encoding="utf-8")
    assert 'area = "area.geojson"\n' in text
    file.write_text(text.replace('area = "area.geojson"\n', ""), encoding="utf-8")
    result = hg.run(hg.load_campaign(file))
    assert [area.name for area in result.campaign.areas] == [facts()["name"]]
    assert [(f.code, f.values["field"]) for f in result.findings if f.code.startswith("guinan.")] == [
        ("guinan.plan-differs", "planned_households")
    ]
    assert any(finding.code == "photo-gps.outside-county" for finding in result.findings)
