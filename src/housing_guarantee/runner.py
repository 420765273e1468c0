"""One run, its steps in order: read the sources, lay the case files, ask the rules, write what was found."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from attrs import evolve

from housing_guarantee.assemble import assemble
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Given, Survey
from housing_guarantee.engine import Outcome, judge
from housing_guarantee.errors import CampaignError, SourceError
from housing_guarantee.findings import Severity, Status
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import Place
from housing_guarantee.plugins import Equipment, equip, rule_set_fingerprint, settings_for
from housing_guarantee.report import Result
from housing_guarantee.rule import Rule
from housing_guarantee.source import Account, Item, Source
from housing_guarantee.toml_table import nearest, nearest_zh
from housing_guarantee.workspace import workspace_key

__all__ = ["Progress", "Silent", "check", "exit_code", "run", "write_reports"]


class Progress(Protocol):
    """Is told how far each step is."""

    def step(self, name: str, done: int, total: int | None) -> None:
        """Say that so much of a step is done."""
        ...  # pragma: no cover


class Silent:
    """Tells nobody."""

    def step(self, name: str, done: int, total: int | None) -> None:
        """Say nothing."""


def run(
    campaign: Campaign,
    *,
    equipment: Equipment | None = None,
    language: str | None = None,
    unmask: bool = False,
    area: str = "",
    progress: Progress | None = None,
) -> Result:
    """Check a campaign: read, assemble, ask, conclude.

    :param language: of the words, instead of the campaign's own
    :param area: code of the unit to report on, with everything below it; everything is judged all the same
    :raises CampaignError: the campaign names a rule, setting or adapter that nobody brought; or the roster has no
        household in the area
    :raises PluginError: a plugin cannot be used
    """
    progress = progress or Silent()
    equipment = equipment or equip(campaign.folder / path for path in campaign.rules.plugins)
    rules = equipment.chosen(campaign)
    settings = settings_for(equipment, campaign)
    readers = [(source, _adapter(source, equipment, campaign)) for source in campaign.sources]
    accounts = [Account(source) for source, _ in readers]
    items = list(_read(readers, accounts, campaign, progress))
    progress.step("assemble", 0, None)
    gazetteer = Gazetteer.builtin(campaign.county_code)
    survey = assemble(items, accounts, links=campaign.links, gazetteer=gazetteer)
    progress.step("assemble", len(survey.casefiles), len(survey.casefiles))
    _check_area(area, survey)
    outcome = judge(
        survey,
        rules,
        campaign,
        settings,
        secret=lambda: workspace_key(campaign.folder / campaign.workspace),
        tick=lambda done: progress.step("rules", done, len(survey.casefiles)),
    )
    return Result(
        campaign=campaign,
        survey=survey,
        outcome=_within(outcome, area),
        rules={rule.code: rule for rule in rules},
        language=language or campaign.language,
        unmask=unmask,
        manifest=_manifest(campaign, rules, settings, area),
    )


def _check_area(area: str, survey: Survey) -> None:
    """Refuse a unit without households: a mistyped code would report that there is nothing to find."""
    codes = sorted({casefile.place.area_code for casefile in survey.casefiles if casefile.place.area_code})
    if area and survey.casefiles and not any(code.startswith(area) for code in codes):
        townships = sorted({code[:9] for code in codes})
        raise CampaignError(
            f"--area {area!r}: no household of the roster is in it; its townships are {', '.join(townships)}",
            zh=f"--area “{area}”：名册中没有这个区划的户，现有乡镇 {'、'.join(townships)}",
        )


def check(casefiles: Iterable[CaseFile], campaign: Campaign, *, equipment: Equipment | None = None) -> Outcome:
    """Judge case files that another program already has."""
    equipment = equipment or equip(campaign.folder / path for path in campaign.rules.plugins)
    own = tuple(casefiles)
    survey = Survey(own, own[0].given if own else Given())
    rules = [rule for rule in equipment.chosen(campaign) if rule.code != "roster.count-differs"]
    return judge(survey, rules, campaign, settings_for(equipment, campaign))


def write_reports(result: Result, equipment: Equipment, folder: Path, progress: Progress | None = None) -> list[Path]:
    """Write every registered report, and give the files written."""
    progress = progress or Silent()
    written: list[Path] = []
    progress.step("reports", 0, len(equipment.reports))
    for done, report in enumerate(equipment.reports, 1):
        written += report.write(result, folder)
        progress.step("reports", done, len(equipment.reports))
    return written


def exit_code(result: Result, fail_on: str = "error") -> int:
    """Say how the run ended: 3 where something could not be checked, 1 at or above the gate, else 0."""
    if any(account.problem for account in result.survey.accounts):
        return 3
    if any(account.failures for account in result.outcome.rules):
        return 3
    gate = {
        "error": (Severity.ERROR,),
        "warning": (Severity.ERROR, Severity.WARNING),
        "new": (Severity.ERROR, Severity.WARNING),
        "never": (),
    }[fail_on]
    open_ = (f for f in result.outcome.findings if f.status is not Status.WAIVED)
    if fail_on == "new":
        open_ = (f for f in open_ if f.status is Status.NEW)
    return int(any(finding.severity in gate for finding in open_))


def _adapter(source: Source, equipment: Equipment, campaign: Campaign) -> Any:
    file = campaign.path.name
    adapter = equipment.adapters.get(source.adapter)
    if adapter is None:
        known = sorted(equipment.adapters)
        raise CampaignError(
            f"{file}: [[sources]] no adapter is called {source.adapter!r}; there are {', '.join(known)}"
            f"{nearest(source.adapter, known)}",
            zh=f"{file}：[[sources]] 没有名为“{source.adapter}”的 adapter，现有 {'、'.join(known)}"
            f"{nearest_zh(source.adapter, known)}",
        )
    if source.role not in adapter.roles:
        raise CampaignError(
            f"{file}: [[sources]] adapter {source.adapter!r} cannot fill the role {source.role!r}; "
            f"it fills {', '.join(adapter.roles)}",
            zh=f"{file}：[[sources]] 的 adapter“{source.adapter}”不能用于 {source.role}，"
            f"可用于 {'、'.join(adapter.roles)}",
        )
    for option in source.options:
        if option not in adapter.options:
            problem = f"{file}: [[sources]] adapter {source.adapter!r} has no option {option!r}"
            raise CampaignError(problem, zh=f"{file}：[[sources]] 的 adapter“{source.adapter}”不认识“{option}”")
    return adapter()


def _read(
    readers: Iterable[tuple[Source, Any]], accounts: list[Account], campaign: Campaign, progress: Progress
) -> Iterator[Item]:
    """Read every source; one that cannot be read is said in its account, and the others go on."""
    for (source, adapter), account in zip(readers, accounts, strict=True):
        progress.step(source.name, 0, None)
        try:
            yield from adapter.read(source, account, campaign.definition, _tick(progress, source))
            progress.step(source.name, account.read + account.photos, account.read + account.photos)
        except SourceError as error:
            account.problem = {"zh": error.text("zh"), "en": error.text("en")}
        except Exception as error:  # a stranger's adapter may raise anything; its words may hold a family's data
            why = f"{source.name}: {type(error).__name__} in the adapter {source.adapter!r}"
            account.problem = {"zh": f"{why}，该来源未能读完", "en": f"{why}; the source could not be read in full"}


def _tick(progress: Progress, source: Source) -> Callable[[int, int | None], None]:
    return lambda done, total: progress.step(source.name, done, total)


def _within(outcome: Outcome, area: str) -> Outcome:
    if not area:
        return outcome

    def inside(place: Place) -> bool:
        return place.area_code.startswith(area)

    return evolve(
        outcome,
        findings=tuple(f for f in outcome.findings if inside(f.place)),
        households=tuple(h for h in outcome.households if inside(h.place)),
    )


def _manifest(campaign: Campaign, rules: Iterable[Rule], settings: Mapping[str, Any], area: str) -> dict[str, Any]:
    """Say what the result rests on, beside the sources and counts that the reports know."""
    packages = ("attrs", "exifread", "pillow", "pluggy", "python-calamine", "xlsxwriter")
    return {
        "schema": 1,
        "campaign": campaign.name,
        "campaign_file": campaign.path.name,
        "inputs": dict(campaign.inputs),
        "as_of": campaign.as_of.isoformat(),
        "area": area or None,
        "versions": {
            "housing-guarantee": version("housing-guarantee"),
            "python": ".".join(map(str, sys.version_info[:3])),
            **{name: version(name) for name in packages},
        },
        "rule_set": rule_set_fingerprint(list(rules), settings),
        "parameters": {
            "county_code": campaign.county_code,
            "planned_households": campaign.planned_households,
            "window": [str(day) for day in campaign.window],
            "rectify_by": str(campaign.rectify_by),
            "policy_year": campaign.policy_year,
            "ledger_years": list(campaign.ledger_years),
            "definition": campaign.definition.name,
            "areas": len(campaign.areas),
            "settings": {topic: str(value) for topic, value in settings.items() if value is not None},
        },
    }
