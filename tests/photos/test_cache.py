"""What is known of photos from earlier runs: what is opened again, what is not, and what is not trusted."""

import os
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from attrs import evolve

from housing_guarantee.photos import cache as cache_module
from housing_guarantee.photos import open_photos
from housing_guarantee.photos.cache import PhotoCache, cache_path
from housing_guarantee.photos.facts import Photo, read_photo, unreadable
from housing_guarantee.photos.places import Place, Stamp, Unreadable, fetch
from housing_guarantee.photos.probes import Forgetful, Memory
from housing_guarantee.photos.reader import STRETCH, read_photos
from housing_guarantee.testing.exif import GUINAN, jpeg, tiff

GOOD = jpeg(tiff(gps=GUINAN), size=(8, 8))
OTHER = jpeg(size=(8, 8))
LONG_AGO = time.time() - 86_400


class Counting:
    """Reads in this process what probes would read, and tells which files were opened and which facts were read."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.facts: list[str] = []

    def read(self, places: Iterable[Place], memory: Memory | None = None) -> Iterator[Photo]:
        """Read each photo as a probe is asked to."""
        memory = memory or Forgetful()
        for place in places:
            self.opened.append(place.name)
            try:
                photo = read_photo(fetch(place.path, place.member), place.name)
            except Unreadable as fault:
                yield unreadable(place.name, fault.problem, fault.size)
                continue
            known = memory.facts(photo.digest)
            if known is None:
                self.facts.append(place.name)
                memory.learn(photo)
            yield evolve(known or photo, name=place.name)


def put(path: Path, content: bytes = GOOD, *, changed: float = LONG_AGO) -> None:
    """Write a photo that was last changed long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (changed, changed))


def run(folder: Path, workspace: Path, *, rehash: bool = False) -> tuple[list[Photo], Counting]:
    """Read a folder or an archive as one run does."""
    counting = Counting()
    with PhotoCache(cache_path(workspace)) as cache:
        photos = list(read_photos(open_photos(folder).places(), counting, cache, rehash=rehash))
    return photos, counting


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Where the workspace is."""
    return tmp_path / "workspace.sqlite"


def test_a_second_run_opens_no_unchanged_photo_and_finds_the_same(tmp_path: Path, workspace: Path) -> None:
    """Facts and order are those of the first run."""
    for name in ("b.jpg", "a.jpg", "村/c.jpg"):
        put(tmp_path / "photos" / name, GOOD + name.encode())
    first, cold = run(tmp_path / "photos", workspace)
    second, warm = run(tmp_path / "photos", workspace)
    assert (len(cold.opened), warm.opened) == (3, [])
    assert second == first
    assert [photo.name for photo in second] == ["a.jpg", "b.jpg", "村/c.jpg"]


def test_a_changed_file_is_read_again_and_its_neighbours_are_not(tmp_path: Path, workspace: Path) -> None:
    """By its size or by the time of its last change."""
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        put(tmp_path / "photos" / name, GOOD + name.encode())
    run(tmp_path / "photos", workspace)
    put(tmp_path / "photos/b.jpg", OTHER)
    photos, second = run(tmp_path / "photos", workspace)
    assert second.opened == ["b.jpg"]
    assert [photo.gps for photo in photos] == ["ok", "no_exif", "ok"]


def test_two_copies_are_read_once(tmp_path: Path, workspace: Path) -> None:
    """Both are opened, to see that they are copies; the facts bear each one's own name."""
    put(tmp_path / "photos/a.jpg")
    put(tmp_path / "photos/copy/a.jpg")
    photos, counting = run(tmp_path / "photos", workspace)
    assert (counting.opened, counting.facts) == (["a.jpg", "copy/a.jpg"], ["a.jpg"])
    assert [photo.name for photo in photos] == ["a.jpg", "copy/a.jpg"]
    put(tmp_path / "moved/z.jpg")
    assert run(tmp_path / "moved", workspace)[1].facts == []


def test_rehash_opens_every_file_and_finds_what_changed_unseen(tmp_path: Path, workspace: Path) -> None:
    """A file of the same size and time with other bytes is found out."""
    put(tmp_path / "photos/a.jpg", GOOD)
    run(tmp_path / "photos", workspace)
    put(tmp_path / "photos/a.jpg", GOOD[:-2] + b"\0\0")
    trusted, _ = run(tmp_path / "photos", workspace)
    verified, counting = run(tmp_path / "photos", workspace, rehash=True)
    assert (trusted[0].gps, verified[0].problem, counting.opened) == ("ok", "truncated", ["a.jpg"])
    assert run(tmp_path / "photos", workspace)[0] == verified


