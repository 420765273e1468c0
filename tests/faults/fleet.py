"""Long jobs of changed inputs, in processes that may die or hang: each is counted, and the next one goes on behind it.

A process notes what each input came to as one byte of a file, so that nothing is lost with it, and a job that ran less
than its count cannot pass for one that ran.
"""

import json
import mmap
import os
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

from attrs import define, field, frozen

__all__ = ["ACCEPTED", "DEATH", "HANG", "REFUSED", "TWO_ANSWERS", "UNNAMED", "Ledger", "Outcome", "run_job"]

ACCEPTED, REFUSED, UNNAMED, TWO_ANSWERS, HANG, DEATH = 1, 2, 3, 4, 254, 255
"""What one input came to, as it stands in the file; 0 is one that was not read."""

_HEAD = struct.Struct("<dddQ")  # when the present input was begun, by clock and by processor; the slowest; its number
_WATCHED_EVERY = 0.05  # seconds
_PATIENCE = 10  # times its seconds that an input may take by the clock: a busy machine is no hang
_ROOT = Path(__file__).parents[2]


@define
class Ledger:
    """The file that a process and the one that watches it share."""

    path: Path
    count: int
    _map: mmap.mmap = field(init=False)

    @_map.default
    def _open(self) -> mmap.mmap:
        with self.path.open("r+b") as file:
            return mmap.mmap(file.fileno(), 0)

    @classmethod
    def create(cls, path: Path, count: int) -> "Ledger":
        """Make one for so many inputs."""
        path.write_bytes(bytes(_HEAD.size + count))
        return cls(path, count)

    def next(self, start: int = 0) -> int:
        """Give the number of the first input from here on that was not read; the count where all were."""
        found = self._map.find(b"\0", _HEAD.size + start)
        return self.count if found < 0 else found - _HEAD.size

    def begin(self) -> None:
        """Note that an input is begun."""
        struct.pack_into("<dd", self._map, 0, time.monotonic(), time.process_time())

    def note(self, number: int, outcome: int) -> None:
        """Note what an input came to."""
        self._map[_HEAD.size + number] = outcome

    def note_seconds(self, number: int) -> None:
        """Note how long it took, where none took longer."""
        taken = time.process_time() - self.begun[1]
        if taken > self.slowest[0]:
            struct.pack_into("<dQ", self._map, 16, taken, number)

    @property
    def begun(self) -> tuple[float, float]:
        """When the present input was begun: by the clock, and in seconds of its process's own processor time."""
        return _HEAD.unpack_from(self._map)[:2]

    @property
    def slowest(self) -> tuple[float, int]:
        """The seconds that the slowest took, and its number."""
        return _HEAD.unpack_from(self._map)[2:]

    def outcomes(self) -> Counter[int]:
        """Count what the inputs came to."""
        return Counter(self._map[_HEAD.size :])

    def forget_begin(self) -> None:
        """Say that no input is begun: a process is about to start."""
        struct.pack_into("<dd", self._map, 0, 0.0, 0.0)


@frozen
class Outcome:
    """What a job came to.

    :param faults: of each kind, some of the inputs: their numbers, and what was said
    :param memory: bytes that the largest process which read them held, and that this one did
    """

    target: str
    seed: int
    count: int
    accepted: int
    refused: int
    unnamed: int
    disagreements: int
    hangs: int
    deaths: int
    slowest: float
    memory: tuple[int, int]
    seconds: float
    faults: tuple[str, ...]

    @property
    def ran(self) -> int:
        """How many inputs were read to whatever end."""
        return self.accepted + self.refused + self.unnamed + self.disagreements + self.hangs + self.deaths

    @property
    def sound(self) -> bool:
        """Whether the job ran whole and found nothing."""
        return self.ran == self.count and self.accepted + self.refused == self.count


