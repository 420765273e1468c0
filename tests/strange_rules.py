"""Rules that do what no rule should, each in a module that another process can import."""

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from housing_guarantee.rule import CONTRADICTED, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Words, rule

MARKS: dict[str, Any] = {"clause": "X1", "severity": WARNING, "message": Words("错", "wrong"), "fix": Fix("改", "mend")}
FOOTPRINT = "HOUSING_GUARANTEE_TEST_FOOTPRINT"
"""Environment variable: a folder in which a rule notes that it has been there."""


def _nth(casefile: Any) -> int:
    return int(casefile.household_id)


@rule(**MARKS, effect=CONTRADICTED)
def third(casefile: Any) -> Breach | None:
    """Every third household fails."""
    return Breach(casefile.record.at("head_name", "grade")) if _nth(casefile) % 3 == 0 else None


@rule(**MARKS, requirement="grade")
def proving(casefile: Any) -> Proof:
    """Every household proves."""
    return Proof(casefile.record.at("grade"))


@rule(**MARKS, effect=UNPROVEN)
def raising(casefile: Any) -> Breach | None:
    """Every second household makes it raise, the others fail."""
    if _nth(casefile) % 2:
        raise ValueError(casefile.household_id)
    return Breach(casefile.record.at("grade"))


def sevenths(casefile: Any) -> list[Any]:
    """Every seventh household belongs together."""
    return [(_nth(casefile) % 7, casefile.record.at("grade"))]


@rule(**MARKS, key=sevenths)
def shared(group: Any) -> Breach:
    """Every seventh household shares."""
    return Breach((), {"size": len(group.members)})


@rule(**MARKS)
def counted(survey: Any) -> Iterator[Breach]:
    """Households of number five."""
    yield from (Breach((), household_id=one.household_id) for one in survey.casefiles if _nth(one) == 5)


@rule(**MARKS)
def killed_once(casefile: Any) -> None:
    """The first process that asks it of household 4 is killed."""
    if _nth(casefile) == 4:
        mark = Path(os.environ[FOOTPRINT]) / "killed"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), 9)


@rule(**MARKS)
def ending(casefile: Any) -> Breach | None:
    """Household 4 ends the process, household 2 fails."""
    if _nth(casefile) == 4:
        os._exit(7)
    return Breach(casefile.record.at("grade")) if _nth(casefile) == 2 else None


@rule(**MARKS)
def crashing(casefile: Any) -> None:
    """Household 4 has the process read where nothing is."""
    if _nth(casefile) == 4:
        ctypes.string_at(0)


@rule(**MARKS)
def hogging(casefile: Any) -> None:
    """Household 4 takes all memory."""
    if _nth(casefile) == 4:
        bytearray(1 << 40)


@rule(**MARKS)
def looping(casefile: Any) -> None:
    """Household 4 never ends, and whatever interrupts it is swallowed."""
    while _nth(casefile) == 4:
        try:
            time.sleep(0.01)
        except BaseException:  # noqa: S112 - this is what such a rule does
            continue


@rule(**MARKS)
def unreadable(casefile: Any) -> Breach:
    """Answers with what no other process may take."""
    return Breach(casefile.record.at("grade"), {"found": Path("/")})


@rule(**MARKS)
def talking(casefile: Any) -> None:
    """Prints whatever it is shown."""
    print(casefile.household.head.name, casefile.household.rows[0].head_id_number)  # noqa: T201
    print(casefile.household.head.name, file=sys.stderr)  # noqa: T201
    os.write(1, b"written past print\n")


def rules(*functions: Any, owner: str = "") -> list[Any]:
    """Make rules of these functions."""
    return list(Topic("t", functions).build(owner))
