"""Who holds a workspace, for whoever waits for it in vain: what this says locks nothing.

Beside a file the holder's own words lie while it writes; a server knows its sessions. What a kill left behind is never
asked about: the database itself says whether somebody writes.
"""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["holder_in_server", "holder_of_file", "holding", "note_of"]

_SESSIONS = {
    "postgresql": (
        "SELECT a.pid, COALESCE(host(a.client_addr), 'this machine'), a.xact_start FROM pg_locks l "
        "JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted "
        "AND a.datname = current_database() AND l.objid = {lock}"
    ),
    "mysql": (
        "SELECT id, host, NOW() - INTERVAL time SECOND FROM information_schema.processlist "
        "WHERE id = IS_USED_LOCK(CONCAT('housing-', SHA1(DATABASE())))"
    ),
}


def note_of(path: Path) -> Path:
    """Give the file in which the holder of a workspace's file says who it is."""
    return Path(f"{path}-holder")


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """Say beside the file that this process holds it, for as long as it does; what cannot be said is not."""
    note = note_of(path)
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    with suppress(OSError), os.fdopen(os.open(note, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        json.dump({"pid": os.getpid(), "host": platform.node(), "since": since}, file)
    try:
        yield
    finally:
        with suppress(OSError):
            note.unlink()


def holder_of_file(path: Path) -> str:
    """Say who holds a workspace's file: process, machine and since when; empty where that is not known."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(note_of(path).read_text(encoding="utf-8"))
        return f"process {int(found['pid'])} on {found['host']}, since {found['since']}"
    return ""


def holder_in_server(engine: Any, lock: int) -> str:
    """Say whose session holds a workspace in a server; empty where that is not known.

    :param lock: of every workspace of this program
    """
    kind = "mysql" if engine.dialect.name == "mariadb" else engine.dialect.name
    with suppress(Exception), engine.connect() as connection:  # it is asked for a message's sake alone
        found = connection.exec_driver_sql(_SESSIONS[kind].format(lock=lock)).first()
        if found:
            return f"session {found[0]} from {found[1]}, since {found[2]}"
    return ""
