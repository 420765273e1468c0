"""Photos in a folder or a zip archive, as they came off the phones.

A photo belongs to a household by the export's own cell, else by a folder or file name that holds the household's
number; which one is decided when case files are laid.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from attrs import evolve

from housing_guarantee.definition import Definition
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.photos import PhotoStore, open_photos
from housing_guarantee.source import Account, Adapter, Item, PhotoFile, Source, Tick

__all__ = ["PhotoFiles", "read_store"]


class PhotoFiles:
    """Reads every photo of a folder or archive."""

    name: ClassVar[str] = "photo_files"
    roles: ClassVar[tuple[str, ...]] = ("photos",)
    options: ClassVar[tuple[str, ...]] = ()

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Item]:
        """Yield the photos, in the order of their names.

        :raises SourceError: there is no such folder, or the archive is damaged or encrypted
        """
        yield from read_store(store_of(source), source, account, tick)


def store_of(source: Source) -> PhotoStore:
    """Open a source's photos under the name that the campaign gives it."""
    try:
        return open_photos(Path(source.path))
    except SourceError as error:
        raise SourceError(source.name, error.problem, zh=error.zh) from error


def read_store(store: PhotoStore, source: Source, account: Account, tick: Tick) -> Iterator[PhotoFile]:
    """Yield every photo of a store; the account's digest is that of their names and bytes."""
    account.left_out.update(store.left_out)
    names = store.names()
    digest = sha256()
    for done, name in enumerate(names, 1):
        photo = store.read(name)
        digest.update(f"{name}\0{photo.digest}\n".encode())
        account.photos += 1
        shown = evolve(photo, name=f"{source.name.rstrip('/')}/{name}")
        yield PhotoFile(source.name, name, shown, "photos" if source.role == "verifications" else source.role)
        tick(done, len(names))
    account.digest = account.digest or digest.hexdigest()


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [PhotoFiles]
