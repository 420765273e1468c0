"""``doctor``: look at the machine, the databases and the campaign before a big run."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from housing_guarantee.campaign import Campaign
from housing_guarantee.cli import options
from housing_guarantee.doctor.advice import Advice, Standing
from housing_guarantee.doctor.campaign import campaign_advice
from housing_guarantee.doctor.machine import machine
from housing_guarantee.opening import load_campaign

__all__ = ["command"]

_MARKS = {Standing.OK: "  ", Standing.WARNING: "! ", Standing.PROBLEM: "!!"}


@click.command("doctor")
@click.argument("campaign_file", metavar="[CAMPAIGN]", required=False, type=click.Path(dir_okay=False, path_type=Path))
@options.lang
@options.json_
def command(campaign_file: Path | None, lang: str | None, as_json: bool) -> int:
    """体检：大批核验之前，检查机器、数据库、磁盘、限制和任务文件所列的来源。

    Look, before a big run, at the machine, the databases, the disk, the limits, and what the campaign names. Nothing
    is written. Exit code 3 where something would fail.
    """
    campaign: Campaign | None = load_campaign(campaign_file) if campaign_file else None
    language = lang or (campaign.language if campaign else "zh")
    advice = list(machine(campaign.folder if campaign else Path.cwd()))
    if campaign:
        advice += campaign_advice(campaign)
    if as_json:
        click.echo(json.dumps(_data(advice, language), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(advice, language)))
    return 3 if any(one.standing is Standing.PROBLEM for one in advice) else 0


def _lines(advice: Iterable[Advice], language: str) -> list[str]:
    lines = []
    for one in advice:
        todo = one.todo.of(language)
        lines.append(f"{_MARKS[one.standing]} {one.about}: {one.found.of(language)}{f' → {todo}' if todo else ''}")
    return lines


def _data(advice: Iterable[Advice], language: str) -> list[dict[str, Any]]:
    return [
        {
            "about": one.about,
            "standing": one.standing.value,
            "found": one.found.of(language),
            "todo": one.todo.of(language) or None,
        }
        for one in advice
    ]
