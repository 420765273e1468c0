"""The probes: processes in which strangers' photos are read, a few at once, each held to its time and memory.

A photo that ends its probe, or holds it too long, is unreadable and says why; the next one meets a fresh probe.
"""

import json
import os
import threading
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import Empty, SimpleQueue
from subprocess import Popen
from time import monotonic
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from attrs import define, evolve, field, frozen

from housing_guarantee.containment import command_of, end, start
from housing_guarantee.errors import ProbeError
from housing_guarantee.limits import Limits, as_argument
from housing_guarantee.photos.facts import Photo, unreadable
from housing_guarantee.photos.form import from_text
from housing_guarantee.photos.places import Place
from housing_guarantee.photos.probe import READY

__all__ = ["Forgetful", "Memory", "PhotoReader", "Probes", "Thumbnail"]

T = TypeVar("T")

RECYCLED_AFTER = 2_000
"""Photos after which a probe is replaced, so that what a reader leaks is given back."""
BATCH = 16
"""Photos that a probe is asked for at once: a question each would cost more than small photos do."""
AHEAD = 4
"""Batches a probe that are asked for before the first is taken: none waits, and memory stays flat."""
PROBES_AT_MOST = 8
"""However many cores: each probe may take its memory."""
WATCHED_EVERY = 0.2
"""Seconds between two looks at the clock."""
TRIES = 2
"""Probes that a photo may end before it is held for the cause: a machine without memory ends one as well."""


class Memory(Protocol):
    """Remembers the facts of photos by the digest of their bytes."""

    def facts(self, digest: str) -> Photo | None:
        """Give the facts of a file with this digest, if they are known."""

    def learn(self, photo: Photo) -> None:
        """Remember the facts of a photo."""


@frozen
class Thumbnail:
    """A small copy of a photo.

    :param digest: SHA-256 of the photo's own bytes
    :param picture: a JPEG
    """

    digest: str
    picture: bytes = field(repr=False)


class PhotoReader(Protocol):
    """Reads photos where they lie."""

    def read(self, places: Iterable[Place], memory: Memory | None = None) -> Iterator[Photo]:
        """Give the facts of each photo, in the order of the places."""


class Forgetful:
    """Remembers nothing."""

    def facts(self, digest: str) -> Photo | None:
        """Know nothing."""

    def learn(self, photo: Photo) -> None:
        """Forget."""


@define(eq=False)
class _Probe:
    """One process, and until when its present photo may keep it.

    :param lock: held by whoever changes the deadline or ends the process for it
    """

    process: "Popen[bytes]"
    photos: int = 0
    deadline: float | None = None
    overdue: bool = False
    lock: threading.Lock = field(factory=threading.Lock)

    def say(self, line: str) -> None:
        """Send a line.

        :raises EOFError: the process has ended
        """
        try:
            self.process.stdin.write(line.encode() + b"\n")  # type: ignore[union-attr] # all its ends are pipes
            self.process.stdin.flush()  # type: ignore[union-attr]
        except OSError as error:
            raise EOFError from error

    def hear(self) -> bytes:
        """Give the next line that the process says.

        :raises EOFError: it ended without one
        """
        if line := self.process.stdout.readline():  # type: ignore[union-attr]
            return line
        raise EOFError

    def allow(self, seconds: float | None) -> bool:
        """Let the process work so much longer, or, with None, as long as it waits; say whether it still can."""
        with self.lock:
            self.deadline = None if seconds is None else monotonic() + seconds
            return not self.overdue

    def end_if_overdue(self) -> None:
        """End the process where its photo has kept it too long."""
        with self.lock:
            if self.deadline is not None and monotonic() > self.deadline:
                self.overdue = True
                end(self.process)


Hear = Callable[[_Probe, Place], T]
GiveUp = Callable[[Place, str], T]


