"""What is read of Parquet files: what a workbook of the same cells gives, with the file, row and column of each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import evolve

from housing_guarantee.adapters.excel import Excel
from housing_guarantee.adapters.parquet import Parquet
from housing_guarantee.adapters.photo_facts import facts_of
from housing_guarantee.definition import load_definition
from housing_guarantee.errors import SourceError
from housing_guarantee.models import BadRow, IdKind, Position, RosterRow, Verification
from housing_guarantee.photos.facts import Photo, read_photo
from housing_guarantee.photos.picture import look_at
from housing_guarantee.source import Account, Item, PhotoFile, Source
from housing_guarantee.testing import id_number, xlsx
from housing_guarantee.testing.exif import jpeg

HEADERS: Mapping[str, Sequence[str]] = {
    "roster": ("户编号", "姓名", "证件号码", "与户主关系", "乡镇", "行政村", "家庭人口数"),
    "verifications": ("户编号", "户主姓名", "证件号码", "保障方式", "鉴定等级", "核验时间", "核验状态"),
    "ledger": ("档案编号", "户主姓名", "身份证号码", "改造年度", "竣工时间"),
    "appraisals": ("鉴定报告编号", "户主", "身份证号码", "房屋安全等级", "鉴定日期"),
    "archive": ("户编号", "材料名称"),
    "provincial": ("户编号", "户主姓名", "证件号码", "鉴定等级"),
}
WHEN = datetime(2020, 6, 11, 10, 30)  # noqa: DTZ001 - as cells hold it
ROWS: Mapping[str, Sequence[Sequence[Any]]] = {
    "roster": (
        ("10000000001", "才让多杰", id_number(), "户主", "茫曲镇", "加土乎村", 2),
        ("10000000001", "卓玛措", id_number(2), "配偶", "茫曲镇", "加土乎村", 2),
        (None, "桑杰", id_number(3), "户主", "茫曲镇", "加土乎村", 1),
    ),
    "verifications": (
        ("10000000001", "才让多杰", id_number(), "鉴定安全", "A级", WHEN, "已核验"),
        ("10000000002", "桑杰", id_number(3), "鉴定安全", "E级", WHEN, "已核验"),
        ("10000000003", "多杰太", id_number(4), "鉴定安全", "B级", WHEN, "未核验"),
    ),
    "ledger": (
        ("2017-0031", "才让多杰", id_number(), "2017", date(2017, 9, 1)),
        ("2017-0032", "桑杰", id_number(3), "2017年", None),
        ("2017-0033", "多杰太", id_number(4), "十七年", date(2017, 9, 1)),
    ),
    "appraisals": (("JD-1", "才让多杰", id_number(), "A级", date(2020, 3, 15)),),
    "archive": (("10000000001", "鉴定报告"), ("10000000001", "户口簿")),
    "provincial": (("10000000001", "才让多杰", id_number(), "B级"),),
}


def put(path: Path, headers: Sequence[str], rows: Sequence[Sequence[Any]], **more: Any) -> Path:
    """Write a Parquet file, each column of the kind of its first value."""
    columns = {header: [row[at] for row in rows] for at, header in enumerate(headers)}
    pq.write_table(pa.table(columns), path, **more)
    return path


def read(path: Path, role: str, adapter: type[Any] = Parquet, **more: Any) -> tuple[list[Item], Account]:
    """Read a source, and give what it holds with its account."""
    source = Source(role, adapter.name, path.name, path, **more)
    account = Account(source)
    return list(adapter().read(source, account, load_definition(), lambda done, total: None)), account


def without_origin(items: Iterable[Any]) -> list[Any]:
    """Give what was read by its values alone."""
    return [
        (type(item), {name: value for name, value in attrs.asdict(item, recurse=False).items() if name != "origin"})
        for item in items
    ]


def filled(item: Any) -> set[str]:
    """Name the fields of which a row holds a cell."""
    return {name for name, cell in item.origin.raw.items() if cell is not None}


@pytest.mark.parametrize("role", HEADERS)
def test_a_row_says_what_it_says_in_a_workbook(role: str, tmp_path: Path) -> None:
    """The same records and bad rows, in the same order, with the same cells, and the same account of them."""
    book = tmp_path / "a.xlsx"
    book.write_bytes(xlsx({"表": [list(HEADERS[role]), *map(list, ROWS[role])]}))
    expected, theirs = read(book, role, Excel)
    found, ours = read(put(tmp_path / "a.parquet", HEADERS[role], ROWS[role]), role)
    assert without_origin(found) == without_origin(expected)
    assert (ours.read, ours.unreadable, ours.left_out) == (theirs.read, theirs.unreadable, theirs.left_out)
    assert ours.fields == theirs.fields
    assert [filled(item) for item in found] == [filled(item) for item in expected]


def test_a_cell_is_named_by_file_row_and_column(tmp_path: Path) -> None:
    """Rows are numbered through the file, whatever its row groups, and a column is known by its own name."""
    rows = [(f"1000000000{at}", f"才让{at}", id_number(at)) for at in range(1, 6)]
    path = put(tmp_path / "roster.parquet", ("户编号", "户主姓名", "户主证件号码"), rows, row_group_size=2)
    items, _ = read(path, "roster")
    row = items[3]
    assert isinstance(row, RosterRow)
    (cell,) = row.at("head_id_number")
    assert (cell.source, cell.sheet, cell.row, cell.column, cell.header, cell.value) == (
        "roster.parquet",
        None,
        4,
        None,
        "户主证件号码",
        id_number(4),
    )


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    """In the order of their names; each row names its own file, and a digest covers all of them."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    for name in ("b", "a"):
        put(folder / f"{name}.parquet", HEADERS["ledger"], [(name, "才让多杰", id_number(), "2017", None)])
    items, account = read(folder, "ledger")
    assert [(item.file_no, item.origin.table.source, item.origin.row) for item in items] == [  # type: ignore[union-attr]
        ("a", "ledger/a.parquet", 1),
        ("b", "ledger/b.parquet", 1),
    ]
    first = account.digest
    put(folder / "b.parquet", HEADERS["ledger"], [("c", "才让多杰", id_number(), "2017", None)])
    assert read(folder, "ledger")[1].digest != first


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    """A whole number of 18 digits is an identity number; as a float it has lost its tail, and says so."""
    headers = ("户编号", "户主姓名", "证件号码")
    whole = put(tmp_path / "whole.parquet", headers, [("1", "才让多杰", int(id_number()))])
    lossy = put(tmp_path / "lossy.parquet", headers, [("1", "才让多杰", float(id_number()))])
    (record,), _ = read(whole, "verifications")
    (damaged,), _ = read(lossy, "verifications")
    assert isinstance(record, Verification)
    assert record.id_number is not None
    assert record.id_number.text == id_number()
    assert isinstance(damaged, Verification)
    assert damaged.id_number is not None
    assert damaged.id_number.kind is IdKind.DAMAGED


