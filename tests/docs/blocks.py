"""The fenced blocks of the documentation, and how each kind of them is run.

``sh`` is run by bash, ``console`` command by command with its output compared, ``python`` executed, ``toml`` loaded as
a campaign file (or parsed, where it is another file), ``json`` parsed. ``text`` shows something and holds no command.
A block is told more by comments right before it: ``<!-- not run: why -->``, ``<!-- exits 1 -->`` (how its last command
ends), ``<!-- file: name -->`` (it is also saved).
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from housing_guarantee.campaign import load_campaign
from housing_guarantee.plugins import equipped, settings_for
from housing_guarantee.reading import readings_of

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "benchmarks/README.md", ROOT / "examples/README.md"]
)
_BLOCK = re.compile(
    r"(?P<notes>(?:^[ ]*<!--[^\n]*-->\n)*)^(?P<indent>[ ]*)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_COMMAND = re.compile(r"^\s*(?:\$ |housing-guarantee |python3? |pip |\.venv/|sphinx-build )", re.MULTILINE)
_FRAGMENT = """
[campaign]
name = "示例"
county_code = "632525"
planned_households = 2
window = [2020-06-10, 2020-06-13]
rectify_by = 2020-06-30
policy_year = 2016
ledger_years = [2016, 2018]
[[sources]]
role = "roster"
adapter = "excel"
path = "roster.xlsx"
"""


@frozen
class Block:
    """One fenced block.

    :param info: what stands behind the backticks: the language, and words of our own
    :param notes: the comments right before it
    """

    page: str
    line: int
    info: tuple[str, ...]
    text: str
    notes: tuple[str, ...]

    @property
    def language(self) -> str:
        """The first word behind the backticks; empty where there is none."""
        return self.info[0] if self.info else ""

    def note(self, name: str) -> str | None:
        """Give what a comment before the block says."""
        return next((note.removeprefix(name).strip(" :") for note in self.notes if note.startswith(name)), None)


def blocks_of(page: Path) -> list[Block]:
    """Give every fenced block of a page, in order; directives of the site's builder are none."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    found = []
    for match in _BLOCK.finditer(text):
        info = tuple(match["info"].split())
        if info and info[0].startswith("{"):
            continue
        notes = tuple(re.findall(r"<!-- (.*?) -->", match["notes"]))
        line = text.count("\n", 0, match.start("indent")) + 1
        indent = match["indent"]
        body = "".join(one.removeprefix(indent) for one in match["text"].splitlines(keepends=True))
        found.append(Block(name, line, info, body, notes))
    return found


@define
class Desk:
    """Where the blocks of one page are run, one after the other: a folder, and the names that Python blocks made."""

    folder: Path
    here: Path
    names: dict[str, Any] = field(factory=dict)

    def run(self, block: Block) -> None:
        """Run one block.

        :raises AssertionError: it does not do what it says
        """
        if file := block.note("file"):
            (self.here / file).write_text(block.text, encoding="utf-8")
        runs = {"sh": _sh, "console": _console, "python": _python, "toml": _toml, "json": _json}
        runs[block.language](block, self)


def holds_command(text: str) -> bool:
    """Say whether a text that is only shown has a command in it."""
    return _COMMAND.search(text) is not None


def _bash(command: str, desk: Desk) -> subprocess.CompletedProcess[str]:
    """Run a command where the one before it left off."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    told = desk.folder / ".here"
    done = subprocess.run(  # noqa: S603 - our own pages
        ["bash", "-eo", "pipefail", "-c", f"trap 'pwd > \"{told}\"' EXIT\n{command}"],  # noqa: S607
        cwd=desk.here,
        env={**os.environ, "PATH": path, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    desk.here = Path(told.read_text(encoding="utf-8").strip())
    return done


def _sh(block: Block, desk: Desk) -> None:
    done = _bash(block.text, desk)
    assert done.returncode == int(block.note("exits") or 0), done.stdout + done.stderr


def _console(block: Block, desk: Desk) -> None:
    parts = [part.partition("\n") for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]]
    for at, (command, _, shown) in enumerate(parts, 1):
        done = _bash(command, desk)
        ends = int(block.note("exits") or 0) if at == len(parts) else 0
        assert done.returncode == ends, done.stdout + done.stderr
        assert not shown.strip() or shows(shown, done.stdout), f"$ {command}\n{done.stdout}"


def shows(shown: str, said: str) -> bool:
    """Say whether an output is as shown, where a line of three dots stands for any lines."""
    kept = [line.rstrip() for line in shown.strip("\n").splitlines()]
    pattern = "".join(r"(?:.*\n)?" if line.strip() == "..." else f"{re.escape(line)}\n" for line in kept)
    actual = "".join(f"{line.rstrip()}\n" for line in said.strip("\n").splitlines())
    return re.fullmatch(pattern, actual, re.DOTALL) is not None


def _python(block: Block, desk: Desk) -> None:
    before = Path.cwd()
    os.chdir(desk.here)
    try:
        exec(compile(block.text, f"{block.page}:{block.line}", "exec"), desk.names)  # noqa: S102 - our own pages
    finally:
        os.chdir(before)


def _toml(block: Block, desk: Desk) -> None:
    data = tomllib.loads(block.text)
    if "pyproject" in block.info:
        assert "project" in data
        return
    file = desk.folder / "block.toml"
    text = block.text if "schema" in data else f"{block.text}\n{_FRAGMENT}"
    file.write_text(text if "schema" in data else f"schema = 1\n{text}", encoding="utf-8")
    campaign = load_campaign(file)
    equipment = equipped(campaign)
    equipment.chosen(campaign)
    settings_for(equipment, campaign)
    readings_of(campaign, equipment)


def _json(block: Block, desk: Desk) -> None:
    json.loads(block.text)
