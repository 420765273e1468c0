"""One process of a job: it reads changed inputs, one after another, and notes what each came to.

python -m tests.faults.worker TARGET SEED FIRST COUNT LEDGER [--without-guard]
"""

import json
import sys
from pathlib import Path

from housing_guarantee.containment import confine
from tests.faults.fleet import ACCEPTED, REFUSED, TWO_ANSWERS, UNNAMED, Ledger
from tests.faults.kinds import TARGETS
from tests.faults.targets import Disagreement, Target, case_of

__all__ = ["main"]


def main() -> None:
    """Read a stretch of inputs, behind those that were read already."""
    name, *numbers, path = (word for word in sys.argv[1:] if not word.startswith("--"))
    seed, first, count = map(int, numbers)
    target, ledger = TARGETS[name], Ledger(Path(path), count)
    if "--without-guard" in sys.argv:
        target.unguard()
    originals = target.originals()
    for original in originals:  # what a reader imports belongs to no input
        target.read(original)
    confine(target.memory)
    number = ledger.next()
    while number < count:
        data = case_of(target, originals, seed, first + number)
        ledger.begin()
        outcome, said = _read(target, data)
        ledger.note_seconds(number)
        ledger.note(number, outcome)
        if said:
            _tell(Path(path).with_suffix(".faults"), first + number, said)
        number = ledger.next(number)


def _read(target: Target, data: bytes) -> tuple[int, str]:
    try:
        return (ACCEPTED if target.read(data) else REFUSED), ""
    except Disagreement as error:
        return TWO_ANSWERS, str(error)
    except Exception as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
        return UNNAMED, f"{type(error).__name__} at {place}: {error}"[:300]


def _tell(path: Path, number: int, what: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"number": number, "what": what}) + "\n")


if __name__ == "__main__":
    main()
