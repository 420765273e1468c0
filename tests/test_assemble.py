"""Every record finds its household, or is kept beside."""

from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.assemble import assemble
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.converters import to_id_number
from housing_guarantee.geo import from_wgs84
from housing_guarantee.linkage.match import Link, LinkOptions
from housing_guarantee.models import BadRow, IdKind, Origin, Place, Position, Table, Verification
from housing_guarantee.photos.facts import Photo
from housing_guarantee.source import Account, Item, PhotoFile, Source
from housing_guarantee.testing import HOUSEHOLD_ID, appraisal, entry, household, id_number, in_system, verification

OTHER_ID = "10000000002"
ROSTER: list[Any] = [*household({"member_name": "卓玛", "member_id_number": id_number(2)}).rows]
OTHER: list[Any] = [*household(household_id=OTHER_ID, member_name="扎西", member_id_number=id_number(3)).rows]
DAMAGED = float(id_number()[:15] + "000")


def survey(*items: Item, **more: Any) -> Survey:
    """Assemble a survey of the usual two households and these items."""
    return assemble((*ROSTER, *OTHER, *items), **more)


def first(*items: Item, **more: Any) -> CaseFile:
    """Give the case file of the first household."""
    return survey(*items, **more).by_id[HOUSEHOLD_ID]


def picture(name: str) -> PhotoFile:
    """Make a picture of a source."""
    return PhotoFile("photos", name, Photo(name=name, digest="0" * 64, size=1, gps="absent"))


def account(role: str, **more: Any) -> Account:
    """Make the account of a source of this role."""
    constants = more.pop("constants", {})
    source = Source(role, "excel", f"{role}.xlsx", Path(f"{role}.xlsx"), constants=constants)
    return Account(source, **more)


# ------------------------------------------------------------------------------------------------ records


def test_a_record_belongs_to_the_household_it_names() -> None:
    """A household number decides, whatever the name and the identity number."""
    record = verification(id_number=id_number(3), head_name="扎西")
    assert first(record).verifications == (record,)


def test_a_record_without_a_household_number_belongs_to_its_persons_household() -> None:
    """A member's readable number is enough; a name is not."""
    certain = verification(household_id=None, id_number=id_number(2), row=3)
    uncertain = verification(household_id=None, id_number=None, row=4)
    made = survey(certain, uncertain)
    assert made.by_id[HOUSEHOLD_ID].verifications == (certain,)
    assert [match.record for match in made.strays] == [uncertain]
    assert made.strays[0].household_ids == (HOUSEHOLD_ID,)
    assert [(match.record, match.certain) for match in made.by_id[HOUSEHOLD_ID].recorded] == [
        (certain, True),
        (uncertain, False),
    ]


def test_a_record_of_an_unknown_household_is_a_stray() -> None:
    """A household number that is not on the roster is not overruled by an identity number that is."""
    stray = verification(household_id="19999999999")
    made = survey(stray)
    assert [(match.record, match.household_ids) for match in made.strays] == [(stray, (HOUSEHOLD_ID,))]
    assert made.by_id[HOUSEHOLD_ID].verifications == ()


def test_a_persons_word_settles_a_record_too() -> None:
    """A record that cannot be told is its household's where a link says so, whatever number it bears."""
    stray = verification(household_id="19999999999", row=7)
    made = survey(stray, links=[Link("export.xlsx", OTHER_ID, row=7)])
    assert made.by_id[OTHER_ID].verifications == (stray,)
    assert made.strays == ()


def test_a_trace_is_a_candidate_only_where_no_other_row_leads() -> None:
    """A household that a row leads to is not asked about a row that is hardly its own."""
    faint = entry(head_name="扎西多杰", id_number=None, row=4)
    assert [match.record for match in first(faint).candidates] == [faint]
    certain = entry(row=3)
    assert [match.record for match in first(certain, faint).candidates] == []
    likely = entry(id_number=None, row=5)
    assert [match.record for match in first(likely, faint).candidates] == [likely]


def test_what_a_campaign_adds_is_linked_by() -> None:
    """Renderings and former villages of the campaign reach every role."""
    row = entry(id_number=None, head_name="格列顿珠")
    options = LinkOptions(renderings=(("格列", "才让"), ("顿珠", "多杰")))
    assert first(row).candidates == ()
    assert first(row, options=options).candidates[0].reasons == ("name-rendering", "village", "head")


