"""The receipt: what is on the disk before the program goes on, and how a torn line is passed over."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from housing_guarantee.errors import OutputError
from housing_guarantee.writeback.plan import Plan, Row
from housing_guarantee.writeback.receipt import Entry, Receipt, State

ROW = Row("provincial", "provincial/retrieval", "provincial/retrieval", "T", None, "1", (), None, ())
PLAN = Plan("小县", "632525", (ROW,), digest="abc")


def clock() -> datetime:
    """Stand still."""
    return datetime(2020, 6, 13, 12, 0, tzinfo=UTC)


def test_a_line_is_there_when_it_is_written(tmp_path: Path) -> None:
    """In a file of its owner's alone."""
    path = tmp_path / "a" / "receipt.jsonl"
    with Receipt(path, PLAN, clock) as receipt:
        receipt.write(0, ROW, Entry(State.INTENDED, version=2))
        assert json.loads(path.read_text()) == {
            "at": "2020-06-13T12:00:00.000+00:00",
            "plan": "abc",
            "row": 0,
            "source": "provincial/retrieval",
            "household_id": "1",
            "state": "intended",
            "version": 2,
        }
        assert receipt.written(0) is None
        receipt.write(0, ROW, Entry(State.APPLIED))
        assert receipt.written(0) == Entry(State.INTENDED, version=2)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cut", range(2, 60, 7))
def test_a_later_run_goes_on_behind_a_torn_line(cut: int, tmp_path: Path) -> None:
    """Wherever a kill tore it; what was whole is remembered."""
    path = tmp_path / "receipt.jsonl"
    with Receipt(path, PLAN, clock) as receipt:
        for index in range(2):
            receipt.write(index, ROW, Entry(State.INTENDED))
            receipt.write(index, ROW, Entry(State.APPLIED))
    path.write_bytes(path.read_bytes()[:-cut])
    with Receipt(path, PLAN, clock) as receipt:
        assert receipt.written(0) == Entry(State.INTENDED)
        assert receipt.written(1) is None
        receipt.write(1, ROW, Entry(State.ALREADY))
        assert receipt.written(1) == Entry(State.INTENDED)
    assert json.loads(path.read_text().splitlines()[-1])["state"] == "already"


def test_a_row_that_somebody_else_had_right_was_not_written_by_us(tmp_path: Path) -> None:
    """Nor one that met a conflict since; neither is there to be taken back."""
    with Receipt(tmp_path / "receipt.jsonl", PLAN, clock) as receipt:
        receipt.write(0, ROW, Entry(State.ALREADY))
        receipt.write(1, ROW, Entry(State.INTENDED))
        receipt.write(1, ROW, Entry(State.APPLIED))
        receipt.write(1, ROW, Entry(State.CONFLICT, "version-differs"))
        assert [receipt.written(index) for index in range(3)] == [None, None, None]


def test_a_receipt_that_cannot_be_opened_ends_the_run(tmp_path: Path) -> None:
    """Before anything is written anywhere else."""
    (tmp_path / "receipt.jsonl").mkdir()
    with pytest.raises(OutputError, match="IsADirectoryError"):
        Receipt(tmp_path / "receipt.jsonl", PLAN)
