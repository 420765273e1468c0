"""Which photo is which household's: the app's, the front photos of the retrieval system, those in the archives."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from housing_guarantee.casefiles import Paper, PhotoEvidence
from housing_guarantee.models import Cell, ProvincialRecord, Verification
from housing_guarantee.source import PhotoFile

__all__ = ["Albums"]

_NUMBER = re.compile(r"[0-9]{6,}")
_Named = Iterable[tuple[str, PhotoFile | None, tuple[Cell, ...]]]


@frozen
class Albums:
    """The photos of a county.

    :param app: those of the app, from whatever source
    :param fronts: folder → the front photos in it
    :param filed: source and path → a photo in an archive
    """

    app: "_Album"
    fronts: Mapping[str, "_Album"]
    filed: Mapping[tuple[str, str], PhotoFile]

    @classmethod
    def of(cls, photos: Iterable[PhotoFile]) -> "Albums":
        """Sort the photos of all sources."""
        by_role: dict[str, list[PhotoFile]] = defaultdict(list)
        fronts: dict[str, list[PhotoFile]] = defaultdict(list)
        for photo in photos:
            (fronts[photo.source] if photo.role == "provincial" else by_role[photo.role]).append(photo)
        return cls(
            _Album.of(by_role["photos"]),
            {folder: _Album.of(own) for folder, own in fronts.items()},
            {(photo.source, photo.name): photo for photo in by_role["archive"]},
        )

    def of_record(self, record: Verification, household_id: str) -> tuple[PhotoEvidence, ...]:
        """Give the photos that the record names, or, where it names none, those that bear the number."""
        if record.photos:
            named = [(name, self.app.find(name)) for name in record.photos]
        else:
            named = [(photo.name, photo) for photo in self.app.by_number.get(household_id, ())]
        cells = record.at("photos")
        return _evidence([(name, found, _naming(name, cells)) for name, found in named], "app")

    def of_systems(self, records: Iterable[ProvincialRecord]) -> tuple[PhotoEvidence, ...]:
        """Give the front photos that the retrieval system names, as far as it is known where their files lie."""
        return _evidence(self._fronts(records), "provincial")

    def _fronts(self, records: Iterable[ProvincialRecord]) -> Iterator[tuple[str, PhotoFile | None, tuple[Cell, ...]]]:
        for record in records:
            album = self.fronts.get(record.origin.table.album or "")
            if album and record.system != "renovation":
                yield from ((name, album.find(name), record.at("front_photo")) for name in record.front_photo)

    def of_archive(self, papers: Iterable[Paper]) -> tuple[PhotoEvidence, ...]:
        """Give the papers of an archive that are photos."""
        files = ((paper, paper.file) for paper in papers if paper.file)
        found = ((paper, self.filed.get((file.source, file.name))) for paper, file in files)
        return _evidence([(photo.name, photo, paper.cells) for paper, photo in found if photo], "archive")


@frozen
class _Album:
    """Photos by path, by file name, and by the numbers that their paths hold."""

    by_path: Mapping[str, PhotoFile]
    by_name: Mapping[str, Sequence[PhotoFile]]
    by_number: Mapping[str, Sequence[PhotoFile]]

    @classmethod
    def of(cls, photos: Sequence[PhotoFile]) -> "_Album":
        by_name: dict[str, list[PhotoFile]] = defaultdict(list)
        by_number: dict[str, list[PhotoFile]] = defaultdict(list)
        for photo in photos:
            by_name[_file_name(photo.name)].append(photo)
            for number in set(_NUMBER.findall(photo.name)):
                by_number[number].append(photo)
        return cls({photo.name.lower(): photo for photo in photos}, dict(by_name), dict(by_number))

    def find(self, name: str) -> PhotoFile | None:
        """Find a photo by its path, or by a file name that only one has."""
        path = name.replace("\\", "/").lower()
        if path in self.by_path:
            return self.by_path[path]
        named = self.by_name.get(_file_name(path), ())
        return named[0] if len(named) == 1 else None


def _naming(name: str, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Give the cell that names a photo, where there are several; where none is alone in it, all of them."""
    return tuple(cell for cell in cells if len(cells) > 1 and name.endswith(str(cell.value))) or cells


def _evidence(named: _Named, system: str) -> tuple[PhotoEvidence, ...]:
    """Number the photos of one system."""
    slot = "photo" if system == "app" else system
    return tuple(
        PhotoEvidence(name, found.photo, cells, f"{slot}{position}", system, found.place)
        if found
        else PhotoEvidence(name, None, cells, f"{slot}{position}", system)
        for position, (name, found, cells) in enumerate(named, 1)
    )


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower()
