"""``plugins``: which plugins are loaded, which failed or are blocked, and why."""

import json

import click
from attrs import asdict

from housing_guarantee.cli import options
from housing_guarantee.plugins import equip

__all__ = ["command"]


@click.command("plugins")
@options.json_
def command(as_json: bool) -> int:
    """列出插件：已载入、失败、被禁用。

    List the plugins: loaded, failed, blocked.
    """
    equipment = equip()
    if as_json:
        click.echo(json.dumps([asdict(plugin) for plugin in equipment.plugins], ensure_ascii=False, indent=2))
        return 0
    click.echo(f"{'built-in':<24} {len(equipment.rules)} rules, {len(equipment.adapters)} adapters")
    for plugin in equipment.plugins:
        click.echo(f"{plugin.name:<24} {plugin.version:<12} {plugin.state:<8} {plugin.cause}".rstrip())
    return 0
