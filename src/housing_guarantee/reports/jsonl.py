"""The run as data: ``findings.jsonl``, ``households.jsonl``, ``summary.json`` and ``manifest.json``.

The same inputs give the same bytes: everything is sorted, nothing says when or where the program ran.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from housing_guarantee.findings import Finding, HouseholdResult, State, Verdict
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.masking import Masking
from housing_guarantee.outputs import FindingData, HouseholdData
from housing_guarantee.render import Renderer
from housing_guarantee.report import Report, Result, replace_text
from housing_guarantee.source import Account
from housing_guarantee.tracking.tracker import counts_of
from housing_guarantee.waivers import Standing, WaiverUse

__all__ = ["JsonLines", "finding_data", "household_data", "summary", "waiver_data"]


class JsonLines:
    """Writes findings, households, totals and the manifest."""

    name = "jsonl"

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the four files."""
        public = result.public
        findings = (finding_data(finding, public) for finding in result.outcome.findings)
        households = (household_data(household, public) for household in result.outcome.households)
        return [
            replace_text(folder / "findings.jsonl", _lines(findings)),
            replace_text(folder / "households.jsonl", _lines(households)),
            replace_text(folder / "summary.json", _document(summary(result))),
            replace_text(folder / "manifest.json", _document(manifest(result))),
        ]


def finding_data(finding: Finding, renderer: Renderer) -> FindingData:
    """Give a finding as data, masked."""
    return {
        "key": finding.key,
        "code": finding.code,
        "severity": finding.severity,
        "verdict": finding.effect,
        "status": finding.status,
        "household_id": finding.household_id,
        "area_code": finding.place.area_code or None,
        "township": finding.place.township or None,
        "village": finding.place.village or None,
        "clause": finding.clause,
        "message": renderer.message(finding),
        "fix": renderer.fix(finding),
        "by": renderer.rules[finding.code].fix.by,
        "values": renderer.values(finding),
        "origins": [renderer.origin(cell) for cell in finding.cells],
    }


def household_data(household: HouseholdResult, renderer: Renderer) -> HouseholdData:
    """Give a household's verdict as data, with its proofs and what stands against it."""
    return {
        "household_id": household.household_id,
        "area_code": household.place.area_code or None,
        "township": household.place.township or None,
        "village": household.place.village or None,
        "guarantee_type": household.guarantee_type,
        "verdict": household.verdict,
        "waived": household.waived,
        "codes": list(household.codes),
        "proofs": [
            {
                "requirement": result.requirement.name,
                "clause": result.requirement.clause,
                "origins": [renderer.origin(cell) for proof in result.proofs for cell in proof.cells],
            }
            for result in household.requirements
            if result.state is State.MET
        ],
        "requirements": {result.requirement.name: result.state for result in household.requirements},
        "could_not_check": dict(sorted(household.unjudged.items())),
    }


def summary(result: Result) -> dict[str, Any]:
    """Give exact totals by verdict, code and place, and what was read of each source."""
    households, findings = result.outcome.households, result.outcome.findings
    return {
        "campaign": result.campaign.name,
        "as_of": result.campaign.as_of.isoformat(),
        "planned_households": result.campaign.planned_households,
        "households": len(households),
        "verdicts": _verdicts(households),
        "findings": len(findings),
        "severities": dict(sorted(Counter(f.severity.value for f in findings).items())),
        "codes": dict(sorted(Counter(f.code for f in findings).items())),
        "tracking": _tracking(result),
        "waivers": [waiver_data(use, result.public.masking) for use in result.outcome.waivers],
        "townships": _by_place(result, 9, lambda place: place.township),
        "villages": _by_place(result, 12, lambda place: f"{place.township} {place.village}".strip()),
        "sources": [
            {
                "role": account.source.role,
                "source": result.public.file(account.source.name),
                "read": account.read,
                "photos": account.photos,
                "unreadable": account.unreadable,
                "left_out": dict(sorted(account.left_out.items())),
            }
            for account in result.survey.accounts
        ],
    }


def _tracking(result: Result) -> dict[str, Any] | None:
    """Say how what any run found stands now, errors and warnings alone, and what this run changed."""
    tracked = result.tracked
    if tracked is None:
        return None
    listed = [life for life in tracked.lives.values() if life.is_listed]
    return {
        "run": tracked.run,
        "states": counts_of(listed),
        "still_there": sum(life.is_still_there for life in listed),
        "kept": sum(life.is_listed for life in tracked.kept),
        "changes": tracked.changes(),
        "looks_back": tracked.looks_back,
    }


