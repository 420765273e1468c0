"""The list of threats as data: what ``threats.toml`` holds, with every guard and test of it."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

__all__ = ["TESTS", "Threat", "groups", "threats"]

TESTS = Path(__file__).parents[1]


@frozen
class Threat:
    """One row of the list.

    :param fault: what comes in or goes wrong
    :param must: what must happen then
    :param handled: what sees to it
    :param without: guard → the test that fails when it is taken away
    :param others: further tests that show it
    """

    id: str
    fault: str
    must: str
    handled: str
    without: Mapping[str, str] = field(factory=dict)
    others: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[str, ...]:
        """Every test, as pytest names it within tests/."""
        return tuple(dict.fromkeys((*self.without.values(), *self.others)))


def _list() -> dict[str, Any]:
    return tomllib.loads((TESTS / "threats" / "threats.toml").read_text(encoding="utf-8"))


def groups() -> dict[str, str]:
    """Give the letter of each group with its heading."""
    return dict(_list()["groups"])


def threats() -> Iterator[Threat]:
    """Give every threat, in the order of the list."""
    for name, found in _list().items():
        if name != "groups":
            more = {"without": found.pop("without", {}), "others": tuple(found.pop("tests", ()))}
            yield Threat(name, **found, **more)