class Probes:
    """A pool of probes; a context manager, which ends them all.

    :param count: how many; by default one a core, eight at most
    :param limits: of the time and memory of one photo
    :param command: starts a probe
    """

    def __init__(
        self, count: int | None = None, *, limits: Limits | None = None, command: Sequence[str] | None = None
    ) -> None:
        limits = limits or Limits()
        self._count = count or min(_cores(), PROBES_AT_MOST)
        self._seconds = limits.photo_seconds
        self._command = command or command_of("housing_guarantee.photos.probe", as_argument(limits))
        self._idle: SimpleQueue[_Probe] = SimpleQueue()
        self._probes: set[_Probe] = set()
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._end_overdue, daemon=True)
        self._threads = ThreadPoolExecutor(self._count)

    def __enter__(self) -> Self:
        """Begin to watch; a probe is started when the first photo asks for it."""
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every probe, also in the midst of a photo."""
        self._closed.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        while self._probes:
            self._discard(self._probes.pop())
        self._threads.shutdown()
        while self._probes:  # one may have been started while the others were ended
            self._discard(self._probes.pop())
        self._watch.join()

    @property
    def processes(self) -> tuple[int, ...]:
        """The process numbers of the probes that are alive."""
        return tuple(probe.process.pid for probe in tuple(self._probes))

    def read(self, places: Iterable[Place], memory: Memory | None = None) -> Iterator[Photo]:
        """Give the facts of each photo, in the order of the places, whatever the bytes are.

        :param memory: what it knows is not read again, and it learns what is read
        :raises ProbeError: no probe can be started
        """
        known = memory or Forgetful()
        yield from self._each(
            places,
            lambda probe, place: _facts(probe, place, known),
            lambda place, why: unreadable(place.name, why, _size(place)),
        )

    def thumbnails(self, places: Iterable[Place]) -> Iterator[Thumbnail | None]:
        """Make a thumbnail of each photo, in the order of the places; None where its pixels cannot be had.

        :raises ProbeError: no probe can be started
        """
        yield from self._each(places, _thumbnail, lambda place, why: None)

    def _each(self, places: Iterable[Place], hear: Hear[T], give_up: GiveUp[T]) -> Iterator[T]:
        """Give what a probe says of each place.

        :param hear: asks a probe about one photo
        :param give_up: says what stands for a photo that ends its probes
        """
        waiting: deque[Future[list[T]]] = deque()
        rest = iter(places)
        while batch := list(islice(rest, BATCH)):
            waiting.append(self._threads.submit(self._batch, batch, hear, give_up))
            if len(waiting) >= self._count * AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    # -------------------------------------------------------------------------------------------- a batch

    def _batch(self, places: Sequence[Place], hear: Hear[T], give_up: GiveUp[T]) -> list[T]:
        """Give what is asked of each photo, each from the first probe that lives to tell it."""
        photos: list[T] = []
        suspect, tries = 0, 0
        while len(photos) < len(places):
            probe = self._take()
            try:
                for photo in self._ask(probe, places[len(photos) :], hear):
                    photos.append(photo)
            except (EOFError, ValueError):  # it ended, or what it says is nothing that it should
                place = places[len(photos)]
                tries = tries + 1 if suspect == len(photos) else 1
                suspect = len(photos)
                if probe.overdue or tries == TRIES:
                    photos.append(give_up(place, "too slow" if probe.overdue else "ended its reader"))
                self._discard(probe)
            else:
                self._give_back(probe)
        return photos

    def _ask(self, probe: _Probe, places: Sequence[Place], hear: Hear[T]) -> Iterator[T]:
        """Ask a probe for photos; those behind one that was answered in the last moment are left for another probe.

        :raises EOFError: the probe ended at the photo behind the last one given
        :raises ValueError: what it said of that photo is no answer
        """
        probe.allow(self._seconds)
        probe.say(json.dumps([_where(place) for place in places]))
        for place in places:
            if not probe.allow(self._seconds):
                return
            answer = hear(probe, place)
            probe.photos += 1
            yield answer

    def _take(self) -> _Probe:
        try:
            return self._idle.get_nowait()
        except Empty:
            probe = _Probe(start(self._command))
            self._probes.add(probe)
        try:
            if self._closed.is_set() or probe.hear() != READY:
                raise EOFError
        except EOFError as error:
            self._discard(probe)
            raise ProbeError("no process for reading photos can be started") from error
        return probe

    def _give_back(self, probe: _Probe) -> None:
        if not probe.allow(None) or probe.photos >= RECYCLED_AFTER:
            self._discard(probe)
        else:
            self._idle.put(probe)

    def _discard(self, probe: _Probe) -> None:
        """End a probe and leave nothing of it behind."""
        self._probes.discard(probe)
        end(probe.process)
        probe.process.wait()
        for pipe in (probe.process.stdin, probe.process.stdout):
            if pipe:
                _close(pipe)

    def _end_overdue(self) -> None:
        while not self._closed.wait(WATCHED_EVERY):
            for probe in tuple(self._probes):
                probe.end_if_overdue()


def _where(place: Place) -> Any:
    member = place.member
    return place.path, member and (member.offset, member.packed, member.size, member.method, member.checksum)


def _facts(probe: _Probe, place: Place, memory: Memory) -> Photo:
    """Hear a probe about one photo, and say whether its facts are known.

    :raises EOFError: the probe ended
    :raises ValueError: what it said is no answer
    """
    problem, size, *digest = json.loads(probe.hear())
    if problem:
        return unreadable(place.name, problem, size)
    (found,) = digest
    if photo := memory.facts(found):
        probe.say("known")
    else:
        probe.say("facts")
        photo = from_text(probe.hear())
        memory.learn(photo)
    return evolve(photo, name=place.name)


def _thumbnail(probe: _Probe, place: Place) -> Thumbnail | None:
    """Ask a probe for a thumbnail.

    :raises EOFError: the probe ended
    :raises ValueError: what it said is no answer
    """
    problem, _, *digest = json.loads(probe.hear())
    if problem:
        return None
    probe.say("thumbnail")
    picture = b64decode(probe.hear().strip(), validate=True)
    return Thumbnail(digest[0], picture) if picture else None


def _size(place: Place) -> int:
    return place.member.size if place.member else place.stamp.size


def _cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:  # what was still to be written has nobody to read it
        return
