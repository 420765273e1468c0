"""``review``: write the page on which a person looks through the photos."""

from pathlib import Path

import click

from housing_guarantee.cli import options
from housing_guarantee.cli.screen import Screen
from housing_guarantee.cli.tracked import say, told_of_sources
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import equipped
from housing_guarantee.review.writer import write_review
from housing_guarantee.runner import run

__all__ = ["command"]


@click.command("review")
@options.campaign
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="输出目录 · output folder (default: out/review)"
)
@click.option("--unmask", is_flag=True, help="不遮蔽姓名 · show names and numbers")
@options.area
@options.lang
def command(campaign_file: Path, out: Path | None, unmask: bool, area: str, lang: str | None) -> int:
    """看照片：写出离线网页，用键盘逐张审看房屋照片；结果用 feedback 读回。

    Write an offline page on which a person looks through the photos by keyboard; feedback takes the decisions.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    equipment = equipped(campaign)
    with Screen(language) as screen:
        result = run(campaign, equipment=equipment, language=language, unmask=unmask, area=area, progress=screen)
        page = write_review(result, out or campaign.folder / "out" / "review", screen)
    click.echo(f"{say(language, '用浏览器打开', 'open in a browser:')} {page}")
    return told_of_sources(result.survey.accounts, language)
