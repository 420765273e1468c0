"""A check that was ended anywhere, by whatever: the next one goes on and comes to the same bytes."""

import os

import pytest

from tests.faults import resume

ROUNDS = int(os.environ.get("HOUSING_RESUMES", "12"))
"""Each is ended once or twice; the long run has more."""


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> resume.Trials:
    """A county, and what an undisturbed check of it writes."""
    return resume.prepare(tmp_path_factory.mktemp("resume"))


def test_whatever_ends_a_check_the_next_one_comes_to_the_same(trials: resume.Trials) -> None:
    """Killed, stopped, hung up, interrupted, out of memory or disk: every byte of the output folder is the same."""
    found = {number: faults for number in range(ROUNDS) if (faults := trials.one(number, seed=2020))}

    assert found == {}
    assert trials.struck.total() >= ROUNDS


def test_other_bytes_are_seen(trials: resume.Trials) -> None:
    """Were one byte of the output another, it would be told: the proof that these tests look."""
    other = resume.Trials(trials.campaign, {**trials.whole, "summary.json": b"{}"}, trials.usual)

    assert other.one(0, seed=1, kinds=("kill -9",)) == ["the next run has another summary.json"]
