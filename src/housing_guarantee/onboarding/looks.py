"""A file or folder that was looked at, with the sheets in it and how each can be understood."""

from enum import StrEnum
from pathlib import Path

from attrs import field, frozen

from housing_guarantee.adapters.grid import Sheet
from housing_guarantee.errors import SourceError
from housing_guarantee.geo import Area
from housing_guarantee.onboarding.views import View
from housing_guarantee.photos import PhotoStore

__all__ = ["Form", "Look", "SheetLook"]

_READABLE = (".xls", ".xlsx", ".xlsm", ".et", ".csv", ".txt", ".tsv", ".zip", ".sqlite", ".sqlite3", ".db")


class Form(StrEnum):
    """What a file or folder is."""

    XLSX = "xlsx"
    XLS = "xls"
    DELIMITED = "csv"
    PACKAGE = "package"
    PHOTOS = "photos"
    ARCHIVE = "archive"
    DATABASE = "database"
    AREA = "area"
    OTHER = "other"


@frozen
class SheetLook:
    """A sheet, a delimited file or a table of a database.

    :param member: the file inside a package that it stands in
    :param views: how it can be understood, the likeliest first
    """

    sheet: Sheet = field(repr=False)
    member: str = ""
    views: tuple[View, ...] = ()

    @property
    def best(self) -> View | None:
        """The likeliest role, whether or not all that it needs is there."""
        return self.views[0] if self.views else None


@frozen
class Look:
    """A file or folder that was looked at.

    :param name: its path as it is to be called
    :param encoding: of a delimited file
    :param photos: the pictures in it
    :param papers: files in it that are no pictures
    """

    name: str
    path: Path
    form: Form
    sheets: tuple[SheetLook, ...] = ()
    encoding: str = ""
    photos: PhotoStore | None = None
    papers: int = 0
    areas: tuple[Area, ...] = field(default=(), repr=False)
    problem: SourceError | None = None

    @property
    def is_fault(self) -> bool:
        """Whether it should have been readable: its name says that it is a table, an archive or a database."""
        return self.problem is not None and self.path.suffix.lower() in _READABLE
