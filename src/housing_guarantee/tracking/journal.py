"""What a workspace holds, read and written through one open transaction."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import asdict, evolve, field, frozen

from housing_guarantee.findings import Severity, Status
from housing_guarantee.linkage.match import Link
from housing_guarantee.models import Place
from housing_guarantee.reviews import Look, Review
from housing_guarantee.tracking.audit import Entry
from housing_guarantee.tracking.follow import Change
from housing_guarantee.tracking.lives import Answer, Event, Life
from housing_guarantee.tracking.schema import tables

__all__ = ["Given", "Happening", "Journal", "Run"]

_TOGETHER = 200  # values in one statement


@frozen
class Run:
    """One check that was recorded.

    :param as_of: the moment of the run, ISO in UTC+8
    :param data: digest of everything that was read
    :param counts: findings by state, errors and warnings alone, as they stood after it
    """

    number: int
    as_of: str
    data: str
    rule_set: str
    counts: Mapping[str, int]


@frozen
class Happening:
    """What happened to one finding.

    :param cause: ``run 3``, or ``file`` and the digest of the workbook that came back
    :param run: the run, or the last one before the file came
    """

    key: str
    run: int
    cause: str
    event: Event
    before: Status | None
    after: Status


@frozen
class Given:
    """What a person wrote into one row of a list that came back.

    :param key: of the finding that the row is about
    :param file: SHA-256 of the list
    :param done_on: a day (ISO), or empty
    """

    key: str
    file: str
    answer: Answer
    measure: str = field(default="", repr=False)
    done_on: str = ""
    note: str = field(default="", repr=False)

    @property
    def said(self) -> tuple[Answer, str, str, str]:
        """Everything that was filled in."""
        return (self.answer, self.measure, self.done_on, self.note)


class Journal:
    """The tables of one workspace, within one transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._tables = tables().tables

    # -------------------------------------------------------------------------------------------- reading

    def lives(self) -> dict[str, Life]:
        """Give every finding that any run found, by key."""
        return {life.key: life for life in map(_life, self._rows("findings", "key"))}

    def runs(self) -> tuple[Run, ...]:
        """Give every run, in order."""
        return tuple(
            Run(row.number, row.as_of, row.data, row.rule_set, json.loads(row.counts))
            for row in self._rows("runs", "number")
        )

    def last_run(self) -> Run | None:
        """Give the last run."""
        runs = self.runs()
        return runs[-1] if runs else None

    def happenings(self, after: int = 0) -> tuple[Happening, ...]:
        """Give what happened from the run behind ``after`` on, in order."""
        events = self._tables["events"]
        rows = self._connection.execute(events.select().where(events.c.run > after).order_by(events.c.id))
        return tuple(
            Happening(r.key, r.run, r.cause, Event(r.event), Status(r.before) if r.before else None, Status(r.after))
            for r in rows
        )

    def answers(self) -> tuple[Given, ...]:
        """Give everything that people answered, in order."""
        return tuple(
            Given(row.key, row.file, Answer(row.answer), row.measure, row.done_on, row.note)
            for row in self._rows("answers", "id")
        )

    def links(self) -> tuple[Link, ...]:
        """Give the ledger rows that people have settled, and then those that they said are not a household's."""
        return (*self._links("links"), *(evolve(link, denied=True) for link in self._links("denials")))

    def _links(self, name: str) -> Iterable[Link]:
        rows = self._rows(name, "source", "file_no", "sheet", "row", "household_id")
        return (
            Link(row.source, row.household_id, row.file_no or None, row.sheet or None, row.row or None) for row in rows
        )

    def reviews(self) -> tuple[Review, ...]:
        """Give everything that people saw who looked at photos, in the order in which it came in."""
        return tuple(
            Review(row.household_id, row.photo, Look(row.look), row.reviewer, row.at)
            for row in self._rows("reviews", "id")
        )

    def audit(self) -> tuple[Entry, ...]:
        """Give the audit trail, in order."""
        return tuple(Entry(**row._mapping) for row in self._rows("audit", "number"))

    def last_audit(self) -> Entry | None:
        """Give the last entry of the audit trail."""
        table = self._tables["audit"]
        row = self._connection.execute(table.select().order_by(table.c.number.desc()).limit(1)).first()
        return Entry(**row._mapping) if row else None

    def every(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Give every row of a table, as it stands there."""
        return (row._mapping for row in self._connection.execute(self._tables[name].select()))

    def _rows(self, name: str, *order: str) -> Any:
        table = self._tables[name]
        return self._connection.execute(table.select().order_by(*(table.c[column] for column in order)))

    # -------------------------------------------------------------------------------------------- writing

    def add_run(self, run: Run) -> None:
        """Record a run."""
        self._insert("runs", [{**asdict(run), "counts": json.dumps(dict(run.counts), sort_keys=True)}])

    def put(self, changes: Iterable[Change], *, run: int, cause: str) -> None:
        """Write every finding that was touched as it stands now, and what happened to it."""
        changes = tuple(changes)
        fresh = [change.life for change in changes if change.before is None]
        self._insert("findings", [_row(life) for life in fresh])
        self._update([_row(change.life) for change in changes if change.before is not None])
        told = [
            {
                "key": change.life.key,
                "run": run,
                "cause": cause,
                "event": change.event.value,
                "before": change.before.value if change.before else None,
                "after": change.life.state.value,
            }
            for change in changes
            if change.event is not None
        ]
        self._insert("events", told)

    def add_answers(self, answers: Iterable[Given], run: int) -> None:
        """Keep what people answered."""
        self._insert("answers", [{**asdict(one), "answer": one.answer.value, "run": run} for one in answers])

    def put_link(self, link: Link, file: str) -> None:
        """Settle a ledger row, or deny it; a later word on the same row replaces the earlier one.

        A row is one household's at most, while any number of households may have said that it is not theirs.
        """
        self.drop_link(link)
        place = {"source": link.source, "file_no": link.file_no or "", "sheet": link.sheet or "", "row": link.row or 0}
        row = {**place, "household_id": link.household_id, "file": file}
        self._connection.execute(self._tables[_table_of(link)].insert(), row)

    def drop_link(self, link: Link) -> None:
        """Take back what was settled of a ledger row, or what the household said of it."""
        c = self._tables[_table_of(link)].c
        here = (c.source == link.source) & (c.file_no == (link.file_no or ""))
        here &= (c.sheet == (link.sheet or "")) & (c.row == (link.row or 0))
        if link.denied:
            here &= c.household_id == link.household_id
        self._connection.execute(self._tables[_table_of(link)].delete().where(here))

    def add_reviews(self, reviews: Iterable[Review], file: str) -> None:
        """Keep what a person saw in photos.

        :param file: SHA-256 of the file in which it came
        """
        self._insert("reviews", [{**asdict(one), "look": one.look.value, "file": file} for one in reviews])

    def delete(self, name: str, column: str, values: Sequence[str]) -> int:
        """Take rows out of a table for good, and say how many."""
        table, removed = self._tables[name], 0
        for at in range(0, len(values), _TOGETHER):
            which = table.c[column].in_(values[at : at + _TOGETHER])
            removed += self._connection.execute(table.delete().where(which)).rowcount
        return removed

    def add_audit(self, entry: Entry) -> None:
        """Add an entry to the audit trail."""
        self._insert("audit", [asdict(entry)])

    def _insert(self, name: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(self._tables[name].insert(), rows)

    def _update(self, rows: list[dict[str, Any]]) -> None:
        import sqlalchemy as sa

        if rows:
            table = self._tables["findings"]
            which = table.c.key == sa.bindparam("which")
            self._connection.execute(table.update().where(which), [{**row, "which": row["key"]} for row in rows])


def _table_of(link: Link) -> str:
    return "denials" if link.denied else "links"


def _row(life: Life) -> dict[str, Any]:
    row = asdict(life, recurse=False)
    place = row.pop("place")
    return {
        **row,
        "severity": life.severity.value,
        "state": life.state.value,
        "event": life.event.value,
        "answer": life.answer.value if life.answer else None,
        "roles": json.dumps(life.roles),
        "township": place.township,
        "village": place.village,
        "area_code": place.area_code,
    }


def _life(row: Any) -> Life:
    fields = dict(row._mapping)
    place = Place(fields.pop("township"), fields.pop("village"), fields.pop("area_code"))
    return Life(
        **{
            **fields,
            "place": place,
            "severity": Severity(row.severity),
            "state": Status(row.state),
            "event": Event(row.event),
            "answer": Answer(row.answer) if row.answer else None,
            "roles": tuple(json.loads(row.roles)),
        }
    )
