"""整改清单回收: read the lists that came back, and take what people wrote, all at once or not at all.

A row is told by its token wherever that stands now; a column by its header in either language. The files are read
behind the same guard as any stranger's workbook.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from housing_guarantee.adapters.grid import Sheet
from housing_guarantee.adapters.tables import read_file
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.campaign import Campaign
from housing_guarantee.converters import Misread, clean, to_code, to_period
from housing_guarantee.errors import SourceError
from housing_guarantee.reports.columns import field_of, read_answer
from housing_guarantee.reports.tokens import is_row_token, row_token
from housing_guarantee.tracking.journal import Given, Journal
from housing_guarantee.tracking.replies import Reply, Taken, Why, take
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.tracking.tracker import note
from housing_guarantee.workspace import workspace_key

__all__ = ["Feedback", "Gap", "take_back"]

_FIRST_ROWS = 20  # among which the header stands, also where somebody put lines above it
_COUNT = re.compile(r"(?<![0-9])([0-9]{1,6})(?:个问题| findings)")  # no sheet has a million rows


@frozen
class Gap:
    """Rows that a list was handed out with and that it no longer has.

    :param numbers: their numbers (序号), where that column still tells
    """

    file: str
    sheet: str
    rows: int
    numbers: tuple[int, ...]


@frozen
class Feedback:
    """What came back.

    :param digests: file → SHA-256, of those that could be read
    :param problems: faults of files that could not be read, by language
    """

    taken: Taken
    digests: Mapping[str, str]
    gaps: tuple[Gap, ...]
    problems: tuple[Mapping[str, str], ...]


def take_back(campaign: Campaign, files: Iterable[Path]) -> Feedback:
    """Read lists that came back and take what they say, in one transaction.

    :raises WorkspaceError: the workspace cannot be used; nothing was taken
    """
    workspace = Workspace.of(campaign)
    books, problems = _read(files)
    tokens = {row_token(key): key for key in workspace.read(Journal.lives, ())}
    replies = [reply for book in books for sheet in book.sheets for reply in _replies(book, sheet, tokens)]
    gaps = tuple(gap for book in books for sheet in book.sheets if (gap := _gap(book, sheet)))
    digests = {book.name: book.digest for book in books}
    key = workspace_key(campaign.folder / campaign.workspace)

    def work(journal: Journal) -> Taken:
        last = journal.last_run()
        run = last.number if last else 0
        taken = take(replies, journal.lives(), journal.answers(), journal.links(), run)
        if taken.answers:
            _write(journal, taken, run, key)
        return taken

    taken = workspace.write(work) if tokens else take(replies, {}, (), (), 0)
    workspace.close()
    return Feedback(taken, digests, gaps, tuple(problems))


def _write(journal: Journal, taken: Taken, run: int, key: bytes) -> None:
    by_key = {given.key: given.file for given in taken.answers}
    files = sorted(set(by_key.values()))
    for file in files:
        own = [change for change in taken.changes if by_key[change.life.key] == file]
        journal.put(own, run=run, cause=f"file {file}")
    journal.add_answers(taken.answers, run)
    for link, file in taken.settled:
        journal.put_link(link, file)
    for link in taken.unsettled:
        journal.drop_link(link)
    counts = Counter(decision.why.value for decision in taken.decisions)
    details = {"files": files, "settled": len(taken.settled), "unsettled": len(taken.unsettled), **counts}
    note(journal, key, "feedback", details)


# ------------------------------------------------------------------------------------------------ reading


@frozen
class _List:
    """A sheet with rows to take.

    :param columns: field → index
    :param header: index of the header's row, or -1 where there is none any more
    """

    name: str
    rows: Sequence[tuple[Any, ...]]
    columns: Mapping[str, int]
    header: int

    def text(self, row: Sequence[Any], name: str) -> str:
        at = self.columns.get(name)
        return clean(row[at]) if at is not None and at < len(row) else ""

    def cell(self, row: Sequence[Any], name: str) -> Any:
        at = self.columns.get(name)
        return row[at] if at is not None and at < len(row) else None


@frozen
class _Book:
    name: str
    digest: str
    sheets: tuple[_List, ...]


def _read(files: Iterable[Path]) -> tuple[list[_Book], list[Mapping[str, str]]]:
    books: list[_Book] = []
    problems: list[Mapping[str, str]] = []
    for path in dict.fromkeys(files):
        name = str(path)
        try:
            data, digest = read_file(path, name)
            lists = [found for sheet in read_sheets(data, name) if (found := _list_of(sheet))]
            if not lists:
                raise SourceError(name, "it is no rectification list: no row tokens", zh="不是整改清单：没有行标识列")
        except SourceError as error:
            problems.append(_said(error))
            continue
        for one in lists:
            if "status" not in one.columns:
                why, zh = "no column is headed status: nothing of it was taken", "没有“整改状态”列，未采用任何一行"
                problems.append(_said(SourceError(name, why, zh=zh, sheet=one.name)))
        books.append(_Book(name, digest, tuple(one for one in lists if "status" in one.columns)))
    return books, problems


def _said(error: SourceError) -> Mapping[str, str]:
    return {"zh": error.text("zh"), "en": error.text("en")}


def _list_of(sheet: Sheet) -> _List | None:
    """Find the columns by their headers, and the tokens by what they are, should their header be gone."""
    headers = [
        {name: at for at, cell in enumerate(row) if isinstance(cell, str) and (name := field_of(cell))}
        for row in sheet.rows[:_FIRST_ROWS]
    ]
    header = max(range(len(headers)), key=lambda index: len(headers[index]), default=-1)
    columns = headers[header] if headers else {}
    tokens = Counter(
        at for row in sheet.rows for at, cell in enumerate(row) if isinstance(cell, str) and is_row_token(cell)
    )
    if tokens:
        columns = {**columns, "token": tokens.most_common(1)[0][0]}
    if "token" not in columns:
        return None
    return _List(sheet.name or "", sheet.rows, columns, header if len(columns) > 1 else -1)


def _replies(book: _Book, sheet: _List, tokens: Mapping[str, str]) -> Iterator[Reply]:
    for index, row in enumerate(sheet.rows):
        token = sheet.text(row, "token").upper()
        if index <= sheet.header or not (token or _filled(sheet, row)):
            continue
        key = tokens.get(token)
        given, problem = _given(sheet, row, key or "", book.digest)
        yield Reply(
            file=book.name,
            digest=book.digest,
            sheet=sheet.name,
            row=index + 1,
            key=key,
            household_id=to_code(sheet.cell(row, "household_id")) or "",
            code=sheet.text(row, "code"),
            given=given,
            problem=_fault(token, key) or problem,
        )


def _filled(sheet: _List, row: Sequence[Any]) -> bool:
    return any(sheet.text(row, name) for name in ("status", "measure", "done_on", "note"))


def _fault(token: str, key: str | None) -> Why | None:
    if not token:
        return Why.UNMARKED
    if not is_row_token(token):
        return Why.MARK_DAMAGED
    return None if key else Why.MARK_UNKNOWN


def _given(sheet: _List, row: Sequence[Any], key: str, digest: str) -> tuple[Given | None, Why | None]:
    """Give what was filled in, or why it cannot be understood."""
    if not _filled(sheet, row):
        return None, None
    status = sheet.text(row, "status")
    answer = read_answer(status)
    if answer is None:
        return None, Why.UNKNOWN_WORD if status else Why.NO_ANSWER
    try:
        period = to_period(sheet.cell(row, "done_on"))
    except Misread:
        return None, Why.BAD_DATE
    done_on = str(period) if period else ""
    return Given(key, digest, answer, sheet.text(row, "measure"), done_on, sheet.text(row, "note")), None


def _gap(book: _Book, sheet: _List) -> Gap | None:
    """Say which rows a list has lost: the line above its header says how many it was handed out with."""
    above = " ".join(clean(cell) for row in sheet.rows[: max(sheet.header, 0)] for cell in row)
    counted = _COUNT.search(above)
    if not counted:
        return None
    rows = [row for row in sheet.rows if is_row_token(sheet.text(row, "token"))]
    missing = int(counted[1]) - len({sheet.text(row, "token").upper() for row in rows})
    if missing <= 0:
        return None
    there = {sheet.text(row, "number") for row in rows}
    numbers = tuple(number for number in range(1, int(counted[1]) + 1) if str(number) not in there)
    return Gap(book.name, sheet.name, missing, numbers if len(numbers) == missing else ())
