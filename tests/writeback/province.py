"""A small county whose provincial system holds another grade than the app, in a real database of each kind."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, make_url, select

from housing_guarantee.testing import id_number
from tests.servers import Database

VARIABLE = "PROVINCE"
TABLE = "T_NHDA"
NAMES = {"household_id": "HBH", "id_number": "SFZH", "guarantee_type": "BZFS", "grade": "JDDJ", "version": "BBH"}
CAMPAIGN = """\
schema = 1

[campaign]
name = "小县"
county_code = "632525"
planned_households = {count}
window = [2020-06-10, 2020-06-13]
rectify_by = 2020-06-30
policy_year = 2016
ledger_years = [2016, 2018]
as_of = 2020-06-13T20:00:00+08:00

[rules]
select = ["provincial.*"]

[precedence]
{precedence}

[[sources]]
role = "roster"
adapter = "excel"
path = "roster.csv"

[[sources]]
role = "verifications"
adapter = "app_export"
path = "核验导出.csv"

[[sources]]
role = "provincial"
adapter = "provincial"
url_env = "{variable}"
tables = {{ household_archive = "{table}" }}
columns = {{ {columns} }}
"""
ROSTER = "户编号,户主姓名,户主证件号码,家庭人口数,乡镇,行政村\n"
RECORDS = "户编号,户主姓名,证件号码,保障方式,鉴定等级,住房是否安全,核验时间,经度,纬度,照片,备用\n"


def numbers(count: int) -> list[str]:
    """Number the households."""
    return [str(10_000_000_001 + at) for at in range(count)]


def county(folder: Path, count: int = 3, *, precedence: str = "", version: bool = True) -> Path:
    """Write a county whose app calls every house of grade A."""
    columns = ", ".join(f'{name} = "{column}"' for name, column in NAMES.items() if version or name != "version")
    text = CAMPAIGN.format(count=count, precedence=precedence, variable=VARIABLE, table=TABLE, columns=columns)
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    people = [(number, id_number(1 + at)) for at, number in enumerate(numbers(count))]
    roster = "".join(f"{number},才让多杰,{person},3,茫曲镇,塔哇村\n" for number, person in people)
    (folder / "roster.csv").write_text(ROSTER + roster, encoding="utf-8")
    records = "".join(
        f"{number},才让多杰,{person},鉴定安全,A级,是,2020-06-11 09:30,100.75,35.58,{number}.jpg,x\n"
        for number, person in people
    )
    (folder / "核验导出.csv").write_text(RECORDS + records, encoding="utf-8")
    return folder / "campaign.toml"


def system_row(number: str, order: int, **other: Any) -> dict[str, Any]:
    """Give a row of the system, which says grade B."""
    return {"HBH": number, "SFZH": id_number(order), "BZFS": "鉴定安全", "JDDJ": "B级", "BBH": 1, **other}


def fill(database: Database, rows: Iterable[dict[str, Any]], *, version: Any = Integer, key: bool = True) -> None:
    """Make the table and fill it, and let the account SELECT and UPDATE it, and do nothing else in the database."""
    rows = list(rows)
    kinds = {"BBH": version} if version else {}
    names = [name for name in NAMES.values() if version or name != "BBH"]
    columns = [Column(name, kinds.get(name) or String(60), primary_key=key and name == "HBH") for name in names]
    table = Table(TABLE, MetaData(), *columns)
    with database.engine().begin() as connection:
        table.create(connection)
        connection.execute(insert(table), [{name: row[name] for name in names} for row in rows])
    account = make_url(database.reader)
    if database.kind == "postgresql":
        database.execute(
            f"ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM {account.username}",  # noqa: S608
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {account.username}",
            f'GRANT SELECT, UPDATE ON "{TABLE}" TO {account.username}',
        )
    elif database.kind == "mariadb":
        database.execute(
            f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {account.username}@localhost",
            f"GRANT SELECT, UPDATE ON {account.database}.{TABLE} TO {account.username}@localhost",
        )


def held(database: Database, *names: str) -> dict[str, tuple[Any, ...]]:
    """Give what stands in columns, by household; the grade and the version where none is named."""
    table = Table(TABLE, MetaData(), autoload_with=database.engine())
    columns = [table.c[name] for name in names or ("JDDJ", "BBH")]
    with database.engine().connect() as connection:
        return {
            row[0]: tuple(row[1:]) for row in connection.execute(select(table.c.HBH, *columns).order_by(table.c.HBH))
        }


def quoted(database: Database, name: str) -> str:
    """Quote a name as this database does."""
    return name if database.kind == "mariadb" else f'"{name}"'


def change(database: Database, *rows: str, **values: Any) -> None:
    """Change rows, as somebody else does."""
    table = Table(TABLE, MetaData(), autoload_with=database.engine())
    with database.engine().begin() as connection:
        connection.execute(table.update().where(table.c.HBH.in_(rows)).values(**values))
