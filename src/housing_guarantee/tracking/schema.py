"""The tables of a workspace.

They hold numbers of households, places and digests, and nobody's name or identity number; what people write into a list
(measure, note) stands as they wrote it, in a file that its owner alone can read. Whatever may be written again after
a lost connection or a kill has a unique key, so that it is written once.
"""

from functools import cache
from typing import Any

__all__ = ["VERSION", "tables"]

VERSION = 1
"""Of these tables; a workspace of a later version is refused, never guessed at."""

_UNTOUCHED = "the audit trail is only ever added to"


@cache
def tables() -> Any:
    """Describe the tables; SQLAlchemy is imported only when a workspace is used."""
    import sqlalchemy as sa

    metadata = sa.MetaData()
    text, whole = sa.Text, sa.Integer

    def table(name: str, *columns: Any) -> Any:
        return sa.Table(name, metadata, *columns)

    def column(name: str, kind: Any, **options: Any) -> Any:
        return sa.Column(name, kind, **{"nullable": False, **options})

    def maybe(name: str, kind: Any) -> Any:
        return sa.Column(name, kind, nullable=True)

    table("workspace", column("id", whole, primary_key=True), column("version", whole), column("county_code", text))
    table(
        "runs",
        column("number", whole, primary_key=True, autoincrement=False),
        column("as_of", text),
        column("data", text),
        column("rule_set", text),
        column("counts", text),
    )
    table(
        "findings",
        column("key", text, primary_key=True),
        *(column(name, text) for name in ("code", "severity", "state", "event", "township", "village", "area_code")),
        *(column(name, text) for name in ("roles", "data", "renewed")),
        *(maybe(name, text) for name in ("household_id", "source", "sheet", "file_no", "answer", "answered_on")),
        *(column(name, whole) for name in ("run", "first_run", "seen_run")),
        maybe("row", whole),
    )
    table(
        "events",
        column("id", whole, primary_key=True),
        column("key", text, index=True),
        column("run", whole, index=True),
        column("cause", text),
        column("event", text),
        maybe("before", text),
        column("after", text),
        sa.UniqueConstraint("key", "cause"),
    )
    table(
        "answers",
        column("id", whole, primary_key=True),
        column("key", text),
        column("file", text),
        column("run", whole),
        *(column(name, text) for name in ("answer", "measure", "done_on", "note")),
        sa.UniqueConstraint("key", "file"),
    )
    table(
        "links",
        *(column(name, text, primary_key=True) for name in ("source", "file_no", "sheet")),
        column("row", whole, primary_key=True, autoincrement=False),
        column("household_id", text),
        column("file", text),
    )
    table(
        "audit",
        column("number", whole, primary_key=True, autoincrement=False),
        *(column(name, text) for name in ("at", "who", "what", "details", "seal")),
    )
    _guard_audit(metadata.tables["audit"], sa)
    return metadata


def _guard_audit(audit: Any, sa: Any) -> None:
    """Let the database itself refuse to change or remove an entry."""
    for verb in ("UPDATE", "DELETE"):
        sqlite = (
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{_UNTOUCHED}'); END"
        )
        sa.event.listen(audit, "after_create", sa.DDL(sqlite).execute_if(dialect="sqlite"))
    for statement in (
        "CREATE FUNCTION audit_untouched() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_UNTOUCHED}'; END $$",
        "CREATE TRIGGER audit_untouched BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_untouched()",
    ):
        sa.event.listen(audit, "after_create", sa.DDL(statement).execute_if(dialect="postgresql"))
