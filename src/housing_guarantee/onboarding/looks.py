"""What a file or folder is, by what it holds: a table, a package of the app, photos, archives, a database, an area.

Tables are read by the guarded reader that `check` has, and databases in a way that cannot write to them.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from housing_guarantee.adapters.app_export import is_package, members_of
from housing_guarantee.adapters.delimited import encoding_of
from housing_guarantee.adapters.grid import Sheet, Value
from housing_guarantee.adapters.tables import read_file
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.converters import clean, to_code
from housing_guarantee.data import read_toml
from housing_guarantee.database import reading
from housing_guarantee.errors import CampaignError, SourceError
from housing_guarantee.geo import Area, read_areas
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.onboarding.content import Known
from housing_guarantee.onboarding.folder import contents_of, files_below
from housing_guarantee.onboarding.views import View, views_of
from housing_guarantee.photos import PhotoStore, open_photos
from housing_guarantee.photos.folder import SUFFIXES
from housing_guarantee.records import ROLES

__all__ = ["Form", "Look", "SheetLook", "look_at"]

_TABLES = (".xls", ".xlsx", ".xlsm", ".et", ".csv", ".txt", ".tsv")
_SQLITE = b"SQLite format 3\0"
_OLE = b"\xd0\xcf\x11\xe0"
_OURS = ({"workspace", "runs", "findings"}, {"photo_facts", "photo_files"})
"""Tables of a workspace, and of what is kept of photos beside it."""


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
    digest: str = ""
    encoding: str = ""
    photos: PhotoStore | None = None
    papers: int = 0
    areas: tuple[Area, ...] = field(default=(), repr=False)
    problem: SourceError | None = None

    @property
    def is_fault(self) -> bool:
        """Whether it should have been readable: its name says that it is a table, or its content a database."""
        called = self.path.suffix.lower() in (*_TABLES, ".zip")
        return self.problem is not None and (called or self.form is not Form.OTHER)


def look_at(paths: Iterable[tuple[Path, str]]) -> list[Look]:
    """Look at files and folders, each with the name that it is to be called by, and understand their tables together.

    A folder is looked through: what comes of it are the things in it.
    """
    looks = [look for path, name in paths for look in _looks(path, name)]
    known = _known(looks)
    return [evolve(look, sheets=tuple(_understood(look, known))) for look in looks]


def _understood(look: Look, known: Known) -> Iterator[SheetLook]:
    roles = ("provincial",) if look.form is Form.DATABASE else tuple(ROLES)
    for found in look.sheets:
        yield evolve(found, views=tuple(views_of(found.sheet, roles, known)))


def _known(looks: Sequence[Look]) -> Known:
    """Collect the households of the rosters whose headers are plain."""
    households: set[str] = set()
    heads: set[str] = set()
    for found in (found for look in looks if look.form is not Form.DATABASE for found in look.sheets):
        view = next(iter(views_of(found.sheet, tuple(ROLES))), None)
        if view is not None and view.is_usable and view.role == "roster":
            households |= {code for cell in view.cells("household_id") if (code := to_code(cell))}
            heads |= {normalise_name(clean(cell)) for cell in (*view.cells("head_name"), *view.cells("member_name"))}
    return Known(frozenset(households), frozenset(heads))


# ------------------------------------------------------------------------------------------------ files


def _looks(path: Path, name: str) -> Iterator[Look]:
    if path.is_file():
        yield from _file(path, name)
        return
    contents = contents_of(path)
    for file in contents.files:
        yield from _file(file, _called(name, path, file))
    for folder in contents.collections:
        yield _collection(folder, _called(name, path, folder))
    for folder, count in contents.loose.items():
        problem = SourceError(
            _called(name, path, folder),
            f"{count} pictures or papers lie beside tables: move them into a folder of their own",
            zh=f"有{count}个照片或文书与表格放在一起，请移入单独的文件夹",
        )
        yield Look(_called(name, path, folder), folder, Form.OTHER, problem=problem)


def _called(name: str, top: Path, path: Path) -> str:
    """Call what lies in a folder by the folder's name and the way to it."""
    return (Path(name) / path.relative_to(top)).as_posix()


