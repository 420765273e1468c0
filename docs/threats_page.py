"""The page of threats: what may come in or go wrong, what must happen then, and the tests that show it.

`build.py` writes it of ``tests/threats/threats.toml``.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # where a script finds the list, which is the tests' own

from tests.threats.listed import Threat, groups, threats

INTRODUCTION = """<!-- Written by docs/build.py from tests/threats/threats.toml; do not edit. -->
# What may come in or go wrong

The files come from strangers, the plugins from counties, and the data are families' names, homes and photos. Each row
is one fault that has been seen, what must happen then, what sees to it, and the tests that show it: {tests} tests for
{threats} faults. Whatever the fault, it is told by file, sheet, row and cell and never by anybody's data, the other
inputs go on, and what was written before stands as it was.

A test under *goes red* is run once more in every run of the tests with the guard that it names taken away, and must
fail then (`tests/threats/test_threats.py`): {guards} guards are held so. The others bring the fault itself about: they
kill, cut, fill and close what a run rests on, or hand in what is wrong, and no one function stands in its way."""


def threats_page() -> str:
    """Write the page."""
    listed = list(threats())
    counts = {
        "tests": len({test for threat in listed for test in threat.tests}),
        "threats": len(listed),
        "guards": len({guard for threat in listed for guard in threat.without}),
    }
    lines = [INTRODUCTION.format(**counts)]
    for letter, members in groupby(listed, key=lambda threat: threat.id[0]):
        lines += ["", f"## {groups()[letter]}"]
        for threat in members:
            lines += ["", *_section(threat)]
    return "\n".join(lines) + "\n"


def _section(threat: Threat) -> Iterator[str]:
    yield from (
        f"### {threat.id}",
        "",
        f"{threat.fault}.",
        "",
        f"- must: {_begun(threat.must)}.",
        f"- by: {_begun(threat.handled)}.",
    )
    yield from (f"- goes red without `{guard}`: {_link(test)}" for guard, test in threat.without.items())
    yield from (f"- {_link(test)}" for test in threat.others)


def _begun(text: str) -> str:
    """Begin in small letters, but for what is written in large ones."""
    return text if text[1:2].isupper() else text[0].lower() + text[1:]


def _link(test: str) -> str:
    file, _, name = test.partition("::")
    return f"[{name}](../tests/{file})"