def test_a_file_that_may_still_change_unseen_is_opened_again(tmp_path: Path, workspace: Path) -> None:
    """Within the tick of a memory card's clock a change leaves no trace."""
    put(tmp_path / "photos/a.jpg", changed=time.time())
    run(tmp_path / "photos", workspace)
    assert run(tmp_path / "photos", workspace)[1].opened == ["a.jpg"]


def test_a_member_of_an_archive_is_known_by_its_place_in_it(tmp_path: Path, workspace: Path) -> None:
    """As long as the archive has not changed."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as file:
        file.writestr("a.jpg", GOOD)
        file.writestr("b.jpg", OTHER)
    os.utime(path, (LONG_AGO, LONG_AGO))
    first, _ = run(path, workspace)
    second, warm = run(path, workspace)
    assert (warm.opened, second) == ([], first)
    os.utime(path, (LONG_AGO + 9, LONG_AGO + 9))
    assert run(path, workspace)[1].opened == ["a.jpg", "b.jpg"]


def test_facts_of_another_version_are_not_trusted(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer reader reads every photo anew."""
    put(tmp_path / "photos/a.jpg")
    run(tmp_path / "photos", workspace)
    monkeypatch.setattr(cache_module, "readers_version", lambda: "another")
    assert run(tmp_path / "photos", workspace)[1].facts == ["a.jpg"]
    assert run(tmp_path / "photos", workspace)[1].opened == []


def test_what_says_more_of_the_machine_is_not_remembered(tmp_path: Path) -> None:
    """A photo that wanted too much memory may be read on another day."""
    with PhotoCache(tmp_path / "photos.sqlite") as cache:
        cache.learn(unreadable("a.jpg", "too much memory", 3, "0" * 64))
        cache.learn(unreadable("b.jpg", "truncated", 3, "1" * 64))
        assert cache.facts("0" * 64) is None
        assert cache.facts("1" * 64) == unreadable("b.jpg", "truncated", 3, "1" * 64)


@pytest.mark.parametrize(
    "content", [b"no database at all, and long enough to be looked at", b"SQLite format 3\0" + bytes(84)]
)
def test_a_damaged_cache_costs_a_cold_run(tmp_path: Path, workspace: Path, content: bytes) -> None:
    """It is made anew, and the next run is warm again."""
    put(tmp_path / "photos/a.jpg")
    cache_path(workspace).write_bytes(content)
    assert [photo.gps for photo in run(tmp_path / "photos", workspace)[0]] == ["ok"]
    assert run(tmp_path / "photos", workspace)[1].opened == []


