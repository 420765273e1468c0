"""The monitoring's definition, its rules one by one, and its example county: every planted fault and nothing else."""

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from housing_guarantee_monitoring import register_campaigns, rules
from housing_guarantee_monitoring.example import FAULTS, write_example
from housing_guarantee_monitoring.rules import Settings

import housing_guarantee as hg
from housing_guarantee.campaign import LOCAL, PluginChoice
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import to_period
from housing_guarantee.models import Household, Verification
from housing_guarantee.plugins import equip
from housing_guarantee.testing import assert_breaches, campaign, casefile, household, verification

(DEFINITION,) = register_campaigns()
MAY_2024 = campaign(definition=DEFINITION, as_of=datetime(2024, 6, 1, 9, tzinfo=LOCAL))


def listed(*lists: tuple[str | None, str | None]) -> Household:
    """Build a household that stands on lists: group and department of each."""
    row = household(member_name=None, member_id_number=None, relation=None, lacking=("member_name",)).rows[0]
    rows = [evolve(row, poverty_type=group, extra={"listed_by": department}) for group, department in lists]
    return evolve(household(), rows=tuple(rows))


def visit(**fields: Any) -> Verification:
    """Build a record of the round of 2024, with changes; those of the monitoring's own fields beside the usual."""
    own: dict[str, Any] = {
        name: fields.pop(name) for name in ("round", "earthquake_ready", "intensity", "due_on") if name in fields
    }
    record = verification(**fields)
    columns: dict[str, str | None] = {**record.origin.table.columns, **dict.fromkeys(own, "Z")}
    table = evolve(record.origin.table, columns=columns)
    return evolve(record, origin=evolve(record.origin, table=table), extra={"round": "2024", **own})


def monitored(*records: Verification, home: Household | None = None) -> CaseFile:
    """Build a case file of the monitoring."""
    return casefile(
        household=home or listed(("低保户", "民政局")), records=records or (visit(),), definition=DEFINITION
    )


# ------------------------------------------------------------------------------------------------ the definition


def test_the_definition_has_six_groups_each_with_its_departments() -> None:
    """As the notices have them."""
    assert [(group.name, group.certified_by[0]) for group in DEFINITION.target_groups] == [
        ("农村易返贫致贫户", "乡村振兴"),
        ("农村低保户", "民政"),
        ("农村分散供养特困人员", "民政"),
        ("突发严重困难家庭", "乡村振兴"),
        ("农村低保边缘家庭", "民政"),
        ("其他脱贫户", "乡村振兴"),
    ]


def test_the_definition_ignores_only_rules_that_there_are() -> None:
    """A code that is none would be ignored in vain."""
    assert set(DEFINITION.ignore) <= set(equip(choice=PluginChoice(use=())).by_code)


def test_every_requirement_of_the_definition_has_a_rule() -> None:
    """A requirement that nothing can prove would leave every household unproven."""
    equipment = equip(choice=PluginChoice(use=("monitoring",)), strict=True)
    asked = equipment.chosen(MAY_2024)
    assert {one.name for one in DEFINITION.requirements} <= {rule.requirement for rule in asked}


def test_the_rules_are_asked_of_the_monitoring_alone() -> None:
    """A campaign of 2020 beside which the plugin is installed is as before."""
    equipment = equip(choice=PluginChoice(use=("monitoring",)), strict=True)
    own = {rule.code for rule in equipment.rules if rule.topic == "monitoring"}
    assert len(own) == 10
    assert own <= {rule.code for rule in equipment.chosen(MAY_2024)}
    assert not own & {rule.code for rule in equipment.chosen(campaign())}
    assert "roster.verified-twice" in {rule.code for rule in equipment.chosen(campaign())}


# ------------------------------------------------------------------------------------------------ who is entitled


@pytest.mark.parametrize("typed", ["农村低保户", "低保", "监测户（边缘易致贫户）", "低保边缘家庭", "其他脱贫户"])
def test_a_group_is_known_by_its_words(typed: str) -> None:
    """The words of several departments mean the same six."""
    assert_breaches(rules.group_unknown, monitored(home=listed((typed, "民政局"))))


@pytest.mark.parametrize("typed", ["一般户", None])
def test_a_household_of_no_group_is_told(typed: str | None) -> None:
    """Whatever else the list says."""
    assert_breaches(rules.group_unknown, monitored(home=listed((typed, "民政局"))), [{"typed": typed}])


def test_one_list_that_says_the_group_is_enough() -> None:
    """The roster is a union of several lists."""
    assert_breaches(rules.group_unknown, monitored(home=listed(("一般户", "残联"), ("低保户", "民政局"))))


def test_a_group_that_the_wrong_department_certifies_is_told() -> None:
    """低保 is 民政's to certify."""
    values = {"target_group": "农村低保户", "found": "乡村振兴局", "expected": ("民政",)}
    assert_breaches(rules.wrong_department, monitored(home=listed(("低保户", "乡村振兴局"))), [values])
    assert_breaches(rules.wrong_department, monitored(home=listed(("低保户", "乡村振兴局"), ("低保户", "县民政局"))))
    assert_breaches(rules.wrong_department, monitored(home=listed(("一般户", "乡村振兴局"))))


def test_two_rows_on_one_list_are_told_and_two_lists_are_not() -> None:
    """Overlaps of departments' lists are what they are for."""
    twice = monitored(home=listed(("低保户", "民政局"), ("低保户", "民政局")))
    assert_breaches(rules.listed_twice, twice, [{"found": "民政局"}])
    assert_breaches(rules.listed_twice, monitored(home=listed(("低保户", "民政局"), ("监测户", "乡村振兴局"))))


