"""What a file or folder is, by what it holds: a table, a package of the app, photos, archives, a database, an area.

Tables are read by the guarded reader that `check` has, and databases in a way that cannot write to them.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from housing_guarantee.adapters.app_export import is_package, members_of
from housing_guarantee.adapters.delimited import encoding_of
from housing_guarantee.adapters.grid import Sheet, Value
from housing_guarantee.adapters.tables import read_file
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.data import read_toml
from housing_guarantee.database import reading
from housing_guarantee.errors import CampaignError, SourceError
from housing_guarantee.geo import read_areas
from housing_guarantee.onboarding.folder import contents_of, files_below
from housing_guarantee.onboarding.looks import Form, Look, SheetLook
from housing_guarantee.photos import open_photos
from housing_guarantee.photos.folder import SUFFIXES
from housing_guarantee.secret import Secret

__all__ = ["looks_of"]

_SQLITE = b"SQLite format 3\0"
_OLE = b"\xd0\xcf\x11\xe0"
_OURS = ({"workspace", "runs", "findings"}, {"photo_facts", "photo_files"})
"""Tables of a workspace, and of what is kept of photos beside it."""


def looks_of(path: Path, name: str) -> Iterator[Look]:
    """Look at a file, or at everything in a folder; what prevents it is kept."""
    if path.is_file():
        yield from _guarded(path, name, _file)
        return
    contents = contents_of(path)
    for file in contents.files:
        yield from _guarded(file, _called(name, path, file), _file)
    for folder in contents.collections:
        yield from _guarded(folder, _called(name, path, folder), _collection)
    for folder, why in contents.asides.items():
        called = _called(name, path, folder)
        yield Look(called, folder, Form.OTHER, problem=SourceError(called, why.en, zh=why.zh))


def _called(name: str, top: Path, path: Path) -> str:
    """Call what lies in a folder by the folder's name and the way to it."""
    return (Path(name) / path.relative_to(top)).as_posix()


def _guarded(path: Path, name: str, look: Callable[[Path, str], Look | None]) -> Iterator[Look]:
    """Look at something; what prevents it is kept, and one of our own files is nothing to look at."""
    form = Form.OTHER
    try:
        name.encode()
        found = look(path, name)
    except UnicodeEncodeError:  # bytes of a Chinese Windows: no campaign file could name it
        name = os.fsencode(name).decode("gb18030", errors="replace")
        fault = SourceError(name, "its name is no UTF-8: rename it", zh="文件名编码有误，请改名")
        found = Look(name, path, form, problem=fault)
    except OSError as error:
        zh = "打不开，请检查权限或是否被占用"
        fault = SourceError(name, f"it cannot be opened ({type(error).__name__})", zh=zh)
        found = Look(name, path, form, problem=fault)
    except SourceError as fault:
        found = Look(name, path, form, problem=fault)
    if found is not None:
        yield found


def _file(path: Path, name: str) -> Look | None:
    with path.open("rb") as file:
        start = file.read(len(_SQLITE))
    return _by_content(path, name, start)


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
    data, _ = read_file(path, name)
    sheets = tuple(SheetLook(sheet) for sheet in read_sheets(data, name))
    if start.startswith(b"PK"):
        return Look(name, path, Form.XLSX, sheets)
    if start.startswith(_OLE):
        return Look(name, path, Form.XLS, sheets)
    return Look(name, path, Form.DELIMITED, sheets, encoding_of(data))


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
    with reading(Secret(f"sqlite:///{path.name}"), name, path.parent) as connection:
        sheets = [SheetLook(sheet) for sheet in _tables(connection)]
    if any(ours <= {found.sheet.name for found in sheets} for ours in _OURS):
        return None
    return Look(name, path, Form.DATABASE, tuple(sheets))


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
