"""The tables of a workspace.

They hold numbers of households, places and digests, and nobody's name or identity number; what people write into a list
(measure, note), and the name under which they look at photos, stands as they wrote it, in a file that its owner alone
can read. Whatever may be written again after
a lost connection or a kill has a unique key, so that it is written once.
"""

from functools import cache
from typing import Any

__all__ = ["MYSQL_OPTIONS", "VERSION", "guard_audit", "long_text", "short_text", "tables"]

VERSION = 3
"""Of these tables; an earlier one is brought up (`migrations`), a later one is refused, never guessed at."""

_UNTOUCHED = "the audit trail is only ever added to"
_MYSQL = ("mysql", "mariadb")
MYSQL_OPTIONS: dict[str, Any] = {
    f"{kind}_{option}": value
    for kind in _MYSQL
    for option, value in (("engine", "InnoDB"), ("charset", "utf8mb4"), ("collate", "utf8mb4_bin"))
}
"""In tables of MySQL and MariaDB texts are told apart to the letter, as everywhere else."""

KEY, CAUSE, DIGEST, SOURCE, FILE_NO, SHEET, HOUSEHOLD = 512, 80, 64, 380, 160, 64, 64
"""Characters of what stands in keys there, which hold 3,072 bytes; what is longer is an error, and never cut off."""


def long_text() -> Any:
    """Give the type of a text of any length; MySQL's own ends at 64 kB, which is less than a cell may hold."""
    import sqlalchemy as sa
    from sqlalchemy.dialects.mysql import LONGTEXT

    return sa.Text().with_variant(LONGTEXT(), *_MYSQL)


def short_text(length: int) -> Any:
    """Give the type of a text in a key, which MySQL and MariaDB bound."""
    import sqlalchemy as sa

    return sa.Text().with_variant(sa.String(length), *_MYSQL)


@cache
def tables() -> Any:
    """Describe the tables; SQLAlchemy is imported only when a workspace is used."""
    import sqlalchemy as sa

    metadata = sa.MetaData()
    text, whole = long_text(), sa.Integer

    def table(name: str, *columns: Any) -> Any:
        return sa.Table(name, metadata, *columns, **MYSQL_OPTIONS)

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
        column("key", short_text(KEY), primary_key=True),
        *(column(name, text) for name in ("code", "severity", "state", "event", "township", "village", "area_code")),
        *(column(name, text) for name in ("roles", "data", "renewed")),
        *(maybe(name, text) for name in ("household_id", "source", "sheet", "file_no", "answer", "answered_on")),
        *(column(name, whole) for name in ("run", "first_run", "seen_run")),
        maybe("row", whole),
    )
    table(
        "events",
        column("id", whole, primary_key=True),
        column("key", short_text(KEY), index=True),
        column("run", whole, index=True),
        column("cause", short_text(CAUSE)),
        column("event", text),
        maybe("before", text),
        column("after", text),
        sa.UniqueConstraint("key", "cause"),
    )
    table(
        "answers",
        column("id", whole, primary_key=True),
        column("key", short_text(KEY)),
        column("file", short_text(DIGEST)),
        column("run", whole),
        *(column(name, text) for name in ("answer", "measure", "done_on", "note")),
        sa.UniqueConstraint("key", "file"),
    )

    def row_of_a_source() -> tuple[Any, ...]:
        return (
            column("source", short_text(SOURCE), primary_key=True),
            column("file_no", short_text(FILE_NO), primary_key=True),
            column("sheet", short_text(SHEET), primary_key=True),
            column("row", whole, primary_key=True, autoincrement=False),
        )

    table("links", *row_of_a_source(), column("household_id", text), column("file", text))
    whose = column("household_id", short_text(HOUSEHOLD), primary_key=True)
    table("denials", *row_of_a_source(), whose, column("file", text))
    table(
        "reviews",
        column("id", whole, primary_key=True),
        *(column(name, short_text(64)) for name in ("household_id", "photo", "at")),
        *(column(name, text) for name in ("look", "reviewer", "file")),
        sa.UniqueConstraint("household_id", "photo", "at"),
    )
    table(
        "audit",
        column("number", whole, primary_key=True, autoincrement=False),
        *(column(name, text) for name in ("at", "who", "what", "details", "seal")),
    )
    return metadata


def guard_audit(connection: Any) -> None:
    """Let the database itself refuse to change or remove an entry."""
    kind = connection.dialect.name
    if kind == "postgresql":
        statements = [
            "CREATE OR REPLACE FUNCTION audit_untouched() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_UNTOUCHED}'; END $$",
            "DROP TRIGGER IF EXISTS audit_untouched ON audit",
            "CREATE TRIGGER audit_untouched BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_untouched()",
        ]
    else:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_UNTOUCHED}'); END"
        if kind in _MYSQL:
            refuse = f"FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{_UNTOUCHED}'"
        statements = []
        for verb in ("UPDATE", "DELETE"):
            name = f"audit_no_{verb.lower()}"
            statements += [f"DROP TRIGGER IF EXISTS {name}", f"CREATE TRIGGER {name} BEFORE {verb} ON audit {refuse}"]
    for statement in statements:
        connection.exec_driver_sql(statement)
