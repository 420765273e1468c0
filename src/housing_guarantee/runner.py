"""One run, its steps in order: read the sources, lay the case files, ask the rules, track the findings, write them."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from housing_guarantee.assemble import assemble, survey_of
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.engine import Outcome, Secret, judge
from housing_guarantee.errors import CampaignError
from housing_guarantee.findings import Finding, Severity, Status
from housing_guarantee.linkage.match import Link
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import Place
from housing_guarantee.plugins import Equipment, equipped, furnished, rule_set_fingerprint, settings_for
from housing_guarantee.reading import Progress, Silent, read_sources, readings_of
from housing_guarantee.report import Result
from housing_guarantee.reviews import Reviews, standing
from housing_guarantee.rule import Rule
from housing_guarantee.source import DocumentFile, Item, PhotoFile
from housing_guarantee.toml_table import nearest, nearest_zh
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.lives import Event
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.tracking.tracker import settled_links, track
from housing_guarantee.workers.pool import Workers
from housing_guarantee.workspace import workspace_key

__all__ = ["Before", "Progress", "Silent", "check", "conclude", "exit_code", "lay", "run", "write_reports"]


def run(
    campaign: Campaign,
    *,
    equipment: Equipment | None = None,
    language: str | None = None,
    unmask: bool = False,
    area: str = "",
    level: str = "county",
    record: bool = False,
    profile: bool = False,
    rehash: bool = False,
    progress: Progress | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
) -> Result:
    """Check a campaign: read, assemble, ask, conclude, and say how each finding stands since earlier runs.

    :param language: of the words, instead of the campaign's own
    :param area: code of the unit to report on, with everything below it; everything is judged all the same
    :param level: who will see the lists: a ``village`` sees no coordinates and no photo checks in them
    :param record: whether the workspace is to remember this run; else it is only looked into
    :param profile: whether to time each rule
    :param rehash: open every photo, also those that have not changed since an earlier run
    :param jobs: how many processes read photos and, where it is more than one, ask the rules of single households
    :param executor: asks them instead; any of `concurrent.futures`, whose workers have this package and its plugins
    :raises WorkspaceError: the workspace cannot be used
    :raises CampaignError: the campaign names a rule, setting or adapter that nobody brought; or the roster has no
        household in the area
    :raises PluginError: a plugin cannot be used
    """
    progress = progress or Silent()
    equipment = equipment or equipped(campaign)
    campaign = furnished(campaign, equipment.vocabulary)
    equipment.chosen(campaign)  # what is misspelt is refused before anything is read
    settings_for(equipment, campaign)
    before = Before.of(campaign, record=record)
    laid = evolve(campaign, links=before.links)
    survey, items = lay(laid, equipment, progress, rehash=rehash, reviews=before.reviews, jobs=jobs)
    _check_area(area, survey)
    _check_links(campaign, survey, items)
    with ExitStack() as workers:
        if executor is None and jobs and jobs > 1:
            executor = workers.enter_context(Workers(jobs))
        return conclude(
            campaign,
            survey,
            equipment,
            before,
            language=language,
            unmask=unmask,
            area=area,
            level=level,
            record=record,
            profile=profile,
            progress=progress,
            executor=executor,
        )


@frozen
class Before:
    """What the workspace knows from earlier runs and from lists that came back.

    :param links: rows that people settled
    :param reviews: what people saw who looked at photos
    """

    workspace: Workspace
    links: tuple[Link, ...]
    reviews: Reviews

    @classmethod
    def of(cls, campaign: Campaign, *, record: bool = False) -> "Before":
        """Look into the campaign's workspace.

        :param record: whether it is made ready to remember the run
        """
        workspace = Workspace.of(campaign)
        if record:
            workspace.prepare()
        return cls(workspace, settled_links(campaign, workspace), standing(workspace.read(Journal.reviews, ())))


def conclude(
    campaign: Campaign,
    survey: Survey,
    equipment: Equipment,
    before: Before,
    *,
    language: str | None = None,
    unmask: bool = False,
    area: str = "",
    level: str = "county",
    record: bool = False,
    profile: bool = False,
    progress: Progress | None = None,
    executor: Executor | None = None,
    secret: Secret | None = None,
    beside: Sequence[CaseFile] = (),
) -> Result:
    """Judge case files that are laid, and say how each finding stands since earlier runs; see `run`.

    :param secret: the key with which persons' data enter the keys of findings; by default the workspace's
    :param beside: case files of other counties, for the rules that reach across
    """
    progress = progress or Silent()
    rules, settings = equipment.chosen(campaign), settings_for(equipment, campaign)
    outcome = judge(
        survey,
        rules,
        campaign,
        settings,
        secret=secret or (lambda: workspace_key(campaign.folder / campaign.workspace)),
        tick=lambda done: progress.step("rules", done, len(survey.casefiles)),
        profile=profile,
        executor=executor,
        beside=beside,
    )
    shown = {"area": area or None, "level": level}
    manifest = _manifest(campaign, equipment, rules, settings, shown)
    outcome, tracked = track(
        campaign,
        survey,
        outcome,
        links=before.links,
        reviews=before.reviews,
        rule_set=manifest["rule_set"],
        record=record,
        workspace=before.workspace,
    )
    return Result(
        campaign=campaign,
        survey=survey,
        outcome=_within(outcome, area),
        rules={rule.code: rule for rule in rules},
        language=language or campaign.language,
        unmask=unmask,
        level=level,
        tracked=tracked.within(area),
        manifest=manifest,
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


def _check_links(campaign: Campaign, survey: Survey, items: Iterable[Item]) -> None:
    """Refuse a person's word in the campaign file that names no source or household: it would settle nothing.

    What lists that came back said before is no fault of the file's, though its household may have left the roster.
    """
    names = {account.source.name for account in survey.accounts}
    names |= {item.origin.table.source for item in items if not isinstance(item, (PhotoFile, DocumentFile))}
    sources, file = names | {name.rpartition("/")[2] for name in names}, campaign.path.name
    for number, link in enumerate(campaign.links, 1):
        if link.source not in sources:
            problem = f"source {link.source!r} is no source{nearest(link.source, sources)}"
            zh = f"来源“{link.source}”不存在{nearest_zh(link.source, sources)}"
        elif (
            survey.casefiles and link.household_id not in survey.by_id
        ):  # its number may be a person's, so it is not said
            problem, zh = "its household_id is not on the roster", "household_id 不在名册中"
        else:
            continue
        raise CampaignError(f"{file}: [[links]] no. {number}: {problem}", zh=f"{file}：第{number}个 [[links]]：{zh}")


def lay(
    campaign: Campaign,
    equipment: Equipment,
    progress: Progress,
    *,
    rehash: bool = False,
    reviews: Reviews | None = None,
    jobs: int | None = None,
) -> tuple[Survey, list[Item]]:
    """Read every source and lay the case files; give also what was read, in the order of the sources.

    :param rehash: open every photo, also those that have not changed since an earlier run
    :param reviews: what people saw who looked at photos
    :param jobs: how many processes read photos; by default one a core
    :raises CampaignError: a source names an adapter that nobody brought
    """
    campaign = furnished(campaign, equipment.vocabulary)
    readings = readings_of(campaign, equipment)
    items = list(read_sources(readings, campaign, progress, rehash=rehash, jobs=jobs))
    progress.step("assemble", 0, None)
    survey = assemble(
        items,
        [account for account, _ in readings],
        links=campaign.links,
        reviews=reviews,
        options=campaign.linkage,
        gazetteer=Gazetteer.builtin(campaign.county_code, equipment.vocabulary.divisions),
        definition=campaign.definition,
    )
    progress.step("assemble", len(survey.casefiles), len(survey.casefiles))
    return survey, items


def check(
    casefiles: Iterable[CaseFile],
    campaign: Campaign,
    *,
    equipment: Equipment | None = None,
    language: str | None = None,
    unmask: bool = False,
) -> Result:
    """Judge case files that another program already has (`casefile_of` makes them from plain data).

    No workspace is looked into, so every finding is new or waived. Questions about the whole data set are asked of
    these case files alone; how many households were planned is not asked.

    :param equipment: rules that are already loaded, where many are judged one by one
    :param language: of the words, instead of the campaign's own
    :raises CaseFileError: the case files were laid from different sources
    """
    equipment = equipment or equipped(campaign)
    campaign = furnished(campaign, equipment.vocabulary)
    rules = [rule for rule in equipment.chosen(campaign) if rule.code != "roster.count-differs"]
    survey = survey_of(tuple(casefiles))
    outcome = judge(
        survey,
        rules,
        campaign,
        settings_for(equipment, campaign),
        secret=lambda: workspace_key(campaign.folder / campaign.workspace),
    )
    return Result(
        campaign=campaign,
        survey=survey,
        outcome=outcome,
        rules={rule.code: rule for rule in rules},
        language=language or campaign.language,
        unmask=unmask,
    )


def write_reports(
    result: Result,
    equipment: Equipment,
    folder: Path,
    progress: Progress | None = None,
    *,
    names: Iterable[str] = (),
) -> list[Path]:
    """Write reports, and give the files written.

    :param names: of those to write; by default every registered one that is not written only on request
    """
    progress, reports = progress or Silent(), equipment.reports_named(names)
    written: list[Path] = []
    progress.step("reports", 0, len(reports))
    for done, report in enumerate(reports, 1):
        written += report.write(result, folder)
        progress.step("reports", done, len(reports))
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
        open_ = (f for f in open_ if _is_news(f, result))
    return int(any(finding.severity in gate for finding in open_))


def _is_news(finding: Finding, result: Result) -> bool:
    """Say whether a finding is new, or came back in this very run."""
    events = result.tracked.events if result.tracked else {}
    return finding.status is Status.NEW or events.get(finding.key) in (Event.RETURNED, Event.DANGER_RETURNED)


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


def _manifest(
    campaign: Campaign,
    equipment: Equipment,
    rules: Iterable[Rule],
    settings: Mapping[str, Any],
    shown: Mapping[str, Any],
) -> dict[str, Any]:
    """Say what the result rests on, beside the sources and counts that the reports know."""
    packages = ("attrs", "exifread", "pillow", "pluggy", "python-calamine", "xlsxwriter")
    return {
        "schema": 1,
        "campaign": campaign.name,
        "campaign_file": campaign.path.name,
        "inputs": dict(campaign.inputs),
        "as_of": campaign.as_of.isoformat(),
        **shown,
        "versions": {
            "housing-guarantee": version("housing-guarantee"),
            "python": ".".join(map(str, sys.version_info[:3])),
            **{name: version(name) for name in packages},
        },
        "plugins": [
            {"name": plugin.name, "version": plugin.version, "state": plugin.state} for plugin in equipment.plugins
        ],
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
            "linkage": asdict(campaign.linkage, filter=lambda attribute, _: attribute.init),
            "settings": {topic: str(value) for topic, value in settings.items() if value is not None},
        },
    }
