"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["area", "campaign", "jobs", "json_", "lang", "level", "rehash"]

F = TypeVar("F", bound=Callable[..., Any])


def campaign(function: F) -> F:
    """Take the campaign file."""
    kind = click.Path(exists=False, dir_okay=False, path_type=Path)
    return click.argument("campaign_file", metavar="CAMPAIGN", type=kind)(function)


def lang(function: F) -> F:
    """Take the language."""
    words = "语言 · language (default: the campaign's)"
    return click.option("--lang", type=click.Choice(["zh", "en"]), help=words)(function)


def area(function: F) -> F:
    """Take the unit to report on."""
    words = "只报告该区划及其下级 · report on this unit and all below it"
    return click.option("--area", default="", metavar="CODE", help=words)(function)


def level(function: F) -> F:
    """Take who will see the lists and correction files."""
    kind, words = click.Choice(["village", "township", "county"]), "给哪一级看；村级没有坐标和照片 · who will see it"
    return click.option("--level", type=kind, default="county", show_default=True, help=words)(function)


def rehash(function: F) -> F:
    """Take whether to look at every photo again."""
    words = "逐张重新打开照片，不信任缓存 · open every photo, whatever is known of it"
    return click.option("--rehash", is_flag=True, help=words)(function)


def jobs(function: F) -> F:
    """Take how many processes work at once."""
    words = "同时工作的进程数 · how many processes judge and read photos at once (default: photos one a core)"
    return click.option("--jobs", type=click.IntRange(min=1), metavar="N", help=words)(function)


def json_(function: F) -> F:
    """Take whether to print JSON."""
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 · print JSON")(function)
