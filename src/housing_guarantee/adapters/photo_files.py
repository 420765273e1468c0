"""Photos in a folder or a zip archive, as they came off the phones.

A photo belongs to a household by the export's own cell, else by a folder or file name that holds the household's
number; which one is decided when case files are laid.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.photos import PhotoStore, open_photos
from housing_guarantee.source import Account, Adapter, Found, PhotoAt, Source, Tick

__all__ = ["PhotoFiles", "list_photos", "store_of"]


class PhotoFiles:
    """Finds every photo of a folder or archive."""

    name: ClassVar[str] = "photo_files"
    roles: ClassVar[tuple[str, ...]] = ("photos",)
    options: ClassVar[tuple[str, ...]] = ()

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Found]:
        """Yield the photos, in the order of their names.

        :raises SourceError: there is no such folder, or the archive is damaged or encrypted
        """
        yield from list_photos(store_of(source), source, account)


def store_of(source: Source) -> PhotoStore:
    """Open a source's photos under the name that the campaign gives it."""
    try:
        return open_photos(Path(source.path))
    except SourceError as error:
        raise SourceError(source.name, error.problem, zh=error.zh) from error


def list_photos(store: PhotoStore, source: Source, account: Account) -> Iterator[PhotoAt]:
    """Yield where every photo of a store lies; they are read where strangers' photos can do no harm."""
    account.left_out.update(store.left_out)
    role = "photos" if source.role == "verifications" else source.role
    return (PhotoAt(source.name, place, role) for place in store.places())


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [PhotoFiles]
