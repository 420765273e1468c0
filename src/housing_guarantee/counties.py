"""The work on one county of many, piece by piece, wherever it is done: whatever goes in and comes out can travel.

Each piece is done again from the start where whoever was at it ended, and leaves the same.
"""

import platform
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from housing_guarantee.asking import keys_in
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.errors import PluginError
from housing_guarantee.exchange import Exchange, Home
from housing_guarantee.inquiry import Inquiry, is_strange
from housing_guarantee.plugins import Equipment, equipped, furnished, rule_set_fingerprint, settings_for
from housing_guarantee.reading import Silent
from housing_guarantee.reports.jsonl import summary
from housing_guarantee.rule import Rule, Ties
from housing_guarantee.runner import Before, conclude, exit_code, lay, write_reports
from housing_guarantee.veil import names_in
from housing_guarantee.workspace import workspace_key

__all__ = ["County", "difference", "installation", "judge_county", "lay_county", "lend", "match_keys", "match_ties"]

Installation = Mapping[str, Any]


@frozen
class County:
    """One county's part of a run.

    :param campaign: the county's own (`partitions.py`)
    :param out: its folder of results
    :param work: the folder of the exchange
    :param workspace: of the whole campaign, whose key is every county's
    :param across: whether there are other counties to exchange with
    :param installed: what the worker must have, as the run has it
    """

    code: str
    campaign: Campaign = field(repr=False)
    out: Path
    work: Path
    workspace: Path
    installed: Installation = field(repr=False)
    across: bool = True
    language: str | None = None
    unmask: bool = False
    level: str = "county"
    reports: tuple[str, ...] = ()
    fail_on: str = "error"

    @property
    def key(self) -> bytes:
        """The campaign's key."""
        return workspace_key(self.workspace)

    @property
    def exchange(self) -> Exchange:
        """Where counties exchange."""
        return Exchange(self.work, self.key)


# ------------------------------------------------------------------------------------------------ what is installed


def installation(campaign: Campaign) -> dict[str, Any]:
    """Say what results rest on here: the versions, the plugins, and the rules with their settings."""
    equipment = equipped(campaign)
    rules = rule_set_fingerprint(equipment.rules, settings_for(equipment, campaign))
    plugins = {f"plugin {one.name}": f"{one.version} {one.state}" for one in equipment.plugins}
    packages = {name: version(name) for name in ("housing-guarantee", "attrs", "cattrs", "pillow")}
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **packages, **plugins, "rules and settings": rules[:12]}


def difference(ours: Installation, theirs: Installation) -> str:
    """Name what differs; empty where nothing does."""
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    return ", ".join(f"{name}: {theirs.get(name, 'none')} instead of {ours.get(name, 'none')}" for name in names)


def _equipment(county: County) -> Equipment:
    """Load the plugins, once a process, and refuse to work with others than the run's."""
    equipment, theirs = _loaded(_Whole(county.campaign))
    if found := difference(county.installed, theirs):
        raise PluginError(f"a worker differs: {found}", zh=f"工作进程的安装不一致：{found}")
    return equipment


@frozen(eq=False)
class _Whole:
    """A campaign that is the same whichever county's part it is, as far as its plugins and rules go."""

    campaign: Campaign

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Whole) and self._told == other._told

    def __hash__(self) -> int:
        return hash(self.campaign.path)

    @property
    def _told(self) -> tuple[Any, ...]:
        asked = self.campaign
        return asked.path, dict(asked.inputs), asked.plugins, asked.rules


@lru_cache(maxsize=2)
def _loaded(whole: _Whole) -> tuple[Equipment, Installation]:
    return equipped(whole.campaign), installation(whole.campaign)


# ------------------------------------------------------------------------------------------------ the pieces


def lay_county(county: County) -> int:
    """Read a county's sources, lay its case files, keep them and their keys; give how many there are."""
    equipment = _equipment(county)
    campaign = furnished(county.campaign, equipment.vocabulary)
    before = Before.of(campaign)
    survey, _ = lay(evolve(campaign, links=before.links), equipment, Silent(), jobs=1, reviews=before.reviews)
    county.exchange.put_survey(county.code, survey)
    if county.across:
        _put_keys(county, survey, equipment)
    return len(survey.casefiles)


def reaching(county: County) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Give the rules that reach across counties: those with keys, and those with ties."""
    equipment, isolated = _equipment(county), county.campaign.plugins.isolate
    across = [r for r in equipment.chosen(county.campaign) if r.across and not (isolated and is_strange(r))]
    with_ties = tuple(rule for rule in across if isinstance(rule.across, Ties))
    return tuple(rule for rule in across if rule not in with_ties), with_ties


def _put_keys(county: County, survey: Survey, equipment: Equipment) -> None:
    keyed, tied = reaching(county)
    known = names_in(survey) if any(map(is_strange, (*keyed, *tied))) else frozenset()
    campaign = furnished(county.campaign, equipment.vocabulary)
    inquiry = Inquiry((), campaign, settings_for(equipment, campaign), key=county.key, known=known)
    found = [
        (place, rule.code, key) for rule in keyed for place, key in keys_in(survey, evolve(inquiry, rules=((0, rule),)))
    ]
    county.exchange.put_keys(county.code, found)
    for rule in tied:
        county.exchange.put_things(county.code, rule.code, list(keys_in(survey, evolve(inquiry, rules=((0, rule),)))))


def match_keys(work: Path, counties: Sequence[str], first: int, last: int) -> list[list[Home]]:
    """Find the keys that several counties hold, of one stretch of digests."""
    return Exchange(work).shared_keys(counties, first, last)


def match_ties(county: County, counties: Sequence[str], code: str, part: int) -> list[list[Home]]:
    """Find what ties case files of two counties, in one part of a rule's search.

    :param county: any of them, for the rules and settings
    """
    rule = _equipment(county).by_code[code]
    settings = settings_for(_equipment(county), county.campaign).get(rule.topic)
    homes, things = county.exchange.things(counties, code)
    pairs = rule.across.tied(things, part, settings) if isinstance(rule.across, Ties) else ()
    return [[homes[one], homes[other]] for one, other in pairs if homes[one][0] != homes[other][0]]


def lend(work: Path, county: str, places: Sequence[int]) -> None:
    """Hand out case files that stand in groups with other counties'."""
    Exchange(work).lend(county, places)


def judge_county(county: County, needed: Sequence[Home]) -> dict[str, Any]:
    """Judge a county with what others handed out, write its results, and give its summary and exit code."""
    equipment, exchange = _equipment(county), county.exchange
    campaign = furnished(county.campaign, equipment.vocabulary)
    survey = exchange.survey(county.code)
    (campaign.folder / campaign.workspace).parent.mkdir(parents=True, exist_ok=True)
    result = conclude(
        campaign,
        survey,
        equipment,
        Before.of(campaign, record=True),
        language=county.language,
        unmask=county.unmask,
        level=county.level,
        record=True,
        secret=lambda: county.key,
        beside=[_named_apart(survey, *one) for one in exchange.borrowed(needed)],
    )
    write_reports(result, equipment, county.out, names=county.reports)
    return {"county": county.code, "exit": exit_code(result, county.fail_on), **summary(result)}


def _named_apart(survey: Survey, county: str, casefile: CaseFile) -> CaseFile:
    """Give a county's name to a household whose number one of our own has too."""
    if casefile.household_id not in survey.by_id:
        return casefile
    number = f"{county}:{casefile.household_id}"
    return evolve(casefile, household=evolve(casefile.household, household_id=number))
