"""Proves, household by household, whether a family has safe housing (住房安全有保障).

Everything is imported when it is first asked for, so that the command answers at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from housing_guarantee.campaign import Campaign
    from housing_guarantee.casefiles import CaseFile
    from housing_guarantee.errors import CampaignError, CaseFileError, HousingGuaranteeError, PluginError, SourceError
    from housing_guarantee.findings import Finding, HouseholdResult, Severity, Verdict
    from housing_guarantee.hookspecs import hookimpl
    from housing_guarantee.linkage.match import Match, link
    from housing_guarantee.opening import load_campaign
    from housing_guarantee.photos.facts import Photo, read_photo
    from housing_guarantee.plain import casefile_of
    from housing_guarantee.report import Result
    from housing_guarantee.rule import Breach, Fix, Group, Proof, Topic, Words
    from housing_guarantee.runner import check, run

__all__ = [
    "Breach",
    "Campaign",
    "CampaignError",
    "CaseFile",
    "CaseFileError",
    "Finding",
    "Fix",
    "Group",
    "HouseholdResult",
    "HousingGuaranteeError",
    "Match",
    "Photo",
    "PluginError",
    "Proof",
    "Result",
    "Severity",
    "SourceError",
    "Topic",
    "Verdict",
    "Words",
    "casefile_of",
    "check",
    "hookimpl",
    "link",
    "load_campaign",
    "read_photo",
    "run",
]

_ROOMS = {
    "campaign": ("Campaign",),
    "casefiles": ("CaseFile",),
    "errors": ("CampaignError", "CaseFileError", "HousingGuaranteeError", "PluginError", "SourceError"),
    "findings": ("Finding", "HouseholdResult", "Severity", "Verdict"),
    "hookspecs": ("hookimpl",),
    "linkage.match": ("Match", "link"),
    "opening": ("load_campaign",),
    "photos.facts": ("Photo", "read_photo"),
    "plain": ("casefile_of",),
    "report": ("Result",),
    "rule": ("Breach", "Fix", "Group", "Proof", "Topic", "Words"),
    "runner": ("check", "run"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("housing-guarantee")
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)  # asked for only once
    return found


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
