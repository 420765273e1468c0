"""What is read of a database's tables as sources of any role: what a workbook of the same cells gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert

from housing_guarantee.adapters.sql import Sql
from housing_guarantee.definition import load_definition
from housing_guarantee.errors import SourceError
from housing_guarantee.models import BadRow, LedgerEntry, RosterRow
from housing_guarantee.source import Account, Item, Source
from housing_guarantee.testing import id_number
from tests.adapters.test_parquet import HEADERS, ROWS, without_origin
from tests.adapters.test_parquet import read as read_file
from tests.servers import Database

Read = Callable[..., tuple[list[Item], Account]]


def fill(database: Database, name: str, rows: list[dict[str, Any]], key: str | None = None) -> None:
    """Make a table of texts and fill it."""
    table = Table(name, MetaData(), *(Column(one, String(60), primary_key=one == key) for one in rows[0]))
    with database.engine().begin() as connection:
        table.create(connection)
        connection.execute(insert(table), rows)


@pytest.fixture
def read(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read a table as an account that may only read."""
    monkeypatch.setenv("COUNTY", database.reader)

    def read(role: str, **more: Any) -> tuple[list[Item], Account]:
        source = Source(role, "sql", role, tmp_path, options={"url_env": "COUNTY", **more.pop("options", {})}, **more)
        account = Account(source)
        return list(Sql().read(source, account, load_definition(), lambda done, total: None)), account

    return read


def test_a_row_says_what_it_says_in_a_file(database: Database, read: Read, tmp_path: Path) -> None:
    """The roster, a person a row, in a table called as what it holds; a row is named by its key."""
    rows = [dict(zip(HEADERS["roster"], map(str, row), strict=True)) for row in ROWS["roster"][:2]]
    fill(database, "roster", rows, key="证件号码")
    found, account = read("roster")
    book = tmp_path / "roster.csv"
    lines = [HEADERS["roster"], *sorted((tuple(row.values()) for row in rows), key=lambda row: row[2])]
    book.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
    from housing_guarantee.adapters.excel import Excel

    assert without_origin(found) == without_origin(read_file(book, "roster", Excel)[0])
    assert account.read == 2
    assert isinstance(found[0], RosterRow)
    (cell,) = found[0].at("member_name")
    assert (cell.source, cell.sheet, cell.row, cell.row_key) == ("roster", "roster", None, f"证件号码={id_number()}")


def test_a_table_has_the_name_that_the_campaign_gives(database: Database, read: Read) -> None:
    """Its columns too; a cell that cannot be read costs its row."""
    fill(
        database,
        "T_TZ",
        [{"BH": "2017-1", "XM": "才让多杰", "ND": "2017"}, {"BH": "2017-2", "XM": "桑杰", "ND": "?"}],
        "BH",
    )
    columns = {"file_no": "BH", "head_name": "XM", "year": "ND"}
    items, account = read("ledger", options={"tables": {"ledger": "T_TZ"}}, columns=columns)
    assert [type(item) for item in items] == [LedgerEntry, BadRow]
    assert (account.read, account.unreadable) == (1, 1)


def test_a_county_has_the_rows_whose_codes_begin_with_its_own(database: Database, read: Read) -> None:
    """A table of a whole province is shared out among its counties."""
    codes = {"1": "632525100201", "2": "632521100201", "3": "632525200201"}
    fill(
        database, "roster", [{"户编号": n, "户主姓名": "才让", "区划代码": code} for n, code in codes.items()], "户编号"
    )
    items, _ = read("roster", county="632525")
    assert [item.household_id for item in items if isinstance(item, RosterRow)] == ["1", "3"]
    options = {"url_env": "COUNTY"}
    assert Sql.counties(Source("roster", "sql", "roster", Path(), options=options)) == ("632521", "632525")


def test_a_table_without_codes_cannot_be_shared_out(database: Database, read: Read) -> None:
    """It is a fault of the source that says which column lacks."""
    fill(database, "roster", [{"户编号": "1", "户主姓名": "才让"}], "户编号")
    with pytest.raises(SourceError, match="no column of area codes"):
        read("roster", county="632525")
