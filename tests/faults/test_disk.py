"""A disk that fails at any operation: a named error, every earlier file whole, and nothing wrong with the next run."""

import errno

import pytest

from tests.faults import trouble
from tests.faults.disk import Disk


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> trouble.Counties:
    """A county with an earlier check's files, and what another check must make of them."""
    return trouble.county_with_two_states(tmp_path_factory.mktemp("counties"))


@pytest.mark.parametrize("operation", trouble.OPERATIONS)
def test_every_operation_may_fail(counties: trouble.Counties, operation: str) -> None:
    """Whichever it is, files are old or new and never torn, and the next run comes to the same as an undisturbed one.

    A full disk, one with a fault and one without access take turns; the long run has each of them everywhere.
    """
    found = {disk.at: faults for disk, faults in trouble.every_fault(counties, operation)}

    assert {at: faults for at, faults in found.items() if faults} == {}
    assert len(found) == counties.counts[operation] > 5


def test_a_disk_that_fails_without_a_care_taken_is_seen(
    counties: trouble.Counties, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were files written in their places, one would be found torn: the proof that these tests look."""
    monkeypatch.setenv("HOUSING_TEST_IN_PLACE", "1")

    torn = trouble.trial(counties, Disk("", "write", 3, errno.ENOSPC, stays=True))

    assert any("is torn" in fault for fault in torn)


@pytest.mark.parametrize("limit", [0, 1_000, 5_000, 20_000, 60_000])
def test_files_that_may_not_grow_leave_everything_whole(counties: trouble.Counties, limit: int) -> None:
    """A limit of bytes, which SQLite meets as well: what is over it is refused by name, and the next run is whole."""
    assert trouble.trial(counties, Disk("", "", 0, 0), limit=limit) == []
