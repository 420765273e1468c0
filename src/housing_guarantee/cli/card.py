"""``card``: write the proof cards of households for print."""

from pathlib import Path

import click

from housing_guarantee.cards.writer import write_cards
from housing_guarantee.cli import options
from housing_guarantee.cli.screen import Screen
from housing_guarantee.cli.tracked import say, told_of_sources
from housing_guarantee.errors import CampaignError
from housing_guarantee.opening import load_campaign
from housing_guarantee.runner import run
from housing_guarantee.toml_table import nearest, nearest_zh

__all__ = ["command"]


@click.command("card")
@options.campaign
@click.argument("household_id", required=False)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="输出目录 · output folder (default: out/cards)"
)
@click.option("--unmask", is_flag=True, help="不遮蔽姓名和证件号码 · show names and numbers")
@options.area
@options.lang
def command(
    campaign_file: Path, household_id: str | None, out: Path | None, unmask: bool, area: str, lang: str | None
) -> int:
    """证明卡：每户一页A4，带照片，逐条写明依据和所缺，供打印归档；不写户编号则每村一个文件。

    Write an A4 page a household, with its photo, what proves each clause and what is missing, for print; without a
    household there is a file a village.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    with Screen(language) as screen:
        result = run(campaign, language=language, unmask=unmask, area=area, progress=screen)
        known = [household.household_id for household in result.households]
        if household_id is not None and household_id not in known:
            raise CampaignError(
                f"there is no household {household_id!r} on the roster{nearest(household_id, known)}",
                zh=f"名册中没有户编号为“{household_id}”的户{nearest_zh(household_id, known)}",
            )
        files = write_cards(result, out or campaign.folder / "out" / "cards", screen, household_id)
    pages = 1 if household_id else len(known)
    click.echo(
        say(
            language,
            f"{pages}页，{len(files)}个文件：{files[0].parent}",
            f"{pages} pages in {len(files)} files: {files[0].parent}",
        )
    )
    return told_of_sources(result.survey.accounts, language)
