"""Checks on a disk that fails at its N-th operation, for every N: a named error, and the next run is whole.

Each check runs in a process of its own, started from one in which everything is imported.
"""

import errno
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree

from attrs import evolve, frozen

from housing_guarantee import files
from housing_guarantee.cli import _run
from tests.faults import small
from tests.faults.disk import Disk, failing, within
from tests.faults.targets import replace_in

__all__ = ["OPERATIONS", "Counties", "check", "county_with_two_states", "every_fault", "trial"]

PROGRAMS = get_context("forkserver")
PROGRAMS.set_forkserver_preload(
    ["tests.faults.trouble", "sqlalchemy", "openpyxl", "xlsxwriter", "housing_guarantee.runner"]
)

FAULTS: Mapping[str, tuple[int, bool]] = {
    "disk full": (errno.ENOSPC, True),
    "I/O error": (errno.EIO, False),
    "no access": (errno.EACCES, False),
}
"""Error, and whether what comes behind it fails as well."""
OPERATIONS = ("open", "write", "fsync", "replace")


@frozen
class Told:
    """How a check ended: its exit code, what it said, and how often it asked the disk for what."""

    code: int
    said: str
    counts: Mapping[str, int]


def check(campaign: Path, disk: Disk | None = None, limit: int | None = None) -> Told:
    """Run a check in a process of its own, on this disk.

    :param limit: bytes to which no file may grow
    """
    answer = campaign.parent.with_name(f"{campaign.parent.name}.told")
    in_place = "HOUSING_TEST_IN_PLACE" in os.environ
    program = PROGRAMS.Process(target=_check, args=(campaign, disk or within(campaign.parent), answer, limit, in_place))
    program.start()
    program.join(120)
    told = json.loads(answer.read_text(encoding="utf-8"))
    answer.unlink()
    return Told(**told)


def _check(campaign: Path, disk: Disk, answer: Path, limit: int | None, in_place: bool) -> None:
    said = StringIO()
    if in_place:  # as if no care were taken, to see that the tests would tell
        replace_in(files, _part_of=nullcontext)
    if limit is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that it is an error, as of a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    with redirect_stdout(StringIO()), redirect_stderr(said):
        sys.unraisablehook = lambda found: print(f"Exception ignored: {found.exc_type.__name__}", file=said)
        with failing(disk):
            code = _run(["check", str(campaign), "--fail-on", "never"])
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    told = {"code": code, "said": said.getvalue(), "counts": dict(disk.counts)}
    with open(answer, "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(told, file)


@frozen
class Counties:
    """A county as it was checked once, whose records have changed since, and what its two checks wrote."""

    changed: Path
    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    counts: Mapping[str, int]


def county_with_two_states(folder: Path) -> Counties:
    """Check a county, change its records, and check a copy of it."""
    changed = small.make(folder / "changed")
    assert check(changed).code == 0
    old = small.files_of(changed)
    small.change(changed)
    twin = small.twin_of(changed, folder / "twin")
    told = check(twin)
    assert (told.code, told.said.count("error")) == (0, 0)
    return Counties(changed, old, small.files_of(twin), told.counts)


def every_fault(counties: Counties, operation: str, *, each_kind: bool = False) -> Iterator[tuple[Disk, list[str]]]:
    """Let each of these operations fail in turn, and say what is not as it must be then.

    :param each_kind: let each fail in every way; else the ways take turns
    """
    kinds = list(FAULTS.values())
    for number in range(1, counties.counts[operation] + 1):
        for error, stays in kinds if each_kind else [kinds[number % len(kinds)]]:
            disk = Disk("", operation, number, error, stays)
            yield disk, trial(counties, disk)


def trial(counties: Counties, disk: Disk, limit: int | None = None) -> list[str]:
    """Check on a failing disk and then on a sound one; say what is not as it must be.

    :param limit: bytes to which no file may grow in the first check
    """
    place = counties.changed.parent.with_name(f"{disk.what}-{disk.at}-{disk.error}-{limit}")
    campaign = small.twin_of(counties.changed, place)
    try:
        told = check(campaign, evolve(disk, folder=f"{place.resolve()}{os.sep}"), limit)
        return [*faults_of(told, campaign, counties), *_faults_behind(campaign, counties)]
    finally:
        rmtree(place)


def faults_of(told: Told, campaign: Path, counties: Counties) -> list[str]:
    """Say what is wrong with how a check ended on a failing disk, and with what it left."""
    faults = []
    if told.code == 0 and small.files_of(campaign) != counties.new:
        faults.append("it ended well and had not written everything")
    if told.code not in (0, 2, 3):
        faults.append(f"it ended with {told.code}")
    if told.code and told.said.count("error:") != 1:
        faults.append(f"it did not name one error: {told.said}")
    faults += [
        f"it said {word!r}: {told.said}" for word in ("internal error", "Traceback", "ignored") if word in told.said
    ]
    for name, data in small.files_of(campaign).items():
        if not name.endswith(".part") and data not in (counties.old.get(name), counties.new.get(name)):
            faults.append(f"{name} is torn")
    lost = {name for name in counties.old if name in counties.new} - small.files_of(campaign).keys()
    return [*faults, *(f"{name} is lost" for name in sorted(lost))]


def _faults_behind(campaign: Path, counties: Counties) -> list[str]:
    """Say what is wrong with a check on a sound disk, behind one on a failing disk."""
    told = check(campaign)
    if told.code != 0 or "error" in told.said:
        return [f"the next run ended with {told.code}: {told.said}"]
    written = small.files_of(campaign)
    differ = [name for name in written.keys() | counties.new.keys() if written.get(name) != counties.new.get(name)]
    return [f"the next run has another {name}" for name in sorted(differ)]
