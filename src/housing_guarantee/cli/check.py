"""``check``: read a campaign's sources, judge every household, write what was found."""

import json
from concurrent.futures import Executor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from housing_guarantee import cluster
from housing_guarantee.campaign import Campaign
from housing_guarantee.cli import options
from housing_guarantee.cli.counties import show_counties
from housing_guarantee.cli.screen import Screen, profile_lines, show_summary
from housing_guarantee.distributed import InTurn, Options, run_counties
from housing_guarantee.opening import load_campaign
from housing_guarantee.partitions import counties_of
from housing_guarantee.plugins import equipped
from housing_guarantee.reports.jsonl import summary
from housing_guarantee.runner import exit_code, run, write_reports
from housing_guarantee.workers.pool import Workers

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
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="NAME",
    help="只写这些报告，可多次使用 · write these reports alone, such as parquet (default: all but parquet)",
)
@click.option(
    "--cluster",
    "cluster_size",
    type=click.IntRange(min=1),
    metavar="N",
    help="在本机启动N个集群进程 · start a cluster of N here",
)
@click.option(
    "--scheduler", default="", metavar="ADDRESS", help="使用已有的 Dask 集群 · use the Dask cluster that is there"
)
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
    reports: tuple[str, ...],
    cluster_size: int | None,
    scheduler: str,
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
    equipment.reports_named(reports)  # refused before anything is judged
    folder = out or campaign.folder / "out"
    for plugin in equipment.plugins:
        if plugin.state == "failed":  # on the error stream, where it stands beside whatever is printed
            words = f"[!] 插件 · plugin {plugin.name} {plugin.version}: {plugin.cause}"
            click.echo(words, err=True)
    codes = counties_of(campaign, equipment)
    with ExitStack() as open_, Screen(language) as screen:
        executor = _executor(open_, campaign, cluster_size, scheduler, jobs if codes else None)
        if codes:
            _refuse(area=area, profile_rules=profile_rules, rehash=rehash)
            asked = Options(language, unmask, level, reports or ("jsonl",), fail_on)
            counties = run_counties(campaign, codes, executor or InTurn(), folder, asked, screen)
        else:
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
                executor=executor,
            )
            write_reports(result, equipment, folder, screen, names=reports)
    if codes:
        return show_counties(counties, folder, language, as_json=as_json)
    if as_json:
        click.echo(json.dumps(summary(result), ensure_ascii=False, indent=2))
    else:
        show_summary(result, language)
        click.echo(f"{'结果在' if language == 'zh' else 'written to'} {folder}")
    if profile_rules:
        click.echo("\n".join(profile_lines(result.outcome.rules, language)), err=as_json)
    return exit_code(result, fail_on)


def _executor(
    open_: ExitStack, campaign: Campaign, workers: int | None, address: str, jobs: int | None
) -> Executor | None:
    """Start what is asked for: a cluster's workers, or processes among which counties are shared out."""
    if workers and address:
        raise click.UsageError("--cluster 和 --scheduler 只能用一个 · use one of --cluster and --scheduler")
    if workers or address:
        return open_.enter_context(cluster.cluster(campaign, workers=workers or 0, address=address))
    return open_.enter_context(Workers(jobs)) if jobs and jobs > 1 else None


def _refuse(**given: Any) -> None:
    """Refuse what is asked of one county, where there are many."""
    for name, value in given.items():
        if value:
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{option} 只能用于一个县 · {option} is for a campaign of one county")
