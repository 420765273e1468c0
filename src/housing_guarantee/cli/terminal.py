"""What stays readable on a narrow terminal with Chinese widths, and stays plain lines where it is piped."""

import sys
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

import click

__all__ = ["show_lines", "show_table"]

_DEEPER = 2


def show_table(heads: Sequence[str], rows: Iterable[Sequence[str]], plain: Iterable[str]) -> None:
    """Print a table on a terminal, whose last column takes what room there is, and plain lines elsewhere."""
    if not sys.stdout.isatty():
        show_lines(plain)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def show_lines(lines: Iterable[str]) -> None:
    """Print lines; on a terminal each is folded between words, deeper than it begins."""
    if not sys.stdout.isatty():
        click.echo("\n".join(lines))
        return
    from rich.console import Console

    console = Console(highlight=False)
    for line in lines:
        for part in _folded(line, console):
            console.print(part, soft_wrap=True)


def _folded(line: str, console: Any) -> Iterable[Any]:
    from rich.text import Text

    indent = sum(1 for _ in takewhile(str.isspace, line))
    first, *rest = Text(line[indent:]).wrap(console, max(20, console.width - indent - _DEEPER)) or [Text("")]
    yield Text(" " * indent) + first
    yield from (Text(" " * (indent + _DEEPER)) + one for one in rest)