def damaged(sound: bytes) -> Iterator[bytes]:
    """Give a file with a few wrong bits, many times, and one that was cut."""
    yield sound[: len(sound) // 2]
    dice = random.Random(1)
    for _ in range(60):
        data = bytearray(sound)
        for _ in range(3):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        yield bytes(data)


def test_a_wrong_bit_makes_no_wrong_fact(tmp_path: Path) -> None:
    """SQLite does not notice every damage; whatever is wrong with the file, a fact is right or unknown."""
    for number in range(30):
        put(tmp_path / f"photos/{number:02}.jpg", jpeg(tiff(image={0x010F: f"MAKER {number}"}, gps=GUINAN)))
    store, file = open_photos(tmp_path / "photos"), tmp_path / "photos.sqlite"
    right = [store.read(name) for name in store.names()]
    with PhotoCache(file) as cache:
        for place, photo in zip(store.places(), right, strict=True):
            cache.learn(photo)
            cache.note(place, photo.digest)
    known = 0
    for content in damaged(file.read_bytes()):
        file.write_bytes(content)
        with PhotoCache(file) as cache:
            found = [cache.find(place) for place in store.places()]
        assert [photo and evolve(photo, name="") for photo in found] == [
            photo and evolve(one, name="") for photo, one in zip(found, right, strict=True)
        ]
        known += sum(photo is not None for photo in found)
    assert known > 30 * 30  # most of it is still of use


def test_damage_found_amid_a_run_is_said_once_and_repaired(
    tmp_path: Path, workspace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The run goes on with what it has, and the next one finds a good file."""
    for number in range(5):
        put(tmp_path / f"photos/{number}.jpg", GOOD + bytes([number]))
    run(tmp_path / "photos", workspace)
    file = cache_path(workspace)
    file.write_bytes(file.read_bytes()[:4096] + bytes(file.stat().st_size - 4096))
    cold, warm = run(tmp_path / "photos", workspace), run(tmp_path / "photos", workspace)
    assert [len(photos) for photos, _ in (cold, warm)] == [5, 5]
    assert warm[1].opened == []
    assert [record.getMessage() for record in caplog.records] == [
        "workspace-photos.sqlite: what was known of photos cannot be used (DatabaseError); they are read again"
    ]


def test_two_runs_at_once_wait_for_each_other_no_longer_than_a_moment(tmp_path: Path) -> None:
    """Neither keeps the file while it reads photos."""
    file = tmp_path / "photos.sqlite"
    photos = [evolve(read_photo(GOOD), digest=f"{number:064}") for number in range(1000)]
    began = time.monotonic()
    with PhotoCache(file) as one, PhotoCache(file) as other:
        for photo in photos:
            one.learn(photo)
            other.learn(photo)
    assert time.monotonic() - began < 8  # one wait in vain would take ten
    with PhotoCache(file) as cache:
        assert [cache.facts(photo.digest) for photo in photos] == photos


def test_the_known_are_given_before_all_are_looked_up(tmp_path: Path) -> None:
    """Of a hundred thousand unchanged photos only a stretch is held at a time."""
    asked = []

    def places() -> Iterator[Place]:
        for number in range(10_000):
            asked.append(number)
            yield Place(f"{number}.jpg", f"/{number}.jpg", Stamp(1, 1, settled=True))

    with PhotoCache(tmp_path / "photos.sqlite") as cache:
        photo = read_photo(GOOD)
        cache.learn(photo)
        for place in places():
            cache.note(place, photo.digest)
        asked.clear()
        reading = read_photos(places(), Counting(), cache)
        assert next(reading).name == "0.jpg"
        assert len(asked) <= STRETCH
        assert sum(1 for _ in reading) == 9_999


def test_a_file_is_known_however_the_command_was_told_of_it(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path and an absolute one are one file."""
    put(tmp_path / "photos/a.jpg")
    run(tmp_path / "photos", workspace)
    monkeypatch.chdir(tmp_path)
    assert run(Path("photos"), workspace)[1].opened == []


def test_nothing_is_made_where_there_are_no_photos(tmp_path: Path, workspace: Path) -> None:
    """A county without photos has no cache of them."""
    (tmp_path / "photos").mkdir()
    run(tmp_path / "photos", workspace)
    assert not cache_path(workspace).exists()


def test_facts_that_somebody_changed_are_read_again(tmp_path: Path, workspace: Path) -> None:
    """What is no fact of a photo is not taken for one."""
    put(tmp_path / "photos/a.jpg")
    run(tmp_path / "photos", workspace)
    with sqlite3.connect(cache_path(workspace)) as database:
        database.execute('UPDATE photo_facts SET facts = \'{"gps": "ok"}\'')
    photos, counting = run(tmp_path / "photos", workspace)
    assert ([photo.gps for photo in photos], counting.opened) == (["ok"], ["a.jpg"])


def test_a_folder_that_cannot_be_written_costs_the_cache_only(tmp_path: Path) -> None:
    """There is then nothing to remember in."""
    put(tmp_path / "photos/a.jpg")
    assert [photo.gps for photo in run(tmp_path / "photos", tmp_path / "missing/workspace.sqlite")[0]] == ["ok"]


def test_the_cache_is_its_owners_alone(tmp_path: Path, workspace: Path) -> None:
    """It holds where families live."""
    put(tmp_path / "photos/a.jpg")
    run(tmp_path / "photos", workspace)
    assert cache_path(workspace).stat().st_mode & 0o777 == 0o600


def test_a_run_that_is_interrupted_keeps_what_it_read(tmp_path: Path, workspace: Path) -> None:
    """The next one goes on from there."""
    for number in range(5):
        put(tmp_path / f"photos/{number}.jpg", GOOD + bytes([number]))
    with PhotoCache(cache_path(workspace)) as cache:
        reading = read_photos(open_photos(tmp_path / "photos").places(), Counting(), cache)
        assert [next(reading).name, next(reading).name] == ["0.jpg", "1.jpg"]
    assert run(tmp_path / "photos", workspace)[1].opened == ["2.jpg", "3.jpg", "4.jpg"]
