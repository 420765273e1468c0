"""What a person sees of a check of many counties: how each stands, and which could not be checked."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from housing_guarantee.data import read_toml
from housing_guarantee.findings import Severity, Verdict

__all__ = ["show_counties"]

_MOST = 40
"""Counties that are listed on the screen; all of them stand in the summary."""


def show_counties(summary: Mapping[str, Any], folder: Path, language: str, *, as_json: bool) -> int:
    """Print the totals and the counties, those with most errors first, and give the exit code."""
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return int(summary["exit"])
    zh = language == "zh"
    counties = sorted(summary["counties"], key=lambda one: (-one["severities"].get("ERROR", 0), one["county"]))
    _table(summary, counties[:_MOST], language)
    if (left := len(counties) - _MOST) > 0:
        click.echo(f"其余{left}个县见 summary.json" if zh else f"{left} more counties: summary.json")
    planned = summary["planned_households"]
    if planned != summary["households"]:
        words = f"名册共{summary['households']}户，应核验{planned}户"
        click.echo(f"[!] {words}" if zh else f"[!] {summary['households']} households; {planned} are planned")
    for county, cause in summary["could_not_check"].items():
        click.echo(f"[!] {county} 未能核验：{cause}" if zh else f"[!] {county} could not be checked: {cause}")
    click.echo(f"{'结果在' if zh else 'written to'} {folder}")
    return int(summary["exit"])


def _table(summary: Mapping[str, Any], counties: list[Mapping[str, Any]], language: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    words = read_toml("terms.toml")
    zh = language == "zh"
    table = Table(title=summary["campaign"], title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("县" if zh else "county", no_wrap=True)
    table.add_column("户" if zh else "homes", justify="right", no_wrap=True)
    columns = [("verdicts", verdict.value) for verdict in Verdict]
    columns += [("severities", severity.value) for severity in (Severity.ERROR, Severity.WARNING)]
    for _, word in columns:
        table.add_column(str(words.get(word, {}).get(language, word)), justify="right", no_wrap=zh)
    total = {**summary, "county": "合计" if zh else "total"}
    for at, one in enumerate((*counties, total)):
        counts = (one[kind].get(word, 0) for kind, word in columns)
        cells = [one["county"], str(one["households"]), *(str(count or "·") for count in counts)]
        table.add_row(*cells, end_section=at == len(counties) - 1)
    Console().print(table)
