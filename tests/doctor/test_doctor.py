"""What doctor says of a machine, of a campaign's sources, and of real databases."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from housing_guarantee.cli import _run
from tests.servers import PASSWORD, Server
from tests.test_feedback import county

VARIABLE = "HOUSING_TEST_DOCTOR"
Said = tuple[int, dict[str, dict[str, Any]]]


def doctor(*arguments: object, limit: Callable[[], None] | None = None) -> Said:
    """Run the command in a process of its own, and give its exit code and what it says of each thing."""
    command = [sys.executable, "-m", "housing_guarantee", "doctor", *map(str, arguments), "--json", "--lang", "en"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)  # noqa: S603
    return ended.returncode, {one["about"]: one for one in json.loads(ended.stdout)}


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A small county, in a folder that nobody else sees."""
    tmp_path.chmod(0o700)
    return county(tmp_path, {})


def test_a_sound_machine_is_said_to_be_sound() -> None:
    """Without a campaign the machine alone is looked at; nothing would fail, and a photo process starts."""
    code, said = doctor()

    assert code == 0
    assert said["photo-process"]["standing"] == "ok"
    assert {"python", "memory", "disk", "tmpdir", "open-files", "locale", "zone-data", "extra-heic"} <= said.keys()
    assert all((one["todo"] is None) == (one["standing"] == "ok") for one in said.values())


def test_limits_that_a_run_would_fail_for_are_problems() -> None:
    """Too little memory stops photos and workbooks, few open files are a warning; each says what to do."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    code, said = doctor(limit=limit)

    assert code == 3
    assert (said["memory-limit"]["standing"], said["photo-process"]["standing"]) == ("problem", "problem")
    assert said["open-files"]["standing"] == "warning"
    assert said["memory-limit"]["todo"] == "ulimit -v unlimited before the run"


def test_a_source_that_is_not_there_is_a_problem(campaign: Path) -> None:
    """What the campaign names is looked for before the run."""
    (campaign.parent / "records.csv").unlink()

    code, said = doctor(campaign)

    assert code == 3
    assert said["source records.csv"]["found"] == "there is no such file or folder"
    assert said["source roster.csv"]["standing"] == said["folder"]["standing"] == said["workspace"]["standing"] == "ok"


def test_who_else_may_look_in_is_said(campaign: Path) -> None:
    """A folder that others may enter, and a workspace that they may read, are warnings with the command that helps."""
    assert _run(["check", str(campaign), "--fail-on", "never"]) == 0
    campaign.parent.chmod(0o755)
    (campaign.parent / "workspace.sqlite").chmod(0o644)

    code, said = doctor(campaign)

    assert code == 0
    assert said["folder"]["todo"] == f"chmod 700 {campaign.parent.resolve()}"
    assert said["workspace"]["todo"] == "chmod 600 workspace.sqlite"


def on_server(campaign: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> Said:
    """Have the workspace kept by a server, and look."""
    monkeypatch.setenv(VARIABLE, url)
    text = campaign.read_text(encoding="utf-8")
    campaign.write_text(f'{text}\n[workspace]\nurl_env = "{VARIABLE}"\n', encoding="utf-8")
    return doctor(campaign)


def test_a_server_that_can_keep_the_workspace_is_fine(
    campaign: Path, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be reached, its clock, encoding and tables are as they should be, and the account may make tables."""
    code, said = on_server(campaign, monkeypatch, server_url)

    assert (code, said[f"${VARIABLE}"]["found"]) == (0, "it can be used")


def test_a_database_that_turns_rare_characters_into_question_marks_is_a_problem(
    campaign: Path, mariadb_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MariaDB's older encodings hold no rare character of a name."""
    database = mariadb_server.fresh()
    database.execute("ALTER DATABASE CHARACTER SET utf8mb3")

    code, said = on_server(campaign, monkeypatch, database.url)

    assert code == 3
    assert said[f"${VARIABLE}"]["found"] == "the database is in utf8mb3: rare characters turn into '?'"


@pytest.mark.parametrize("server", ["postgresql_server", "mariadb_server"])
def test_an_account_that_may_only_read_is_a_problem(
    campaign: Path, server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever keeps a workspace must be able to make its tables."""
    code, said = on_server(campaign, monkeypatch, request.getfixturevalue(server).fresh().reader)

    assert (code, said[f"${VARIABLE}"]["found"]) == (3, "the account may not make tables")


def test_a_server_that_does_not_answer_is_named_without_its_address(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the password nor the address stands in what is said."""
    code, said = on_server(campaign, monkeypatch, f"postgresql://owner:{PASSWORD}@127.0.0.1:1/x")

    assert code == 3
    assert said[f"${VARIABLE}"]["found"].startswith("it cannot be reached")
    assert not any(secret in json.dumps(said) for secret in (PASSWORD, "127.0.0.1"))
