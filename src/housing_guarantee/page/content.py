"""What the page shows, as data: small enough for a county, exact, and masked like every public output.

Words that stand thousands of times (files, sheets, headers, villages) stand once, and are named by their place in a
list. A word that is not the same in both languages is a pair, Chinese first, of which the page shows one. The page's
script finds everything by the positions that are written here and nowhere else.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from housing_guarantee.data import read_toml
from housing_guarantee.findings import Finding, HouseholdResult, Severity, Status, Verdict
from housing_guarantee.models import Cell, Place
from housing_guarantee.page.chart import chart_of
from housing_guarantee.page.words import reason_of, words
from housing_guarantee.render import Renderer
from housing_guarantee.report import Result
from housing_guarantee.reports.jsonl import manifest

__all__ = ["Both", "both", "content_of", "tongues"]

Both = str | tuple[str, str]
"""A word: once where it is the same in both languages, else in Chinese and in English."""
Tongues = tuple[Renderer, Renderer]


def content_of(result: Result) -> dict[str, Any]:
    """Give everything that the page shows."""
    return _Content(result).whole()


def tongues(result: Result) -> Tongues:
    """Give words for anybody, in Chinese and in English."""
    public = result.public
    zh, en = (Renderer(result.rules, result.campaign.definition, language, public.masking) for language in ("zh", "en"))
    return zh, en


def both(zh: str, en: str) -> Both:
    """Give a word once where it is the same in both languages."""
    return zh if zh == en else (zh, en)


class _Once:
    """A list in which each thing stands once."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._places: dict[Any, int] = {}

    def __call__(self, thing: Any) -> int:
        if thing not in self._places:
            self._places[thing] = len(self.all)
            self.all.append(thing)
        return self._places[thing]


