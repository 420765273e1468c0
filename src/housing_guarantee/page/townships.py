"""A large run's page is shared out: a page a township, and one that counts them all and leads to each.

Each page is made, written and let go before the next, so that memory does not grow with the county.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from housing_guarantee.findings import Severity, Verdict
from housing_guarantee.page.chart import chart_of
from housing_guarantee.page.content import content_of, rules_of
from housing_guarantee.page.frame import Frame
from housing_guarantee.page.progress import days_of, in_window
from housing_guarantee.report import Result
from housing_guarantee.reports.shares import Share, by_township
from housing_guarantee.reports.workbook import LONGEST_STEM, unique_name
from housing_guarantee.units import Unit

__all__ = ["FOLDER", "MOST", "Township", "index_of", "pages_of", "townships_of"]

MOST = 20_000
"""Households and findings that one file holds: about 10 MB, which a browser still opens within a second."""
FOLDER = "report"


@frozen
class Township:
    """One township, and where its page stands.

    :param file: relative to the index
    """

    unit: Unit
    file: str
    share: Share


def townships_of(result: Result) -> list[Township]:
    """Share out findings and households among the townships, none left over; what names no township comes last."""
    taken: set[str] = set()
    shares = by_township(Share(result.findings, result.households))

    def file(unit: Unit) -> str:
        stem = f"{unit.code}-{result.public.masking.show('township', unit.name)}".strip("-")
        return f"{FOLDER}/{unique_name(stem, taken, LONGEST_STEM)}.html"

    ordered = sorted(shares, key=lambda unit: (not (unit.code or unit.name), unit))
    return [Township(unit, file(unit), shares[unit]) for unit in ordered]


def pages_of(result: Result, frame: Frame, townships: list[Township]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the content of each township's page, one after the other, with its file."""
    for one in townships:
        outcome = evolve(result.outcome, findings=one.share.findings, households=one.share.households)
        content = content_of(evolve(result, outcome=outcome), frame)
        yield one.file, {**content, "up": "../report.html", "unit": one.unit.name}


def index_of(result: Result, frame: Frame, townships: list[Township]) -> dict[str, Any]:
    """Give the content of the page that counts them all."""
    causes = Counter(f.code for f in result.findings if f.severity is not Severity.INFO)
    return {
        **frame.fixed,
        "households": [],
        "findings": [],
        "villages": [],
        "recorders": [],
        "texts": [],
        "rules": rules_of(result),
        "map": chart_of(result, {}),
        "progress": days_of(result.households, frame.casefiles, result.campaign),
        "index": {
            "townships": [
                [one.unit.name, one.file, one.unit.code, *_numbers(result, frame, one.share)] for one in townships
            ],
            "total": _numbers(result, frame, Share(result.findings, result.households)),
            "causes": sorted(causes.items(), key=lambda pair: (-pair[1], pair[0])),
        },
    }


def _numbers(result: Result, frame: Frame, share: Share) -> list[int]:
    """Count households, those verified within the window, each verdict in its order, then errors and warnings."""
    within = sum(in_window(frame.casefiles[one.household_id], result.campaign) for one in share.households)
    verdicts: Mapping[Verdict, int] = Counter(household.verdict for household in share.households)
    severities = Counter(finding.severity for finding in share.findings)
    counted = [verdicts.get(verdict, 0) for verdict in Verdict]
    return [len(share.households), within, *counted, severities[Severity.ERROR], severities[Severity.WARNING]]
