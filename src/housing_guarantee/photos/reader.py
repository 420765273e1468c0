"""Read many photos: what is known already from the cache, the rest in probes, all in the order asked for."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from attrs import evolve

from housing_guarantee.photos.cache import PhotoCache
from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.places import Place
from housing_guarantee.photos.probes import PhotoReader, Probes

__all__ = ["read_photos", "thumbnails_of"]

STRETCH = 2048
"""Places that are looked up before any of them is given: many keep the probes busy, few keep memory flat."""


def read_photos(
    places: Iterable[Place], reader: PhotoReader, cache: PhotoCache, *, rehash: bool = False
) -> Iterator[Photo]:
    """Give the facts of each photo; one that has not changed since an earlier run is not opened.

    Two copies of one photo are both opened, to see that they are, and read once.

    :param rehash: open every file all the same, and trust the cache for digests only
    :raises ProbeError: no probe can be started
    """
    places = iter(places)
    while stretch := list(islice(places, STRETCH)):
        yield from _read(stretch, reader, cache, rehash=rehash)


def thumbnails_of(wanted: Mapping[str, Place], probes: Probes, cache: PhotoCache) -> Iterator[tuple[str, bytes]]:
    """Give by digest the small copy of each photo that can be decoded: the known ones first, then those now made.

    :param wanted: by digest where each photo lies; one that was changed since it was read is given no copy
    :raises ProbeError: no probe can be started
    """
    missing = []
    for digest, place in wanted.items():
        if picture := cache.thumbnail(digest):
            yield digest, picture
        else:
            missing.append(place)
    for made in probes.thumbnails(missing):
        if made and made.digest in wanted:
            cache.keep(made.digest, made.picture)
            yield made.digest, made.picture


def _read(stretch: list[Place], reader: PhotoReader, cache: PhotoCache, *, rehash: bool) -> Iterator[Photo]:
    waiting: deque[tuple[Place, Photo | None]] = deque()

    def unknown() -> Iterator[Place]:
        for place in stretch:
            photo = None if rehash else cache.find(place)
            waiting.append((place, photo))
            if photo is None:
                yield place

    for photo in reader.read(unknown(), cache):
        yield from _known(waiting)
        place, _ = waiting.popleft()
        cache.note(place, photo.digest)
        yield photo
    yield from _known(waiting)


def _known(waiting: deque[tuple[Place, Photo | None]]) -> Iterator[Photo]:
    """Give those in front of which nothing is still to be read."""
    while waiting and (photo := waiting[0][1]) is not None:
        place, _ = waiting.popleft()
        yield evolve(photo, name=place.name)
