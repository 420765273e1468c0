"""``new-plugin``: write a plugin that can be installed and tested at once."""

from pathlib import Path

import click

from housing_guarantee.cli import options
from housing_guarantee.scaffold import PluginName, write_plugin

__all__ = ["command"]


@click.command("new-plugin")
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="写在哪个目录下 · folder to write it in (default: here)",
)
@options.lang
def command(name: str, out: Path, lang: str | None) -> int:
    """新建插件：写出可安装的一整套，含一条规则、中英文说明和测试。

    Write a whole plugin: a rule with its settings, its words in both languages, its tests.
    """
    made = PluginName.of(name)
    written = write_plugin(made, out)
    home = out / made.distribution
    zh = lang != "en"
    lines = [
        *(str(path) for path in written),
        "",
        "接下来：" if zh else "now:",
        f"  python -m pip install -e '{home}[test]'",
        f"  python -m pytest {home}",
        f"  housing-guarantee rules {made.name}.paper-missing",
    ]
    click.echo("\n".join(lines))
    return 0
