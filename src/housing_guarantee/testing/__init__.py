"""The kit for whoever writes a plugin: case files from typed cells, photos, workbooks, and what a rule is held to.

Everything is imported when it is first asked for, so that a test run that does not use it pays nothing. The strategies
need hypothesis and the conformance suite needs pytest: ``pip install 'housing-guarantee[testing]'``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from housing_guarantee.testing.asking import answers_of, ask, assert_breaches, campaign, judged, survey
    from housing_guarantee.testing.casefiles import casefile, match, papers, photo
    from housing_guarantee.testing.conformance import Conformance
    from housing_guarantee.testing.county import write_demo_county
    from housing_guarantee.testing.exif import photo_file
    from housing_guarantee.testing.records import (
        HOUSEHOLD_ID,
        PLACE,
        SOURCES,
        accommodated,
        appraisal,
        entry,
        household,
        id_number,
        in_system,
        indexed,
        renovated,
        verification,
    )
    from housing_guarantee.testing.workbooks import xlsx

__all__ = [
    "HOUSEHOLD_ID",
    "PLACE",
    "SOURCES",
    "Conformance",
    "accommodated",
    "answers_of",
    "appraisal",
    "ask",
    "assert_breaches",
    "campaign",
    "casefile",
    "entry",
    "household",
    "id_number",
    "in_system",
    "indexed",
    "judged",
    "match",
    "papers",
    "photo",
    "photo_file",
    "renovated",
    "survey",
    "verification",
    "write_demo_county",
    "xlsx",
]

_ROOMS = {
    "asking": ("answers_of", "ask", "assert_breaches", "campaign", "judged", "survey"),
    "casefiles": ("casefile", "match", "papers", "photo"),
    "conformance": ("Conformance",),
    "county": ("write_demo_county",),
    "exif": ("photo_file",),
    "records": (
        *("HOUSEHOLD_ID", "PLACE", "SOURCES", "accommodated", "appraisal", "entry", "household", "id_number"),
        *("in_system", "indexed", "renovated", "verification"),
    ),
    "workbooks": ("xlsx",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)  # asked for only once
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
