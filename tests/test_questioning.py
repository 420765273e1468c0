"""Wherever the rules are asked, the outcome is the same; what ends a process is named and costs its own households."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.campaign import PluginChoice
from housing_guarantee.casefiles import Survey
from housing_guarantee.engine import Outcome, judge
from housing_guarantee.findings import Verdict
from housing_guarantee.questioning import SHARD, shards_of
from housing_guarantee.rule import rule
from housing_guarantee.testing import campaign, casefile
from housing_guarantee.testing import survey as survey_of
from housing_guarantee.workers.pool import Workers
from tests import strange_rules as strange
from tests.strange_rules import rules

EVERY = (strange.third, strange.proving, strange.raising, strange.shared, strange.counted)


@pytest.fixture(scope="module")
def survey() -> Survey:
    """Some 150 households of five villages, which stand on the roster in no order."""
    files = [
        casefile({"household_id": str(n), "village": f"村{n % 5}"}, {"household_id": str(n), "village": f"村{n % 5}"})
        for n in range(1, 151)
    ]
    return survey_of(*files)


@pytest.fixture(scope="module")
def workers() -> Iterator[Executor]:
    """Two processes of our own."""
    with Workers(2) as own:
        yield own


def judged(survey: Survey, functions: Sequence[Any], executor: Executor | None = None, **choice: Any) -> Outcome:
    """Ask the functions as a plugin's rules."""
    made = evolve(campaign(), plugins=PluginChoice(**choice))
    return judge(survey, rules(*functions, owner="strange"), made, {}, secret=lambda: b"key", executor=executor)


def told(outcome: Outcome) -> list[Any]:
    """Give all that an outcome says, and how each rule fared."""
    return [
        outcome.findings,
        [(one, dict(one.unjudged), list(one.unjudged)) for one in outcome.households],
        [(one.rule.code, one.asked, one.failures, one.error) for one in outcome.rules],
    ]


def unjudged(outcome: Outcome, code: str) -> list[int]:
    """Give the households of which a rule could not be asked."""
    return sorted(int(one.household_id) for one in outcome.households if code in one.unjudged)


def test_villages_are_asked_whole_in_the_order_of_the_roster(survey: Survey) -> None:
    """The first village to stand there is the first; one of many households is asked in parts."""
    shards = list(shards_of(survey.casefiles))
    assert [shard[0].household_id for shard in shards] == ["1", "2", "3", "4", "5"]
    assert [one.household_id for one in shards[0]][:3] == ["1", "6", "11"]
    alone = [evolve(one, household=evolve(one.household, place=survey.casefiles[0].place)) for one in survey.casefiles]
    assert [len(shard) for shard in shards_of(alone)] == [SHARD, 50]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_any_number_of_processes_gives_the_outcome_of_one(survey: Survey, jobs: int) -> None:
    """Findings, verdicts, proofs, groups across villages, failures and where the fifty were reached: all the same."""
    alone = judged(survey, EVERY)
    assert [one.failures for one in alone.rules] == [0, 0, 50, 0, 0]
    with Workers(jobs) as own:
        assert told(judged(survey, EVERY, own)) == told(alone)


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor_will_do(survey: Survey, kind: str) -> None:
    """One of the standard library's judges as our own do."""
    made = ThreadPoolExecutor(2) if kind == "threads" else ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with made as executor:
        assert told(judged(survey, EVERY, executor)) == told(judged(survey, EVERY))


@pytest.mark.parametrize("foreign", [False, True])
def test_a_worker_that_is_killed_costs_its_village_a_second_try(
    survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, foreign: bool
) -> None:
    """Nothing of the outcome tells of it, also where it breaks an executor that is not our own."""
    functions = (*EVERY, strange.killed_once)
    monkeypatch.setenv(strange.FOOTPRINT, str(tmp_path))
    made = ProcessPoolExecutor(2, mp_context=get_context("spawn")) if foreign else Workers(2)
    with made as executor:
        found = judged(survey, functions, executor)
    assert (tmp_path / "killed").exists()
    assert told(found) == told(judged(survey, functions))  # which finds the mark, and is not killed


def test_a_rule_that_ends_every_worker_is_named_and_the_others_answer(survey: Survey, workers: Executor) -> None:
    """Its village, and whoever comes after it in the roster, could not be checked; nobody else's answers change."""
    found = judged(survey, (*EVERY, strange.ending), workers)
    alone = judged(survey, EVERY)
    ended = found.rules[-1]
    assert (ended.rule.code, ended.error, ended.tripped) == ("t.ending", "its process ended with code 7", True)
    assert unjudged(found, "t.ending") == [n for n in range(1, 151) if n % 5 in (4, 0)]
    assert {one.verdict for one in found.households if "t.ending" in one.unjudged} <= {
        Verdict.COULD_NOT_CHECK,
        Verdict.CONTRADICTED,
    }
    assert [one for one in found.findings if one.code != "t.ending"] == list(alone.findings)
    assert [one.household_id for one in found.findings if one.code == "t.ending"] == ["2"]


def test_a_rule_that_cannot_travel_is_asked_here(survey: Survey, workers: Executor) -> None:
    """As functions inside others cannot."""
    here = os.getpid()

    def inner(casefile: Any) -> Any:
        """Inner."""
        assert os.getpid() == here

    rule(**strange.MARKS)(inner)
    assert told(judged(survey, (*EVERY, inner), workers)) == told(judged(survey, (*EVERY, inner)))


# ------------------------------------------------------------------------------------------------ apart


def test_rules_that_are_asked_apart_answer_as_ever(survey: Survey) -> None:
    """Findings, verdicts and failures are those of rules asked here, with cells, groups and what persons are shown."""
    assert told(judged(survey, EVERY, isolate=True)) == told(judged(survey, EVERY))


@pytest.mark.parametrize(
    ("function", "how"),
    [
        (strange.ending, "its process ended with code 7"),
        (strange.crashing, "its process was ended by signal 11"),
        (strange.looping, "its process ended with code 1"),
        (strange.unreadable, "its answer cannot be used: UnpicklingError"),
    ],
)
def test_what_ends_its_own_process_costs_nobody_else_anything(survey: Survey, function: Any, how: str) -> None:
    """It is named with how it ended, its households could not be checked, and every other answer is the same."""
    found = judged(survey, (*EVERY, function), isolate=True, seconds=0.3)
    ended = found.rules[-1]
    assert (ended.error, ended.tripped) == (how, True)
    assert 4 in unjudged(found, ended.rule.code)
    assert [one for one in found.findings if one.code != ended.rule.code] == list(judged(survey, EVERY).findings)


def test_a_rule_that_takes_all_memory_is_refused_it(survey: Survey) -> None:
    """It fails over that household alone."""
    found = judged(survey, (strange.third, strange.hogging), isolate=True)
    assert (found.rules[-1].failures, unjudged(found, "t.hogging")) == (1, [4])
    assert (found.rules[-1].error or "").startswith("MemoryError in hogging:")


def test_nothing_that_a_plugin_prints_comes_out(survey: Survey, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither by print, nor by the error stream, nor past both."""
    found = judged(survey, (strange.talking,), isolate=True)
    assert found.rules[0].failures == 0
    assert capfd.readouterr() == ("", "")
