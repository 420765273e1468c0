"""Which sources a campaign file is to name for what was found, with the reason for everything that was guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from attrs import evolve, field, frozen

from housing_guarantee.converters import WordList, clean, to_code, to_names
from housing_guarantee.definition import load_definition
from housing_guarantee.onboarding.looks import Form, Look, SheetLook
from housing_guarantee.onboarding.questions import Ask, Question
from housing_guarantee.onboarding.views import View
from housing_guarantee.photos import PhotoStore
from housing_guarantee.rule import Words
from housing_guarantee.source_table import ALL_ROLES

__all__ = ["Proposed", "Unit", "propose"]

_SAME = 0.5
"""Share of a table's rows that stand in another one already, from which on it is held for a copy."""
_REFERRED = 0.5
_FEWEST_COLUMNS = 4  # of a table in a database, which may hold anything
_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "roster": (("household_id",),),
    "verifications": (("household_id",), ("id_number",)),
    "ledger": (("file_no",), ("id_number",), ("head_name",)),
    "appraisals": (("report_no",), ("id_number",), ("head_name",)),
    "archive": (("household_id", "document"),),
    "provincial": (("household_id",), ("id_number",)),
}
"""What tells a row of a role from the others, the best first."""


@frozen
class Unit:
    """One or more tables of a file that are read together as one role."""

    look: Look
    found: tuple[SheetLook, ...]
    views: tuple[View, ...]

    @property
    def role(self) -> str:
        """The role that they fill."""
        return self.views[0].role

    @property
    def rows(self) -> int:
        """How many rows they hold."""
        return sum(len(view.rows) for view in self.views)

    @property
    def title(self) -> str:
        """What to call it to a person."""
        sheets = "、".join(found.sheet.name for found in self.found if found.sheet.name)
        return f"{self.look.name} [{sheets}]" if sheets else self.look.name

    def keys(self) -> set[tuple[str, ...]]:
        """Give what names its rows."""
        return {key for view in self.views for key in _keys(view)}


@frozen
class Proposed:
    """One ``[[sources]]`` table, with what is to be said beside it.

    :param sheet: where not every sheet is meant
    :param constants: field → a fact that holds for the whole source
    :param options: what only its adapter understands
    :param notes: what a reader should know of it
    :param doubts: key of the table → why it may be wrong
    :param copy_of: the source that holds the same rows; it is written as a comment then
    """

    role: str
    adapter: str
    name: str
    units: tuple[Unit, ...] = ()
    sheet: str | None = None
    columns: Mapping[str, str] = field(factory=dict)
    values: Mapping[str, Mapping[str, bool]] = field(factory=dict)
    constants: Mapping[str, str] = field(factory=dict)
    options: Mapping[str, Any] = field(factory=dict)
    notes: tuple[Words, ...] = ()
    doubts: Mapping[str, Words] = field(factory=dict)
    copy_of: str | None = None


def propose(looks: Sequence[Look], ask: Ask) -> tuple[Proposed, ...]:
    """Give the sources for what was found, in the order of the roles.

    Where two tables hold the same rows, the longer one is taken unless a person says otherwise.
    """
    units = [unit for look in looks for unit in _units(look)]
    taken, copies = _without_copies(units, ask)
    sources = [source for look in looks for source in _of_look(look, [u for u in taken if u.look is look])]
    sources = _with_front_photos(sources, looks)
    sources = [_with_coding(source, ask) for source in sources]
    sources += [evolve(_source(unit), copy_of=other.title) for unit, other in copies]
    return tuple(sorted(sources, key=lambda source: ALL_ROLES.index(source.role)))


# ------------------------------------------------------------------------------------------------ tables


def _units(look: Look) -> Iterator[Unit]:
    """Give the tables of a file that can be read as their likeliest role."""
    usable = [(found, view) for found in look.sheets if (view := found.best) is not None and _is_usable(look, found)]
    if look.form is not Form.PACKAGE:
        yield from (Unit(look, (found,), (view,)) for found, view in usable)
    elif len(usable) == len(look.sheets) and len({str(view.given) for _, view in usable}) == 1:
        yield Unit(look, tuple(found for found, _ in usable), tuple(view for _, view in usable))


def _is_usable(look: Look, found: SheetLook) -> bool:
    view = found.best
    if view is None or not found.sheet.visible or not view.rows:
        return False
    if look.form is Form.PACKAGE:
        return view.is_likely and view.role == "verifications"
    if look.form is Form.DATABASE:
        return view.is_usable and len(view.certainty) >= _FEWEST_COLUMNS
    return view.is_likely


def _keys(view: View) -> Iterator[tuple[str, ...]]:
    names = next(names for names in _KEYS[view.role] if view.match.columns.keys() >= set(names))
    columns = [view.match.columns[name] for name in names]
    for _, cells in view.rows:
        key = tuple(to_code(cells[column]) or "" if column < len(cells) else "" for column in columns)
        if all(key):
            yield (names[0], *key)


