"""Take decisions into the workspace: each is taken or refused for a reason, all of a command's at once or none.

Of two decisions on one photo the later holds, in whatever order they come; both stand in the workspace and in the
audit trail, where household and reviewer are keyed hashes.
"""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from attrs import evolve, field, frozen

from housing_guarantee.campaign import LOCAL, Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.clusters import fronts
from housing_guarantee.converters import clean
from housing_guarantee.errors import SourceError
from housing_guarantee.plugins import Equipment
from housing_guarantee.reading import Progress
from housing_guarantee.review.decisions import Decisions, Row, fingerprint, read_decisions
from housing_guarantee.reviews import Look, Review, standing
from housing_guarantee.runner import lay
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.tracking.tracker import note, settled_links
from housing_guarantee.workspace import workspace_key

__all__ = ["Outcome", "Taken", "Why", "decide", "take_decisions"]

LONGEST_NAME = 40
"""Characters of a reviewer's name."""
_CLOCKS_DIFFER = timedelta(days=1)


class Why(StrEnum):
    """What became of a decision."""

    TAKEN = "taken"
    EARLIER = "earlier"  # taken, but a later one on the same photo holds
    UNCHANGED = "unchanged"  # it was taken before
    ALTERED = "altered"
    OTHER_CAMPAIGN = "other campaign"
    DAMAGED = "damaged"
    UNKNOWN_HOUSEHOLD = "unknown household"
    UNKNOWN_PHOTO = "unknown photo"
    UNKNOWN_WORD = "unknown word"
    NO_REVIEWER = "no reviewer"
    BAD_TIME = "bad time"
    CONFLICT = "conflict"  # another was taken of the same photo and moment

    @property
    def is_taken(self) -> bool:
        """Whether it was taken now."""
        return self in (Why.TAKEN, Why.EARLIER)

    @property
    def is_refused(self) -> bool:
        """Whether somebody must look."""
        return not self.is_taken and self is not Why.UNCHANGED


@frozen
class Outcome:
    """What became of one decision.

    :param review: what it says, where it can be understood
    """

    file: str
    number: int
    why: Why
    review: Review | None = None


@frozen
class Taken:
    """What a batch of files comes to.

    :param digests: file → SHA-256
    :param problems: faults of files and sources that could not be read, by language
    """

    outcomes: tuple[Outcome, ...]
    digests: Mapping[str, str] = field(factory=dict)
    problems: tuple[Mapping[str, str], ...] = ()


def take_decisions(campaign: Campaign, files: Iterable[Path], *, equipment: Equipment, progress: Progress) -> Taken:
    """Read files of decisions and take what they say, in one transaction.

    The sources are read too: a decision is about a photo that is there, of a household of the roster.

    :raises WorkspaceError: the workspace cannot be used; nothing was taken
    """
    read, problems = _read(files)
    if not read:
        return Taken((), {}, tuple(problems))
    workspace = Workspace.of(campaign)
    links = settled_links(campaign, workspace)
    survey, _ = lay(evolve(campaign, links=links), equipment, progress)
    problems += [account.problem for account in survey.accounts if account.problem]
    photos = {casefile.household_id: _digests(casefile) for casefile in survey.casefiles}
    key = workspace_key(campaign.folder / campaign.workspace)
    own, now = fingerprint(key, campaign.county_code), datetime.now(LOCAL)

    def work(journal: Journal) -> tuple[Outcome, ...]:
        outcomes = decide(read, photos, journal.reviews(), campaign=own, now=now)
        _write(journal, read, outcomes, key)
        return outcomes

    outcomes = workspace.write(work)
    workspace.close()
    return Taken(outcomes, {one.name: one.digest for one in read}, tuple(problems))


def _read(files: Iterable[Path]) -> tuple[list[Decisions], list[Mapping[str, str]]]:
    read: list[Decisions] = []
    problems: list[Mapping[str, str]] = []
    for path in dict.fromkeys(files):
        try:
            read.append(read_decisions(path))
        except SourceError as error:
            problems.append({"zh": error.text("zh"), "en": error.text("en")})
    return read, problems


def _digests(casefile: CaseFile) -> frozenset[str]:
    return frozenset(photo.digest for _, photo in fronts(casefile) if photo.digest)


def _write(journal: Journal, files: Sequence[Decisions], outcomes: Iterable[Outcome], key: bytes) -> None:
    taken: dict[str, list[Review]] = defaultdict(list)
    for one in outcomes:
        if one.why.is_taken and one.review:
            taken[one.file].append(one.review)
    if not taken:
        return
    digests = {file.name: file.digest for file in files}
    for name, reviews in taken.items():
        journal.add_reviews(reviews, digests[name])
    details = {
        "files": sorted(digests[name] for name in taken),
        "photos": [_audited(one, key) for reviews in taken.values() for one in reviews],
        **Counter(one.why.value for one in outcomes),
    }
    note(journal, key, "feedback", details)


def _audited(review: Review, key: bytes) -> list[str]:
    """Say who decided what, and when, without a name or a household's number."""
    hidden = ["#" + hmac.new(key, who.encode(), hashlib.sha256).hexdigest()[:16] for who in _subjects(review)]
    return [review.photo, hidden[0], review.look.value, hidden[1], review.at]


def _subjects(review: Review) -> tuple[str, str]:
    return review.household_id, review.reviewer


# ------------------------------------------------------------------------------------------------ deciding


def decide(
    files: Iterable[Decisions],
    photos: Mapping[str, Collection[str]],
    earlier: Iterable[Review],
    *,
    campaign: str,
    now: datetime,
) -> tuple[Outcome, ...]:
    """Decide of every row whether it is taken, in the order of the files.

    :param photos: household → digests of the photos that can be decided on
    :param earlier: what was taken before, in order
    :param campaign: the fingerprint of this one
    """
    known = {(one.household_id, one.photo, one.at): one for one in earlier}
    outcomes = []
    for file in files:
        against = Why.ALTERED if not file.whole else Why.OTHER_CAMPAIGN if file.campaign != campaign else None
        for row in file.rows:
            review, why = (None, against) if against else _understood(row, photos, now)
            if review is not None:
                before = known.setdefault((review.household_id, review.photo, review.at), review)
                why = Why.TAKEN if before is review else Why.UNCHANGED if before == review else Why.CONFLICT
            outcomes.append(Outcome(file.name, row.number, why or Why.DAMAGED, review))
    holding = set(standing(known.values()).values())
    return tuple(
        evolve(one, why=Why.EARLIER) if one.why is Why.TAKEN and one.review not in holding else one for one in outcomes
    )


def _understood(row: Row, photos: Mapping[str, Collection[str]], now: datetime) -> tuple[Review | None, Why | None]:
    """Give what a row says, or why it says nothing that can be taken."""
    if row.values is None:
        return None, Why.DAMAGED
    household_id, photo, word, at, name = row.values
    reviewer, moment = clean(name)[:LONGEST_NAME], _moment(at)
    if household_id not in photos:
        return None, Why.UNKNOWN_HOUSEHOLD
    if photo not in photos[household_id]:
        return None, Why.UNKNOWN_PHOTO
    if word not in set(Look):
        return None, Why.UNKNOWN_WORD
    if not reviewer:
        return None, Why.NO_REVIEWER
    if moment is None or moment > now + _CLOCKS_DIFFER:
        return None, Why.BAD_TIME
    when = moment.astimezone(LOCAL).isoformat(timespec="milliseconds")
    return Review(household_id, photo, Look(word), reviewer, when), None


def _moment(text: str) -> datetime | None:
    """Read a moment with its zone."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(LOCAL) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
