"""``status``: how the findings stand by township and village, from the workspace alone."""

import json
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from housing_guarantee.campaign import Campaign
from housing_guarantee.cli import options
from housing_guarantee.cli.tracked import say, waiver_lines
from housing_guarantee.findings import Status
from housing_guarantee.masking import BLIND
from housing_guarantee.opening import load_campaign
from housing_guarantee.reports.jsonl import waiver_data
from housing_guarantee.tracking.journal import Run
from housing_guarantee.tracking.lives import Life
from housing_guarantee.tracking.standing import Standing, Unit, standing
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.waivers import Waivers, WaiverUse

__all__ = ["command"]

_COLUMNS = {
    "to_verify": ("待核验", "to verify"),
    "open": ("未解决", "open"),
    "returned": ("再现", "came back"),
    "disputed": ("异议", "disputed"),
    "claimed": ("已申报", "claimed"),
    "still_there": ("仍在", "still there"),
    "overdue": ("逾期", "overdue"),
    "closed": ("已关闭", "closed"),
    "waived": ("豁免", "waived"),
}
_RUNS_SHOWN = 10


@click.command("status")
@options.campaign
@click.option("--villages", is_flag=True, help="列到村 · list the villages too")
@options.area
@options.lang
@options.json_
def command(campaign_file: Path, villages: bool, area: str, lang: str | None, as_json: bool) -> int:
    """进度：各乡镇、村待核验、未解决、已申报、逾期、已关闭的数目，整改期限，历次变化。

    Show how the findings stand by township and village: to verify, open, claimed, overdue, closed; and the trend.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    stands, uses = _look(campaign, area)
    if as_json:
        click.echo(json.dumps(_data(stands, uses), ensure_ascii=False, indent=2))
        return 0
    _show(campaign, stands, villages or len(area) >= 9, language)
    click.echo("\n".join([*_about(stands, language), *waiver_lines(uses, language, BLIND)]))
    return 0


def _look(campaign: Campaign, area: str) -> tuple[Standing, tuple[WaiverUse, ...]]:
    workspace = Workspace.of(campaign)
    nothing: tuple[dict[str, Life], tuple[Run, ...]] = ({}, ())
    lives, runs = workspace.read(lambda journal: (journal.lives(), journal.runs()), nothing)
    workspace.close()
    waivers = Waivers(campaign)
    for life in lives.values():
        if life.state is Status.WAIVED:
            waivers.cover(life)
    return standing(campaign, lives.values(), runs, area), waivers.uses


def _show(campaign: Campaign, stands: Standing, villages: bool, language: str) -> None:
    """Print the table: a row a township, or a village, and the total."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(title=campaign.name, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(say(language, "乡镇", "township"), no_wrap=True)
    for words in _COLUMNS.values():
        table.add_column(say(language, *words), justify="right", no_wrap=language == "zh", overflow="fold")
    units = stands.villages if villages else stands.townships
    for unit in units:
        table.add_row(unit.name or "-", *_numbers(unit), end_section=unit is units[-1])
    table.add_row(say(language, "合计", "total"), *_numbers(stands.total))
    Console().print(table)


def _numbers(unit: Unit) -> list[str]:
    return [str(getattr(unit, name) or "·") for name in _COLUMNS]


def _about(stands: Standing, language: str) -> list[str]:
    """Say the deadline, what the last run could not close, and how the figures went from run to run."""
    days = abs(stands.days_left)
    left = say(language, f"还有{days}天", f"{days} days left")
    past = say(language, f"已过{days}天", f"{days} days past")
    lines = [say(language, "整改期限", "deadline") + f" {stands.deadline}: {left if stands.days_left >= 0 else past}"]
    if stands.kept:
        words = (
            "{}处上次核查未发现，但未能核对或数据未更新，保持原状态",
            "{} not found last time, yet not checked or not newer: kept",
        )
        lines.append(say(language, *words).format(len(stands.kept)))
    if not stands.runs:
        lines.append(say(language, "尚未核查", "not checked yet"))
    for run in stands.runs[-_RUNS_SHOWN:]:
        counts = "  ".join(f"{state} {number}" for state, number in run.counts.items())
        lines.append(say(language, "第{}次核查", "check {}").format(run.number) + f" {run.as_of[:16]}  {counts}")
    return lines


def _data(stands: Standing, uses: tuple[WaiverUse, ...]) -> dict[str, Any]:
    return {
        "deadline": str(stands.deadline),
        "days_left": stands.days_left,
        "total": asdict(stands.total),
        "townships": [asdict(unit) for unit in stands.townships],
        "villages": [asdict(unit) for unit in stands.villages],
        "kept": [life.key for life in stands.kept],
        "runs": [asdict(run) for run in stands.runs],
        "waivers": [waiver_data(use, BLIND) for use in uses],
    }
