"""What a rule that is not built in is shown of persons: the fields it says that it needs, and tokens for the rest.

Such a rule gets a copy of a case file in which names, identity numbers and telephone numbers are tokens, and free text
is masked as in a report, but for the fields that its decorator declares (``sees=("id_number",)``). A blank stays blank,
and equal texts are equal tokens, made with the workspace's key: who stands twice can be told, who it is cannot. Cells
that an answer points at become those of the true case file again, so that reports mask them as they mask all others.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Generic, TypeVar, get_args

import attrs
from attrs import evolve, frozen

from housing_guarantee.casefiles import CaseFile, Damaged, Given, Paper, PhotoEvidence, Survey
from housing_guarantee.converters import clean
from housing_guarantee.linkage.evidence import Evidence
from housing_guarantee.linkage.match import Match
from housing_guarantee.masking import Kind, Masking, kind_of
from housing_guarantee.models import (
    Appraisal,
    ArchiveRecord,
    BadRow,
    Cell,
    Household,
    LedgerEntry,
    Origin,
    Person,
    ProvincialRecord,
    RosterRow,
    Table,
    Verification,
)
from housing_guarantee.parcels import Parcel, Reducer, by_position, pack, values_of
from housing_guarantee.photos.facts import Photo
from housing_guarantee.reviews import Review
from housing_guarantee.roster import Repeated
from housing_guarantee.source import DocumentFile
from housing_guarantee.values import IdNumber, Period, Place, Position, Sealed

__all__ = ["Covered", "Veil", "names_in", "openly"]

T = TypeVar("T")
_Where = tuple[str, str | None, int | None, str | None]
"""Source, sheet, row, and what names a row without a number."""

_AS_THEY_ARE = (Table, Period, Position, Place, Evidence, Match, Household, CaseFile)
_COVERED: Mapping[type, Mapping[str, str]] = {
    BadRow: {"household_id": "household_id", "head_name": "head_name", "id_number": "id_number"},
    Paper: {"name": "document"},
    Photo: {"name": "photos"},
    DocumentFile: {"name": "file"},
    Repeated: {"household_id": "household_id", "slot": "person_id"},
    Damaged: {"household_id": "household_id", "number": "id_number"},
}
"""Class → attribute → the field whose name decides what may be shown of it."""
_ROWS = (RosterRow, Verification, LedgerEntry, Appraisal, ArchiveRecord, ProvincialRecord)
_PERSONAL = (Kind.NAME, Kind.NUMBER, Kind.PHONE)
_WHOLE = "*" * 18
"""As long as an identity number: whoever compares a token digit by digit finds nothing to compare."""

_OPENLY: Mapping[type, Reducer] = by_position(
    [*_AS_THEY_ARE, *_COVERED, *_ROWS, Cell, Origin, Person, PhotoEvidence, Review, IdNumber]
)
"""How what a survey is made of travels with nothing hidden."""


def openly(thing: Any) -> Parcel:
    """Pack a thing with nothing hidden."""
    return pack(thing, _OPENLY, Given)


class Veil:
    """Hides what a rule does not say that it needs.

    :param sees: fields that the rule is shown
    :param key: of the workspace, so that nobody can try out whose token it is
    :param known: every full name of the county, to be found in free text
    """

    def __init__(self, sees: Iterable[str], key: bytes, known: Collection[str]) -> None:
        self._sees = frozenset(sees)
        self._key = key
        self._masking = Masking(known=known)
        self._shown: dict[tuple[str, Any], Any] = {}

    def over(self, thing: T) -> "Covered[T]":
        """Cover case files, a group of them, or a whole survey."""
        cover = _Cover(self)
        return Covered(pack(thing, cover.reducers, Given), cover.cell)

    def show(self, name: str, value: Any) -> Any:
        """Give what stands in a field as the rule may see it."""
        if value is None or name in self._sees:
            return value
        if isinstance(value, (str, IdNumber)):
            shown = self._shown.get((name, value))
            if shown is None:
                shown = self._shown[name, value] = self._hidden(name, value)
            return shown
        if isinstance(value, tuple):
            return tuple(self.show(name, one) for one in value)
        is_number = isinstance(value, (int, float)) and kind_of(name) in _PERSONAL  # as a cell may hold a person's
        return self._hidden(name, str(value)) if is_number else value

    def _hidden(self, name: str, value: str | IdNumber) -> str | IdNumber:
        if isinstance(value, IdNumber):
            core = value.core and self._token(value.core)
            return IdNumber(f"{_WHOLE}{self._token(value.text)}*", value.kind, core, value.problem)
        if kind_of(name) not in _PERSONAL:
            return self._masking.show(name, value)
        return f"*{self._token(value)}*" if value.strip() else value

    def _token(self, text: str) -> str:
        return blake2b(text.encode(errors="surrogatepass"), key=self._key[:64], digest_size=8).hexdigest()


@frozen
class Covered(Generic[T]):
    """A thing with what is hidden hidden, as it can travel.

    :param cell: gives the true cell for one that the covered thing points at
    """

    parcel: Parcel
    cell: Callable[[Cell], Cell]

    @property
    def view(self) -> T:
        """Give the covered thing."""
        thing: T = self.parcel.unpacked()
        return thing

    def true(self, cells: Iterable[Cell]) -> tuple[Cell, ...]:
        """Give the true cells for those that an answer points at."""
        return tuple(map(self.cell, cells))

    def restored(self, answers: Sequence[Any]) -> list[Any]:
        """Give answers with the true cells instead of the covered ones."""
        return [evolve(one, cells=self.true(one.cells)) for one in answers]


class _Cover:
    """Covers one thing while it is packed, and notes where its cells truly stand."""

    def __init__(self, veil: Veil) -> None:
        self._show = veil.show
        self._rows: dict[_Where, list[tuple[Origin, Origin]]] = defaultdict(list)
        self._pointed: dict[Cell, Cell] = {}
        self._files: dict[str, str] = {}
        self._reviewers: dict[Any, str] = {}
        self.reducers: dict[type, Reducer] = {
            **_OPENLY,
            **{cls: self._by_name(cls, names) for cls, names in _COVERED.items()},
            **{cls: self._row(cls) for cls in _ROWS},
            PhotoEvidence: self._evidence,
            Review: self._review,
            Photo: self._file(Photo, lambda one: one.name, "photos"),
            DocumentFile: self._file(DocumentFile, lambda one: f"{one.source}/{one.name}", "file"),
            Person: self._person,
            Origin: self._origin,
            Cell: self._covered,
        }

    def cell(self, cell: Cell) -> Cell:
        """Give the true cell; one that is none of the case file's stays as it is."""
        if cell in self._pointed:
            return self._pointed[cell]
        for shown, row in self._rows.get((cell.source, cell.sheet, cell.row, cell.row_key), ()):
            if shown.raw.get(cell.field) == cell.value:  # rows that tests make up may stand in one place
                return evolve(cell, value=row.raw.get(cell.field), row_key=row.row_key)
        value = self._reviewers.get(cell.value, cell.value) if cell.field == "reviewer" else cell.value
        return evolve(cell, source=self._files.get(cell.source, cell.source), value=value)

    def _by_name(self, cls: type, names: Mapping[str, str]) -> Reducer:
        """Cover some attributes of a class, each as the field that it holds."""
        values, attributes = values_of(cls), [one.name for one in attrs.fields(cls)]
        covered, show = [(attributes.index(name), field) for name, field in names.items()], self._show

        def reduce(thing: Any) -> tuple[Any, ...]:
            found = list(values(thing))
            for at, field in covered:
                if found[at] is not None:
                    found[at] = show(field, found[at])
            return cls, tuple(found)

        return reduce

    def _row(self, cls: type) -> Reducer:
        """Cover a record: each field by its own name, and those that its campaign alone has."""
        own = {one.name: one.name for one in attrs.fields(cls) if _may_hold(one)}
        by_name = self._by_name(cls, own)
        extra = [one.name for one in attrs.fields(cls)].index("extra")

        def reduce(thing: Any) -> tuple[Any, ...]:
            made, found = by_name(thing)
            if not thing.extra:
                return made, found
            return made, (*found[:extra], self._mapping(thing.extra), *found[extra + 1 :])

        return reduce

    def _mapping(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        show = self._show
        return Sealed({name: show(name, one) if one is not None else None for name, one in values.items()})

    def _file(self, cls: type, path: Callable[[Any], str], field: str) -> Reducer:
        reduced = self._by_name(cls, _COVERED[cls])

        def reduce(thing: Any) -> tuple[Any, ...]:
            made, found = reduced(thing)
            self._files[path(made(*found))] = path(thing)
            return made, found

        return reduce

    def _evidence(self, one: PhotoEvidence) -> tuple[Any, ...]:
        """Cover the name of a photo, and keep where its bytes lie: a rule opens no file."""
        return _OPENLY[PhotoEvidence](evolve(one, name=self._show("photos", one.name), lies=None))

    def _review(self, review: Review) -> tuple[Any, ...]:
        shown = evolve(review, reviewer=self._show("reviewer", review.reviewer))
        self._reviewers[shown.reviewer] = review.reviewer
        return _OPENLY[Review](shown)

    def _person(self, person: Person) -> tuple[Any, ...]:
        """Cover a person; the roster names one as a member or as the head."""
        is_member = person.row.member_name is not None
        name, number = ("member_name", "member_id_number") if is_member else ("head_name", "head_id_number")
        shown = evolve(person, name=self._show(name, person.name), id_number=self._show(number, person.id_number))
        return _OPENLY[Person](shown)

    def _origin(self, origin: Origin) -> tuple[Any, ...]:
        shown = Origin(origin.table, origin.row, self._mapping(origin.raw), origin.elsewhere)
        row = None if shown.row_key else shown.row
        self._rows[(*origin.table.key, row, shown.row_key)].append((shown, origin))
        return _OPENLY[Origin](shown)

    def _covered(self, cell: Cell) -> tuple[Any, ...]:
        is_file = cell.row is None and cell.row_key is None
        shown = evolve(
            cell,
            value=self._show(cell.field, cell.value),
            source=self._show("file", cell.source) if is_file else cell.source,
            row_key=self._show("row_key", cell.row_key),
        )
        self._pointed[shown] = cell
        return _OPENLY[Cell](shown)


def _may_hold(attribute: Any) -> bool:
    """Say whether an attribute of a record can hold a person's name or number."""
    return {str, IdNumber, tuple[str, ...]} & {attribute.type, *get_args(attribute.type)} != set()


# ------------------------------------------------------------------------------------------------ who is known

_NAMES = ("head_name", "member_name", "recorder", "appraiser")


def names_in(survey: Survey) -> frozenset[str]:
    """Give every full name that any source holds, to be found in free text and in the names of files."""
    people = {person.name for c in survey.casefiles for person in c.household.members}
    records = [record for c in survey.casefiles for record in c.verifications] + [
        match.record for match in survey.strays
    ]
    people |= {name for record in records for name in (record.head_name, record.recorder)}
    people |= {match.record.head_name for c in survey.casefiles for match in (*c.ledger, *c.candidates)}
    people |= {match.record.appraiser for c in survey.casefiles for match in c.appraisals}
    people |= {row.head_name for c in survey.casefiles for row in c.archive_rows}
    people |= {match.record.head_name for c in survey.casefiles for match in (*c.provincial, *c.provincial_candidates)}
    people |= {entry.head_name for entry in survey.unlinked}
    people |= {row.head_name for row in survey.unlinked_provincial}
    people |= {clean(row.origin.raw.get(name)) for row in survey.bad_rows for name in _NAMES}
    return frozenset(name for name in people if name and len(name) > 1)
