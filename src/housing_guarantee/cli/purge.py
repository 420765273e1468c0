"""``purge``: remove personal data from the workspace, and certify what was removed."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from housing_guarantee.campaign import Campaign, load_campaign
from housing_guarantee.cli import options
from housing_guarantee.cli.tracked import say
from housing_guarantee.purge import KEPT_DAYS, Purged, purge_all, purge_closed, purge_households

__all__ = ["command"]


@click.command("purge")
@options.campaign
@click.option("--household", "households", multiple=True, metavar="ID", help="这一户的全部 · all of this household")
@click.option(
    "--closed-before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="此日之前已关闭的问题 · findings that were closed before this day",
)
@click.option(
    "--expired", is_flag=True, help=f"已关闭满{KEPT_DAYS}天的问题 · findings closed more than {KEPT_DAYS} days ago"
)
@click.option(
    "--keep-days",
    type=click.IntRange(min=0),
    default=KEPT_DAYS,
    show_default=True,
    help="与 --expired 一起：保留多少天 · with --expired: how many days they are kept",
)
@click.option("--all", "whole", is_flag=True, help="整个工作区 · the whole workspace")
@click.option("--outputs", is_flag=True, help="也删除输出目录中的结果 · the reports in the output folder too")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="输出目录 · output folder (default: out/)"
)
@click.option("--yes", is_flag=True, help="不再询问 · do not ask")
@options.lang
@options.json_
def command(
    campaign_file: Path,
    households: tuple[str, ...],
    closed_before: datetime | None,
    expired: bool,
    keep_days: int,
    whole: bool,
    outputs: bool,
    out: Path | None,
    yes: bool,
    lang: str | None,
    as_json: bool,
) -> int:
    """清除：从工作区删除一户、已到期的或全部数据，逐项说明删除了什么，并扫描核实。

    Remove personal data from the workspace: of a household, of what was closed long ago, or all of it. What was
    removed is certified in a file that names nobody, and a scan looks for what may be left.
    """
    if bool(households) + bool(closed_before) + expired + whole != 1:
        raise click.UsageError("四者须选其一 · name one of --household, --closed-before, --expired and --all")
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    before = closed_before.date() if closed_before else None
    if expired:
        before = campaign.now.date() - timedelta(days=keep_days)
    if not yes:
        question = ("删除后无法恢复，确定吗？", "This cannot be taken back. Go on?")
        click.confirm(say(language, *question), abort=True, err=True)
    folder = (out or campaign.folder / "out") if outputs else None
    purged = _purge(campaign, households, before, folder)
    if as_json:
        click.echo(json.dumps(_data(purged), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(purged, language)))
    return int(bool(purged.found))


def _purge(campaign: Campaign, households: tuple[str, ...], before: date | None, folder: Path | None) -> Purged:
    if households:
        return purge_households(campaign, households, folder)
    return purge_closed(campaign, before, folder) if before else purge_all(campaign, folder)


def _lines(purged: Purged, language: str) -> list[str]:
    rows = "  ".join(f"{table} {number}" for table, number in purged.rows.items() if number)
    lines = [say(language, "已删除", "removed") + f": {rows or '-'}"]
    lines += [say(language, "已删除文件", "file removed") + f": {name}" for name in purged.files]
    lines += [
        say(language, "未删除（非本程序所写）", "left, not written by this program") + f": {name}"
        for name in purged.left
    ]
    scanned = ("扫描了工作区各表及{}个文件", "scanned every table of the workspace, and {} files")
    lines.append(say(language, *scanned).format(len(purged.scanned)))
    lines += ["[!] " + say(language, "仍可见于", "still there, in") + f" {place}" for place in purged.found]
    return [*lines, say(language, "证明", "certificate") + f": {purged.certificate}"]


def _data(purged: Purged) -> dict[str, Any]:
    return {**asdict(purged), "certificate": str(purged.certificate)}
