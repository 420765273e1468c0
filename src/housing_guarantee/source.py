"""What an adapter must do, and the account it gives of what it read.

An adapter reads one source of the campaign file and yields what it found in the order of the file: a record where a
row was understood, a `BadRow` where it was not, a `PhotoAt` for a picture, a `DocumentFile` for a paper. What it
leaves out it counts, by reason.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol

from attrs import define, field, frozen

from housing_guarantee.definition import Definition
from housing_guarantee.limits import Limits
from housing_guarantee.models import BadRow, Cell
from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.places import Place
from housing_guarantee.records import Record

__all__ = ["Account", "Adapter", "DocumentFile", "Found", "Item", "PhotoAt", "PhotoFile", "Source", "Tick"]

Tick = Callable[[int, int | None], None]
"""Told after each piece of work: how much is done, and of how much (None where that is not known)."""


@frozen
class Source:
    """One ``[[sources]]`` table of the campaign file.

    :param name: the path as the campaign names it, which is what every origin and report shows; of a database its role
        and system, never its address
    :param path: the same, resolved against the campaign file's folder; of a database that folder itself
    :param columns: field → header, for what the synonyms do not find
    :param values: field → typed word → value: a source's own coding
    :param constants: field → a fact that holds for the whole source
    :param options: what only this adapter understands
    :param limits: of its files
    :param synonyms: field → headers that mean it beside the usual ones, as the campaign's definition and plugins bring
    """

    role: str
    adapter: str
    name: str
    path: Path
    sheet: str | None = None
    columns: Mapping[str, str] = field(factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    constants: Mapping[str, Any] = field(factory=dict)
    options: Mapping[str, Any] = field(factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(factory=dict)
    limits: Limits = field(factory=Limits)


@frozen
class PhotoFile:
    """A picture of a source.

    :param name: the path inside the source, as a clerk finds it
    :param role: whose picture it is: ``photos`` (the app's), ``archive`` or ``provincial``
    :param place: where its bytes lie; None where another program read it
    """

    source: str
    name: str
    photo: Photo
    role: str = "photos"
    place: Place | None = None


@frozen
class PhotoAt:
    """A picture of a source that is still to be read: it travels on as a `PhotoFile`.

    :param place: where its bytes lie; its name is the path inside the source
    :param role: as of a `PhotoFile`
    """

    source: str
    place: Place
    role: str = "photos"


@frozen
class DocumentFile:
    """A paper in the folders of the archives (一户一档), whatever its format.

    :param name: the path inside the source, as a clerk finds it; it may hold a person's name
    :param size: bytes; None for a folder that holds nothing
    """

    source: str
    name: str = field(repr=False)
    size: int | None

    def at(self) -> tuple[Cell, ...]:
        """Point at the file."""
        size = None if self.size is None else f"{self.size} bytes"
        return (Cell(f"{self.source}/{self.name}", None, None, None, None, "document_file", size),)


Item = Record | BadRow | PhotoFile | DocumentFile
"""What case files are laid from."""
Found = Item | PhotoAt
"""What an adapter yields; a photo that it has not read itself is read for it."""


@define
class Account:
    """What was read of one source, what was left out and why, what could not be read.

    Every row that holds anything, but a header's own, is in just one of these counts.

    :param read: rows that became records
    :param fields: the fields that any of its tables has
    :param unused: headers that were not understood
    :param problem: the fault that made it unusable, in each language
    """

    source: Source
    digest: str = ""
    read: int = 0
    unreadable: int = 0
    photos: int = 0
    left_out: Counter[str] = field(factory=Counter)
    notes: list[str] = field(factory=list)
    fields: set[str] = field(factory=set)
    unused: list[str] = field(factory=list)
    problem: Mapping[str, str] | None = None


class Adapter(Protocol):
    """Reads one kind of source.

    ``roles`` are those it can fill; ``options`` the keys of ``[[sources]]`` that only it understands.
    """

    name: ClassVar[str]
    roles: ClassVar[tuple[str, ...]]
    options: ClassVar[tuple[str, ...]]

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Found]:
        """Yield what the source holds, and keep the account.

        :raises SourceError: the source cannot be opened or lacks a needed column; never for a bad row
        """
        ...  # pragma: no cover
