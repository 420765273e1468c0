"""整改清单: the workbooks that are handed out, worked through and sent back, one a township and one for the county.

A row is one finding: what is wrong, where it stands, what to do, who does it, by when; and beside it the columns to
fill in. Names stand, because whoever works through the list must find the house; identity numbers stay masked (W2).
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from housing_guarantee.findings import Severity
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.report import Report, Result, replace_file
from housing_guarantee.reports.pages import Pages, Row, label
from housing_guarantee.reports.shares import Share, by_township, by_village
from housing_guarantee.reports.tokens import is_row_token, row_token
from housing_guarantee.reports.workbook import LONGEST_STEM, Book, unique_name
from housing_guarantee.units import Unit

__all__ = ["Rectification", "is_row_token", "row_token"]

_COUNTY = "all"
_NOWHERE, _NOTHING = Unit("", ""), Share((), ())


class Rectification:
    """Writes a workbook for every township with errors or warnings, and one for the county."""

    name = "rectification"

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the workbooks; each replaces an earlier one only when it is whole.

        A township of this run that has nothing to rectify any more loses its workbook; no other file is touched.

        :raises WorkbookError: a cell or a file could not be written whole
        """
        findings = tuple(finding for finding in result.findings if finding.severity is not Severity.INFO)
        county = Share(findings, result.households)
        townships = by_township(county)
        target = folder / self.name
        written, stale, taken = [], [], {_COUNTY}
        for township, share in {_NOWHERE: _NOTHING, **townships}.items():
            path = target / f"{unique_name(_stem(result, township), taken, LONGEST_STEM)}.xlsx"
            if share.findings:
                written.append(replace_file(path, _township(result, share)))
            else:
                stale.append(path)
        written.append(replace_file(target / f"{_COUNTY}.xlsx", _county(result, county, townships)))
        for path in stale:
            path.unlink(missing_ok=True)
        return written


def _stem(result: Result, township: Unit) -> str:
    name = label(result, "township", township.name)
    return f"{township.code}-{name}" if township.code else name


def _township(result: Result, share: Share) -> Callable[[Path], None]:
    """Write a township's workbook: a list for each village that has one to work through."""

    def write(path: Path) -> None:
        with Book(path, result.campaign.name, result.campaign.as_of) as book:
            pages = Pages(book, result)
            rows: list[Row] = []
            for village, own in by_village(share).items():
                name = label(result, "village", village.name)
                rows.append((name, own, pages.lists(name, own.open) if own.open else []))
            pages.overview(rows, share, pages.waived(share))

    return write


def _county(result: Result, share: Share, townships: Mapping[Unit, Share]) -> Callable[[Path], None]:
    """Write the county's workbook: everything on one list."""

    def write(path: Path) -> None:
        with Book(path, result.campaign.name, result.campaign.as_of) as book:
            pages = Pages(book, result)
            rows: list[Row] = [
                (f"{label(result, 'township', township.name)} {label(result, 'village', village.name)}", own, [])
                for township, part in townships.items()
                for village, own in by_village(part).items()
            ]
            lists = pages.lists(pages.say("county"), share.open)
            pages.overview(rows, share, [*lists, *pages.waived(share)])

    return write


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [Rectification()]
