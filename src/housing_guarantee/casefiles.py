"""Lay every record into the case file (案卷) of its household, the plan's one household, one file (一户一档)."""

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from housing_guarantee.datums import Datums, Exchanged
from housing_guarantee.definition import Definition, GuaranteeType, load_definition
from housing_guarantee.linkage.match import Match
from housing_guarantee.models import (
    Appraisal,
    ArchiveRecord,
    BadRow,
    Cell,
    Household,
    IdNumber,
    LedgerEntry,
    Place,
    ProvincialRecord,
    Verification,
)
from housing_guarantee.photos.facts import Photo
from housing_guarantee.photos.places import Place as PhotoPlace
from housing_guarantee.reviews import Look, Review
from housing_guarantee.roster import Repeated
from housing_guarantee.source import Account, DocumentFile
from housing_guarantee.values import Sealed

__all__ = ["CaseFile", "Given", "Paper", "PhotoEvidence", "Survey"]


@frozen
class Given:
    """What the campaign was given, so that what is missing is told apart from what was never there.

    :param definition: of the campaign, whose words the records hold
    :param roles: roles that a source was named for
    :param broken: roles of which a source could not be read in full
    :param ledgers: programmes of the ledgers given; ``""`` stands for a ledger of no single programme
    :param broken_ledgers: the same of the ledgers that could not be read
    :param systems: provincial systems given: ``retrieval``, ``renovation``
    :param fields: role → fields that any of its sources has
    :param datums: source and sheet → how its coordinates are to be read, where that is certain
    :param exchanged: source and sheet → a table whose longitudes and latitudes are exchanged throughout
    """

    definition: Definition = field(factory=load_definition, repr=False)
    roles: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()
    ledgers: frozenset[str] = frozenset()
    broken_ledgers: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    fields: Mapping[str, frozenset[str]] = field(factory=dict, converter=Sealed)
    datums: Mapping[tuple[str, str | None], Datums] = field(factory=dict, converter=Sealed)
    exchanged: Mapping[tuple[str, str | None], Exchanged] = field(factory=dict, converter=Sealed)

    def has(self, role: str) -> bool:
        """Say whether there is anything to judge of a role.

        A column that names photos is enough for photos; of the provincial systems the plan asks for the one of
        retrieval (R3).
        """
        if role == "provincial":
            return "retrieval" in self.systems
        return role in self.roles or (role == "photos" and "photos" in self.fields.get("verifications", ()))

    def ledger_of(self, programme: str | None) -> bool:
        """Say whether a ledger was given that could hold a row of the programme."""
        return bool({programme, ""} & self.ledgers)

    def datums_of(self, record: Verification) -> Datums | None:
        """Tell how a record's coordinates are to be read, where that is certain."""
        return self.datums.get(record.origin.table.key)

    def is_exchanged(self, record: Verification) -> bool:
        """Say whether the record's table as a whole has its coordinates exchanged, which is said of the source."""
        return record.origin.table.key in self.exchanged


@frozen
class PhotoEvidence:
    """A photo that a record names or that carries the household's number.

    :param name: as the record's cell names it, else the file's path
    :param photo: its facts, or None where no such file was found
    :param cells: where the record names it, or would have to
    :param slot: ``photo1``, ``provincial1``, ``archive1`` …: tells the photos of a household apart
    :param system: where it stands: ``app``, ``provincial`` or ``archive``
    :param lies: where its bytes are, for whoever must look at the picture
    :param review: what the last person saw who looked at it
    """

    name: str = field(repr=False)
    photo: Photo | None
    cells: tuple[Cell, ...] = field(repr=False)
    slot: str
    system: str = "app"
    lies: PhotoPlace | None = field(default=None, repr=False, eq=False)
    review: Review | None = None

    @property
    def look(self) -> Look | None:
        """What that person saw."""
        return self.review.look if self.review else None

    def at(self, *fields: str) -> tuple[Cell, ...]:
        """Point into the photo, or at the record's cell where there is no file."""
        return self.photo.at(*fields) if self.photo else self.cells

    def reviewed(self) -> tuple[Cell, ...]:
        """Point at the photo as what a person saw, where somebody looked."""
        return self.review.cells(self.photo.name) if self.review and self.photo else ()


@frozen
class Paper:
    """A paper of a household's archive: what its index names, or a file of its folder (R2).

    :param name: as the index calls it, else the file's path
    :param kinds: which documents the names mean (`documents.py`); empty where that cannot be told
    :param cells: where the index names it, and the file
    :param problem: why it is not there all the same: ``file-not-named``, ``file-not-found``, ``empty-file`` or
        ``empty-folder``
    :param file: the file, where there is one
    """

    name: str = field(repr=False)
    kinds: frozenset[str]
    cells: tuple[Cell, ...] = field(repr=False)
    problem: str | None = None
    file: DocumentFile | None = None


