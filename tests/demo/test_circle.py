"""The full circle of a county, its systems in a database of each kind."""

from pathlib import Path

import pytest
from sqlalchemy import MetaData, String, create_engine, insert, make_url, select

from housing_guarantee.campaign import load_campaign
from housing_guarantee.cli import _run
from housing_guarantee.demo import Circle, Turn, write_county
from housing_guarantee.demo.systems import DATABASE
from housing_guarantee.plugins import equip
from housing_guarantee.report import Result
from housing_guarantee.runner import run, write_reports
from tests.servers import PASSWORD, READER_PASSWORD, Database

SYSTEMS, WORKSPACE = "DEMO_SYSTEMS", "DEMO_WORKSPACE"
EXPECTED = [
    Turn("check", {"households": 320, "findings": 169}),
    Turn("hand-out", {"workbooks": 7, "rows": 169}),
    Turn("fill-in", {"claims": 12, "mended": 5}),
    Turn("feed-back", {"claimed": 12, "refused": 0}),
    Turn("check-again", {"claims": 12, "closed": 5, "still": 7}),
    Turn("plan", {"rows": 8, "values": 8, "left": 2}),
    Turn("apply", {"applied": 8, "conflicts": 0, "again": 0}),
    Turn("last", {"wrong": 8, "closed": 8, "left": 155}),
]


def move_systems(folder: Path, database: Database) -> None:
    """Move the provincial systems into a server, to be used by an account that may SELECT and UPDATE their tables."""
    files = create_engine(f"sqlite:///{folder / DATABASE}")
    tables = MetaData()
    tables.reflect(files)
    for table in tables.sorted_tables:
        for column in table.columns:
            if str(column.type) == "TEXT":
                column.type = String(200)
    with files.connect() as old, database.engine().begin() as new:
        tables.create_all(new)
        for table in tables.sorted_tables:
            new.execute(insert(table), [dict(row) for row in old.execute(select(table)).mappings()])
    account = make_url(database.reader)
    for name in tables.tables:
        quoted = f'"{name}"' if database.kind == "postgresql" else f"{account.database}.{name}"
        host = "" if database.kind == "postgresql" else "@localhost"
        database.execute(f"GRANT SELECT, UPDATE ON {quoted} TO {account.username}{host}")
    (folder / DATABASE).unlink()
    path = folder / "campaign.toml"
    text = path.read_text(encoding="utf-8").replace(f'url = "sqlite:///{DATABASE}"', f'url_env = "{SYSTEMS}"')
    if database.kind == "postgresql":
        text = text.replace('path = "workspace.sqlite"', f'url_env = "{WORKSPACE}"')
    path.write_text(text, encoding="utf-8")


def test_a_county_goes_full_circle(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Checked, handed out, filled in, fed back, checked again, pushed: what was mended is closed, and nothing else.

    No address of a database is in anything that was printed or written.
    """
    folder = tmp_path / "county"
    truth = write_county(folder, seed=11, households=320, photos=False)
    if database.kind != "sqlite":
        monkeypatch.setenv(SYSTEMS, database.reader)
        monkeypatch.setenv(WORKSPACE, database.url)
        move_systems(folder, database)
    equipment = equip()

    def check() -> Result:
        campaign = load_campaign(folder / "campaign.toml")
        result = run(campaign, equipment=equipment, record=True)
        write_reports(result, equipment, folder / "out")
        return result

    assert list(Circle(folder, truth, check(), check).turns()) == EXPECTED
    assert _run(["status", str(folder / "campaign.toml")]) == 0
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    said = "".join(capfd.readouterr()).encode()
    for secret in (PASSWORD, READER_PASSWORD):
        assert not any(secret.encode() in data for data in [said, *written])


def test_what_does_not_come_out_is_said(tmp_path: Path) -> None:
    """Where nobody checks again nothing is closed, and the steps that should have closed it say so."""
    folder = tmp_path / "county"
    truth = write_county(folder, seed=11, households=320, photos=False)
    first, equipment = run(load_campaign(folder / "campaign.toml"), record=True), equip()
    write_reports(first, equipment, folder / "out")
    turns = list(Circle(folder, truth, first, lambda: first).turns())
    assert [turn.name for turn in turns if not turn.ok] == ["check-again", "last"]
    assert (turns[4].figures["closed"], turns[-1].figures["closed"]) == (0, 0)
