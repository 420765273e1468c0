"""Workbooks and delimited files that offices send: xlsx, xls, csv, whatever their suffix says.

A row is what the role says: a person or a household of the roster, a ledger row, an appraisal. Title rows, totals,
footers, hidden sheets and sheets without the needed columns are left out and counted.
"""

from collections.abc import Iterator
from typing import ClassVar

from housing_guarantee.adapters.tables import NEEDED, read_file, read_tables
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.definition import Definition
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.source import Account, Adapter, Item, Source, Tick

__all__ = ["Excel"]


class Excel:
    """Reads one workbook or delimited file."""

    name: ClassVar[str] = "excel"
    roles: ClassVar[tuple[str, ...]] = tuple(NEEDED)
    options: ClassVar[tuple[str, ...]] = ()

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Item]:
        """Yield the records of every sheet that has the needed columns.

        :raises SourceError: the file cannot be opened, or no sheet has the columns the role needs
        """
        data, account.digest = read_file(source.path, source.name)
        sheets = read_sheets(data, source.name, source.limits)
        yield from read_tables(sheets, source.name, source, account, definition)


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [Excel]
