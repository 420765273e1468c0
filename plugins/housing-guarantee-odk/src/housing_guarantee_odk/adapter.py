"""Exports of ODK Central, ODK Briefcase and KoboToolbox, so that a county without the app collects with open tools.

A row is one submission, a household's verification. The programs write a form's groups before a question's name
(``visit/grade``, ``visit-grade``), a geopoint in columns of its own, each repeat as a table of its own, and photos as
files whose names stand in the cells.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from attrs import evolve

from housing_guarantee.adapters.app_export import is_package
from housing_guarantee.adapters.photo_files import list_photos, store_of
from housing_guarantee.adapters.tables import read_tables
from housing_guarantee.converters import clean
from housing_guarantee.definition import Definition
from housing_guarantee.models import Verification
from housing_guarantee.source import Account, Found, PhotoAt, Source, Tick
from housing_guarantee.values import Sealed
from housing_guarantee_odk.export import Submissions, submissions_of

__all__ = ["Odk"]


class Odk:
    """Reads an export of ODK or KoboToolbox: a zip, a folder, a CSV with the CSVs of its repeats, or a workbook.

    The option ``photos`` names the folder or zip of the media, beside the export, where it is not in the export.
    """

    name: ClassVar[str] = "odk"
    roles: ClassVar[tuple[str, ...]] = ("verifications",)
    options: ClassVar[tuple[str, ...]] = ("photos",)

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Found]:
        """Yield the records, then where their photos lie.

        :raises SourceError: the export cannot be opened, or has no table of submissions, or lacks a needed column
        """
        tables = submissions_of(source, account)
        media = [*_media(source, account)]
        by_name: dict[str, list[str]] = {}
        for photo in media:
            by_name.setdefault(photo.place.name.rpartition("/")[2], []).append(photo.place.name)
        for table in tables:
            yield from _records(table, source, account, definition, by_name)
        yield from media


def _records(
    table: Submissions, source: Source, account: Account, definition: Definition, media: Mapping[str, Sequence[str]]
) -> Iterator[Found]:
    constants = {**source.constants, **({"photos": ""} if table.photos else {})}  # they are named in other cells
    understood = evolve(source, columns=table.fields, constants=constants, sheet=None)
    for record in read_tables([table.sheet], table.file, understood, account, definition):
        yield _with_photos(record, table, media) if isinstance(record, Verification) else record
    account.unused[:] = [header for header in account.unused if header not in table.needless]
    if table.refused:
        account.left_out["blank"] -= table.refused
        account.left_out["not verified"] += table.refused
    account.left_out += {}  # drops what has come to nothing


def _with_photos(record: Verification, table: Submissions, media: Mapping[str, Sequence[str]]) -> Verification:
    row = record.origin.row
    cells = table.photos.get(row, ())
    names = tuple(_path(clean(cell.value), media, table.keys.get(row, "")) for cell in cells)
    return evolve(
        record, photos=names, origin=evolve(record.origin, elsewhere=Sealed({"photos": cells} if cells else {}))
    )


def _path(name: str, media: Mapping[str, Sequence[str]], key: str) -> str:
    """Give a photo's path; where several submissions have a file of the name, the one in this one's folder."""
    paths = media.get(name, ())
    own = [path for path in paths if key and key in path.split("/")]
    return own[0] if len(paths) > 1 and own else name


def _media(source: Source, account: Account) -> Iterator[PhotoAt]:
    where = _place_of_media(source)
    if where is not None:
        yield from list_photos(store_of(where), where, account)


def _place_of_media(source: Source) -> Source | None:
    """Say where the media are: as the campaign file says, in the export itself, or in a folder of the usual name."""
    folder, name = source.path.parent, source.options.get("photos")
    if name:
        return evolve(source, path=folder / name, name=name)
    if source.path.is_dir() or is_package(source.path):
        return source
    usual = Path(folder, "media")
    return evolve(source, path=usual, name="media") if usual.is_dir() else None
