"""``demo``: write a synthetic county with planted faults, check it, and say whether every one was found."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click

from housing_guarantee.cli import options
from housing_guarantee.cli.screen import Screen, show_summary
from housing_guarantee.data import read_toml
from housing_guarantee.demo import VARIANTS, Circle, Comparison, Truth, compare, write_county
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import Equipment, equip
from housing_guarantee.report import Result
from housing_guarantee.runner import run, write_reports

__all__ = ["command"]


@click.command("demo")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--variant", type=click.Choice(list(VARIANTS)), default="base", help="哪一种县 · which county")
@click.option("--seed", default=2020, help="随机种子 · seed of the county")
@click.option("--households", default=2193, type=click.IntRange(min=320), help="户数 · how many households")
@click.option(
    "--circle",
    is_flag=True,
    help="走完整改全程 · go on: hand out, feed back, re-check, push",
)
@options.lang
def command(folder: Path, variant: str, seed: int, households: int, circle: bool, lang: str | None) -> int:
    """演示：生成一个虚构的贵南式的县（含预埋问题），核验它，并说明查出了什么。

    Write a synthetic Guinan-shaped county with planted faults, check it, and say what was found and where to look.
    """
    language = lang or "zh"
    with Screen(language) as screen:
        try:
            truth = write_county(folder, seed=seed, variant=variant, households=households, progress=screen.step)
        except FileExistsError as error:
            raise click.UsageError(f"{error}; 请换一个空目录 · name an empty folder") from error
        campaign = load_campaign(folder / "campaign.toml")
        equipment = equip()
        result = run(campaign, equipment=equipment, language=language, record=True, progress=screen)
        write_reports(result, equipment, folder / "out", screen)
    show_summary(result, language)
    comparison = compare(truth, _lines(folder / "out" / "findings.jsonl"), _lines(folder / "out" / "households.jsonl"))
    click.echo("\n".join([*_verdict(truth, comparison, language), *_where(folder, truth, language)]))
    ok = _go_round(Circle(folder, truth, result, _again(equipment, folder, language)), language) if circle else True
    return 0 if comparison.ok and ok else 1


def _again(equipment: Equipment, folder: Path, language: str) -> Callable[[], Result]:
    """Make what checks the county once more, from its files as they are then."""

    def check() -> Result:
        with Screen(language) as screen:
            campaign = load_campaign(folder / "campaign.toml")
            result = run(campaign, equipment=equipment, language=language, record=True, progress=screen)
            write_reports(result, equipment, folder / "out", screen)
        return result

    return check


def _go_round(circle: Circle, language: str) -> bool:
    """Say each step when it is done, and whether all came out as they must."""
    words = read_toml("circle.toml")
    oks = []
    for number, turn in enumerate(circle.turns(), 1):
        line = f"{number}. {words[turn.name][language].format(**turn.figures)}"
        click.echo(line if turn.ok else f"[!] {line} ({words['unlike'][language]})")
        oks.append(turn.ok)
    return all(oks)


def _lines(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _verdict(truth: Truth, comparison: Comparison, language: str) -> list[str]:
    """Say how what was found compares with what was planted, naming every difference."""
    planted = len(truth.planted)
    kinds = len(Counter(fault.code for fault in truth.planted))
    differences = [
        *(f"  missed: {one}" for one in comparison.missed),
        *(f"  unexpected: {one}" for one in comparison.unexpected),
        *(f"  clean but not proved: {one}" for one in comparison.not_proved),
        *(f"  wrong verdict: {one}" for one in comparison.wrong_verdicts),
    ]
    found = planted - len(comparison.missed)
    if language == "zh":
        line = f"预埋问题 {planted} 处（{kinds} 种），查出 {found} 处；与预期不符 {len(differences)} 处"
    else:
        line = f"planted: {planted} faults of {kinds} kinds; found: {found}; not as planted: {len(differences)}"
    return ["", line, *differences[:40]]


def _where(folder: Path, truth: Truth, language: str) -> list[str]:
    """Say where to look next, with a household that has something to explain."""
    household = next((fault.household_id for fault in truth.planted if fault.household_id), "11002000001")
    explain = f"housing-guarantee explain {folder / 'campaign.toml'} {household}"
    if language == "zh":
        return [
            f"整改清单：{folder / 'out' / 'rectification'}（各乡镇一本，all.xlsx 为全县）",
            f"全部问题：{folder / 'out' / 'findings.jsonl'}    全部结论：{folder / 'out' / 'households.jsonl'}",
            f"一户的依据：{explain}",
        ]
    return [
        f"lists to work through: {folder / 'out' / 'rectification'} (one a township; all.xlsx for the county)",
        f"every finding: {folder / 'out' / 'findings.jsonl'}    every verdict: {folder / 'out' / 'households.jsonl'}",
        f"what one household's verdict rests on: {explain}",
    ]