def test_the_last_record_counts() -> None:
    """Records stand by day of verification, then of recording, in whatever order the file has them."""
    old = verification(verified_on="2020-06-10", recorded_on="2020-06-12 09:00", row=5)
    new = verification(verified_on="2020-06-11", recorded_on="2020-06-11 09:00", row=4)
    newer = verification(verified_on="2020-06-11", recorded_on="2020-06-11 10:00", row=3)
    undated = verification(verified_on=None, recorded_on=None, row=6)
    casefile = first(newer, old, undated, new)
    assert casefile.verifications == (undated, old, new, newer)
    assert casefile.record == newer


def test_ledger_and_appraisals_are_certain_or_candidates() -> None:
    """What a number proves is the household's; what only a name says is a candidate; the rest is nobody's."""
    own, maybe, nobody = entry(row=3), entry(row=4, id_number=None), entry(row=5, id_number=id_number(9))
    listed, perhaps = appraisal(row=3), appraisal(row=4, household_id=None, id_number=None)
    made = survey(own, maybe, nobody, listed, perhaps)
    casefile = made.by_id[HOUSEHOLD_ID]
    assert [match.record for match in casefile.ledger] == [own]
    assert [match.record for match in casefile.candidates] == [maybe]
    assert [match.record for match in casefile.appraisals] == [listed]
    assert [match.record for match in casefile.appraisal_candidates] == [perhaps]
    assert made.unlinked == (nobody,)


def test_a_confirmed_row_is_its_households() -> None:
    """A link of the campaign file goes before the row's own number."""
    record = entry()
    made = survey(record, links=[Link("ledger.xls", OTHER_ID, file_no="2017-0031")])
    assert made.by_id[HOUSEHOLD_ID].ledger == ()
    assert [match.reasons for match in made.by_id[OTHER_ID].ledger] == [("confirmed",)]


def test_bad_rows_are_kept_with_the_household_they_name() -> None:
    """A row that could not be read is the survey's, and its household's where that can be read."""
    table = Table("export.xlsx", None, "verifications", {}, {})
    own = BadRow(Origin(table, 3, {}), "grade", {}, HOUSEHOLD_ID, Place())
    nobody = BadRow(Origin(table, 4, {}), "grade", {}, None, Place())
    made = survey(own, nobody)
    assert made.bad_rows == (own, nobody)
    assert made.by_id[HOUSEHOLD_ID].bad_rows == (own,)


def test_a_bad_row_without_a_household_number_is_its_persons() -> None:
    """A row that bears a member's number is not missing as well; a name, or what is left of a number, tells nobody."""
    table = Table("ledger.xlsx", None, "ledger", {}, {})
    rows = [
        BadRow(Origin(table, number, {}), "year", {}, None, Place(village="塔哇村"), name, to_id_number(typed))
        for number, (name, typed) in enumerate((("卓玛", id_number(2)), ("欧阳丹青", DAMAGED), ("卓玛", None)), 3)
    ]
    made = survey(*rows)
    assert [row.household_id for row in made.bad_rows] == [HOUSEHOLD_ID, None, None]
    assert [row.origin.row for row in made.by_id[HOUSEHOLD_ID].bad_rows] == [3]


def test_damaged_numbers_are_listed_once() -> None:
    """A number that a spreadsheet damaged is one, however many rows of its household hold it."""
    damaged: list[Any] = [
        entry(row=3, id_number=DAMAGED),
        verification(row=4, id_number=DAMAGED),
        verification(id_number=DAMAGED),
    ]
    found = survey(*damaged).damaged
    assert [(one.household_id, one.number.kind, one.cells[0].row) for one in found] == [
        (HOUSEHOLD_ID, IdKind.DAMAGED, 4),
        (None, IdKind.DAMAGED, 3),
    ]


def test_what_stands_twice_on_the_roster_is_told() -> None:
    """The survey keeps the second row of a person, and the household counts it once."""
    made = assemble([*ROSTER, *ROSTER])
    assert [one.household_id for one in made.repeated] == [HOUSEHOLD_ID, HOUSEHOLD_ID]
    assert made.by_id[HOUSEHOLD_ID].household.size == 2


