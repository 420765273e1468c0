"""``plugins``: which plugins are loaded, which failed or are blocked, and why."""

import json
from collections import Counter
from pathlib import Path

import click
from attrs import asdict

from housing_guarantee.cli import options
from housing_guarantee.cli.terminal import show_table
from housing_guarantee.loading import Loaded
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import Equipment, equip, equipped

__all__ = ["command"]

_HEADS = {
    "zh": ("插件", "版本", "状态", "用时", "带来"),
    "en": ("plugin", "version", "state", "took", "brings"),
}
_STATES = {"loaded": "已载入", "failed": "失败", "blocked": "被禁用", "unused": "未选用"}


@click.command("plugins")
@click.argument("campaign_file", metavar="[CAMPAIGN]", required=False, type=click.Path(path_type=Path))
@options.lang
@options.json_
def command(campaign_file: Path | None, lang: str | None, as_json: bool) -> int:
    """列出插件：已载入、失败、被禁用；给出任务文件时，连同其中的本地规则。

    List the plugins: loaded, failed, blocked; with a campaign file, its own rules too.
    """
    equipment = equipped(load_campaign(campaign_file)) if campaign_file else equip()
    rules = Counter(rule.owner for rule in equipment.rules)
    if as_json:
        data = [{**asdict(plugin), "rules": rules[plugin.name]} for plugin in equipment.plugins]
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _show(equipment, rules, lang != "en")
    return 0


def _show(equipment: Equipment, rules: Counter[str], zh: bool) -> None:
    adapters, built_in = len(equipment.adapters), rules[""]
    head = f"内置：{built_in}条规则、{adapters}个适配器" if zh else f"built-in: {built_in} rules, {adapters} adapters"
    click.echo(head)
    rows = [_row(plugin, rules[plugin.name], zh) for plugin in equipment.plugins]
    if rows:
        plain = [f"{row[0]:<24} {row[1]:<12} {row[2]:<8} {row[3]:>8}  {row[4]}".rstrip() for row in rows]
        show_table(_HEADS["zh" if zh else "en"], rows, plain)


def _row(plugin: Loaded, rules: int, zh: bool) -> tuple[str, str, str, str, str]:
    state = _STATES[plugin.state] if zh else plugin.state
    brought = f"{rules}条规则" if zh else f"{rules} rules"
    took = f"{plugin.seconds * 1000:.0f} ms" if plugin.seconds else ""
    return plugin.name, plugin.version, state, took, plugin.cause or brought
