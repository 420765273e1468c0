"""``diff``: what is new, closed or came back since an earlier run, from the workspace alone."""

import json
from pathlib import Path
from typing import Any

import click

from housing_guarantee.campaign import Campaign
from housing_guarantee.cli import options
from housing_guarantee.cli.tracked import event_words, life_data, say
from housing_guarantee.opening import load_campaign
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.lives import Life
from housing_guarantee.tracking.standing import Difference, difference
from housing_guarantee.tracking.store import Workspace

__all__ = ["command"]


@click.command("diff")
@options.campaign
@click.option("--since", type=click.IntRange(min=0), metavar="RUN", help="自第几次核查以来 · since which check")
@options.area
@options.lang
@options.json_
def command(campaign_file: Path, since: int | None, area: str, lang: str | None, as_json: bool) -> int:
    """变化：与上一次（或给定的一次）核查相比，哪些问题是新的、已关闭、再次出现、已申报但仍存在。

    Show what is new, closed, came back, or was claimed and is still there, since the check before or a given one.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    found = _look(campaign, since, area)
    if found is None:
        click.echo("{}" if as_json else say(language, "尚未核查", "not checked yet"))
    elif as_json:
        click.echo(json.dumps(_data(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found, language)))
    return 0


def _look(campaign: Campaign, since: int | None, area: str) -> Difference | None:
    def work(journal: Journal) -> Difference | None:
        last = journal.last_run()
        if last is None:
            return None
        if since is not None and since > last.number:
            raise click.UsageError(f"--since: 最近一次核查是第{last.number}次 · the last run is {last.number}")
        first = last.number - 1 if since is None else since
        return difference(journal.lives(), journal.happenings(first), first, last.number, area)

    workspace = Workspace.of(campaign)
    found = workspace.read(work, None)
    workspace.close()
    return found


def _lines(found: Difference, language: str) -> list[str]:
    words = "第{}次核查之后，至第{}次：", "after check {}, up to {}:"
    lines = [say(language, *words).format(found.since, found.run)]
    for event, lives in found.events.items():
        lines += ["", f"{event_words(event, language)} ({len(lives)})", *(_line(life) for life in lives)]
    return lines if found.events else [*lines, say(language, "没有变化", "nothing changed")]


def _line(life: Life) -> str:
    place = f"{life.place.township} {life.place.village}".strip()
    return f"  {life.household_id or '-':<14} {place}  {life.code}"


def _data(found: Difference) -> dict[str, Any]:
    return {
        "since": found.since,
        "run": found.run,
        "events": {event.value: [life_data(life) for life in lives] for event, lives in found.events.items()},
    }