class _Content:
    def __init__(self, result: Result) -> None:
        self._result, self._tongues = result, tongues(result)
        self._words = self._tongues[0]  # for what is the same in both
        self._texts, self._villages, self._recorders = _Once(), _Once(), _Once()
        self._casefiles = result.survey.by_id

    def whole(self) -> dict[str, Any]:
        result, campaign = self._result, self._result.campaign
        households = [self._household(household) for household in result.households]
        numbers = {household.household_id: index for index, household in enumerate(result.households)}
        findings = [self._finding(finding, numbers) for finding in result.findings]
        return {
            "language": result.language,
            "words": words(),
            "title": campaign.name,
            "as_of": campaign.now.strftime("%Y-%m-%d %H:%M"),
            "planned": campaign.planned_households,
            "window": [str(day) for day in campaign.window],
            "rectify_by": str(campaign.rectify_by),
            "masked": not result.unmask,
            "verdicts": [self._term(verdict.value) for verdict in Verdict],
            "severities": [self._term(severity.value) for severity in Severity],
            "requirements": [[one.name, one.clause, both(one.zh, one.en)] for one in campaign.definition.requirements],
            "runs": self._runs(),
            "states": [state.value for state in Status],
            "households": households,
            "findings": findings,
            "rules": {code: self._rule(code) for code in sorted({finding.code for finding in result.findings})},
            "clauses": self._clauses(),
            "account": self._account(),
            "map": chart_of(result, numbers),
            "villages": self._villages.all,
            "recorders": _numbered(self._recorders.all),
            "texts": self._texts.all,
        }

    def _household(self, household: HouseholdResult) -> list[Any]:
        casefile = self._casefiles[household.household_id]
        names = [one.name for one in self._result.campaign.definition.requirements]
        return [
            household.household_id,
            self._words.text("name", household.name) if household.name else "",
            self._village(household.place),
            self._texts(self._both(lambda words: words.domain(household.guarantee_type or ""))),
            list(Verdict).index(household.verdict),
            int(household.waived),
            [
                [
                    names.index(one.requirement.name),
                    one.state.value,
                    [self._cell(c) for p in one.proofs for c in p.cells],
                ]
                for one in household.requirements
            ],
            sorted([code, self._texts(reason_of(why, self._tongues))] for code, why in household.unjudged.items()),
            [
                [self._texts(self._term(photo.system)), self._words.file(photo.name), _rounded(photo.photo)]
                for photo in (*casefile.photos, *casefile.front_photos, *casefile.archive_photos)
            ],
        ]

    def _finding(self, finding: Finding, numbers: Mapping[str, int]) -> list[Any]:
        rule = self._result.rules[finding.code]
        waiver = self._result.waiver_of(finding)
        return [
            finding.code,
            list(Severity).index(finding.severity),
            self._texts(self._term(finding.effect.value)) if finding.effect else -1,
            self._texts(self._term(finding.status.value)),
            numbers.get(finding.household_id or "", -1),
            self._village(finding.place),
            self._both(lambda words: words.message(finding)),
            self._texts(self._both(lambda words: words.fix(finding))),
            self._texts(self._term(rule.fix.by)),
            [self._cell(cell) for cell in finding.cells],
            self._recorder(finding),
            finding.clause,
            self._words.masking.show("reason_given", waiver.waiver.reason) if waiver else "",
        ]

    def _both(self, say: Callable[[Renderer], str]) -> Both:
        return both(say(self._tongues[0]), say(self._tongues[1]))

    def _term(self, word: str) -> Both:
        return self._both(lambda words: words.term(word))

    def _village(self, place: Place) -> int:
        return self._villages((place.area_code, place.township or "", place.village or ""))

    def _recorder(self, finding: Finding) -> int:
        """Tell recorders apart, though their names are masked."""
        casefile = self._casefiles.get(finding.household_id or "")
        name = casefile.record.recorder if casefile and casefile.verifications else None
        return self._recorders((name, self._words.text("recorder", name))) if name else -1

    def _cell(self, cell: Cell) -> list[Any]:
        """Give file and sheet, the spot in it, its header, and what stands there."""
        origin = self._words.origin(cell)
        sheet = f" [{origin['sheet']}]" if origin["sheet"] else ""
        file = self._both(lambda words: words.term(origin["source"]) + sheet)
        spot = origin.get("row_key") or f"{cell.column or ''}{cell.row or ''}"
        header = self._texts(cell.header) if cell.header else -1
        if isinstance(cell.value, Mapping):  # words of ours, which are no one's cell
            return [self._texts(file), spot, header, self._both(lambda words: _short(words.origin(cell)["value"]))]
        return [self._texts(file), spot, header, _short(origin["value"])]

    def _rule(self, code: str) -> list[Both]:
        rule = self._result.rules[code]
        message, fix = (both(words.of("zh"), words.of("en")) for words in (rule.message, rule.fix))
        return [message, rule.question, fix, rule.clause]

    def _clauses(self) -> dict[str, list[Both]]:
        return {one["id"]: [one["where"], both(one["zh"], one["en"])] for one in read_toml("clauses.toml")["clauses"]}

    def _runs(self) -> list[list[Any]]:
        """Give of every recorded run its number, its moment, and how the errors and warnings stood after it."""
        runs = self._result.tracked.runs if self._result.tracked else ()
        return [
            [run.number, run.as_of[:16].replace("T", " "), *(run.counts.get(state.value, 0) for state in Status)]
            for run in runs
        ]

    def _account(self) -> dict[str, Any]:
        """Say what was read, left out, not checked and waived, as the manifest has it."""
        data = manifest(self._result)
        return {
            "sources": [
                [
                    self._term(one["role"]),
                    one["source"],
                    one["read"],
                    one["photos"],
                    one["unreadable"],
                    [[self._term(reason), count] for reason, count in one["left_out"].items()],
                    both(one["problem"]["zh"], one["problem"]["en"]) if one["problem"] else "",
                    one["columns_not_understood"],
                ]
                for one in data["sources"]
            ],
            "not_asked": [
                [one["code"], reason_of(one["not_applicable"] or one["error"], self._tongues), one["failures"]]
                for one in data["rules"]
                if one["not_applicable"] or one["failures"]
            ],
            "not_applicable": [
                [name, one["households"], self._term(one["why"])]
                for name, one in data["requirements_not_applicable"].items()
            ],
            "waivers": data["waivers"]["given"],
            "plugins": data.get("plugins", []),
            "strangers": [
                data["counts"][f"{what}_of_nobody_on_the_roster"]
                for what in ("ledger_rows", "provincial_rows", "archive_papers")
            ],
        }


def _short(value: Any) -> str:
    """Show a cell's value, in as much as a card has room for."""
    shown = "" if value is None else str(value)
    return shown if len(shown) <= 80 else shown[:79] + "…"


def _rounded(photo: Any) -> list[float] | None:
    """Give a photo's position to a metre."""
    position = photo.position if photo else None
    return [round(position.latitude, 5), round(position.longitude, 5)] if position else None


def _numbered(recorders: Sequence[tuple[str, str]]) -> list[str]:
    """Number those whose masked names are one."""
    shown: list[str] = []
    for _, name in recorders:
        same = sum(1 for one in shown if one == name or one.startswith(f"{name} #"))
        shown.append(name if not same else f"{name} #{same + 1}")
    return shown
