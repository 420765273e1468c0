"""The full circle on a demo county: checked, handed out, filled in, fed back, checked again, pushed, checked once more.

Only the villages are played: they call every finding of some codes rectified, and really mend one of each, which the
app's newer export shows. Everything else is done as a county does it, on the county's own files.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from housing_guarantee.adapters.grid import Sheet
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.campaign import Campaign
from housing_guarantee.demo.files import EXPORT
from housing_guarantee.demo.sheets import SheetWriter, workbook
from housing_guarantee.demo.truth import Truth
from housing_guarantee.feedback import take_back
from housing_guarantee.findings import Finding, Severity, Status
from housing_guarantee.report import Result
from housing_guarantee.reports.columns import field_of, say_answer
from housing_guarantee.reports.tokens import is_row_token
from housing_guarantee.tracking.lives import Answer
from housing_guarantee.writeback.apply import Applied, apply_plan
from housing_guarantee.writeback.plan import load_plan, save_plan
from housing_guarantee.writeback.planning import make_plan
from housing_guarantee.writeback.receipt import State

__all__ = ["Circle", "Turn"]

RETURNED = "交回"
_DAY = "2020-06-13"
_DONE = {"整改情况": "已加固并硬化", "整改状态": "已整改", "整改完成时间": _DAY}
MENDED: Mapping[str, Mapping[str, str]] = {
    "guarantee.not-visited": {"是否入户": "是"},
    "safety.answer-missing": {"是否变危、返危": "否"},
    "safety.problem-open": _DONE,
    "safety.rectified-without-proof": _DONE,
    "safety.unsafe": {"住房是否安全": "是", "是否变危、返危": "否"},
}
"""Code → what is typed into the app once it is rectified, by header of its export."""


@frozen
class Turn:
    """One step of the circle.

    :param name: as in ``circle.toml``
    :param figures: for its sentence
    :param ok: whether it came out as it must
    """

    name: str
    figures: Mapping[str, int]
    ok: bool = True


@define
class Circle:
    """A demo county on its way round.

    :param folder: where the county lies, that has been checked once and whose lists are written
    :param first: the result of that check
    :param check: checks the county again, remembers it, and writes the reports
    """

    folder: Path
    truth: Truth
    first: Result
    check: Callable[[], Result]
    _claims: dict[str, Finding] = field(factory=dict)
    _mended: set[str] = field(factory=set)

    def turns(self) -> Iterator[Turn]:
        """Go round, and give each step when it is done."""
        yield Turn("check", {"households": len(self.first.households), "findings": len(_open(self.first))})
        lists = sorted(path for path in (self.folder / "out/rectification").glob("*.xlsx") if path.stem != "all")
        yield from self._answer(lists)
        after = self.check()
        yield self._compare(after)
        yield from self._push(after)

    # -------------------------------------------------------------------------------------------- the villages

    def _answer(self, lists: list[Path]) -> Iterator[Turn]:
        books = {path: read_sheets(path.read_bytes(), path.name) for path in lists}
        cells = [str(cell) for sheets in books.values() for sheet in sheets for row in sheet.rows for cell in row[:1]]
        rows = sum(map(is_row_token, cells))
        yield Turn("hand-out", {"workbooks": len(lists), "rows": rows}, rows == len(_listed(self.first)))
        self._claims = {finding.key: finding for finding in _open(self.first) if finding.code in MENDED}
        word = say_answer(Answer.RECTIFIED, self.first.language)
        returned = [_fill_in(sheets, self.folder / RETURNED / path.name, word) for path, sheets in books.items()]
        self._mended = self._mend()
        yield Turn("fill-in", {"claims": len(self._claims), "mended": len(self._mended)})
        taken = take_back(self.first.campaign, returned).taken.decisions
        claimed = sum(decision.why.is_taken for decision in taken)
        figures = {"claimed": claimed, "refused": sum(decision.why.is_refused for decision in taken)}
        yield Turn("feed-back", figures, (claimed, figures["refused"]) == (len(self._claims), 0))

    def _mend(self) -> set[str]:
        """Rectify the first finding of each code, and export the records anew; give the keys of those findings."""
        cells: dict[int, Mapping[str, str]] = {}
        mended = set()
        for code, typed in MENDED.items():
            place = next((one for one in self.truth.planted if (one.code, one.file) == (code, EXPORT)), None)
            if place and place.row:
                cells[place.row] = typed
                mended |= {k for k, f in self._claims.items() if (f.code, f.household_id) == (code, place.household_id)}
        _export_anew(self.folder / EXPORT, cells)
        return mended

    def _compare(self, after: Result) -> Turn:
        """Say what became of the claims: only what was mended is closed."""
        lives = after.tracked.lives if after.tracked else {}
        closed = {key for key in self._claims if lives[key].state is Status.CLOSED}
        still = {key for key in self._claims if lives[key].state is Status.CLAIMED}
        figures = {"claims": len(self._claims), "closed": len(closed), "still": len(still)}
        return Turn("check-again", figures, closed == self._mended and still == set(self._claims) - closed)

    # -------------------------------------------------------------------------------------------- the systems

    def _push(self, result: Result) -> Iterator[Turn]:
        campaign, folder = result.campaign, self.folder / "out" / "push"
        made = make_plan(result)
        save_plan(made, folder / "plan.json", campaign)
        values = sum(len(row.changes) for row in made.rows)
        yield Turn("plan", {"rows": len(made.rows), "values": values, "left": len(made.left_out)})
        applied, again = _apply(campaign, folder), _apply(campaign, folder)
        figures = {
            "applied": applied.count(State.APPLIED),
            "conflicts": applied.count(State.CONFLICT),
            "again": again.count(State.APPLIED),
        }
        rows = len(made.rows)
        yield Turn("apply", figures, figures == {"applied": rows, "conflicts": 0, "again": 0})
        wrong = {change.finding for row in made.rows for change in row.changes}
        last = self.check()
        lives = last.tracked.lives if last.tracked else {}
        closed = sum(lives[key].state is Status.CLOSED for key in wrong)
        yield Turn("last", {"wrong": len(wrong), "closed": closed, "left": len(_open(last))}, closed == len(wrong))


def _apply(campaign: Campaign, folder: Path) -> Applied:
    return apply_plan(load_plan(folder / "plan.json", campaign), campaign, folder)


def _listed(result: Result) -> list[Finding]:
    return [finding for finding in result.findings if finding.severity is not Severity.INFO]


def _open(result: Result) -> list[Finding]:
    return [finding for finding in _listed(result) if finding.status is not Status.WAIVED]


# ------------------------------------------------------------------------------------------------ played by hand


def _fill_in(sheets: list[Sheet], path: Path, word: str) -> Path:
    """Fill in a list as a village does, in a spreadsheet program that keeps the cells and nothing else."""
    path.parent.mkdir(exist_ok=True)
    book = workbook(path)
    for sheet in sheets:
        writer = SheetWriter(book, sheet.name or "")
        columns: dict[str, int] = {}
        for row in sheet.rows:
            cells = list(row)
            if not columns and "token" in (names := [field_of(str(cell)) for cell in cells]):
                columns = {name: at for at, name in enumerate(names) if name}
            elif columns and cells[columns["code"]] in MENDED:
                cells[columns["status"]], cells[columns["done_on"]] = word, _DAY
                cells[columns["measure"]] = "入户核实，已整改"
            writer.write(cells)
    book.close()
    return path


def _export_anew(path: Path, cells: Mapping[int, Mapping[str, str]]) -> None:
    """Write the app's export as it is once somebody has typed these values, by row as a spreadsheet counts."""
    (sheet,) = read_sheets(path.read_bytes(), path.name)
    header: list[Any] = list(sheet.rows[0])
    book = workbook(path)
    writer = SheetWriter(book, sheet.name or "")
    for number, row in enumerate(sheet.rows, 1):
        typed = {header.index(name): value for name, value in cells.get(number, {}).items()}
        writer.write([typed.get(at, cell) for at, cell in enumerate(row)])
    book.close()
