"""A real PostgreSQL for tests: a private cluster in a temporary folder, run by a user without rights.

Where no server can be had the tests are skipped with the reason, and under CI they fail.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

__all__ = ["postgres_server", "postgres_url"]

PASSWORD = "pa55-of-the-test-server"  # noqa: S105 - of a server that lives as long as the tests
"""Looked for in whatever is printed."""
_NUMBERS = count(1)
_UNPRIVILEGED = "nobody"  # the server refuses root


def _folder_of_programs() -> Path | None:
    """Find where initdb and postgres are: named, by pg_config, or where Debian puts them."""
    named = os.environ.get("HOUSING_PG_BIN")
    candidates = [Path(named)] if named else []
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)  # noqa: S607
        candidates.append(Path(told.stdout.strip()))
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def _missing(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a server, and give the URL of its owner."""
    programs = _folder_of_programs()
    if programs is None:
        _missing("no PostgreSQL server here: install Debian's postgresql, or name its programs by HOUSING_PG_BIN")
    assert programs
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    (folder / "password").write_text(PASSWORD, encoding="ascii")
    data, log = folder / "data", folder / "log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    make = [programs / "initdb", "-D", data, "-U", "county", "-A", "scram-sha-256", "--pwfile", folder / "password"]
    serve = [programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", f"-p {port} -h 127.0.0.1 -k {folder}", "start"]
    for command in (make, serve):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, user=user, cwd=folder)  # noqa: S603
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            _missing(f"PostgreSQL cannot be started: {done.stderr or done.stdout}")
    try:
        yield f"postgresql://county:{PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        stop = [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
        subprocess.run(list(map(str, stop)), capture_output=True, user=user, cwd=folder)  # noqa: S603
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Give the URL of a database of the test's own."""
    import psycopg

    name = f"test{next(_NUMBERS)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return postgres_server.removesuffix("postgres") + name
