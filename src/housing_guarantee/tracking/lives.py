"""The life of a finding: which state follows from what a run saw, or from what a person said.

Nothing here knows of a database. The tables of docs/tracking.md are these functions, and a test compares them.

A person's 已整改 is a claim; only a check of newer data closes, and what could not be checked keeps its state (W2).
"""

from enum import StrEnum

from attrs import evolve, field, frozen

from housing_guarantee.findings import Severity, Status
from housing_guarantee.models import Place

__all__ = ["DANGER", "MATCH", "Answer", "Event", "Life", "Sight", "after_answer", "after_check"]

DANGER = "safety.unsafe"
"""Whose coming back is the household's danger coming back (返危), the plan's own word (S2)."""

MATCH = "ledger.match-uncertain"
"""Whose answer says whether a ledger row is the household's, and settles it."""


class Sight(StrEnum):
    """What a run saw of a finding that an earlier run may have found."""

    FOUND = "found"  # in the data in which it was last found
    FOUND_NEWER = "found, newer data"  # but the sources that it rests on are as they were
    FOUND_RENEWED = "found, its sources renewed"
    WAIVED = "waived"  # found, and an office answers for it
    MISSED = "not found, same data"  # other rules, settings or links were asked
    GONE = "not found, newer data"
    UNCHECKED = "could not be checked"


class Event(StrEnum):
    """What happened to a finding."""

    FOUND = "found"
    SEEN_AGAIN = "seen again"
    STILL_THERE = "still there"  # claimed, and newer data of its own sources shows it all the same
    CLOSED = "closed"
    RETURNED = "returned"
    DANGER_RETURNED = "danger returned"  # 返危
    WAIVED = "waived"
    WAIVER_ENDED = "waiver ended"
    CLAIMED = "claimed"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What a person chose in the status column of a rectification list (整改状态)."""

    OPEN = "open"
    IN_PROGRESS = "in progress"
    RECTIFIED = "rectified"
    DISPUTED = "disputed"
    IMPOSSIBLE = "cannot be rectified"
    SAME_HOUSEHOLD = "this household"  # of a ledger row that may be the household's
    OTHER_HOUSEHOLD = "another household"

    @property
    def claims(self) -> bool:
        """Whether it says that the finding is settled."""
        return self in (Answer.RECTIFIED, Answer.SAME_HOUSEHOLD)


Step = tuple[Status, Event | None]


def after_check(state: Status | None, sight: Sight, *, danger: bool = False) -> tuple[Status | None, Event | None]:
    """Say how a finding stands after a run, and what happened to it, if anything did.

    :param state: None for what no run has found before
    :param danger: whether its coming back is a danger that returned
    """
    if sight is Sight.WAIVED:
        return Status.WAIVED, None if state is Status.WAIVED else Event.WAIVED
    if sight is Sight.GONE and state not in (None, Status.CLOSED):
        return Status.CLOSED, Event.CLOSED
    if sight in (Sight.FOUND, Sight.FOUND_NEWER, Sight.FOUND_RENEWED):
        return _found(state, sight, Event.DANGER_RETURNED if danger else Event.RETURNED)
    return state, None


def _found(state: Status | None, sight: Sight, returned: Event) -> Step:
    if state is None:
        return Status.NEW, Event.FOUND
    if state is Status.CLOSED:
        return Status.REOPENED, returned
    if state is Status.WAIVED:
        return Status.OPEN, Event.WAIVER_ENDED
    if state is Status.NEW and sight is not Sight.FOUND:
        return Status.OPEN, Event.SEEN_AGAIN
    if state is Status.CLAIMED and sight is Sight.FOUND_RENEWED:
        return Status.CLAIMED, Event.STILL_THERE
    return state, None


def after_answer(state: Status, answer: Answer) -> Step:
    """Say how a finding stands after a person's answer, and what happened to it, if anything did."""
    if answer.claims and state in (Status.NEW, Status.OPEN, Status.REOPENED, Status.CLAIMED):
        return Status.CLAIMED, Event.CLAIMED
    if not answer.claims and state is Status.CLAIMED:
        return Status.OPEN, Event.WITHDRAWN
    return state, None


@frozen
class Life:
    """A finding as all runs so far know it. It holds nobody's name or number.

    :param event: what happened to it last
    :param run: the run after which it last changed its state
    :param first_run, seen_run: in which it was found first, and last
    :param source, sheet, row, file_no: the first cell to open, as it stood when last found; None in a photo
    :param roles: what it rests on: roles of its cells, and those that its rule needs or calls silent
    :param data, renewed: digests of all data, and of the data of those roles, in which it was last found
    :param answer, answered_on: what a person said last, and the day named (ISO)
    """

    key: str
    code: str
    severity: Severity
    household_id: str | None
    place: Place
    state: Status
    event: Event
    run: int
    first_run: int
    seen_run: int
    source: str | None = field(default=None, repr=False)
    sheet: str | None = field(default=None, repr=False)
    row: int | None = None
    file_no: str | None = None
    roles: tuple[str, ...] = ()
    data: str = field(default="", repr=False)
    renewed: str = field(default="", repr=False)
    answer: Answer | None = None
    answered_on: str | None = None

    @property
    def is_unresolved(self) -> bool:
        """Whether somebody must still do something, or a check must still confirm that it was done."""
        return self.state not in (Status.CLOSED, Status.WAIVED)

    @property
    def is_still_there(self) -> bool:
        """Whether it was claimed to be rectified, and newer data showed it all the same."""
        return self.state is Status.CLAIMED and self.event is Event.STILL_THERE

    @property
    def is_listed(self) -> bool:
        """Whether it is one of the findings to work through, not a notice."""
        return self.severity is not Severity.INFO

    def is_kept_by(self, run: int) -> bool:
        """Say whether a run did not find it and could not close it, so that it keeps its state."""
        return self.is_unresolved and self.seen_run < run

    @property
    def order(self) -> tuple[str, str, str, str]:
        """Sort as findings are: by place, household and code."""
        return (self.place.area_code or self.place.township, self.household_id or "~", self.code, self.key)

    def answered(self, answer: Answer, on: str | None, run: int) -> tuple["Life", Event | None]:
        """Give the life after a person's answer, and what came of it."""
        state, event = after_answer(self.state, answer)
        told = evolve(self, answer=answer, answered_on=on)
        return (evolve(told, state=state, event=event, run=run) if event else told), event
