"""What tests of every room may ask for: databases, each of the kinds that the package reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.browser import chromium
from tests.servers import Database, Server, mariadb, postgresql

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("suite", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("suite")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server of this session's own."""
    with postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[Server]:
    """A MariaDB server of this session's own."""
    with mariadb() as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A Chromium of the module's own."""
    with chromium() as started:
        yield started


@pytest.fixture
def mariadb_url(mariadb_server: Server) -> str:
    """The address of a MariaDB database of the test's own."""
    return mariadb_server.fresh().url


@pytest.fixture(params=["postgresql", "mariadb"])
def server_url(request: pytest.FixtureRequest) -> str:
    """The address of a database of the test's own, in each server in turn."""
    server: Server = request.getfixturevalue(f"{request.param}_server")
    return server.fresh().url


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database that nobody has used, of each kind in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'province.sqlite'}"
        return Database("sqlite", url, url)
    server: Server = request.getfixturevalue(f"{request.param}_server")
    return server.fresh()
