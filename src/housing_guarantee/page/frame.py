"""What every page of a run has in common, as data: its words in both languages, its figures and its account.

A word that is not the same in both languages is a pair, Chinese first, of which the page shows one.
"""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.data import read_toml
from housing_guarantee.findings import Severity, Status, Verdict
from housing_guarantee.page.words import reason_of, words
from housing_guarantee.render import Renderer
from housing_guarantee.report import Result
from housing_guarantee.reports.jsonl import manifest

__all__ = ["Both", "Frame", "both"]

Both = str | tuple[str, str]
"""A word: once where it is the same in both languages, else in Chinese and in English."""
Tongues = tuple[Renderer, Renderer]


def both(zh: str, en: str) -> Both:
    """Give a word once where it is the same in both languages."""
    return zh if zh == en else (zh, en)


@frozen
class Frame:
    """What is made once for all pages of a run.

    :param tongues: words for anybody, in Chinese and in English
    :param casefiles: by household number
    :param fixed: what stands on every page
    """

    tongues: tuple[Renderer, Renderer] = field(repr=False)
    casefiles: Mapping[str, CaseFile] = field(repr=False)
    fixed: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, result: Result) -> "Frame":
        """Make it."""
        masking = result.public.masking
        zh, en = (Renderer(result.rules, result.campaign.definition, tongue, masking) for tongue in ("zh", "en"))
        return cls((zh, en), result.survey.by_id, _fixed(result, (zh, en)))


def _fixed(result: Result, tongues: tuple[Renderer, Renderer]) -> dict[str, Any]:
    campaign = result.campaign
    return {
        "language": result.language,
        "words": words(),
        "title": campaign.name,
        "as_of": campaign.now.strftime("%Y-%m-%d %H:%M"),
        "planned": campaign.planned_households,
        "window": [str(day) for day in campaign.window],
        "rectify_by": str(campaign.rectify_by),
        "masked": not result.unmask,
        "verdicts": [_term(tongues, verdict.value) for verdict in Verdict],
        "severities": [_term(tongues, severity.value) for severity in Severity],
        "requirements": [[one.name, one.clause, both(one.zh, one.en)] for one in campaign.definition.requirements],
        "clauses": {
            one["id"]: [one["where"], both(one["zh"], one["en"])] for one in read_toml("clauses.toml")["clauses"]
        },
        "runs": _runs(result),
        "states": [state.value for state in Status],
        "account": _account(result, tongues),
    }


def _term(tongues: tuple[Renderer, Renderer], word: str) -> Both:
    return both(tongues[0].term(word), tongues[1].term(word))


def _runs(result: Result) -> list[list[Any]]:
    """Give of every recorded run its number, its moment, and how the errors and warnings stood after it."""
    runs = result.tracked.runs if result.tracked else ()
    return [
        [run.number, run.as_of[:16].replace("T", " "), *(run.counts.get(state.value, 0) for state in Status)]
        for run in runs
    ]


def _account(result: Result, tongues: tuple[Renderer, Renderer]) -> dict[str, Any]:
    """Say what was read, left out, not checked and waived, as the manifest has it."""
    data = manifest(result)
    return {
        "sources": [
            [
                _term(tongues, one["role"]),
                one["source"],
                one["read"],
                one["photos"],
                one["unreadable"],
                [[_term(tongues, reason), count] for reason, count in one["left_out"].items()],
                both(one["problem"]["zh"], one["problem"]["en"]) if one["problem"] else "",
                one["columns_not_understood"],
            ]
            for one in data["sources"]
        ],
        "not_asked": [
            [one["code"], reason_of(one["not_applicable"] or one["error"], tongues), one["failures"]]
            for one in data["rules"]
            if one["not_applicable"] or one["failures"]
        ],
        "not_applicable": [
            [name, one["households"], _term(tongues, one["why"])]
            for name, one in data["requirements_not_applicable"].items()
        ],
        "waivers": data["waivers"]["given"],
        "plugins": data.get("plugins", []),
        "strangers": [
            data["counts"][f"{what}_of_nobody_on_the_roster"]
            for what in ("ledger_rows", "provincial_rows", "archive_papers")
        ],
    }
