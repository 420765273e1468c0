"""What was planted, and how what was found compares with it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

__all__ = ["Comparison", "Planted", "Truth", "compare"]


@frozen
class Planted:
    """One fault: its code, its household, and the cell that holds it.

    :param household_id: None where no household of the roster is concerned
    :param also: codes that unavoidably come with it
    """

    code: str
    household_id: str | None
    file: str = ""
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    also: tuple[str, ...] = ()


@frozen
class Truth:
    """Everything that was planted in one county.

    :param verdicts: household → the verdict it must get; every other household must be proved
    :param notices: codes of what is said of households that are in order
    :param problems: how many sources cannot be read
    """

    seed: int
    variant: str
    households: int
    planted: tuple[Planted, ...]
    verdicts: Mapping[str, str]
    notices: tuple[str, ...]
    default_verdict: str = "proved"

    def save(self, path: Path) -> None:
        """Write it as JSON; it holds numbers of households and no names."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@frozen
class Comparison:
    """Where what was found is not what was planted; all empty: everything was found, and nobody else accused."""

    missed: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    not_proved: tuple[str, ...] = ()
    wrong_verdicts: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no difference."""
        return self == Comparison()


def compare(truth: Truth, findings: Iterable[Mapping[str, Any]], households: Iterable[Mapping[str, Any]]) -> Comparison:
    """Compare the lines of ``findings.jsonl`` and ``households.jsonl`` with what was planted."""
    found: dict[str | None, set[str]] = defaultdict(set)
    for finding in findings:
        found[finding["household_id"]].add(finding["code"])
    allowed: dict[str | None, set[str]] = defaultdict(set)
    for fault in truth.planted:
        allowed[fault.household_id] |= {fault.code, *fault.also}
    missed = [
        f"{fault.code} {fault.household_id}" for fault in truth.planted if fault.code not in found[fault.household_id]
    ]
    unexpected = [
        f"{code} {number}" for number, codes in found.items() for code in codes - allowed[number] - set(truth.notices)
    ]
    not_proved: list[str] = []
    wrong: list[str] = []
    for household in households:
        number, verdict = household["household_id"], household["verdict"]
        wanted = truth.verdicts.get(number, truth.default_verdict)
        if verdict != wanted:
            (wrong if number in truth.verdicts else not_proved).append(f"{number}: {verdict}, not {wanted}")
    return Comparison(tuple(sorted(missed)), tuple(sorted(unexpected)), tuple(not_proved), tuple(wrong))