def run_job(
    target: str, count: int, *, seed: int = 2020, processes: int = 2, seconds: float, guarded: bool = True
) -> Outcome:
    """Read so many changed inputs in processes of their own.

    :param seconds: of the processor that one input may take
    :param guarded: else what keeps strangers' bytes from doing harm is taken away, and the job is to say so
    """
    started = time.monotonic()
    share = -(-count // processes)
    with tempfile.TemporaryDirectory(prefix="hg-faults-") as folder:
        shifts = [
            _Shift(target, seed, first, Ledger.create(Path(folder) / str(first), min(share, count - first)), guarded)
            for first in range(0, count, share)
        ]
        try:
            while sum(shift.watch(seconds) for shift in shifts):
                time.sleep(_WATCHED_EVERY)
        finally:
            for shift in shifts:
                shift.end()
        return _outcome(target, seed, count, shifts, time.monotonic() - started)


@define(eq=False)
class _Shift:
    """A stretch of a job's inputs, and the process that reads them at present."""

    target: str
    seed: int
    first: int
    ledger: Ledger
    guarded: bool
    memory: int = 0
    _process: "Popen[bytes] | None" = None
    _at: int = 0
    _idle: int = 0

    def watch(self, seconds: float) -> bool:
        """See to it that the process is at work; say whether anything is left to do."""
        self._at = self.ledger.next(self._at)
        if self._process is None:
            if self._at == self.ledger.count:
                return False
            self._start()
        elif self._ended():
            if self._at < self.ledger.count:
                self._bury(DEATH)
        elif self._hangs(seconds):
            self.end()
            self._bury(HANG)
        return True

    def _start(self) -> None:
        self.ledger.forget_begin()
        extra = [] if self.guarded else ["--without-guard"]
        numbers = map(str, (self.seed, self.first, self.ledger.count))
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tests.faults.worker",
            self.target,
            *numbers,
            str(self.ledger.path),
            *extra,
        ]
        with self.ledger.path.with_suffix(".said").open("wb") as said:  # an abort writes its whole stack
            self._process = Popen(command, cwd=_ROOT, stdin=DEVNULL, stdout=said, stderr=said)  # noqa: S603

    def _ended(self) -> bool:
        assert self._process is not None
        number, status, used = os.wait4(self._process.pid, os.WNOHANG)
        if number == 0:
            return False
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._process = None
        self.memory = max(self.memory, used.ru_maxrss * 1024)
        self._at = self.ledger.next(self._at)
        return True

    def _hangs(self, seconds: float) -> bool:
        clock, processor = self.ledger.begun
        if not clock or self.ledger.next(self._at) != self._at or time.monotonic() - clock < seconds:
            return False
        return time.monotonic() - clock > _PATIENCE * seconds or self._processor_time() - processor > seconds

    def _processor_time(self) -> float:
        assert self._process is not None
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:  # no such files on this system: the clock alone decides
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _bury(self, outcome: int) -> None:
        """Blame the input that the process was reading, and leave it out from now on."""
        self._idle = 0 if self.ledger.begun[0] else self._idle + 1
        if self._idle:  # it ended before it had begun with any input: none is to blame
            if self._idle > 2:
                said = self.ledger.path.with_suffix(".said").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"the process that reads {self.target} cannot start:\n{said}")
            return
        self.ledger.note(self._at, outcome)

    def end(self) -> None:
        """End the process, if it is alive."""
        if self._process is not None:
            self._process.kill()
            _, _, used = os.wait4(self._process.pid, 0)
            self.memory = max(self.memory, used.ru_maxrss * 1024)
            self._process.returncode = -9
            self._process = None

    def faults(self) -> Iterable[dict[str, Any]]:
        """Give what the processes said of faults, and which inputs ended one."""
        told = self.ledger.path.with_suffix(".faults")
        if told.exists():
            yield from map(json.loads, told.read_text(encoding="utf-8").splitlines())
        start = 0
        held = self.ledger.path.read_bytes()[_HEAD.size :]
        for kind, name in ((DEATH, "death"), (HANG, "hang")):
            start = -1
            while (start := held.find(bytes([kind]), start + 1)) >= 0:
                yield {"number": self.first + start, "what": name}


def _outcome(target: str, seed: int, count: int, shifts: list[_Shift], seconds: float) -> Outcome:
    import resource

    outcomes = sum((shift.ledger.outcomes() for shift in shifts), Counter[int]())
    faults = [f"no. {fault['number']}: {fault['what']}" for shift in shifts for fault in shift.faults()]
    return Outcome(
        target=target,
        seed=seed,
        count=count,
        accepted=outcomes[ACCEPTED],
        refused=outcomes[REFUSED],
        unnamed=outcomes[UNNAMED],
        disagreements=outcomes[TWO_ANSWERS],
        hangs=outcomes[HANG],
        deaths=outcomes[DEATH],
        slowest=max(shift.ledger.slowest[0] for shift in shifts),
        memory=(
            max(shift.memory for shift in shifts),
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        ),
        seconds=seconds,
        faults=tuple(faults),
    )