# ------------------------------------------------------------------------------------------------ rounds


def test_a_household_of_an_earlier_round_is_told() -> None:
    """Where the campaign says which round is under way; else any will do, but none."""
    old = monitored(visit(round="2023"))
    assert_breaches(rules.not_in_round, old, [{"found": "2023", "expected": "2024"}], settings=Settings(round="2024"))
    assert_breaches(rules.not_in_round, old, settings=Settings())
    assert_breaches(rules.not_in_round, monitored(visit()), settings=Settings(round="2024"))
    nameless = monitored(visit(round=None))
    assert_breaches(rules.not_in_round, nameless, [{"found": None, "expected": None}], settings=Settings())


def test_a_round_has_one_record() -> None:
    """Several that disagree contradict each other, a repeat is only told, and one each round is as it should be."""
    assert_breaches(rules.twice_in_round, monitored(visit(round="2023"), visit()))
    values = {"found": "2024", "count": 2, "reason": "records-disagree"}
    assert_breaches(rules.twice_in_round, monitored(visit(), visit(grade="B级")), [values])
    assert_breaches(rules.twice_in_round, monitored(visit(), visit()), [{**values, "reason": "records-agree"}])


def test_a_grade_that_fell_needs_a_word_about_it() -> None:
    """A problem on record explains it, and a grade that rose needs none."""
    worse = monitored(visit(round="2023", grade="A级"), visit(grade="B级"))
    assert_breaches(rules.worse_without_reason, worse, [{"earlier": "A", "grade": "B"}])
    told = monitored(visit(round="2023", grade="A级"), visit(grade="B级", problems="墙体开裂"))
    assert_breaches(rules.worse_without_reason, told)
    assert_breaches(rules.worse_without_reason, monitored(visit(round="2023", grade="B级"), visit(grade="A级")))


def test_a_problem_is_followed_to_its_end() -> None:
    """A round that says nothing of what the one before it found has dropped it."""
    leak = visit(round="2023", problems="屋面漏雨", rectify_status="未整改")
    assert_breaches(rules.problem_dropped, monitored(leak, visit()), [{"found": "2023", "problems": "屋面漏雨"}])
    assert_breaches(rules.problem_dropped, monitored(leak, visit(rectify_status="已整改")))
    solved = visit(round="2023", problems="屋面漏雨", rectify_status="已整改")
    assert_breaches(rules.problem_dropped, monitored(solved, visit()))
    assert_breaches(rules.problem_dropped, monitored(leak))


def test_a_problem_has_a_date_of_its_own() -> None:
    """Past it, and not before or once it is solved."""
    open_ = {"problems": "墙体开裂", "rectify_status": "未整改"}
    due = to_period("2024-05-25")
    late = monitored(visit(due_on=due, **open_))
    assert_breaches(rules.past_due, late, [{"date": due}], campaign=MAY_2024)
    assert_breaches(rules.past_due, monitored(visit(due_on=to_period("2024-06-25"), **open_)), campaign=MAY_2024)
    solved = monitored(visit(due_on=due, problems="墙体开裂", rectify_status="已整改"))
    assert_breaches(rules.past_due, solved, campaign=MAY_2024)


# ------------------------------------------------------------------------------------------------ earthquakes


def test_readiness_is_asked_where_there_is_a_column_for_it() -> None:
    """A blank is told, an answer is one, and a form without the question is none."""
    assert_breaches(rules.readiness_missing, monitored(visit(earthquake_ready=None)), [{}])
    assert_breaches(rules.readiness_missing, monitored(visit(earthquake_ready=False)))
    assert_breaches(rules.readiness_missing, monitored(visit()))


def test_a_house_that_is_not_ready_is_told_where_it_must_be() -> None:
    """From the intensity that is set."""
    weak = monitored(visit(earthquake_ready=False, intensity=7.0))
    assert_breaches(rules.not_ready, weak, [{"intensity": 7.0}], settings=Settings())
    assert_breaches(rules.not_ready, weak, settings=Settings(intensity=8.0))
    assert_breaches(rules.not_ready, monitored(visit(earthquake_ready=True, intensity=8.0)), settings=Settings())


# ------------------------------------------------------------------------------------------------ the example county


def test_the_example_county_has_its_faults_found_and_nothing_else(tmp_path: Path) -> None:
    """Household by household, all and only what was planted; whoever is clean is proved."""
    expected = write_example(tmp_path)
    result = hg.run(hg.load_campaign(tmp_path / "campaign.toml"))
    found = defaultdict(set)
    for finding in result.findings:
        found[finding.household_id].add(finding.code)
    assert found == expected
    assert len(expected) == len(FAULTS) == 12
    clean = [home for home in result.households if home.household_id not in expected]
    assert {home.verdict for home in clean} == {hg.Verdict.PROVED}
    assert len(clean) == 36


def test_the_example_county_is_the_same_tomorrow(tmp_path: Path) -> None:
    """Generated, and byte for byte."""
    for name in ("one", "other"):
        write_example(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 6
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes() for name in files)


def test_an_example_county_that_is_too_small_is_refused(tmp_path: Path) -> None:
    """Every fault needs a household of its own."""
    with pytest.raises(ValueError, match="at least 36 households"):
        write_example(tmp_path, households=30)


def test_a_report_calls_the_lists_by_their_own_name(tmp_path: Path) -> None:
    """The lists of monitored households are no register of 2020."""
    write_example(tmp_path)
    renderer = hg.run(hg.load_campaign(tmp_path / "campaign.toml")).holder
    assert (renderer.term("roster"), renderer.term("appraisals")) == ("监测对象名单", "鉴定名册")