@frozen
class CaseFile:
    """One household of the roster with every record that is certainly its own.

    :param verifications: in the order recorded; the last one counts
    :param recorded: the same, each with what tells that it is this household's, and then those that may be
    :param ledger: entries that are certainly this household's
    :param candidates: entries that may be, each with its reasons
    :param archive: the papers of its archive
    :param archive_rows: the rows of the archive's index, for what they say of the house
    :param provincial: rows of the provincial systems that are certainly this household's
    :param provincial_candidates: rows that may be
    :param photos: the app's, which the plan asks for (V3)
    :param front_photos: those of the provincial system (R3)
    :param archive_photos: those that stand in the household's archive (R2), to compare the others with
    """

    household: Household
    given: Given
    verifications: tuple[Verification, ...] = ()
    recorded: tuple[Match[Verification], ...] = ()
    ledger: tuple[Match[LedgerEntry], ...] = ()
    candidates: tuple[Match[LedgerEntry], ...] = ()
    appraisals: tuple[Match[Appraisal], ...] = ()
    appraisal_candidates: tuple[Match[Appraisal], ...] = ()
    archive: tuple[Paper, ...] = ()
    archive_rows: tuple[ArchiveRecord, ...] = ()
    provincial: tuple[Match[ProvincialRecord], ...] = ()
    provincial_candidates: tuple[Match[ProvincialRecord], ...] = ()
    photos: tuple[PhotoEvidence, ...] = ()
    front_photos: tuple[PhotoEvidence, ...] = ()
    archive_photos: tuple[PhotoEvidence, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()

    @property
    def household_id(self) -> str:
        """The household's number in the roster (户编号)."""
        return self.household.household_id

    @property
    def place(self) -> Place:
        """The village in which the household is registered."""
        return self.household.place

    @property
    def is_relocated(self) -> bool:
        """Whether the roster, the record or a ledger says that it was moved to another place."""
        said = {match.record.programme for match in self.ledger} | {v.programme for v in self.verifications[-1:]}
        return bool(self.household.relocated) or any(map(self.given.definition.moves, said))

    @property
    def guarantee_type(self) -> GuaranteeType | None:
        """The type of guarantee that the record claims, with what the campaign says of it."""
        claimed = self.record.guarantee_type if self.verifications else None
        return next((one for one in self.given.definition.types if one.name == claimed), None)

    @property
    def kind(self) -> str | None:
        """The kind of that type: ``appraised``, ``renovated`` or ``accommodated``."""
        return self.guarantee_type.kind if self.guarantee_type else None

    @property
    def record(self) -> Verification:
        """The verification that counts: the last one recorded.

        :raises IndexError: the household has none; rules that ask for it are not asked then
        """
        return self.verifications[-1]

    @property
    def own_photos(self) -> tuple[PhotoEvidence, ...]:
        """The app's photos, without those that show another house, as a person has seen."""
        return tuple(one for one in self.photos if one.look is not Look.OTHER_HOUSE)

    def has_bad_row(self, role: str) -> bool:
        """Say whether a row of this role names the household and could not be read: it is not missing then."""
        return any(row.origin.table.role == role for row in self.bad_rows)


@frozen
class Damaged:
    """An identity number that a spreadsheet has damaged, and where it stands."""

    household_id: str | None
    number: IdNumber
    cells: tuple[Cell, ...]
    place: Place


@frozen
class Survey:
    """The whole data set, for the questions that no single household can answer.

    :param strays: verifications of nobody on the roster, each with the households whose it may be
    :param repeated: rows of the roster that stand on it twice, with the first one
    :param unlinked: ledger entries of no household of the roster (ordinary households have ledger rows too)
    :param unlinked_provincial: rows of the provincial systems of no household of the roster
    :param unfiled: papers of the archives of no household of the roster (ordinary households have archives too)
    """

    casefiles: tuple[CaseFile, ...]
    given: Given
    strays: tuple[Match[Verification], ...] = ()
    repeated: tuple[Repeated, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    damaged: tuple[Damaged, ...] = ()
    unlinked: tuple[LedgerEntry, ...] = ()
    unlinked_provincial: tuple[ProvincialRecord, ...] = ()
    unfiled: tuple[Paper, ...] = ()
    accounts: tuple[Account, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, CaseFile]:
        """The case files by household number."""
        return {casefile.household_id: casefile for casefile in self.casefiles}