# ------------------------------------------------------------------------------------------------ photos


def evidence(record_photos: str | None, *names: str) -> list[tuple[str, str | None, str]]:
    """Give the photos of the first household: as named, the file found, the slot."""
    casefile = first(verification(photos=record_photos), *(picture(name) for name in names))
    return [(one.name, one.photo.name if one.photo else None, one.slot) for one in casefile.photos]


def test_photos_are_found_by_path_or_by_a_file_name_of_their_own() -> None:
    """Case and slashes do not matter; a name that two folders share is nobody's."""
    named = "A\\Front.JPG；back.jpg；both.jpg；gone.jpg"
    files = ("a/front.jpg", "b/front.jpg", "b/BACK.jpg", "a/both.jpg", "b/both.jpg")
    assert evidence(named, *files) == [
        ("A\\Front.JPG", "a/front.jpg", "photo1"),
        ("back.jpg", "b/BACK.jpg", "photo2"),
        ("both.jpg", None, "photo3"),
        ("gone.jpg", None, "photo4"),
    ]


def test_without_names_photos_are_found_by_the_households_number() -> None:
    """A folder or a file that bears the household's number is its own; a longer number is another's."""
    files = (f"{HOUSEHOLD_ID}/1.jpg", f"IMG_{HOUSEHOLD_ID}_2.jpg", f"{HOUSEHOLD_ID}9/3.jpg", "4.jpg")
    assert [name for name, _, _ in evidence(None, *files)] == [f"{HOUSEHOLD_ID}/1.jpg", f"IMG_{HOUSEHOLD_ID}_2.jpg"]


def test_a_household_without_a_record_has_no_photos() -> None:
    """A photo is evidence for a record."""
    assert first(picture(f"{HOUSEHOLD_ID}/1.jpg")).photos == ()


def in_folder(name: str, folder: str, role: str = "provincial") -> PhotoFile:
    """Make a picture of a folder of its own."""
    return PhotoFile(folder, name, Photo(name=f"{folder}/{name}", digest="0" * 64, size=1, gps="absent"), role)


def test_front_photos_are_looked_for_where_their_table_says() -> None:
    """Two folders may hold one name; a table that says no folder has none looked for; the other system has none."""
    record = in_system(front_photo="a.jpg；b.jpg")
    table = record.origin.table
    album = evolve(record, origin=evolve(record.origin, table=evolve(table, album="甲")))
    pictures = (in_folder("a.jpg", "甲"), in_folder("a.jpg", "乙"), in_folder("b.jpg", "乙"))
    found = [(one.slot, one.photo and one.photo.name) for one in first(album, *pictures).front_photos]
    assert found == [("provincial1", "甲/a.jpg"), ("provincial2", None)]
    assert first(record, *pictures).front_photos == ()
    assert first(evolve(album, system="renovation"), *pictures).front_photos == ()


def test_rows_of_the_systems_are_certain_or_candidates_or_nobodys() -> None:
    """As those of a ledger; what belongs to nobody is kept, with the code of its village."""
    own, nobody = in_system(), in_system(household_id="19999999999", id_number=id_number(9), head_name="扎西")
    made = survey(own, nobody)
    assert [match.record for match in made.by_id[HOUSEHOLD_ID].provincial] == [own]
    assert made.unlinked_provincial == (nobody,)


# ------------------------------------------------------------------------------------------------ what was given


def test_what_was_given_is_told_from_what_was_never_there() -> None:
    """Roles, what of them was broken, whose ledgers there are, and which fields."""
    broken = {"zh": "打不开", "en": "cannot be opened"}
    given = survey(
        accounts=[
            account("roster", fields={"household_id"}),
            account("verifications", photos=2, fields={"grade"}),
            account("verifications", fields={"is_safe"}, problem=broken),
            account("ledger", constants={"programme": "农村危房改造"}),
            account("ledger", problem=broken),
        ]
    ).given
    assert given.roles == {"roster", "verifications", "ledger", "photos"}
    assert given.broken == {"verifications", "ledger"}
    assert (given.ledgers, given.broken_ledgers) == (frozenset({"农村危房改造", ""}), frozenset({""}))
    assert given.fields == {"roster": {"household_id"}, "verifications": {"grade", "is_safe"}, "ledger": set()}