def test_a_moment_of_another_zone_is_local_time(tmp_path: Path) -> None:
    """A time with a zone is the plan's own, UTC+8; one in nanoseconds is read as well."""
    headers = ("户编号", "户主姓名", "核验时间", "录入时间")
    columns = {
        **{name: ["1"] for name in headers[:2]},
        "核验时间": pa.array([datetime(2020, 6, 11, 2, 30, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        "录入时间": pa.array([WHEN], pa.timestamp("ns")),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (record,), _ = read(tmp_path / "a.parquet", "verifications")
    assert isinstance(record, Verification)
    assert (str(record.verified_on), str(record.recorded_on)) == ("2020-06-11 10:30", "2020-06-11 10:30")


def test_lists_constants_columns_and_codings_are_read_as_in_a_workbook(tmp_path: Path) -> None:
    """A list of photos names each; the campaign's columns, values and constants hold as for every source."""
    columns = {"HBH": ["1"], "ZP": [["a.jpg", "b.jpg"]], "AQ": ["0"]}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (record,), account = read(
        tmp_path / "a.parquet",
        "verifications",
        columns={"household_id": "HBH", "photos": "ZP", "is_safe": "AQ"},
        values={"is_safe": {"0": True}},
        constants={"programme": "农村危房改造"},
    )
    assert isinstance(record, Verification)
    assert (record.photos, record.is_safe, record.programme) == (("a.jpg", "b.jpg"), True, "农村危房改造")
    assert account.fields == {"household_id", "photos", "is_safe", "programme"}


def test_an_empty_row_is_no_row(tmp_path: Path) -> None:
    """A row that holds nothing is left out as an empty row of a sheet is, and the others keep their numbers."""
    rows = [("1", "才让多杰"), (None, None), ("2", "桑杰")]
    items, account = read(put(tmp_path / "a.parquet", ("户编号", "户主姓名"), rows), "roster")
    assert [item.origin.row for item in items if isinstance(item, (RosterRow, BadRow))] == [1, 3]
    assert account.read == 2


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no Parquet file that can be read (ArrowInvalid)"),
        (b"PAR1 and then something else PAR1", "no Parquet file that can be read"),
        (None, "there is no Parquet file"),
    ],
)
def test_what_is_no_parquet_is_refused_by_name(data: bytes | None, problem: str, tmp_path: Path) -> None:
    """A damaged or missing file is a fault of the source that names it, and repeats nothing of its contents."""
    path = tmp_path / "roster.parquet"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceError, match=r"roster\.parquet") as error:
        read(path, "roster")
    assert problem in str(error.value)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    """What was read before does not stand for the whole: the source is told as unusable."""
    path = put(tmp_path / "a.parquet", HEADERS["roster"], list(ROWS["roster"]) * 50)
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes(200) + data[300:])
    with pytest.raises(SourceError, match=r"no Parquet file that can be read"):
        read(path, "roster")