def _file(path: Path, name: str) -> Iterator[Look]:
    """Look at a file; one of our own is nothing to look at."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_SQLITE))
        look = _by_content(path, name, start)
    except OSError as error:
        fault = SourceError(
            name, f"it cannot be opened ({type(error).__name__})", zh="文件打不开，请检查权限或是否被占用"
        )
        look = Look(name, path, Form.OTHER, problem=fault)
    except SourceError as fault:
        look = Look(name, path, Form.DATABASE if start == _SQLITE else Form.OTHER, problem=fault)
    if look is not None:
        yield look


def _by_content(path: Path, name: str, start: bytes) -> Look | None:
    if start == _SQLITE:
        return _database(path, name)
    if start.startswith(b"PK") and is_package(path):
        return _package(path, name)
    if path.suffix.lower() in (".json", ".geojson"):
        return _area(path, name)
    if path.suffix.lower() in SUFFIXES:
        problem = SourceError(
            name, "it is one picture: name the folder that it lies in", zh="是单张照片，请指定所在文件夹"
        )
        return Look(name, path, Form.OTHER, problem=problem)
    data, digest = read_file(path, name)
    sheets = tuple(SheetLook(sheet) for sheet in read_sheets(data, name))
    if start.startswith(b"PK"):
        return Look(name, path, Form.XLSX, sheets, digest)
    if start.startswith(_OLE):
        return Look(name, path, Form.XLS, sheets, digest)
    return Look(name, path, Form.DELIMITED, sheets, digest, encoding_of(data))


def _package(path: Path, name: str) -> Look:
    """Look into a zip: the app's export with its photos, or photos alone."""
    photos = open_photos(path)
    sheets = [
        SheetLook(sheet, member)
        for member, data in members_of(path, name)
        for sheet in read_sheets(data, f"{name}/{member}")
    ]
    if not sheets and not photos.names():
        raise SourceError(name, "the zip archive holds no table and no photo", zh="压缩包内没有表格，也没有照片")
    return Look(name, path, Form.PACKAGE if sheets else Form.PHOTOS, tuple(sheets), photos=photos)


def _area(path: Path, name: str) -> Look:
    try:
        return Look(name, path, Form.AREA, areas=tuple(read_areas(path, "wgs84")))
    except CampaignError as error:
        return Look(
            name, path, Form.OTHER, problem=SourceError(name, "it holds no areas", zh=error.zh or "不是区划边界文件")
        )


def _collection(path: Path, name: str) -> Look:
    """Tell photos from archives: an archive holds papers, or pictures that are called after papers."""
    photos = open_photos(path)
    files = list(files_below(path))
    papers = [file for file in files if file.suffix.lower() not in SUFFIXES]
    words = [word for words in read_toml("documents.toml")["words"].values() for word in words]
    called = sum(any(word in file.name for word in words) for file in files)
    form = Form.ARCHIVE if papers or called * 2 > len(files) else Form.PHOTOS
    return Look(name, path, form, photos=photos, papers=len(papers))


def _database(path: Path, name: str) -> Look | None:
    """Read the tables of a SQLite file, each as a sheet of one header; a workspace is our own and no source."""
    with reading(f"sqlite:///{path.name}", name, path.parent) as connection:
        sheets = [SheetLook(sheet) for sheet in _tables(connection)]
    if any(ours <= {found.sheet.name for found in sheets} for ours in _OURS):
        return None
    digest = sha256(path.read_bytes()).hexdigest()
    return Look(name, path, Form.DATABASE, tuple(sheets), digest)


def _tables(connection: Any) -> Iterator[Sheet]:
    from sqlalchemy import column, inspect, select, table

    inspector = inspect(connection)
    for name in sorted([*inspector.get_table_names(), *inspector.get_view_names()]):
        header = [str(found["name"]) for found in inspector.get_columns(name)]
        rows = connection.execute(select(*map(column, header)).select_from(table(name)))
        yield Sheet(name, [tuple(header), *(tuple(_cell(cell) for cell in row) for row in rows)])


def _cell(value: Any) -> Value:
    """Leave out what is no text and no number: it tells nothing of a column."""
    return value if isinstance(value, (str, int, float)) else None
