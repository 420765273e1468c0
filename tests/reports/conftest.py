"""Results of runs, built by hand: two rules, a few households, findings wherever a test wants them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from housing_guarantee import testing
from housing_guarantee.casefiles import CaseFile, Given, Survey
from housing_guarantee.engine import Outcome
from housing_guarantee.findings import Finding, HouseholdResult, Severity, Status, Verdict
from housing_guarantee.models import Cell, Place
from housing_guarantee.report import Result
from housing_guarantee.rule import ERROR, Fix, Rule, Topic, Words, rule

HERE = Place("茫曲镇", "加土乎村", "632525100201")
NEXT = Place("茫曲镇", "达玉村", "632525100202")
AWAY = Place("森多镇", "塔哇村", "632525102204")


@rule(
    clause="M1",
    severity=ERROR,
    message=Words("等级{grade}：{remark}", "grade {grade}: {remark}"),
    fix=Fix("由{name}家重新鉴定", "appraise the house of {name} again", "township"),
)
def grade_unsafe(casefile: Any) -> None:
    """A rule with words."""


RULES: Mapping[str, Rule] = {one.code: one for one in Topic("appraised", (grade_unsafe,)).build()}


def cell(row: int = 3, **fields: Any) -> Cell:
    """Point at a cell of the verification export."""
    plain = {
        "source": "核验.xlsx",
        "sheet": "核验",
        "column": "H",
        "header": "鉴定等级",
        "field": "grade",
        "value": "C",
    }
    return Cell(**{**plain, "row": row, **fields})


def finding(number: str | None = "1", place: Place = HERE, **fields: Any) -> Finding:
    """Find grade C of a household (by default an error that is new); ``number`` makes its key."""
    plain = {
        "key": f"appraised.grade-unsafe/{number}/",
        "code": "appraised.grade-unsafe",
        "severity": Severity.ERROR,
        "effect": None,
        "status": Status.NEW,
        "household_id": number,
        "name": "才让多杰",
        "place": place,
        "clause": "M1",
        "values": {"grade": "C", "remark": "墙体开裂"},
        "cells": (cell(),),
    }
    return Finding(**{**plain, **fields})


def household(number: str = "1", place: Place = HERE, verdict: Verdict = Verdict.CONTRADICTED) -> HouseholdResult:
    """Conclude a verdict of a household."""
    return HouseholdResult(number, "才让多杰", place, "鉴定安全", verdict, (), ())


def casefile(number: str = "1", **roster: Any) -> CaseFile:
    """Lay a case file of the usual head, with other cells of the roster where a test gives them."""
    return testing.casefile(household={"household_id": number, "group": "二社", **roster})


MakeResult = Callable[..., Result]


@pytest.fixture
def result() -> MakeResult:
    """Give a function that makes the result of a run from its findings, households and case files."""

    def make(
        *findings: Finding,
        households: tuple[HouseholdResult, ...] = (),
        casefiles: tuple[CaseFile, ...] = (),
        campaign: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Result:
        return Result(
            **{
                "campaign": testing.campaign(**(campaign or {})),
                "survey": Survey(casefiles, Given()),
                "outcome": Outcome(findings, households, ()),
                "rules": RULES,
                **fields,
            }
        )

    return make
