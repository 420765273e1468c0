"""Changed inputs of every kind, at a small count: each is taken or refused by name, in time, and nothing dies."""

from pathlib import Path

import pytest

from tests.faults.fleet import Outcome, run_job
from tests.faults.kinds import TARGETS
from tests.faults.targets import Target, case_of

COUNTS = {
    "photos": 12_000,
    "pixels": 2_000,
    "workbooks": 8_000,
    "old-workbooks": 3_000,
    "lists": 3_000,
    "delimited": 10_000,
    "archives": 5_000,
    "campaigns": 5_000,
    "areas": 10_000,
}
"""Of each kind, about five seconds on two cores; ``benchmarks/reliability.py`` runs more."""

KEPT = sorted((Path(__file__).parent / "kept").rglob("*.bin"))


def job(name: str, count: int, *, guarded: bool = True) -> Outcome:
    """Run a job."""
    return run_job(name, count, seconds=TARGETS[name].seconds, guarded=guarded)


@pytest.mark.parametrize("name", TARGETS)
def test_changed_inputs_are_taken_or_refused_by_name(name: str) -> None:
    """Every one was read, none ended or held its process, raised what has no name, or got two answers."""
    outcome = job(name, COUNTS[name])

    assert (outcome.faults, outcome.ran) == ((), COUNTS[name])
    assert outcome.sound
    assert outcome.accepted
    assert outcome.refused
    assert outcome.memory[1] < 400 << 20


@pytest.mark.parametrize("name", TARGETS)
def test_a_job_goes_red_without_its_guard(name: str) -> None:
    """What the guard prevents is seen and counted where the guard is taken away, and the job goes on behind it."""
    outcome = job(name, 1_000, guarded=False)

    assert outcome.ran == 1_000
    assert not outcome.sound
    assert outcome.faults


def test_a_case_is_the_same_for_the_same_seed_and_number() -> None:
    """An input that fails can be made again, whatever was made before it."""
    target = TARGETS["delimited"]
    originals = target.originals()

    assert case_of(target, originals, 7, 4711) == case_of(target, originals, 7, 4711)
    assert len({case_of(target, originals, 7, number) for number in range(50)}) > 45


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_originals_are_taken(target: Target) -> None:
    """What is changed was sound before: else nothing but refusals would be tried."""
    assert all(target.read(original) for original in target.originals())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found_once_is_taken_or_refused_by_name(path: Path) -> None:
    """An input on which a reader died, looped, or raised what has no name is kept, and read again each time."""
    assert TARGETS[path.parent.name].read(path.read_bytes()) in (True, False)
