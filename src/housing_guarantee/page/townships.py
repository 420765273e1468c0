"""A large run's page is shared out: a page a township, and one that counts them all and leads to each.

Each page is made, written and let go before the next, so that memory does not grow with the county.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import evolve, frozen

from housing_guarantee.findings import Severity, Verdict
from housing_guarantee.page.chart import chart_of
from housing_guarantee.page.content import content_of, rules_of
from housing_guarantee.page.frame import Frame
from housing_guarantee.report import Result
from housing_guarantee.reports.shares import Share, by_township
from housing_guarantee.reports.workbook import unique_name
from housing_guarantee.units import Unit

__all__ = ["FOLDER", "MOST", "Township", "index_of", "pages_of", "townships_of"]

MOST = 6_000
"""Households that one file holds: about 8 MB, which a browser still opens within a second or two."""
FOLDER = "report"
_LONGEST_STEM = 80


@frozen
class Township:
    """One township, and where its page stands.

    :param file: relative to the index
    """

    unit: Unit
    file: str
    share: Share


def townships_of(result: Result) -> list[Township]:
    """Share out findings and households among the townships, none left over."""
    taken: set[str] = set()
    show = result.public.masking.show
    return [
        Township(
            unit, f"{FOLDER}/{unique_name(_stem(unit, show('township', unit.name)), taken, _LONGEST_STEM)}.html", own
        )
        for unit, own in by_township(Share(result.findings, result.households)).items()
    ]


def _stem(unit: Unit, name: str) -> str:
    return "-".join(part for part in (unit.code, name) if part) or "-"


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
        "index": {
            "townships": [[one.unit.name, one.file, *_numbers(one.share)] for one in townships],
            "total": _numbers(Share(result.findings, result.households)),
            "causes": sorted(causes.items(), key=lambda pair: (-pair[1], pair[0])),
        },
    }


def _numbers(share: Share) -> list[int]:
    """Count households, by verdict in their order, then errors and warnings."""
    verdicts = Counter(household.verdict for household in share.households)
    severities = Counter(finding.severity for finding in share.findings)
    counted = (verdicts[verdict] for verdict in Verdict)
    return [len(share.households), *counted, severities[Severity.ERROR], severities[Severity.WARNING]]
