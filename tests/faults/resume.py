"""Checks that are killed, stopped, starved of memory or of disk at random moments, and what the next one comes to."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from shutil import rmtree

from attrs import define, field

from tests.faults import small

__all__ = ["KINDS", "Trials", "prepare"]

SIGNALS = {"kill -9": signal.SIGKILL, "SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP, "Ctrl-C": signal.SIGINT}
KINDS = (*SIGNALS, "out of memory", "disk full")
SETTLED = 2.1  # seconds after which a photo is remembered by its path


@define
class Trials:
    """A county, what an undisturbed check of it writes, and what came of disturbed ones.

    :param usual: seconds that an undisturbed check takes
    :param struck: how often a check was ended by each kind of trouble, and how often it was through before
    """

    campaign: Path
    whole: Mapping[str, bytes]
    usual: float
    struck: Counter[str] = field(factory=Counter)

    def one(self, number: int, seed: int, *, kinds: tuple[str, ...] = KINDS) -> list[str]:
        """Disturb a check once or more, run it to its end, and say in what it differs from an undisturbed one."""
        random = Random(f"resume {seed} {number}")
        campaign = small.twin_of(self.campaign, self.campaign.parent.with_name(f"disturbed-{number}"))
        try:
            told = [
                self._disturb(campaign, kinds[(number + turn) % len(kinds)], random)
                for turn in range(random.choice((1, 1, 2)))
            ]
            return [*(fault for one in told if (fault := one)), *self._differences(campaign)]
        finally:
            rmtree(campaign.parent)

    def _disturb(self, campaign: Path, kind: str, random: Random) -> str:
        if kind in SIGNALS:
            program = _started(campaign)
            time.sleep(random.uniform(0.05, 1.1) * self.usual)
            program.send_signal(SIGNALS[kind])
        elif kind == "out of memory":
            program = _started(campaign, resource.RLIMIT_AS, random.randrange(60 << 20, 500 << 20))
        else:
            program = _started(campaign, resource.RLIMIT_FSIZE, random.randrange(0, 150_000))
        _, said = program.communicate(timeout=120)
        through = program.returncode == 0
        self.struck[f"{kind}{', but it was through' if through else ''}"] += 1
        if "Traceback" in said or "internal error" in said:
            return f"{kind}: it said {said[-600:]}"
        return ""

    def _differences(self, campaign: Path) -> list[str]:
        program = _started(campaign)
        _, said = program.communicate(timeout=120)
        if program.returncode != 0:
            return [f"the next run ended with {program.returncode}: {said[-600:]}"]
        written = small.files_of(campaign)
        names = sorted(written.keys() | self.whole.keys())
        return [f"the next run has another {name}" for name in names if written.get(name) != self.whole.get(name)]


def prepare(folder: Path, *, pictures: int = 48) -> Trials:
    """Write a county with photos, and check a copy of it undisturbed."""
    campaign = small.make(folder / "county", pictures=pictures)
    time.sleep(SETTLED)
    twin = small.twin_of(campaign, folder / "twin")
    started = time.monotonic()
    program = _started(twin)
    _, said = program.communicate(timeout=120)
    if program.returncode != 0:
        raise RuntimeError(said)
    return Trials(campaign, small.files_of(twin), time.monotonic() - started)


def _started(campaign: Path, limit: int | None = None, most: int = 0) -> "subprocess.Popen[str]":
    """Start a check; a terminal's signals reach it, a limit of memory or of bytes in a file holds for it."""
    command = [sys.executable, "-m", "housing_guarantee", "check", str(campaign), "--fail-on", "never"]
    return subprocess.Popen(  # noqa: S603
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=campaign.parent,
        env={**os.environ, "PYTHONFAULTHANDLER": ""},
        preexec_fn=_limiting(limit, most) if limit is not None else None,
    )


def _limiting(limit: int, most: int) -> Callable[[], None]:
    def hold() -> None:
        resource.setrlimit(limit, (most, resource.RLIM_INFINITY))  # of the run itself: a photo process has its own
        if limit == resource.RLIMIT_FSIZE:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    return hold