def _without_copies(units: Sequence[Unit], ask: Ask) -> tuple[list[Unit], list[tuple[Unit, Unit]]]:
    """Part the tables from those whose rows stand in another table already, each with that one."""
    taken: list[tuple[Unit, set[tuple[str, ...]]]] = []
    copies: list[tuple[Unit, Unit]] = []
    for unit in sorted(units, key=lambda unit: (-unit.rows, len(unit.title), unit.title)):
        keys = unit.keys()
        at = next((n for n, (other, held) in enumerate(taken) if _is_copy(unit, keys, other, held)), None)
        if at is None:
            taken.append((unit, keys))
            continue
        other = taken[at][0]
        if ask(_which(other, unit)) == unit.title:
            taken[at], unit, other = (unit, keys), other, unit
        copies.append((unit, other))
    return [unit for unit in units if any(unit is one for one, _ in taken)], copies


def _is_copy(unit: Unit, keys: set[tuple[str, ...]], other: Unit, held: set[tuple[str, ...]]) -> bool:
    return unit.role == other.role and bool(keys) and len(keys & held) >= _SAME * len(keys)


def _which(one: Unit, other: Unit) -> Question:
    zh = f"{one.title}（{one.rows}行）和 {other.title}（{other.rows}行）内容重复，用哪一个？"
    en = f"{one.title} ({one.rows} rows) and {other.title} ({other.rows} rows) hold the same rows: which one is right?"
    return Question(Words(zh, en), one.title, (one.title, other.title))


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
    doubt = Words("按列推测：没有户编号的是改造系统", "guessed: a table without household numbers is the renovation system's")
    options = {"system": system, "url": f"sqlite:///{source.name}", "tables": {"household_archive": table}}
    return evolve(source, options=options, doubts={"system": doubt} if system == "renovation" else {})


def _notes(unit: Unit) -> Iterator[Words]:
    look = unit.look
    form = f"csv（{look.encoding}）" if look.form is Form.DELIMITED else look.form.value
    rows = [(found.sheet.name or found.member, len(view.rows)) for found, view in zip(unit.found, unit.views, strict=True)]
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


# ------------------------------------------------------------------------------------------------ beside the tables


def _with_front_photos(sources: Sequence[Proposed], looks: Sequence[Look]) -> list[Proposed]:
    """Lay photos that a provincial table names, and the app's records do not, beside that table."""
    app = [_named(source, "photos") for source in sources if source.role == "verifications"]
    albums = {
        look.name: look.photos
        for look in looks
        if look.form is Form.PHOTOS and look.photos and all(_share(look.photos, named) < _REFERRED for named in app)
    }
    laid = [_with_album(source, albums) for source in sources]
    used = {source.options.get("photos") for source in laid}
    return [source for source in laid if not (source.role == "photos" and source.name in used)]


def _with_album(source: Proposed, albums: Mapping[str, PhotoStore]) -> Proposed:
    named = _named(source, "front_photo") if source.role == "provincial" else []
    best = max(albums, key=lambda name: _share(albums[name], named), default=None)
    if best is None or source.adapter != "provincial" or _share(albums[best], named) < _REFERRED:
        return source
    return evolve(source, options={**source.options, "photos": best})


def _named(source: Proposed, column: str) -> list[str]:
    """List the photos that a column names."""
    cells = (cell for unit in source.units for view in unit.views for cell in view.cells(column))
    return [name for cell in cells for name in to_names(cell)]


def _share(store: PhotoStore, names: Sequence[str]) -> float:
    """Say how many of the photos named are in a store."""
    return sum(store.find(name) is not None for name in names) / len(names) if names else 0.0


def _with_coding(source: Proposed, ask: Ask) -> Proposed:
    """Ask what 0 and 1 mean where a source answers "is it safe" by them: some exports have 0 for safe."""
    cells = [clean(cell) for unit in source.units for view in unit.views for cell in view.cells("is_safe")]
    if not cells or not set(cells) <= {"0", "1"}:
        return source
    zeros, ones = cells.count("0"), cells.count("1")
    header = source.units[0].views[0].match.headers["is_safe"]
    answer = ask(
        Question(
            Words(
                f"{source.name}：“{header}”列有{zeros}个0、{ones}个1，哪个表示安全？",
                f"{source.name}: the column {header} holds {zeros} times 0 and {ones} times 1: which means safe?",
            ),
            "1",
            ("0", "1"),
        )
    )
    if answer == "0":
        return evolve(source, values={"is_safe": {"0": True, "1": False}})
    doubt = Words(
        f"“{header}”列有{zeros}个0、{ones}个1，按 1=安全 读取；如果 0 表示安全，请去掉下一行的 #",
        f"{header} holds {zeros} times 0 and {ones} times 1; 1 is read as safe. If 0 means safe, uncomment the next line",
    )
    return evolve(source, doubts={**source.doubts, "values": doubt}) if answer is None else source
