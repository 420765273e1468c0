"""``schema``: the JSON Schema of a campaign file, a case file, a finding, a household's verdict."""

import json
from pathlib import Path

import click

from housing_guarantee.campaign import load_campaign
from housing_guarantee.cli import options
from housing_guarantee.plugins import equip, equipped
from housing_guarantee.report import replace_bytes
from housing_guarantee.schemas import SCHEMAS, Schema

__all__ = ["command"]


@click.command("schema")
@click.argument("name", required=False, type=click.Choice(sorted(SCHEMAS)))
@click.option(
    "--campaign",
    "campaign_file",
    type=click.Path(path_type=Path),
    help="连同任务文件的插件 · with the topics and adapters of a campaign's plugins",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="写入目录，每种一个文件 · write a file each into DIR",
)
@options.lang
def command(name: str | None, campaign_file: Path | None, out: Path | None, lang: str | None) -> int:
    """输出数据格式（JSON Schema 2020-12）：任务文件、案卷、问题、户的结论。

    Print the JSON Schema (2020-12) of a campaign file, a case file, a finding and a household's verdict; without a
    NAME all of them, in one object by name.
    """
    equipment = equipped(load_campaign(campaign_file)) if campaign_file else equip()
    schemas = {each: make(equipment) for each, make in SCHEMAS.items() if name in (None, each)}
    if out:
        for each, schema in schemas.items():
            path = out / f"{each}.schema.json"
            replace_bytes(path, _text(schema).encode())
            click.echo(path)
    else:
        click.echo(_text(schemas[name] if name else schemas), nl=False)
    return 0


def _text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
