"""A workspace in a file and in a real server, and runs with findings wherever a test wants them."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee import testing
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Given, Survey
from housing_guarantee.engine import Outcome, RuleAccount
from housing_guarantee.findings import Effect, Finding, HouseholdResult, Severity, Status, Verdict
from housing_guarantee.models import Cell, Place
from housing_guarantee.rule import ERROR, Fix, Rule, Topic, Words, rule
from housing_guarantee.source import Account, Source
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.tracking.tracker import Tracked, track
from housing_guarantee.waivers import Waivers

from ..servers import Server

VARIABLE = "HOUSING_TEST_WORKSPACE"
PLACE = Place("茫曲镇", "塔哇村", "632525100201")


asked = partial(rule, clause="M1", severity=ERROR, message=Words("甲", "a"), fix=Fix("乙", "b"))


@asked(requirement="verified")
def unsafe(casefile: Any) -> None:
    """A rule about a household that has a record."""


@asked(recorded=False, needs=("ledger",))
def listed(casefile: Any) -> None:
    """A rule that needs a ledger."""


@asked()
def counted(survey: Any) -> None:
    """A rule about the whole."""


RULES: Mapping[str, Rule] = {one.code: one for one in Topic("safety", (unsafe, listed, counted)).build()}


def key_of(household: str, code: str = "safety.unsafe") -> str:
    """Make a finding's key."""
    return f"{code}/{household}/"


def finding(household: str | None = "1", code: str = "safety.unsafe", **fields: Any) -> Finding:
    """Find a fault of a household."""
    plain: dict[str, Any] = {
        "key": key_of(household or "", code),
        "code": code,
        "severity": Severity.ERROR,
        "effect": Effect.CONTRADICTED,
        "status": Status.NEW,
        "household_id": household,
        "name": "才让多杰",
        "place": PLACE,
        "clause": "M1",
        "values": {},
        "cells": (Cell("export.xlsx", "核验", 3, "H", "住房是否安全", "is_safe", "否"),),
    }
    return Finding(**{**plain, **fields})


SOURCES = {"roster": "roster.xlsx", "verifications": "export.xlsx", "ledger": "ledger.xls"}


class County:
    """A county of two households whose data, rules and findings a test turns as it wants."""

    def __init__(self, workspace: Workspace, campaign: Campaign) -> None:
        self.workspace, self.campaign = workspace, campaign
        self.data = dict.fromkeys(SOURCES, "1")
        self.casefiles = tuple(testing.casefile(household={"household_id": number}) for number in ("1", "2"))
        self.broken: set[str] = set()
        self.accounts = {code: RuleAccount(one) for code, one in RULES.items()}
        self.unjudged: dict[str, str] = {}
        self.rule_set = "rules"

    def survey(self) -> Survey:
        """Lay the case files."""
        accounts = [
            Account(Source(role, "excel", name, Path(name)), digest=self.data[role]) for role, name in SOURCES.items()
        ]
        given = Given(roles=frozenset(self.data), broken=frozenset(self.broken))
        return Survey(self.casefiles, given, accounts=tuple(accounts))

    def outcome(self, findings: Iterable[Finding]) -> Outcome:
        """Conclude, with the campaign's waivers applied."""
        waivers = Waivers(self.campaign)
        households = tuple(_household(casefile, self.unjudged) for casefile in self.casefiles)
        found = tuple(waivers.applied(one) for one in findings)
        return Outcome(found, households, tuple(self.accounts.values()), waivers.uses)

    def check(self, *findings: Finding, record: bool = True, **data: str) -> Tracked:
        """Run a check that finds these, of newer data where a role is given another digest."""
        self.data |= data
        _, tracked = track(
            self.campaign,
            self.survey(),
            self.outcome(findings),
            rule_set=self.rule_set,
            record=record,
            workspace=self.workspace,
        )
        return tracked

    def states(self) -> dict[str, str]:
        """Give the state of every finding that the workspace knows, by household."""
        lives = self.workspace.read(lambda journal: tuple(journal.lives().values()), ())
        return {life.household_id or "": life.state.value for life in lives}


def _household(casefile: CaseFile, unjudged: Mapping[str, str]) -> HouseholdResult:
    verdict = Verdict.CONTRADICTED if casefile.verifications else Verdict.NOT_VERIFIED
    return HouseholdResult(casefile.household_id, None, PLACE, "鉴定安全", verdict, (), (), unjudged)


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Give an empty workspace, in a file and in each server."""
    if request.param == "sqlite":
        return Workspace(tmp_path / "w.sqlite", county_code="632525")
    server: Server = request.getfixturevalue(f"{request.param}_server")
    monkeypatch.setenv(VARIABLE, server.fresh().url)
    return Workspace(tmp_path / "w.sqlite", county_code="632525", url_env=VARIABLE)


@pytest.fixture
def file(tmp_path: Path) -> Workspace:
    """Give an empty workspace in a file."""
    return Workspace(tmp_path / "f.sqlite", county_code="632525")


MakeCounty = Callable[..., County]


@pytest.fixture
def county_of(tmp_path: Path) -> MakeCounty:
    """Give a function that makes a county in a workspace."""

    def make(workspace: Workspace, **changes: Any) -> County:
        return County(workspace, evolve(testing.campaign(), path=tmp_path / "campaign.toml", **changes))

    return make
