"""The script that changes photos at random, at a small count: the same code that is run on many thousands."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "photos_mutants.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Import the script."""
    spec = importlib.util.spec_from_file_location("photos_mutants", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["photos_mutants"] = module  # dataclass-like decorators look a class's module up
    spec.loader.exec_module(module)
    return module


def test_a_thousand_changed_photos_end_in_facts_or_a_reason(script: ModuleType) -> None:
    """Nothing is raised, no answer is unnamed, and the quick way never contradicts the whole way."""
    account = script.Account()
    for changes, data in script.mutants(script.originals(), 1000, seed=3):
        account.read(changes, data)
    assert account.faults == []
    assert account.outcomes.total() == 1000
    assert {"ok", "truncated", "not an image", "hostile exif", "damaged exif"} <= account.outcomes.keys()


def test_mutants_are_the_same_for_the_same_seed(script: ModuleType) -> None:
    """A photo that fails can be made again."""
    seeds = [b"\xff\xd8 some photo \xff\xd9" * 9]
    assert list(script.mutants(seeds, 50, seed=1)) == list(script.mutants(seeds, 50, seed=1))
