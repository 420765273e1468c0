"""``plugins``: which plugins are loaded, which failed or are blocked, and why."""

import json
from collections import Counter
from pathlib import Path

import click
from attrs import asdict

from housing_guarantee.cli import options
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import Equipment, equip, equipped

__all__ = ["command"]

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
        data = [
            {**asdict(plugin), "rules": rules[plugin.name], "sees": _seen(equipment, plugin.name)}
            for plugin in equipment.plugins
        ]
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(equipment, rules, lang != "en")))
    return 0


def _seen(equipment: Equipment, plugin: str) -> list[str]:
    """Give the fields of persons that a plugin's rules are shown."""
    return sorted({name for rule in equipment.rules if rule.owner == plugin for name in rule.sees})


def _lines(equipment: Equipment, rules: Counter[str], zh: bool) -> list[str]:
    adapters = len(equipment.adapters)
    built_in = rules[""]
    head = f"内置：{built_in}条规则、{adapters}个适配器" if zh else f"built-in: {built_in} rules, {adapters} adapters"
    lines = [head]
    for plugin in equipment.plugins:
        state = _STATES[plugin.state] if zh else plugin.state
        brought = f"{rules[plugin.name]}条规则" if zh else f"{rules[plugin.name]} rules"
        took = f"{plugin.seconds * 1000:.0f} ms" if plugin.seconds else ""
        if seen := ", ".join(_seen(equipment, plugin.name)):
            brought += f"，可见 {seen}" if zh else f", which see {seen}"
        note = plugin.cause or brought
        lines.append(f"{plugin.name:<24} {plugin.version:<12} {state:<8} {took:>8}  {note}".rstrip())
    return lines
