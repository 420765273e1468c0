"""Which sources a campaign file is to name for what was found, with the reason for everything that was guessed."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from attrs import evolve

from housing_guarantee.converters import WordList
from housing_guarantee.definition import load_definition
from housing_guarantee.onboarding.beside import with_coding, with_front_photos
from housing_guarantee.onboarding.looks import Form, Look
from housing_guarantee.onboarding.proposed import Proposed
from housing_guarantee.onboarding.questions import Ask
from housing_guarantee.onboarding.units import Unit, units_of, without_copies
from housing_guarantee.onboarding.views import View
from housing_guarantee.rule import Words
from housing_guarantee.source_table import ALL_ROLES

__all__ = ["propose"]


def propose(looks: Sequence[Look], ask: Ask) -> tuple[Proposed, ...]:
    """Give the sources for what was found, in the order of the roles.

    Where two tables hold the same rows, the longer one is taken unless a person says otherwise.
    """
    units = [unit for look in looks for unit in units_of(look)]
    taken, copies = without_copies(units, ask)
    sources = [source for look in looks for source in _of_look(look, [u for u in taken if u.look is look])]
    sources = with_front_photos(sources, looks)
    sources = [with_coding(source, ask) for source in sources]
    sources += [evolve(_source(unit), copy_of=other.title) for unit, other in copies]
    return tuple(sorted(sources, key=lambda source: ALL_ROLES.index(source.role)))


def _of_look(look: Look, units: Sequence[Unit]) -> Iterator[Proposed]:
    """Give the sources of one file or folder; sheets that are read alike are one source."""
    if look.form is Form.PHOTOS:
        yield Proposed("photos", "photo_files", look.name, notes=(_count_of_photos(look),))
    elif look.form is Form.ARCHIVE:
        zh = f"文件夹：照片{_photos(look)}张，文书{look.papers}份"
        en = f"a folder: {_photos(look)} pictures, {look.papers} papers"
        yield Proposed("archive", "archive", look.name, notes=(Words(zh, en),))
    for role in dict.fromkeys(unit.role for unit in units):
        own = [unit for unit in units if unit.role == role]
        if look.form in (Form.XLSX, Form.XLS) and _reads_all(look, role, own):
            yield _source(Unit(look, tuple(u.found[0] for u in own), tuple(u.views[0] for u in own)), whole=True)
        else:
            yield from map(_source, own)


def _photos(look: Look) -> int:
    return len(look.photos.names()) if look.photos else 0


def _count_of_photos(look: Look) -> Words:
    return Words(f"照片{_photos(look)}张", f"{_photos(look)} photos")


def _reads_all(look: Look, role: str, own: Sequence[Unit]) -> bool:
    """Say whether `check`, told of no sheet, reads just these and reads them alike."""
    read = [
        view
        for found in look.sheets
        if found.sheet.visible
        for view in found.views
        if view.role == role and (view.problem or (not view.missing and not view.given))
    ]
    alike = len({str(_constants(unit)) for unit in own}) == 1
    return alike and len(read) == len(own) and all(view is unit.views[0] for view, unit in zip(read, own, strict=True))


def _source(unit: Unit, *, whole: bool = False) -> Proposed:
    """Give the source of tables that are read together.

    :param whole: whether they are every sheet that can be read as this role
    """
    look, view = unit.look, unit.views[0]
    name = unit.found[0].sheet.name
    base = Proposed(
        unit.role,
        {Form.PACKAGE: "app_export", Form.DATABASE: "provincial"}.get(look.form, _ADAPTERS.get(unit.role, "excel")),
        look.name,
        (unit,),
        sheet=None if whole or look.form in (Form.PACKAGE, Form.DATABASE) else name,
        columns=view.given,
        constants=_constants(unit),
        notes=tuple(_notes(unit)),
    )
    return _in_database(base, str(name), view) if look.form is Form.DATABASE else base


_ADAPTERS = {"verifications": "app_export", "archive": "archive"}


def _in_database(source: Proposed, table: str, view: View) -> Proposed:
    """Name the table; one that names no household by number holds works, as the renovation system does."""
    system = "retrieval" if "household_id" in view.match.columns else "renovation"
    doubt = Words(
        "按列推测：没有户编号的是改造系统", "guessed: a table without household numbers is the renovation system's"
    )
    options = {"system": system, "url": f"sqlite:///{source.name}", "tables": {"household_archive": table}}
    return evolve(source, options=options, doubts={"system": doubt} if system == "renovation" else {})


def _notes(unit: Unit) -> Iterator[Words]:
    look = unit.look
    form = f"{look.form.value} {look.encoding}".strip()
    rows = [
        (found.sheet.name or found.member, len(view.rows)) for found, view in zip(unit.found, unit.views, strict=True)
    ]
    listed = "、".join(f"{name} {count}行" if name else f"{count}行" for name, count in rows)
    listed_en = ", ".join(f"{name} {count} rows" if name else f"{count} rows" for name, count in rows)
    yield Words(f"{form}：{listed}", f"{form}: {listed_en}")
    if look.form is Form.PACKAGE and look.photos and look.photos.names():
        yield _count_of_photos(look)


# ------------------------------------------------------------------------------------------------ what names say


_YEAR = re.compile(r"(?<![0-9])20[0-2][0-9](?![0-9])")
_TOWNSHIP = re.compile(r"\D{1,8}?(?:镇|乡|街道)")
_VILLAGE = re.compile(r"\D{1,12}?(?:村|社区)")


def _constants(unit: Unit) -> dict[str, str]:
    """Give what the name of the sheet, else of the file, says of every row, where no column does."""
    found = unit.views[0].match.columns
    sheet = unit.found[0].sheet.name or ""
    texts = [text for text in (sheet, PurePosixPath(unit.look.name).stem) if text]
    if unit.look.form in (Form.DATABASE, Form.PACKAGE):
        return {}
    said: dict[str, str | None] = {
        "township": next((text for text in texts if _TOWNSHIP.fullmatch(text)), None),
        "village": next((text for text in texts if _VILLAGE.fullmatch(text)), None),
    }
    if unit.role == "ledger":
        said["year"] = next((min(years) for text in texts if len(years := set(_YEAR.findall(text))) == 1), None)
        said["programme"] = next((name for text in texts if (name := _programme(text))), None)
    return {name: value for name, value in said.items() if value and name not in found}


def _programme(text: str) -> str | None:
    words = WordList.of({term.name: term.words for term in load_definition().programmes})
    name: str | None = words.only(text)
    return name
