"""The app's export as a zip of tables and photos, which may be larger than the machine's memory."""

import tracemalloc
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from housing_guarantee.adapters.app_export import AppExport
from housing_guarantee.definition import load_definition
from housing_guarantee.errors import SourceError
from housing_guarantee.models import Verification
from housing_guarantee.source import Account, Found, PhotoAt, Source
from housing_guarantee.testing import xlsx

TABLE = "户编号,保障方式,鉴定等级\n10000000001,鉴定安全,A级\n"


def read(path: Path) -> tuple[list[Found], Account]:
    """Read an export."""
    source = Source("verifications", "app_export", path.name, path)
    account = Account(source)
    return list(AppExport().read(source, account, load_definition(), lambda done, total: None)), account


def test_a_package_gives_its_records_and_says_where_its_photos_lie(tmp_path: Path) -> None:
    """Its digest is that of the file, as anybody can make it."""
    path = tmp_path / "app.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("导出.csv", TABLE)
        archive.writestr("photos/10000000001.jpg", b"a photo")
    (record, photo), account = read(path)
    assert isinstance(record, Verification)
    assert isinstance(photo, PhotoAt)
    assert (record.household_id, photo.place.name) == ("10000000001", "photos/10000000001.jpg")
    assert account.digest == sha256(path.read_bytes()).hexdigest()


def test_a_workbook_is_no_package(tmp_path: Path) -> None:
    """It is a zip as well, and is read as the table that it is."""
    path = tmp_path / "app.xlsx"
    path.write_bytes(xlsx({"导出": [line.split(",") for line in TABLE.splitlines()]}))
    (record,), account = read(path)
    assert isinstance(record, Verification)
    assert account.digest == sha256(path.read_bytes()).hexdigest()


def test_the_photos_of_a_package_are_not_held_in_memory(tmp_path: Path) -> None:
    """Only its tables are taken out."""
    path = tmp_path / "app.zip"
    with ZipFile(path, "w", ZIP_STORED) as archive:
        archive.writestr("导出.csv", TABLE)
        archive.writestr("a.jpg", bytes(50_000_000))
    tracemalloc.start()
    read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("place", range(40, 60))
def test_a_damaged_table_in_a_package_is_a_fault_of_the_source(tmp_path: Path, place: int) -> None:
    """Whatever byte of it is wrong, the operator is told to export again, or it is said what is wrong with it."""
    path = tmp_path / "app.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", TABLE * 20)
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(SourceError):
        read(path)
