"""The provincial systems: a database with a table of each, whose names are nobody's words, and the front photos."""

import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from housing_guarantee.demo.archives import typed_grade, typed_kind
from housing_guarantee.demo.county import County, House, Shot
from housing_guarantee.demo.pictures import jpeg_of
from housing_guarantee.demo.sheets import ZIPPED

__all__ = [
    "DATABASE",
    "FRONTS",
    "RENOVATION",
    "RENOVATION_COLUMNS",
    "RETRIEVAL_COLUMNS",
    "SEEN",
    "UNSEEN",
    "front_of",
    "write_systems",
]

DATABASE, FRONTS = "省系统/provincial.sqlite", "省系统/正面照.zip"
SEEN, UNSEEN, RENOVATION = "T_NHDA_TX", "T_NHDA", "T_WFGZ"
"""The tables: of the townships whose front photos were handed out, of the others, and of the renovation system."""

_FRONT = 10**12
"""What sets the scenes of the front photos apart from those of the app."""

RETRIEVAL_COLUMNS = {
    "household_id": "HBH", "head_name": "HZXM", "id_number": "SFZH", "township": "XZ", "village": "XZC",
    "guarantee_type": "BZFS", "guarantee_detail": "JTFS", "programme": "GZXM", "policy_year": "GZND", "grade": "JDDJ",
    "front_photo": "ZMZP", "version": "BBH", "updated_at": "GXSJ",
}  # fmt: skip
RENOVATION_COLUMNS = {
    "head_name": "HZXM", "id_number": "SFZH", "township": "XZ", "village": "XZC", "programme": "GZXM",
    "policy_year": "GZND", "version": "BBH",
}  # fmt: skip


def write_systems(county: County, folder: Path, *, photos: bool) -> None:
    """Write the database, and the front photos that it names."""
    path = folder / DATABASE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    houses = [house for house in county.houses if house.retrieved]
    with closing(sqlite3.connect(path)) as database, database:
        seen, unseen = ([_retrieval_row(h) for h in houses if h.front_seen is known] for known in (True, False))
        _fill(database, SEEN, RETRIEVAL_COLUMNS, seen)
        _fill(database, UNSEEN, RETRIEVAL_COLUMNS, [*unseen, *county.unexpected])
        _fill(database, RENOVATION, RENOVATION_COLUMNS, _renovation_rows(county), serial="ID")
    if photos:
        with zipfile.ZipFile(folder / FRONTS, "w") as archive:
            for house in houses:
                if house.front_seen and house.front.state != "no file":
                    archive.writestr(zipfile.ZipInfo(house.front.name, ZIPPED), jpeg_of(house.front))


def front_of(house: House) -> Shot:
    """Take the photo that the township uploaded to the retrieval system the year before."""
    random = Random(int(house.household_id))  # of its own: the resettled households are the same in every county
    north, east = house.position
    where = (north + random.uniform(-3e-4, 3e-4), east + random.uniform(-3e-4, 3e-4))
    taken = datetime(2019, 9, 1, 9) + timedelta(minutes=random.randrange(60 * 24 * 30))  # noqa: DTZ001 - as on a phone
    phone = ("HUAWEI", "JEF-AN00", f"F{house.household_id}")
    return Shot(f"{house.household_id}.jpg", where, taken, phone, _FRONT + int(house.household_id))


def _fill(
    database: sqlite3.Connection,
    table: str,
    columns: Mapping[str, str],
    rows: list[dict[str, Any]],
    serial: str | None = None,
) -> None:
    key = f"{serial} INTEGER PRIMARY KEY, " if serial else ""
    typed = ", ".join(f"{c} TEXT{' PRIMARY KEY' if f == 'household_id' else ''}" for f, c in columns.items())
    database.execute(f"CREATE TABLE {table} ({key}{typed})")
    marks, names = ", ".join("?" * len(columns)), ", ".join(columns.values())
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own words
    database.executemany(statement, [[row.get(name) for name in columns] for row in rows])


def _retrieval_row(house: House) -> dict[str, Any]:
    """Give the household's row as it is when somebody copied rightly whatever the best source says."""
    kind = typed_kind(house)
    renovation = house.ledger[0] if house.ledger else None
    is_renovated = kind == "改造安全"
    row = {
        "household_id": house.household_id,
        "head_name": house.head.name,
        "id_number": house.head.number,
        "township": house.township.name,
        "village": house.village.name,
        "guarantee_type": kind,
        "guarantee_detail": house.record.get("guarantee_detail") if kind == "保障安全" else None,
        "programme": _programme(renovation) if renovation else house.record.get("programme") if is_renovated else None,
        "policy_year": renovation["year"] if renovation else house.record.get("policy_year") if is_renovated else None,
        "grade": typed_grade((house.appraisal or house.record).get("grade")) if kind == "鉴定安全" else None,
        "front_photo": house.front.name,
        "version": 1,
        "updated_at": "2020-06-01 09:00:00",
    }
    return row | house.system


def _renovation_rows(county: County) -> list[dict[str, Any]]:
    """Give a row for every row of the renovation ledger, with everybody's true name, number and village."""
    own = [row | _true(house) for house in county.houses for row in house.ledger if house.renovation_recorded]
    known = [row for row in county.strangers if row["file_no"] not in county.unrecorded]
    strangers = [row | {"id_number": row["number"]} for row in known]
    rows = [row for row in (*own, *strangers) if row["book"] == "农村危房改造"]
    return [row | {"programme": _programme(row), "policy_year": row["year"], "version": 1} for row in rows]


def _true(house: House) -> dict[str, Any]:
    return {
        "head_name": house.head.name,
        "id_number": house.head.number,
        "township": house.township.name,
        "village": house.village.name,
    }


def _programme(ledger_row: Mapping[str, Any]) -> str:
    return "易地扶贫搬迁" if ledger_row["book"] == "xls" else str(ledger_row["book"])
