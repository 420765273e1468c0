"""What is known of photos from earlier runs: what is opened again, what is not, and what is not trusted."""

import os
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
from housing_guarantee.photos.places import Place, Unreadable, fetch
from housing_guarantee.photos.probes import Forgetful, Memory
from housing_guarantee.photos.reader import read_photos
from tests.photos.exif_builder import GUINAN, jpeg, tiff

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
    monkeypatch.setattr(cache_module, "READER", cache_module.READER + 1)
    assert run(tmp_path / "photos", workspace)[1].facts == ["a.jpg"]


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