def waiver_data(use: WaiverUse, masking: Masking) -> dict[str, Any]:
    """Give a waiver as data: what is waived, why, by whom and until when, how it stands, and how often it was used."""
    waiver = use.waiver
    return {
        "code": waiver.code,
        "household_id": waiver.household_id,
        "area_code": waiver.area_code,
        "reason": masking.show("reason_given", waiver.reason),
        "approved_by": masking.show("approved_by", waiver.approved_by),
        "expires": str(waiver.expires),
        "standing": use.standing.value,
        "findings": len(use.keys),
    }


def _verdicts(households: Iterable[HouseholdResult]) -> dict[str, int]:
    counts = Counter(household.verdict for household in households)
    return {verdict.value: counts[verdict] for verdict in Verdict}


def _by_place(result: Result, digits: int, name: Any) -> list[dict[str, Any]]:
    """Count households by verdict and findings by severity for every unit, in the order of its code."""
    units: dict[tuple[str, str], list[HouseholdResult]] = {}
    for household in result.outcome.households:
        units.setdefault((household.place.area_code[:digits], name(household.place)), []).append(household)
    severities: dict[tuple[str, str], Counter[str]] = {}
    for finding in result.outcome.findings:
        unit = (finding.place.area_code[:digits], name(finding.place))
        severities.setdefault(unit, Counter())[finding.severity.value] += 1
    return [
        {
            "area_code": code or None,
            "name": title,
            "households": len(units.get((code, title), ())),
            "verdicts": _verdicts(units.get((code, title), ())),
            "findings": dict(sorted(severities.get((code, title), Counter()).items())),
        }
        for code, title in sorted({*units, *severities})
    ]


def manifest(result: Result) -> dict[str, Any]:
    """Say everything that the result rests on, so that an inspection can repeat it."""
    return {
        **result.manifest,
        "sources": [_source(account, result.public) for account in result.survey.accounts],
        "rules": [
            {
                "code": account.rule.code,
                "asked": account.asked,
                "not_applicable": account.not_applicable,
                "failures": account.failures,
                "error": account.error,
            }
            for account in result.outcome.rules
        ],
        "requirements_not_applicable": _not_applicable(result),
        "tracking": _tracking(result),
        "waivers": _waivers(result),
        "counts": {
            "households": len(result.outcome.households),
            "findings": len(result.outcome.findings),
            "verdicts": _verdicts(result.outcome.households),
            "ledger_rows_of_nobody_on_the_roster": len(result.survey.unlinked),
            "provincial_rows_of_nobody_on_the_roster": len(result.survey.unlinked_provincial),
            "archive_papers_of_nobody_on_the_roster": len(result.survey.unfiled),
        },
    }


def _waivers(result: Result) -> dict[str, list[dict[str, Any]]]:
    """List every waiver, and those that were used, met nothing, or have ended."""
    given = [waiver_data(use, result.public.masking) for use in result.outcome.waivers]
    kinds = {"used": (Standing.USED, Standing.ENDING), "unused": (Standing.UNUSED,), "ended": (Standing.ENDED,)}
    return {"given": given, **{name: [w for w in given if w["standing"] in of] for name, of in kinds.items()}}


def _source(account: Account, renderer: Renderer) -> dict[str, Any]:
    return {
        "role": account.source.role,
        "adapter": account.source.adapter,
        "source": renderer.file(account.source.name),
        "sha256": account.digest,
        "read": account.read,
        "photos": account.photos,
        "unreadable": account.unreadable,
        "left_out": dict(sorted(account.left_out.items())),
        "columns_not_understood": sorted({renderer.file(header) for header in account.unused}),
        "notes": [renderer.file(note) for note in account.notes],
        "problem": {lang: renderer.file(text) for lang, text in account.problem.items()} if account.problem else None,
    }


def _not_applicable(result: Result) -> dict[str, dict[str, Any]]:
    """Say of each requirement for how many households it was not applicable, and why."""
    counts: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for household in result.outcome.households:
        for one in household.requirements:
            if one.state is State.NOT_APPLICABLE:
                requirement = one.requirement
                counts[requirement.name] += 1
                given = requirement.needs is None or result.survey.given.has(requirement.needs)
                why = ", ".join(requirement.excused_by) if given else f"no source of role {requirement.needs}"
                reasons[requirement.name] = why
    return {name: {"households": counts[name], "why": reasons[name]} for name in sorted(counts)}


def _lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)


def _document(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [JsonLines()]
