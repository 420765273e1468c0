"""What the page shows, as data: small enough for a county, exact, and masked like every public output.

Words that stand thousands of times (files, sheets, headers, villages) stand once, and are named by their place in a
list. A word that is not the same in both languages is a pair, Chinese first, of which the page shows one. The page's
script finds everything by the positions that are written here and nowhere else.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from housing_guarantee.findings import Finding, HouseholdResult, Severity, State, Verdict
from housing_guarantee.models import Cell, Place
from housing_guarantee.page.chart import chart_of
from housing_guarantee.page.frame import Both, Frame, both
from housing_guarantee.page.progress import days_of, in_window
from housing_guarantee.page.words import reason_of
from housing_guarantee.render import Renderer
from housing_guarantee.report import Result

__all__ = ["content_of", "rules_of"]


def content_of(result: Result, frame: Frame) -> dict[str, Any]:
    """Give everything that the page shows.

    :param frame: what it has in common with other pages of the run
    """
    return _Content(result, frame).whole()


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
    def __init__(self, result: Result, frame: Frame) -> None:
        self._result, self._frame, self._tongues = result, frame, frame.tongues
        self._words = self._tongues[0]  # for what is the same in both
        self._texts, self._villages, self._recorders = _Once(), _Once(), _Once()
        self._casefiles = frame.casefiles

    def whole(self) -> dict[str, Any]:
        result = self._result
        households = [self._household(household) for household in result.households]
        numbers = {household.household_id: index for index, household in enumerate(result.households)}
        findings = [self._finding(finding, numbers) for finding in result.findings]
        return {
            **self._frame.fixed,
            "households": households,
            "findings": findings,
            "rules": rules_of(result),
            "map": chart_of(result, numbers),
            "progress": days_of(result.households, self._casefiles, result.campaign),
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
                    [self._cell(c) for p in one.proofs for c in p.cells] if one.state is State.MET else [],
                    list(one.codes),
                ]
                for one in household.requirements
            ],
            sorted([code, self._texts(reason_of(why, self._tongues))] for code, why in household.unjudged.items()),
            [
                [self._texts(self._term(photo.system)), self._words.file(photo.name), _rounded(photo.photo)]
                for photo in (*casefile.photos, *casefile.front_photos, *casefile.archive_photos)
            ],
            int(in_window(casefile, self._result.campaign)),
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


def rules_of(result: Result) -> dict[str, list[Both]]:
    """Give the words of each rule that found something, and the clause it rests on."""
    rules = (result.rules[code] for code in sorted({finding.code for finding in result.findings}))
    return {
        rule.code: [
            both(rule.message.of("zh"), rule.message.of("en")),
            rule.question,
            both(rule.fix.of("zh"), rule.fix.of("en")),
            rule.clause,
        ]
        for rule in rules
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