def test_a_ledger_of_no_single_programme_may_hold_any() -> None:
    """Whether a ledger was given for a programme."""
    given = survey(accounts=[account("ledger", constants={"programme": "农村危房改造"})]).given
    assert [given.ledger_of(programme) for programme in ("农村危房改造", "易地扶贫搬迁", None)] == [True, False, False]
    assert survey(accounts=[account("ledger")]).given.ledger_of("易地扶贫搬迁")
    assert not survey().given.ledger_of("易地扶贫搬迁")


# ------------------------------------------------------------------------------------------------ datums


def located_households(count: int) -> list[Any]:
    """Make this many households with a record in GCJ-02 each, and a photo of the same place."""
    items: list[Any] = []
    for number in range(count):
        household_id = f"2000000{number:04}"
        place = Position(35.4 + number / 100, 100.5)
        shown = from_wgs84(place, "gcj02")
        items += household(household_id=household_id, member_name=f"甲{number}", member_id_number=None).rows
        record: dict[str, Any] = {
            "household_id": household_id,
            "id_number": None,
            "row": 3 + number,
            "photos": f"{number}.jpg",
        }
        items.append(verification(latitude=shown.latitude, longitude=shown.longitude, **record))
        facts = Photo(name=f"{number}.jpg", digest=f"{number:064}", size=1, gps="ok", position=place)
        items.append(PhotoFile("photos", f"{number}.jpg", facts))
    return items


def test_the_datum_of_a_table_is_told_to_every_case_file() -> None:
    """Once for the table, and every record of it knows; one of another table does not."""
    made = assemble(located_households(20))
    (datums,) = made.given.datums.values()
    assert (datums.recorded, datums.photos, datums.share) == ("gcj02", "wgs84", 100)
    assert [casefile.given.datums_of(casefile.record) for casefile in made.casefiles] == [datums] * 20
    other = evolve(datums.table, source="other.xlsx")
    assert made.given.datums_of(evolve(verification(), origin=Origin(other, 3, {}))) is None


def test_coordinates_that_are_no_place_tell_no_datum() -> None:
    """Nor do records without coordinates, photos without a position, or too few of either."""
    assert assemble(located_households(19)).given.datums == {}
    rows = [item for item in located_households(30) if not isinstance(item, PhotoFile)]
    assert assemble(rows).given.datums == {}
    mute = [evolve(i, position=None) if isinstance(i, Verification) else i for i in located_households(30)]
    assert assemble(mute).given.datums == {}
    nowhere = Position(95.0, 35.0)
    wrong = [evolve(i, position=nowhere) if isinstance(i, Verification) else i for i in located_households(30)]
    assert assemble(wrong).given.datums == {}


def test_exchanged_coordinates_tell_their_datum_all_the_same() -> None:
    """They are put right first."""
    items = [
        evolve(i, position=Position(i.position.longitude, i.position.latitude))
        if isinstance(i, Verification) and i.position
        else i
        for i in located_households(20)
    ]
    assert [datums.recorded for datums in assemble(items).given.datums.values()] == ["gcj02"]


# ------------------------------------------------------------------------------------------------ order

ITEMS: list[Item] = [
    *ROSTER,
    *OTHER,
    verification(row=3),
    verification(row=4, household_id=None, id_number=id_number(3), head_name="扎西"),
    verification(row=5, household_id="19999999999"),
    entry(row=3),
    entry(row=4, id_number=None),
    entry(row=5, id_number=id_number(9)),
    appraisal(row=3, household_id=None),
]


@given(st.permutations(ITEMS))
def test_the_order_of_the_rows_does_not_matter(items: list[Item]) -> None:
    """Nothing is lost, and every household has the same records in whatever order they are read."""
    made, usual = assemble(items), assemble(ITEMS)
    assert set(made.by_id) == set(usual.by_id)
    for number, casefile in made.by_id.items():
        people = sorted(str(person.name) for person in casefile.household.members)
        assert people == sorted(str(person.name) for person in usual.by_id[number].household.members)
        bare = evolve(casefile, household=usual.by_id[number].household)
        assert bare == usual.by_id[number]
    assert (made.strays, made.unlinked) == (usual.strays, usual.unlinked)
