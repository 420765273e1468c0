"""Apply exactly a saved plan: each row in a transaction of its own, and the receipt beside it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from attrs import evolve, frozen

from housing_guarantee.adapters.sql import address_of
from housing_guarantee.campaign import Campaign
from housing_guarantee.database import RefusedError, Writer
from housing_guarantee.errors import PlanError, SourceError
from housing_guarantee.source import Source
from housing_guarantee.writeback.corrections import Corrections
from housing_guarantee.writeback.plan import DATABASES, Part, Plan, Row, save_plan, sources_of
from housing_guarantee.writeback.receipt import Entry, Receipt, State
from housing_guarantee.writeback.rows import ChangedError, write_row

__all__ = ["Applied", "Outcome", "apply_plan"]

_SHORT = 16  # digits of a plan's digest by which its files are told from another plan's


@frozen
class Outcome:
    """What became of a row of the plan."""

    row: Row
    entry: Entry


@frozen
class Applied:
    """What became of a plan.

    :param outcomes: in the order of the plan's rows
    :param faults: of sources that could not be used; the rows not come to are `State.UNREACHED`
    :param undo: the plan that takes this one back; None where it has written nothing
    :param files: correction files
    """

    outcomes: tuple[Outcome, ...]
    faults: tuple[SourceError, ...]
    receipt: Path
    undo: Path | None
    files: tuple[Path, ...]

    def count(self, state: State) -> int:
        """Count the rows of which this became."""
        return sum(outcome.entry.state is state for outcome in self.outcomes)


def apply_plan(
    plan: Plan,
    campaign: Campaign,
    folder: Path,
    *,
    level: str = "county",
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Applied:
    """Apply a plan; what an earlier run of it has written is found written, and left as it is.

    :param folder: where receipt, undo plan and correction files go
    :param level: who will see the correction files: a village's hold no coordinates and no photos
    :raises PlanError: the plan is about a source or table that the campaign does not name any more
    :raises OutputError: receipt, undo plan or a correction file cannot be written
    """
    tasks = _tasks(plan, campaign)
    corrections = Corrections(folder / f"corrections-{plan.digest[:_SHORT]}", level, campaign)
    became: dict[int, Entry] = {}
    faults: list[SourceError] = []
    with Receipt(folder / f"receipt-{plan.digest[:_SHORT]}.jsonl", plan) as receipt:
        try:
            for source, rows in tasks:
                try:
                    for index, entry in _entries(source, rows, receipt, corrections):
                        receipt.write(index, plan.rows[index], entry)
                        became[index] = entry
                        tick(len(became), len(plan.rows))
                except SourceError as fault:
                    faults.append(fault)
        finally:
            undo = _save_undo(plan, receipt, folder, campaign)
    outcomes = (Outcome(row, became.get(index, Entry(State.UNREACHED))) for index, row in enumerate(plan.rows))
    return Applied(tuple(outcomes), tuple(faults), receipt.path, undo, tuple(corrections.files))


def _tasks(plan: Plan, campaign: Campaign) -> list[tuple[Source, dict[int, Row]]]:
    """Give the rows of each source as the campaign names it now, by their place in the plan."""
    tasks: dict[int, dict[int, Row]] = {}
    for index, row in enumerate(plan.rows):
        found = sources_of(campaign.sources, row.role, row.file, row.table)
        if len(found) != 1:
            raise PlanError(
                f"the campaign has no source {row.source!r} with the plan's table any more; make a plan anew by push",
                zh=f"项目中已没有计划所说的来源“{row.source}”或其表，请重新运行 push",
            )
        tasks.setdefault(found[0], {})[index] = row
    return [(campaign.sources[at], rows) for at, rows in tasks.items()]


def _entries(
    source: Source, rows: Mapping[int, Row], receipt: Receipt, corrections: Corrections
) -> Iterator[tuple[int, Entry]]:
    if source.adapter in DATABASES:
        yield from _written(source, rows, receipt)
    else:
        yield from zip(rows, corrections.of(source, [*rows.values()]), strict=True)


def _written(source: Source, rows: Mapping[int, Row], receipt: Receipt) -> Iterator[tuple[int, Entry]]:
    """Write the rows into their database, one after the other.

    :raises SourceError: the database failed, and trying again did not help
    """
    with Writer(address_of(source), source.name, source.path) as writer:
        for index, row in rows.items():
            yield index, _one(writer, index, row, receipt)


def _one(writer: Writer, index: int, row: Row, receipt: Receipt) -> Entry:
    def intend(entry: Entry) -> None:
        receipt.write(index, row, entry)

    try:
        return writer.transact(lambda connection: write_row(connection, row, intend))
    except ChangedError:
        return Entry(State.CONFLICT, "changed-meanwhile")
    except RefusedError as refusal:
        return Entry(State.REFUSED, str(refusal))


# ------------------------------------------------------------------------------------------------ taking it back


def _save_undo(plan: Plan, receipt: Receipt, folder: Path, campaign: Campaign) -> Path | None:
    """Write the plan that takes back what this plan has written, in this run or an earlier one."""
    written = [(row, receipt.written(index)) for index, row in enumerate(plan.rows)]
    rows = tuple(_turned(row, meant) for row, meant in written if meant)
    if not rows:
        return None
    path = folder / f"undo-{plan.digest[:_SHORT]}.json"
    save_plan(Plan(plan.campaign, plan.county_code, rows, undoes=plan.digest), path, campaign)
    return path


def _turned(row: Row, meant: Entry) -> Row:
    """Exchange old and new; what stands in the version once this plan has written the row is what must stand there."""
    version = Part(row.version.field, row.version.column, meant.version) if row.version else None
    changes = tuple(evolve(change, old=change.new, new=change.old) for change in row.changes)
    return evolve(row, version=version, changes=changes)
