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
    :param file: as reports show it, names masked; empty where what lacks stands in none
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
    """Compare the lines of ``findings.jsonl`` and ``households.jsonl`` with what was planted.

    A fault is found by a finding of its code, of its household, that points at its file: what one system holds is not
    found by what is said of another's.
    """
    found = [(finding["household_id"], finding["code"], _files(finding)) for finding in findings]
    seen: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for number, code, files in found:
        seen[number, code] |= {"", *files}
    explained: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for fault in truth.planted:
        explained[fault.household_id, fault.code].add(fault.file)
        for code in fault.also:
            explained[fault.household_id, code].add("")
    missed = [
        f"{fault.code} {fault.household_id}"
        for fault in truth.planted
        if fault.file not in seen[fault.household_id, fault.code]
    ]
    unexpected = [
        f"{code} {number}"
        for number, code, files in found
        if code not in truth.notices and explained[number, code].isdisjoint({"", *files})
    ]
    not_proved: list[str] = []
    wrong: list[str] = []
    for household in households:
        number, verdict = household["household_id"], household["verdict"]
        wanted = truth.verdicts.get(number, truth.default_verdict)
        if verdict != wanted:
            (wrong if number in truth.verdicts else not_proved).append(f"{number}: {verdict}, not {wanted}")
    return Comparison(tuple(sorted(missed)), tuple(sorted(unexpected)), tuple(not_proved), tuple(wrong))


def _files(finding: Mapping[str, Any]) -> set[str]:
    return {origin["source"] for origin in finding["origins"]}