def test_a_needed_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With what the file has instead."""
    path = put(tmp_path / "a.parquet", ("户号码", "住址"), [("1", "一社")])
    with pytest.raises(SourceError, match="the table has no column for household_id or household_id"):
        read(path, "roster")


# ------------------------------------------------------------------------------------------------ facts of photos


def put_photos(path: Path, photos: Iterable[Photo]) -> Path:
    """Write facts of photos."""
    pq.write_table(pa.Table.from_pylist([facts_of(photo) for photo in photos]), path)
    return path


def test_facts_of_photos_are_the_photos_again(tmp_path: Path) -> None:
    """Whatever is known of a photo comes back, its pixels' facts too, named by its file and the table it stands in."""
    data = jpeg(latitude=35.6, longitude=100.7)
    seen = evolve(read_photo(data, "a.jpg"), picture=look_at(data))
    bare = Photo("b.jpg", "ab" * 32, 10, "no_exif")
    items, account = read(put_photos(tmp_path / "photos.parquet", [seen, bare]), "photos")
    assert items == [
        PhotoFile("photos.parquet", "a.jpg", evolve(seen, name="photos.parquet/a.jpg")),
        PhotoFile("photos.parquet", "b.jpg", evolve(bare, name="photos.parquet/b.jpg")),
    ]
    assert account.photos == 2


@pytest.mark.parametrize("change", [{"gps": "ok"}, {"gps": "perhaps"}, {"latitude": 35.0, "longitude": 100.0}])
def test_facts_that_contradict_themselves_are_no_photo(change: dict[str, Any], tmp_path: Path) -> None:
    """A position beside another outcome proves nothing: the photo is one that cannot be read."""
    row = facts_of(Photo("b.jpg", "ab" * 32, 10, "absent")) | change
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "photos.parquet")
    (item,), _ = read(tmp_path / "photos.parquet", "photos")
    assert isinstance(item, PhotoFile)
    assert (item.photo.gps, item.photo.position, item.photo.problem) == ("unreadable", None, "cannot be read")


def test_a_table_that_holds_no_facts_of_photos_is_refused(tmp_path: Path) -> None:
    """It says which columns facts of photos need."""
    path = put(tmp_path / "photos.parquet", ("photo", "digest"), [("a.jpg", "ab")])
    with pytest.raises(SourceError, match="facts of photos need the columns gps"):
        read(path, "photos")


def test_positions_and_kinds_are_those_of_the_package() -> None:
    """The columns are the fields of a photo by their own names, its position in degrees."""
    row = facts_of(Photo("a.jpg", "", 1, "ok", Position(35.5, 100.5)))
    assert (row["photo"], row["latitude"], row["longitude"], row["raster"]) == ("a.jpg", 35.5, 100.5, None)
