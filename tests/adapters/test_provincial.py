"""What is read of a provincial system, from each kind of database that may hold one."""

import itertools
import json
import socket
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    insert,
    make_url,
    text,
)

import housing_guarantee as hg
from housing_guarantee.adapters.provincial import Provincial
from housing_guarantee.cli import _run
from housing_guarantee.database import _CONNECT, reading
from housing_guarantee.definition import load_definition
from housing_guarantee.demo import write_county
from housing_guarantee.errors import SourceError
from housing_guarantee.models import BadRow, IdKind, ProvincialRecord
from housing_guarantee.outputs import FindingData
from housing_guarantee.report import Result
from housing_guarantee.reports.jsonl import finding_data
from housing_guarantee.runner import run
from housing_guarantee.source import Account, Found, PhotoAt, Source
from housing_guarantee.testing import id_number
from housing_guarantee.testing.exif import jpeg
from tests.servers import PASSWORD, READER_PASSWORD, Database

COLUMNS = {
    "household_id": "HBH",
    "head_name": "HZXM",
    "id_number": "SFZH",
    "guarantee_type": "BZFS",
    "grade": "JDDJ",
    "front_photo": "ZMZP",
    "version": "BBH",
}
ROW: dict[str, Any] = {
    "HBH": "11002050026",
    "HZXM": "才让多杰",
    "SFZH": id_number(),
    "BZFS": "鉴定安全",
    "JDDJ": "A级",
    "ZMZP": "a.jpg",
    "BBH": 3,
}


def fill(database: Database, rows: Iterable[dict[str, Any]], *, key: str | None = "HBH", **types: Any) -> None:
    """Make the table and fill it; ``types`` are those of columns that hold no text."""
    rows = list(rows)
    kinds = {"BBH": Integer(), **types}
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(ROW)
    columns = [Column(name, kinds.get(name, String(60)), primary_key=name == key) for name in names]
    table = Table("T_NHDA", MetaData(), *columns)
    with database.engine().begin() as connection:
        table.create(connection)
        if rows:
            connection.execute(insert(table), rows)


def source(tmp_path: Path, **changes: Any) -> Source:
    """Describe the source as a campaign file does."""
    options = {"url_env": "PROVINCE", "tables": {"household_archive": "T_NHDA"}, **changes.pop("options", {})}
    plain = Source("provincial", "provincial", "provincial/retrieval", tmp_path, columns=COLUMNS, options=options)
    return evolve(plain, constants={"system": "retrieval"}, **changes)


Read = Callable[..., tuple[list[Found], Account]]


