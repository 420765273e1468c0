"""``audit``: the trail of what was done with a workspace."""

import json
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from housing_guarantee.cli import options
from housing_guarantee.cli.tracked import say
from housing_guarantee.opening import load_campaign
from housing_guarantee.tracking.audit import Entry, broken_at
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.workspace import workspace_key

__all__ = ["command"]


@click.group("audit")
def command() -> None:
    """审计：谁在何时做了什么。

    The trail of who did what, and when.
    """


@command.command("verify")
@options.campaign
@click.option("--entries", is_flag=True, help="列出每一条 · list every entry")
@options.lang
@options.json_
def verify(campaign_file: Path, entries: bool, lang: str | None, as_json: bool) -> int:
    """核对操作记录：每一条都由其前各条封印，改动、删除或调换都会显出。

    Verify the trail: every entry is sealed with all before it, so that a change, a removal or an exchange shows.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    workspace = Workspace.of(campaign)
    trail = workspace.read(Journal.audit, ())
    workspace.close()
    broken = broken_at(workspace_key(campaign.folder / campaign.workspace), trail) if trail else None
    if as_json:
        click.echo(json.dumps(_data(trail, broken, entries), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(trail, broken, entries, language)))
    return int(broken is not None)


def _lines(trail: tuple[Entry, ...], broken: int | None, entries: bool, language: str) -> list[str]:
    lines = [f"{one.number:>5}  {one.at}  {one.who}  {one.what}  {one.details}" for one in trail] if entries else []
    if broken is not None:
        words = (
            "操作记录自第{}条起不完整或被改动",
            "from entry {} on the trail does not hold",
        )
        return [*lines, "[!] " + say(language, *words).format(broken)]
    words = "{}条操作记录完整；末条封印 {}", "{} entries, all whole; the last seal is {}"
    return [*lines, say(language, *words).format(len(trail), trail[-1].seal[:16] if trail else "-")]


def _data(trail: tuple[Entry, ...], broken: int | None, entries: bool) -> dict[str, Any]:
    listed = {"list": [asdict(one) for one in trail]} if entries else {}
    return {
        "entries": len(trail),
        "whole": broken is None,
        "broken_at": broken,
        "last_seal": trail[-1].seal if trail else None,
        **listed,
    }
