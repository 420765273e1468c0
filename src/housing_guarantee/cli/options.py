"""Options that several commands share."""

from pathlib import Path
from typing import Any

import click

__all__ = ["area", "campaign", "json_", "lang"]

campaign: Any = click.argument(
    "campaign_file", metavar="CAMPAIGN", type=click.Path(exists=False, dir_okay=False, path_type=Path)
)
lang: Any = click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="语言 · language (default: the campaign's)"
)
area: Any = click.option(
    "--area", default="", metavar="CODE", help="只报告该区划及其下级 · report on this unit and all below it"
)
json_: Any = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 · print JSON")
