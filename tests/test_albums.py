"""A photo points at the cell that names it, also where that stands in another table than its record."""

from attrs import evolve

from housing_guarantee.albums import Albums
from housing_guarantee.models import Cell
from housing_guarantee.testing import HOUSEHOLD_ID, verification
from housing_guarantee.values import Sealed


def cell(row: int, value: str) -> Cell:
    """Make a cell of a table of photos."""
    return Cell("app.zip/more.csv", None, row, "B", "picture", "photos", value)


def test_each_photo_points_at_the_cell_that_names_it() -> None:
    """Two rows of another table name two photos of one record."""
    rows = (cell(2, "1.jpg"), cell(3, "2.jpg"))
    plain = verification()
    origin = evolve(plain.origin, elsewhere=Sealed({"photos": rows}))
    record = evolve(plain, photos=("1.jpg", "media/2.jpg"), origin=origin)
    evidence = Albums.of([]).of_record(record, HOUSEHOLD_ID)
    assert [one.cells for one in evidence] == [(rows[0],), (rows[1],)]
    assert record.at("grade", "photos") == (*plain.at("grade"), *rows)


def test_one_cell_that_names_several_photos_is_that_of_each() -> None:
    """As in the app's own export."""
    record = verification(photos="1.jpg;2.jpg")
    evidence = Albums.of([]).of_record(record, HOUSEHOLD_ID)
    assert [one.name for one in evidence] == ["1.jpg", "2.jpg"]
    assert [one.cells for one in evidence] == [record.at("photos")] * 2
