"""The tables of a workspace as version 1 of them was, for tests of bringing one up. Never to be changed."""

import sqlalchemy as sa
from sqlalchemy import Column, Integer
from sqlalchemy.dialects.mysql import LONGTEXT

TEXT = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
INNODB = {
    f"{kind}_{name}": value
    for kind in ("mysql", "mariadb")
    for name, value in {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_bin"}.items()
}


def short(length: int) -> sa.types.TypeEngine[str]:
    """Give the type of a text in a key."""
    return sa.Text().with_variant(sa.String(length), "mysql", "mariadb")


def make(connection: sa.Connection) -> sa.MetaData:
    """Make the tables, with the guards of the audit trail."""
    metadata = sa.MetaData()

    def table(name: str, *parts: sa.schema.SchemaItem) -> None:
        sa.Table(name, metadata, *parts, **INNODB)  # type: ignore[call-overload]

    def texts(*names: str, nullable: bool = False) -> list[Column[str]]:
        return [Column(name, TEXT, nullable=nullable) for name in names]

    def numbers(*names: str) -> list[Column[int]]:
        return [Column(name, Integer, nullable=False) for name in names]

    def number_key(name: str) -> Column[int]:
        return Column(name, Integer, primary_key=True, autoincrement=False)

    table("workspace", Column("id", Integer, primary_key=True), *numbers("version"), *texts("county_code"))
    table("runs", number_key("number"), *texts("as_of", "data", "rule_set", "counts"))
    table(
        "findings",
        Column("key", short(512), primary_key=True),
        *texts("code", "severity", "state", "event", "township", "village", "area_code", "roles", "data", "renewed"),
        *texts("household_id", "source", "sheet", "file_no", "answer", "answered_on", nullable=True),
        *numbers("run", "first_run", "seen_run"),
        Column("row", Integer),
    )
    table(
        "events",
        Column("id", Integer, primary_key=True),
        Column("key", short(512), nullable=False, index=True),
        Column("run", Integer, nullable=False, index=True),
        Column("cause", short(80), nullable=False),
        *texts("event"),
        *texts("before", nullable=True),
        *texts("after"),
        sa.UniqueConstraint("key", "cause"),
    )
    table(
        "answers",
        Column("id", Integer, primary_key=True),
        Column("key", short(512), nullable=False),
        Column("file", short(64), nullable=False),
        *numbers("run"),
        *texts("answer", "measure", "done_on", "note"),
        sa.UniqueConstraint("key", "file"),
    )
    table(
        "links",
        *(Column(name, short(size), primary_key=True) for name, size in (("source", 380), ("file_no", 160))),
        Column("sheet", short(64), primary_key=True),
        number_key("row"),
        *texts("household_id", "file"),
    )
    table("audit", number_key("number"), *texts("at", "who", "what", "details", "seal"))
    metadata.create_all(connection)
    for statement in _guards(connection.dialect.name):
        connection.exec_driver_sql(statement)
    connection.execute(metadata.tables["workspace"].insert(), {"id": 1, "version": 1, "county_code": "632525"})
    return metadata


def _guards(kind: str) -> list[str]:
    words = "the audit trail is only ever added to"
    if kind == "postgresql":
        return [
            f"CREATE FUNCTION audit_untouched() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$",
            "CREATE TRIGGER audit_untouched BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_untouched()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    if kind != "sqlite":
        refuse = f"FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{words}'"
    verbs = ("UPDATE", "DELETE")
    return [f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit {refuse}" for verb in verbs]