@pytest.fixture
def read(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read the database as an account that may only read."""
    monkeypatch.setenv("PROVINCE", database.reader)

    def read(**changes: Any) -> tuple[list[Found], Account]:
        account = Account(source(tmp_path, **changes))
        return list(Provincial().read(account.source, account, load_definition(), lambda done, total: None)), account

    return read


def refused(read: Read, **changes: Any) -> str:
    """Give the words with which the source is refused."""
    with pytest.raises(SourceError) as error:
        read(**changes)
    return str(error.value)


# ------------------------------------------------------------------------------------------------ what is read


def test_a_row_is_a_household(database: Database, read: Read) -> None:
    """By the names that the campaign gives; the address stands nowhere, and the row is named by the table's key."""
    fill(database, [ROW])
    (record,), account = read()
    assert isinstance(record, ProvincialRecord)
    assert (record.household_id, record.head_name, record.guarantee_type, record.grade) == (
        "11002050026",
        "才让多杰",
        "鉴定安全",
        "A",
    )
    assert (record.system, record.front_photo, record.version) == ("retrieval", ("a.jpg",), "3")
    (cell,) = record.at("grade")
    assert (cell.source, cell.sheet, cell.row, cell.column) == ("provincial/retrieval", "T_NHDA", None, None)
    assert (cell.header, cell.row_key, cell.value) == ("JDDJ", "HBH=11002050026", "A级")
    assert (account.read, account.unreadable) == (1, 0)
    assert account.fields == {*COLUMNS, "system"}
    assert account.unused == []


def test_columns_are_found_by_synonyms_too(database: Database, read: Read) -> None:
    """Chinese names, and the fields' own; what means nothing is listed."""
    fill(
        database,
        [{"户编号": "1", "户主姓名": "才让", "grade": "B", "住房安全保障途径": "鉴定安全", "x": "?"}],
        key=None,
    )
    (record,), account = read(columns={})
    assert isinstance(record, ProvincialRecord)
    assert (record.household_id, record.grade, record.guarantee_type) == ("1", "B", "鉴定安全")
    assert account.unused == ["x"]


def test_values_come_as_they_are_kept(database: Database, read: Read) -> None:
    """Numbers, moments, and an identity number that a column of whole numbers holds without loss."""
    number = id_number(3)
    assert number.isdecimal()
    row = {
        "HBH": 11002050026,
        "SFZH": int(number),
        "GZND": Decimal(2017),
        "BBH": datetime.fromisoformat("2020-06-01 09:30"),
    }
    types: dict[str, Any] = {"HBH": BigInteger(), "SFZH": BigInteger(), "GZND": Numeric(6, 0), "BBH": DateTime()}
    fill(database, [row], **types)
    columns = {"household_id": "HBH", "id_number": "SFZH", "policy_year": "GZND", "updated_at": "BBH"}
    (record,), _ = read(columns=columns)
    assert isinstance(record, ProvincialRecord)
    assert record.household_id == "11002050026"
    assert record.id_number is not None
    assert (record.id_number.kind, record.id_number.text) == (IdKind.RESIDENT, number)
    assert str(record.policy_year) == "2017"
    assert str(record.updated_at).startswith("2020-06-01 09:30:00")  # SQLite keeps the text that it was given
    assert (record.head_name, record.front_photo) == (None, ())


def test_a_number_that_was_rounded_is_damaged(database: Database, read: Read) -> None:
    """A column of floating numbers has lost what a spreadsheet would have lost."""
    fill(database, [{"HBH": "1", "SFZH": 632525196501010019.0}], SFZH=Float(53))
    (record,), _ = read(columns={"household_id": "HBH", "id_number": "SFZH"})
    assert isinstance(record, ProvincialRecord)
    assert record.id_number is not None
    assert record.id_number.kind is IdKind.DAMAGED


def test_rare_characters_and_long_tables_are_whole(database: Database, read: Read) -> None:
    """Characters beyond the first plane; more rows than one batch, in the order of the key, each once."""
    rows = [{**ROW, "HBH": str(10_000 + at), "HZXM": "𬱖措"} for at in range(2500)]
    fill(database, reversed(rows))
    items, account = read()
    assert [item.household_id for item in items if isinstance(item, ProvincialRecord)] == [row["HBH"] for row in rows]
    assert {item.head_name for item in items if isinstance(item, ProvincialRecord)} == {"𬱖措"}
    assert account.read == 2500


def test_rows_stream(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first record is there when one batch was read, and stopping there leaves nothing open."""
    monkeypatch.setenv("PROVINCE", database.reader)
    fill(database, [{**ROW, "HBH": str(at)} for at in range(3000)])
    account = Account(source(tmp_path))
    reader = Provincial().read(account.source, account, load_definition(), lambda done, total: None)
    (record,) = itertools.islice(reader, 1)
    assert isinstance(record, ProvincialRecord)
    assert account.read == 1  # of the one batch that was fetched
    reader.close()  # type: ignore[attr-defined]
    database.execute('DROP TABLE "T_NHDA"' if database.kind != "mariadb" else "DROP TABLE T_NHDA")


def test_a_value_that_cannot_be_understood_costs_its_row(database: Database, read: Read) -> None:
    """It is a bad row like any other, named by the table's key."""
    fill(database, [ROW, {**ROW, "HBH": "11002050027", "JDDJ": "E级"}])
    items, account = read()
    (bad,) = [item for item in items if isinstance(item, BadRow)]
    assert (bad.household_id, bad.field, bad.at("grade")[0].row_key) == ("11002050027", "grade", "HBH=11002050027")
    assert (account.read, account.unreadable) == (1, 1)


def test_a_table_without_a_key_names_its_rows_by_the_household(database: Database, read: Read) -> None:
    """Or else by the identity number, which is masked wherever it is shown."""
    fill(database, [ROW], key=None)
    (record,), _ = read()
    assert isinstance(record, ProvincialRecord)
    assert record.origin.row_key == "HBH=11002050026"
    (record,), _ = read(columns={"id_number": "SFZH"})
    assert isinstance(record, ProvincialRecord)
    assert record.origin.row_key == f"SFZH={id_number()}"


def test_a_key_of_its_own_names_the_row(database: Database, read: Read) -> None:
    """A serial number means no field, and is what a correction must name."""
    fill(database, [{"ID": 42, **ROW}], key="ID", ID=Integer())
    (record,), _ = read()
    assert isinstance(record, ProvincialRecord)
    assert record.at("grade")[0].row_key == "ID=42"


def test_the_digest_is_that_of_what_was_read(database: Database, read: Read) -> None:
    """The same rows give the same digest, and a change another one."""
    fill(database, [ROW])
    first = read()[1].digest
    assert read()[1].digest == first
    quoted = ("T_NHDA", "JDDJ") if database.kind == "mariadb" else ('"T_NHDA"', '"JDDJ"')
    database.execute(f"UPDATE {quoted[0]} SET {quoted[1]} = 'B级'")  # noqa: S608 - our own words
    assert read()[1].digest != first


def test_an_empty_table_is_read(database: Database, read: Read) -> None:
    """It holds nobody; its columns are known all the same."""
    fill(database, [])
    items, account = read()
    assert items == []
    assert "grade" in account.fields


# ------------------------------------------------------------------------------------------------ what is refused


def test_a_table_that_is_not_there_is_named_with_the_nearest(database: Database, read: Read) -> None:
    """And never with the address."""
    fill(database, [ROW])
    message = refused(read, options={"tables": {"household_archive": "T_NHDB"}})
    assert message == "provincial/retrieval: there is no table 'T_NHDB'; the nearest is 'T_NHDA'"


def test_a_column_that_is_not_there_is_named_with_the_nearest(database: Database, read: Read) -> None:
    """The one that the campaign names."""
    fill(database, [ROW])
    message = refused(read, columns={**COLUMNS, "grade": "JDDJ2"})
    assert message == "provincial/retrieval [T_NHDA]: there is no column 'JDDJ2'; the nearest is 'JDDJ'"


def test_a_table_without_any_number_cannot_be_used(database: Database, read: Read) -> None:
    """It says what is needed, what is nearest and what there is."""
    fill(database, [{"HUSEHOLD_ID": "1", "grade": "A"}], key=None)
    assert refused(read, columns={}) == (
        "provincial/retrieval [T_NHDA]: the table has no column for household_id or id_number; the nearest is "
        "'HUSEHOLD_ID'. Name it under columns; it has HUSEHOLD_ID, grade"
    )


def test_the_connection_cannot_write(database: Database, tmp_path: Path) -> None:
    """Not even as an account that may."""
    fill(database, [ROW])
    name = "T_NHDA" if database.kind == "mariadb" else '"T_NHDA"'
    with pytest.raises(SourceError) as error, reading(database.url, "provincial/retrieval", tmp_path) as connection:
        connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - our own words
    assert "才让" not in str(error.value)
    with database.engine().connect() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() == 1  # noqa: S608 - our own words


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_wrong_password_is_said_without_the_address(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Nothing of it stands in the error, in its causes, or in what is printed."""
    database: Database = request.getfixturevalue(f"{kind}_server").fresh()
    monkeypatch.setenv("PROVINCE", database.reader.replace(READER_PASSWORD, "wrong-secret"))
    account = Account(source(tmp_path))
    with pytest.raises(SourceError) as error:
        list(Provincial().read(account.source, account, load_definition(), lambda done, total: None))
    import traceback

    said = "".join(traceback.format_exception(error.value)) + "".join(capfd.readouterr())
    assert str(error.value).startswith(
        "provincial/retrieval: the database cannot be reached, refuses the account, or failed while it was read ("
    )
    for secret in ("wrong-secret", "reader_", PASSWORD, "unix_socket", "/tmp/hg-"):  # noqa: S108 - our own
        assert secret not in said


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_server_that_goes_away_while_it_is_read(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read is kept, and the rest is one clear line that holds nobody's data."""
    database: Database = request.getfixturevalue(f"{kind}_server").fresh()
    rows = ({**ROW, "HBH": str(at), "JTFS": "长" * 500} for at in range(6000))  # more than a socket holds
    fill(database, rows, JTFS=String(600))
    monkeypatch.setenv("PROVINCE", database.reader)
    account = Account(source(tmp_path, columns={**COLUMNS, "guarantee_detail": "JTFS"}))
    reader = Provincial().read(account.source, account, load_definition(), lambda done, total: None)
    first = next(reader)
    assert isinstance(first, ProvincialRecord)
    reader_name = make_url(database.reader).username
    with database.engine(autocommit=True).connect() as owner:
        if kind == "postgresql":
            backends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :name"
            owner.execute(text(backends), {"name": reader_name})
        else:
            owner.execute(text(f"KILL USER {reader_name}@localhost"))
    with pytest.raises(SourceError) as error:
        list(reader)
    assert "长" not in str(error.value)
    assert "才让" not in str(error.value)
    assert account.read < 6000


# ------------------------------------------------------------------------------------------------ addresses


def lone(tmp_path: Path, **options: Any) -> str:
    """Give the words with which a source of these options alone is refused."""
    account = Account(evolve(source(tmp_path), options=options))
    with pytest.raises(SourceError) as error:
        list(Provincial().read(account.source, account, load_definition(), lambda done, total: None))
    return str(error.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url_env": "NO_SUCH_VARIABLE"}, "the environment variable NO_SUCH_VARIABLE holds no address"),
        ({}, "it has no url_env and no url"),
        ({"url": "sqlite:///gone.sqlite"}, "there is no file 'gone.sqlite'"),
        ({"url": "sqlite://"}, "there is no file None"),
        ({"url": "provincial.sqlite"}, "its address is none of sqlite:///…"),
        ({"url": "nosuch://host/db"}, "its address is none of sqlite:///…"),
        ({"url": "postgresql://host:port/db"}, "its address is none of sqlite:///…"),
        ({"url": "oracle+oracledb://host/db"}, "its driver is not installed: pip install 'housing-guarantee[oracle]'"),
        ({"url": "sqlite:///x.sqlite", "photos": "nowhere"}, "nowhere: there is no such folder or zip file"),
    ],
)
def test_an_address_that_leads_nowhere(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    """Each is one line; looking for a file makes none."""
    assert words in lone(tmp_path, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("kind", "driver"), [("postgresql", "psycopg"), ("mysql", "pymysql")])
def test_a_server_that_never_answers_is_given_up(
    kind: str, driver: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It takes the connection and says nothing: that ends in one line, after the limit of one try."""
    short = {"connect_timeout": 2, **({} if driver == "psycopg" else {"read_timeout": 2})}
    monkeypatch.setitem(_CONNECT, driver, {**_CONNECT[driver], **short})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        said = lone(tmp_path, url=f"{kind}://a@127.0.0.1:{silent.getsockname()[1]}/c")
        assert time.monotonic() - started < 2 * 5
    assert "the database cannot be reached" in said


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is said by the kind of the error."""
    (tmp_path / "x.sqlite").write_bytes(b"not a database, but long enough to be one" * 40)
    assert "(DatabaseError SQLITE_NOTADB)" in lone(tmp_path, url="sqlite:///x.sqlite")


def test_bytes_that_are_no_text_cost_their_row(tmp_path: Path) -> None:
    """SQLite keeps whatever it is given."""
    database = Database("sqlite", f"sqlite:///{tmp_path / 'x.sqlite'}", "")
    fill(database, [ROW, {**ROW, "HBH": "2"}])
    database.execute('UPDATE "T_NHDA" SET "HZXM" = CAST(X\'b2c5\' AS TEXT) WHERE "HBH" = \'2\'')
    account = Account(source(tmp_path, options={"url": "sqlite:///x.sqlite", "url_env": ""}))
    items = list(Provincial().read(account.source, account, load_definition(), lambda done, total: None))
    assert [type(item) for item in items] == [ProvincialRecord, BadRow]


# ------------------------------------------------------------------------------------------------ front photos


def test_front_photos_are_read_beside_the_rows(tmp_path: Path) -> None:
    """From the folder or zip that the campaign names, under the role of the system."""
    fill(Database("sqlite", f"sqlite:///{tmp_path / 'x.sqlite'}", ""), [ROW])
    (tmp_path / "正面").mkdir()
    (tmp_path / "正面/a.jpg").write_bytes(jpeg())
    (tmp_path / "正面/readme.txt").write_text("x")
    account = Account(source(tmp_path, options={"url": "sqlite:///x.sqlite", "url_env": "", "photos": "正面"}))
    items = list(Provincial().read(account.source, account, load_definition(), lambda done, total: None))
    photo = items[-1]
    assert isinstance(photo, PhotoAt)
    assert (photo.source, photo.place.name, photo.role) == ("正面", "a.jpg", "provincial")
    assert account.left_out == {"not an image": 1}
    assert account.digest


def test_a_folder_without_photos_would_have_everybody_missing(tmp_path: Path) -> None:
    """So it is refused before a row is read."""
    (tmp_path / "正面").mkdir()
    assert lone(tmp_path, url="sqlite:///x.sqlite", photos="正面") == "正面: there is no photo in it"


# ------------------------------------------------------------------------------------------------ a whole county


def test_a_county_is_judged_without_the_system_and_no_secret_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A server that nobody answers for is said, exit code 3, and its password stands in no output."""
    write_county(tmp_path, seed=11, households=320, photos=False)
    campaign = tmp_path / "campaign.toml"
    here = campaign.read_text(encoding="utf-8")
    campaign.write_text(
        here.replace('url = "sqlite:///省系统/provincial.sqlite"', 'url_env = "PROVINCE"'), encoding="utf-8"
    )
    monkeypatch.setenv("PROVINCE", "postgresql://reader:s3cret-9x@127.0.0.1:9/nhda")
    assert _run(["check", str(campaign), "--out", str(tmp_path / "out")]) == 3
    printed = capfd.readouterr()
    assert "省检索系统" in printed.out + printed.err or "provincial/retrieval" in printed.out + printed.err
    outputs = [path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    for text_ in (printed.out.encode(), printed.err.encode(), *outputs):
        assert b"s3cret" not in text_
        assert b"127.0.0.1" not in text_
    codes = {
        line["code"] for line in map(json.loads, (tmp_path / "out/findings.jsonl").read_text("utf-8").splitlines())
    }
    assert {code for code in codes if code.startswith("provincial.")} == set()
    assert "archive.document-missing" in codes


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[FindingData]]:
    """A county whose systems are in a file, and what is found of it."""
    folder = tmp_path_factory.mktemp("province")
    write_county(folder, seed=11, households=320, photos=False)
    return folder, found(run(hg.load_campaign(folder / "campaign.toml")))


def found(result: Result) -> list[FindingData]:
    """Give every finding as the outputs show it."""
    return [finding_data(finding, result.public) for finding in result.findings]


def test_whatever_the_database_the_same_is_found(
    database: Database, county: tuple[Path, list[FindingData]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables of the file, copied into another database, give the same findings, word by word."""
    folder, expected = county
    file = Database("sqlite", f"sqlite:///{folder / '省系统/provincial.sqlite'}", "")
    for name in ("T_NHDA", "T_NHDA_TX", "T_WFGZ"):
        copy(file, database, name)
    monkeypatch.setenv("PROVINCE", database.reader)
    campaign = folder / f"{database.kind}.toml"
    text_ = (folder / "campaign.toml").read_text(encoding="utf-8")
    campaign.write_text(
        text_.replace('url = "sqlite:///省系统/provincial.sqlite"', 'url_env = "PROVINCE"'), encoding="utf-8"
    )
    assert found(run(hg.load_campaign(campaign))) == expected


def copy(one: Database, other: Database, name: str) -> None:
    """Copy a table with its key."""
    table = Table(name, MetaData(), autoload_with=one.engine())
    for column in table.columns:
        column.type = Integer() if column.name == "ID" else String(120)
    with one.engine().connect() as connection:
        rows = [dict(row) for row in connection.execute(table.select()).mappings()]
    with other.engine().begin() as connection:
        table.to_metadata(MetaData()).create(connection)
        connection.execute(insert(table), rows)
