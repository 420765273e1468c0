"""What a real database says went wrong is told by its kind and code, and whatever holds an address shows none."""

import json
import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from housing_guarantee import drivers
from housing_guarantee.database import RefusedError, Writer, reading
from housing_guarantee.errors import CampaignError, SourceError, WorkspaceError
from housing_guarantee.secret import Secret
from housing_guarantee.tracking import engines

from .servers import PASSWORD, Database

NUMBER, NAME = "632599197706210052", "马贵德尕"
WRONG = "kou-ling-7Q9x"


def told(error: BaseException) -> str:
    """Give everything that a traceback can show of an error: its chain, its lines, its frames' locals."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def duplicate(connection: Any) -> None:
    """Break a unique key."""
    for _ in range(2):
        connection.execute(text("INSERT INTO people (number, age) VALUES (:number, 1)"), {"number": NUMBER})


def wrong_type(connection: Any) -> None:
    """Write a name where a number must stand."""
    connection.execute(text("INSERT INTO people (number, age) VALUES ('1', :name)"), {"name": NAME})


@pytest.mark.parametrize("fault", [duplicate, wrong_type])
def test_a_refused_value_is_not_repeated(fault: Callable[[Any], None], database: Database, tmp_path: Path) -> None:
    """Neither the row (DETAIL), nor the statement, nor its parameters."""
    database.execute("CREATE TABLE people (number VARCHAR(20) PRIMARY KEY, age INTEGER NOT NULL CHECK (age < 200))")
    with Writer(Secret(database.url), "province", tmp_path) as writer, pytest.raises(RefusedError) as refused:
        writer.transact(fault)
    assert not [
        word for word in (NUMBER, NAME, "INSERT", "people (") if word in told(refused.value)[:-1].split("Traceback")[0]
    ]
    assert not [word for word in (NUMBER, NAME, "INSERT") if word in told(refused.value)]


def test_a_wrong_password_leaks_neither_it_nor_the_account(server_url: str, tmp_path: Path) -> None:
    """A connection that is refused is told by its code, also in a traceback with every frame's locals."""
    url = Secret(server_url.replace(PASSWORD, WRONG))
    with pytest.raises(SourceError) as error, reading(url, "province", tmp_path):
        pass
    assert "cannot be reached" in str(error.value)
    assert WRONG not in told(error.value)


def test_no_log_holds_a_statement(database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a program that embeds this one has set up: SQLAlchemy's own log would print every row."""
    caplog.set_level(logging.DEBUG)
    database.execute("CREATE TABLE people (number VARCHAR(20))", f"INSERT INTO people VALUES ('{NUMBER}')")  # noqa: S608
    caplog.clear()
    with reading(Secret(database.reader), "province", tmp_path) as connection:
        assert connection.execute(text("SELECT number FROM people")).scalar() == NUMBER
    assert [one.getMessage() for one in caplog.records if one.name.startswith("sqlalchemy")] == []


def test_a_workspace_s_address_is_not_repeated(tmp_path: Path) -> None:
    """One that cannot be read is refused without it."""
    with pytest.raises(CampaignError) as error:
        engines.make_engine(Secret(f"oracle://a:{WRONG}@host:port/x"), tmp_path)
    assert WRONG not in told(error.value)


def test_codes_are_told_in_the_server_s_terms() -> None:
    """A driver's own error, raised while connecting, is told like one that SQLAlchemy wraps."""

    class OperationalError(Exception):
        sqlstate = "08006"

    assert (drivers.code_of(OperationalError()), drivers.is_passing(OperationalError())) == ("08006", True)
    assert drivers.code_of(Exception(1205, "Lock wait timeout")) == "1205"
    assert (drivers.is_held(Exception(1205)), drivers.is_passing(Exception(1205))) == (True, False)
    assert drivers.code_of(ConnectionResetError(104, "reset")) == ""
    assert drivers.describe(Exception(1213, NAME)) == "Exception 1213"


def test_a_secret_is_seen_nowhere() -> None:
    """Not printed, formatted, logged, in JSON or in a pickle; whoever must have it asks."""
    secret = Secret(WRONG)
    shown = (str(secret), repr(secret), f"{secret}", f"{secret:>5}", f"{secret!r}", "%s" % secret, repr([secret]))  # noqa: UP031
    assert not [one for one in shown if WRONG in one]
    for leave in (json.dumps, pickle.dumps):
        with pytest.raises(TypeError):
            leave(secret)
    assert (secret.reveal(), secret == Secret(WRONG), secret == WRONG, bool(Secret(""))) == (WRONG, True, False, False)


def test_errors_of_the_package_hold_no_address() -> None:
    """A workspace is named by its variable."""
    assert WRONG not in str(WorkspaceError("$HOUSING", "it cannot be used (OperationalError, 28P01)"))
