"""Photos that kill, hold or starve their reader, and the neighbours that are unharmed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_guarantee.errors import ProbeError
from housing_guarantee.limits import Limits
from housing_guarantee.photos import open_photos
from housing_guarantee.photos.probes import BATCH, Probes
from housing_guarantee.testing.exif import GUINAN, jpeg, tiff
from tests.photos import planted_probe

GOOD = jpeg(tiff(gps=GUINAN), size=(8, 8))
PLANTED = (sys.executable, "-m", "tests.photos.planted_probe")


def outcomes(folder: Path, contents: Sequence[bytes], *, count: int = 2, seconds: float = 30) -> list[str | None]:
    """Read files of these contents in planted probes: each one's problem, None where it has a position."""
    folder.mkdir(exist_ok=True)
    for number, content in enumerate(contents):
        (folder / f"{number:03}.jpg").write_bytes(content)
    with Probes(count, limits=Limits(photo_seconds=seconds), command=PLANTED) as probes:
        photos = list(probes.read(open_photos(folder).places()))
    assert [photo.name for photo in photos] == [f"{number:03}.jpg" for number in range(len(contents))]
    return [photo.problem if photo.gps == "unreadable" else None for photo in photos]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (planted_probe.KILLS, "ended its reader"),
        (planted_probe.EXITS, "ended its reader"),
        (planted_probe.RAISES, "ended its reader"),
        (planted_probe.EATS, "too much memory"),
    ],
    ids=["kills", "exits", "raises", "eats"],
)
@pytest.mark.parametrize("count", [1, 3])
def test_a_photo_that_ends_its_reader_is_named_and_its_neighbours_are_read(
    tmp_path: Path, content: bytes, problem: str, count: int
) -> None:
    """Whatever the reader does, the photo says so, and the run goes on with a fresh probe."""
    found = outcomes(tmp_path, [GOOD, content, GOOD, content, GOOD], count=count)
    assert found == [None, problem, None, problem, None]


@pytest.mark.parametrize("content", [planted_probe.HANGS, planted_probe.LOOPS], ids=["hangs", "loops"])
def test_a_photo_that_holds_its_reader_is_given_up(tmp_path: Path, content: bytes) -> None:
    """After the seconds that a photo may take, here lowered."""
    started = time.monotonic()
    assert outcomes(tmp_path, [GOOD, content, GOOD], count=1, seconds=1.5) == [None, "too slow", None]
    assert time.monotonic() - started < 20


def test_a_probe_that_cannot_start_is_no_fault_of_a_photo(tmp_path: Path) -> None:
    """A machine that cannot start a reader accuses nobody."""
    (tmp_path / "a.jpg").write_bytes(GOOD)
    command = (sys.executable, "-c", "raise SystemExit(1)")
    with Probes(1, command=command) as probes, pytest.raises(ProbeError, match="no process for reading photos"):
        list(probes.read(open_photos(tmp_path).places()))


def test_what_a_library_prints_is_no_answer(tmp_path: Path) -> None:
    """It neither stands for a photo's facts nor costs the photo its own."""
    assert outcomes(tmp_path, [GOOD, planted_probe.TALKS, GOOD], count=1) == [None, "not an image", None]


def test_one_probe_reads_more_than_a_batch_and_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its share of photos, here lowered, a process ends, and with it whatever a library leaked."""
    monkeypatch.setattr("housing_guarantee.photos.probes.RECYCLED_AFTER", 2 * BATCH)
    for number in range(5 * BATCH):
        (tmp_path / f"{number:03}.jpg").write_bytes(GOOD)
    seen = set()
    with Probes(1, command=PLANTED) as probes:
        for photo in probes.read(open_photos(tmp_path).places()):
            seen |= set(probes.processes)
            assert photo.gps == "ok"
    assert len(seen) == 3


def test_a_run_that_is_interrupted_leaves_no_process(tmp_path: Path) -> None:
    """Ctrl-C amid a photo that would hold its probe for a minute."""
    (tmp_path / "a.jpg").write_bytes(planted_probe.HANGS)
    started = time.monotonic()
    processes: list[int] = []

    def interrupt() -> None:
        processes.extend(probes.processes)
        os.kill(os.getpid(), signal.SIGINT)

    Timer(2, interrupt).start()
    probes = Probes(1, command=PLANTED)
    with pytest.raises(KeyboardInterrupt), probes:
        list(probes.read(open_photos(tmp_path).places()))
    assert time.monotonic() - started < 20
    assert (len(processes), [pid for pid in processes if _lives(pid)]) == (1, [])


def test_a_probe_ends_by_itself_when_its_run_is_killed(tmp_path: Path) -> None:
    """Nobody is there to end it, and it reads from a pipe that nobody writes to."""
    (tmp_path / "a.jpg").write_bytes(GOOD)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from housing_guarantee.photos import open_photos\n"
        "from housing_guarantee.photos.probes import BATCH, Probes\n"
        "probes = Probes(1).__enter__()\n"
        "list(probes.read(open_photos(Path(sys.argv[1])).places()))\n"
        "print(*probes.processes, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - our own interpreter, our own code
    assert done.returncode == -signal.SIGKILL
    assert _ends(int(done.stdout))


def _ends(pid: int) -> bool:
    """Wait up to ten seconds for a process, which is not ours to collect, to be gone or dead."""
    state = Path(f"/proc/{pid}/stat")
    for _ in range(100):
        if not state.exists() or state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


def test_probes_end_with_whoever_used_them(tmp_path: Path) -> None:
    """Also in the midst of a photo that would hold one for a minute."""
    (tmp_path / "a.jpg").write_bytes(planted_probe.HANGS)
    started = time.monotonic()
    with Probes(1, command=PLANTED) as probes, ThreadPoolExecutor(1) as threads:
        reading = threads.submit(list, probes.read(open_photos(tmp_path).places()))
        while not probes.processes:
            time.sleep(0.01)
        processes = probes.processes
        probes.__exit__(None, None, None)
        assert reading.exception() or [photo.gps for photo in reading.result()] == ["unreadable"]
    assert [pid for pid in processes if _lives(pid)] == []
    assert time.monotonic() - started < 20


@pytest.fixture(scope="module")
def pool() -> Iterator[Probes]:
    """Probes that several examples share."""
    with Probes(2) as probes:
        yield probes


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)).map(
                lambda at: GOOD[: at[0]] + bytes([at[1]]) + GOOD[at[0] + 1 :]
            ),
            st.integers(0, len(GOOD)).map(lambda end: GOOD[:end]),
        ),
        max_size=40,
    )
)
@settings(max_examples=40, deadline=None)
def test_probes_find_what_is_found_without_them(pool: Probes, contents: list[bytes]) -> None:
    """The same facts, in the order asked for, whatever the bytes."""
    with TemporaryDirectory() as folder:
        for number, content in enumerate(contents):
            Path(folder, f"{number:03}.jpg").write_bytes(content)
        store = open_photos(Path(folder))
        assert list(pool.read(store.places())) == [store.read(name) for name in store.names()]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
