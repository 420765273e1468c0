"""``plugins``: which plugins are loaded, which failed or are blocked, and why."""

import json

import click
from attrs import asdict

from housing_guarantee.cli import options
from housing_guarantee.plugins import equip

__all__ = ["command"]


@click.command("plugins")
@options.lang
@options.json_
def command(lang: str | None, as_json: bool) -> int:
    """列出插件：已载入、失败、被禁用。

    List the plugins: loaded, failed, blocked.
    """
    equipment = equip()
    if as_json:
        click.echo(json.dumps([asdict(plugin) for plugin in equipment.plugins], ensure_ascii=False, indent=2))
        return 0
    zh = lang != "en"
    rules, adapters = len(equipment.rules), len(equipment.adapters)
    click.echo(f"内置：{rules}条规则、{adapters}个适配器" if zh else f"built-in: {rules} rules, {adapters} adapters")
    states = {"loaded": "已载入", "failed": "失败", "blocked": "被禁用"} if zh else {}
    for plugin in equipment.plugins:
        state = states.get(plugin.state, plugin.state)
        click.echo(f"{plugin.name:<24} {plugin.version:<12} {state:<8} {plugin.cause}".rstrip())
    return 0
