"""What the review page shows, as data: the photos of both systems in the order of villages, and what is known of each.

Masked like every public output. The page's script finds everything by the positions that are written here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.clusters import fronts
from housing_guarantee.data import read_toml
from housing_guarantee.findings import Finding, Severity
from housing_guarantee.models import Position
from housing_guarantee.page.chart import chart_of
from housing_guarantee.report import Result
from housing_guarantee.reviews import Look
from housing_guarantee.whereabouts import located, recorded

__all__ = ["content_of", "shown"]

_MISPLACED = frozenset(
    f"photo-gps.{name}" for name in ("outside-county", "outside-township", "far-from-record", "position-impossible")
)
_TOPICS = ("photo-gps.", "photo-forensics.")


def shown(result: Result) -> Iterator[tuple[CaseFile, PhotoEvidence]]:
    """Give the photos to look at, of the households reported on, in the order of villages and households."""
    casefiles = result.survey.by_id
    for household in result.households:
        casefile = casefiles[household.household_id]
        yield from ((casefile, evidence) for evidence, _ in fronts(casefile))


def content_of(result: Result, campaign: str, pictures: Collection[str]) -> dict[str, Any]:
    """Give everything that the page shows.

    :param campaign: its fingerprint, which the decisions bring back
    :param pictures: digests of the photos of which there is a thumbnail
    """
    return _Content(result, pictures).whole(campaign)


class _Content:
    def __init__(self, result: Result, pictures: Collection[str]) -> None:
        self._result, self._words, self._pictures = result, result.public, pictures
        self._villages: dict[tuple[str, str, str], int] = {}
        self._findings: dict[str, list[Finding]] = defaultdict(list)
        for finding in result.findings:
            if finding.household_id and finding.code.startswith(_TOPICS):
                self._findings[finding.household_id].append(finding)

    def whole(self, campaign: str) -> dict[str, Any]:
        result = self._result
        numbers = {household.household_id: index for index, household in enumerate(result.households)}
        photos = [self._photo(numbers[casefile.household_id], casefile, one) for casefile, one in shown(result)]
        words = read_toml("review.toml")
        return {
            "language": result.language,
            "words": {name: text[result.language] for name, text in words["page"].items()},
            "looks": [[look.value, *_word(words["looks"][look.value], result.language)] for look in Look],
            "campaign": campaign,
            "title": result.campaign.name,
            "as_of": result.as_of.strftime("%Y-%m-%d %H:%M"),
            "masked": not result.unmask,
            "severities": [[severity.value, self._words.term(severity.value)] for severity in Severity],
            "households": [self._household(result.survey.by_id[number]) for number in numbers],
            "photos": photos,
            "areas": chart_of(result, numbers)["areas"],
            "villages": list(self._villages),
            "not_shown": self._not_shown(),
        }

    def _household(self, casefile: CaseFile) -> list[Any]:
        place = casefile.place
        village = (place.area_code, place.township, place.village)
        name, kind = casefile.household.head.name, casefile.guarantee_type
        return [
            casefile.household_id,
            self._words.text("name", name) if name else "",
            self._villages.setdefault(village, len(self._villages)),
            self._words.domain(kind.name) if kind else "",
            [
                [self._words.file(one.name), one.photo.digest]
                for one in casefile.archive_photos
                if one.photo and one.photo.digest in self._pictures
            ],
            _rounded(next(iter(recorded(casefile)), None)),
        ]

    def _photo(self, household: int, casefile: CaseFile, evidence: PhotoEvidence) -> list[Any]:
        photo = evidence.photo
        digest = photo.digest if photo else ""
        own = [one for one in self._findings[casefile.household_id] if _slot(one) in ("", evidence.slot)]
        place = next((position for _, position in located(casefile, [evidence])), None)
        return [
            household,
            self._words.term(evidence.system),
            self._words.file(evidence.name),
            digest,
            int(digest in self._pictures),
            _rounded(place),
            int(any(finding.code in _MISPLACED for finding in own)),
            [[list(Severity).index(one.severity), one.code, self._words.message(one)] for one in own],
            self._review(evidence),
            photo.taken_at.strftime("%Y-%m-%d %H:%M") if photo and photo.taken_at else "",
        ]

    def _review(self, evidence: PhotoEvidence) -> list[Any] | None:
        review = evidence.review
        if review is None:
            return None
        return [list(Look).index(review.look), review.at, self._words.text("reviewer", review.reviewer)]

    def _not_shown(self) -> Mapping[str, int]:
        """Count the photos that are named and cannot be decided on, so that none is left out in silence."""
        households = {household.household_id for household in self._result.households}
        counts: Counter[str] = Counter()
        for casefile in self._result.survey.casefiles:
            if casefile.household_id in households:
                counts["no_file"] += sum(not one.photo for one in casefile.photos + casefile.front_photos)
                counts["no_photo"] += not casefile.photos
        return dict(counts)


def _word(entry: Mapping[str, Any], language: str) -> Sequence[str]:
    return entry[language], entry[f"{language}_means"]


def _slot(finding: Finding) -> str:
    """Give the slot of the photo that a finding is about; empty where it is about the household."""
    return finding.key.split("/", 2)[2].partition("#")[0].partition("~")[0]


def _rounded(position: Position | None) -> list[float] | None:
    """Give a position to a metre."""
    return [round(position.latitude, 5), round(position.longitude, 5)] if position else None
