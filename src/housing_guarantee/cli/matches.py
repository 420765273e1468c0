"""Why records of the app, and rows of the ledgers and lists, were taken for a household's, field by field, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.linkage.evidence import AGREEING, DIFFERING, Evidence
from housing_guarantee.linkage.match import Match
from housing_guarantee.models import Cell
from housing_guarantee.render import Renderer

__all__ = ["match_data", "match_lines"]


def match_lines(casefile: CaseFile, renderer: Renderer) -> list[str]:
    """Give two lines for each row: where it stands, and what of it agrees, differs, or is not known."""
    lines = []
    for match in _matches(casefile):
        sure = renderer.term("certain" if match.certain else "uncertain")
        lines.append(f"  {renderer.place(_cell(match))}: {sure}")
        said = _said(match, casefile.household_id)
        lines += [f"       {renderer.term(how)}: {renderer.text('reason', words)}" for how, words in said.items()]
    return lines


def match_data(casefile: CaseFile, renderer: Renderer) -> list[dict[str, Any]]:
    """Give the same for JSON, with what the agreement weighs and how likely it makes the household."""
    return [
        {
            "origin": renderer.origin(_cell(match)),
            "certain": match.certain,
            **{how.replace("-", "_"): list(words) for how, words in _said(match, casefile.household_id).items()},
            **_weighed(_evidence(match, casefile.household_id)),
        }
        for match in _matches(casefile)
    ]


def _matches(casefile: CaseFile) -> Iterator[Match[Any]]:
    yield from casefile.recorded
    yield from casefile.ledger
    yield from casefile.candidates
    yield from casefile.appraisals
    yield from casefile.appraisal_candidates


def _cell(match: Match[Any]) -> Cell:
    """Point at what the row bears: the household's number where that is what settles it, else the name."""
    (cell, *_) = match.record.at("household_id" if "household-number" in match.reasons else "head_name")
    return cast(Cell, cell)


def _evidence(match: Match[Any], household_id: str) -> Evidence | None:
    return next((one for one in match.evidence if one.household_id == household_id), None)


def _said(match: Match[Any], household_id: str) -> Mapping[str, tuple[str, ...]]:
    """Sort what is known of a match into what agrees, what differs, and what is not known."""
    evidence = _evidence(match, household_id)
    if evidence is None:
        return {"agree": match.why(household_id)}
    said = tuple(dict.fromkeys((*evidence.agreement, *match.why(household_id))))
    differ = tuple(word for word in said if word in DIFFERING)
    unknown = tuple(word for word in evidence.agreement if word not in AGREEING | DIFFERING)
    agree = tuple(word for word in said if word not in {*differ, *unknown})
    return {how: words for how, words in (("agree", agree), ("differ", differ), ("not-known", unknown)) if words}


def _weighed(evidence: Evidence | None) -> Mapping[str, float]:
    if evidence is None:
        return {}
    return {"bits": round(evidence.bits, 1), "probability": round(evidence.probability, 4)}
