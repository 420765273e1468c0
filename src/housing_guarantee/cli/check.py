"""``check``: read a campaign's sources, judge every household, write what was found."""

import json
from pathlib import Path

import click
from attrs import evolve

from housing_guarantee.cli import options
from housing_guarantee.cli.screen import Screen, profile_lines, show_summary
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import equipped
from housing_guarantee.reports.jsonl import summary
from housing_guarantee.runner import exit_code, run, write_reports

__all__ = ["command"]


@click.command("check")
@options.campaign
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="输出目录 · output folder (default: out/)"
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "new", "never"]),
    default="error",
    help="有何种问题时以 1 退出 · which findings make the exit code 1",
)
@click.option("--unmask", is_flag=True, help="不遮蔽姓名和证件号码 · show names and numbers")
@click.option("--strict-plugins", is_flag=True, help="插件失败即停止 · end when a plugin fails")
@click.option("--profile-rules", is_flag=True, help="列出最慢的规则 · say which rules are slow")
@click.option("--isolate-plugins", is_flag=True, help="插件规则在单独进程中执行 · ask plugins' rules apart")
@options.jobs
@options.rehash
@options.area
@options.level
@options.lang
@options.json_
def command(
    campaign_file: Path,
    out: Path | None,
    fail_on: str,
    unmask: bool,
    strict_plugins: bool,
    profile_rules: bool,
    isolate_plugins: bool,
    jobs: int | None,
    rehash: bool,
    area: str,
    level: str,
    lang: str | None,
    as_json: bool,
) -> int:
    """核验：读入各来源，逐户判定，写出结论、证明和整改清单。

    Check a campaign: every household gets a verdict with its proof, every fault a cell to open.
    """
    campaign = load_campaign(campaign_file)
    if isolate_plugins:
        campaign = evolve(campaign, plugins=evolve(campaign.plugins, isolate=True))
    language = lang or campaign.language
    equipment = equipped(campaign, strict=strict_plugins)
    folder = out or campaign.folder / "out"
    for plugin in equipment.plugins:
        if plugin.state == "failed":  # on the error stream, where it stands beside whatever is printed
            words = f"[!] 插件 · plugin {plugin.name} {plugin.version}: {plugin.cause}"
            click.echo(words, err=True)
    with Screen(language) as screen:
        result = run(
            campaign,
            equipment=equipment,
            language=language,
            unmask=unmask,
            area=area,
            level=level,
            record=True,
            profile=profile_rules,
            rehash=rehash,
            progress=screen,
            jobs=jobs,
        )
        write_reports(result, equipment, folder, screen)
    if as_json:
        click.echo(json.dumps(summary(result), ensure_ascii=False, indent=2))
    else:
        show_summary(result, language)
        click.echo(f"{'结果在' if language == 'zh' else 'written to'} {folder}")
    if profile_rules:
        click.echo("\n".join(profile_lines(result.outcome.rules, language)), err=as_json)
    return exit_code(result, fail_on)
