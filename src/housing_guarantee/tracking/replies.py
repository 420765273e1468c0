"""What people wrote into the lists that came back: which of it is taken, and why the rest is not.

A reply is told by its row's token and by nothing else, so it does not matter how the list was sorted, filtered or
copied. The result does not depend on the order of files, sheets or rows: where two rows answer one finding
differently, neither is taken.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from attrs import evolve, field, frozen

from housing_guarantee.findings import Status
from housing_guarantee.linkage.match import Link
from housing_guarantee.tracking.follow import Change
from housing_guarantee.tracking.journal import Given
from housing_guarantee.tracking.lives import MATCH, Answer, Event, Life

__all__ = ["Decision", "Reply", "Taken", "Why", "link_of", "take"]


class Why(StrEnum):
    """What became of a reply."""

    CLAIMED = "claimed"
    WITHDRAWN = "withdrawn"  # said to be rectified before, and now not
    NOTED = "noted"
    BLANK = "blank"
    UNCHANGED = "unchanged"  # the same was said before
    REPEATED = "repeated"  # the same stands in another row of these files
    UNMARKED = "no token"
    MARK_DAMAGED = "damaged token"
    MARK_UNKNOWN = "unknown token"
    MARK_MOVED = "token of another row"
    UNKNOWN_WORD = "unknown word"
    BAD_DATE = "bad date"
    NO_ANSWER = "no answer"
    NOT_ASKED = "not asked"
    CONFLICT = "conflict"
    SETTLED_OTHERWISE = "settled otherwise"
    CLOSED = "closed"
    WAIVED = "waived"

    @property
    def is_taken(self) -> bool:
        """Whether the row was taken."""
        return self in (Why.CLAIMED, Why.WITHDRAWN, Why.NOTED)

    @property
    def is_refused(self) -> bool:
        """Whether something was filled in, or a token stands there, that was not taken, so that somebody must look."""
        return not self.is_taken and self not in (Why.BLANK, Why.UNCHANGED, Why.REPEATED)


@frozen
class Reply:
    """One row of a list that came back.

    :param file, sheet, row: where it stands; the row as a spreadsheet shows it
    :param digest: SHA-256 of the file
    :param key: of the finding whose token stands there; None where no finding has it
    :param household_id, code: as they stand in the row; empty where the list has no such column any more
    :param given: what was filled in; None where nothing was
    :param problem: why the row cannot be taken, whatever it says
    """

    file: str
    digest: str
    sheet: str
    row: int
    key: str | None = None
    household_id: str = ""
    code: str = ""
    given: Given | None = None
    problem: Why | None = None

    @property
    def place(self) -> tuple[str, str, int]:
        """Where it stands."""
        return (self.file, self.sheet, self.row)


_Answered = tuple[Reply, Given]
_Place = tuple[object, ...]
_CAME_OF: Mapping[Event | None, Why] = {Event.CLAIMED: Why.CLAIMED, Event.WITHDRAWN: Why.WITHDRAWN}


@frozen
class Decision:
    """What became of one reply.

    :param others: where else the finding is answered, for a conflict or a repetition
    :param before: what was answered to the finding before, where that was something else
    """

    reply: Reply
    why: Why
    others: tuple[tuple[str, str, int], ...] = ()
    before: Answer | None = None


@frozen
class Taken:
    """What a batch of lists comes to: a decision for every row, and what is to be written."""

    decisions: tuple[Decision, ...]
    changes: tuple[Change, ...] = field(repr=False)
    answers: tuple[Given, ...] = field(repr=False)
    settled: tuple[tuple[Link, str], ...] = field(repr=False)  # with the file's digest
    unsettled: tuple[Link, ...] = field(repr=False)


def take(
    replies: Iterable[Reply], lives: Mapping[str, Life], earlier: Iterable[Given], links: Iterable[Link], run: int
) -> Taken:
    """Decide of every row whether it is taken.

    :param lives: every finding, by key
    :param earlier: what was answered before, in order
    :param links: ledger rows that are settled already, or denied
    :param run: the last run
    """
    batch = _Batch(lives, tuple(earlier), tuple(links), run)
    answers: dict[str, list[_Answered]] = defaultdict(list)
    for reply in sorted(replies, key=lambda reply: (reply.place, reply.digest)):
        why = _refusal(reply, lives)
        if why is None and reply.given is not None:
            answers[reply.given.key].append((reply, reply.given))
        else:
            batch.decide(reply, why or Why.BLANK)
    for key, own in sorted(batch.without_rival_links(answers).items()):
        batch.answer(lives[key], own)
    return batch.taken()


def _refusal(reply: Reply, lives: Mapping[str, Life]) -> Why | None:
    """Say why a row can be neither taken nor compared with others, if it cannot."""
    if reply.problem is not None:
        return reply.problem
    life = lives.get(reply.key or "")
    if life is None:
        return Why.MARK_UNKNOWN
    if reply.household_id not in ("", life.household_id or "") or reply.code not in ("", life.code):
        return Why.MARK_MOVED
    asks_who = reply.given is not None and reply.given.answer in (Answer.SAME_HOUSEHOLD, Answer.OTHER_HOUSEHOLD)
    return Why.NOT_ASKED if asks_who and life.code != MATCH else None


def link_of(life: Life) -> Link | None:
    """Give the link that a confirmation settles: by the row's file number, or else by its place."""
    if life.code != MATCH or life.source is None or life.household_id is None:
        return None
    if life.file_no:
        return Link(life.source, life.household_id, file_no=life.file_no)
    return Link(life.source, life.household_id, sheet=life.sheet, row=life.row)


def _row(link: Link) -> _Place:
    return (link.source, link.file_no, link.sheet, link.row)


class _Batch:
    """The rows of a batch while they are decided."""

    def __init__(self, lives: Mapping[str, Life], earlier: Sequence[Given], links: Sequence[Link], run: int) -> None:
        self._lives, self._run, self._words = lives, run, frozenset(links)
        self._links = {_row(link): link.household_id for link in links if not link.denied}
        self._last = {given.key: given for given in earlier}
        self._files = {(given.key, given.file) for given in earlier}
        self._decisions: list[Decision] = []
        self._changes: list[Change] = []
        self._answers: list[Given] = []
        self._settled: list[tuple[Link, str]] = []
        self._unsettled: list[Link] = []

    def decide(self, reply: Reply, why: Why, others: Iterable[_Answered] = (), before: Answer | None = None) -> None:
        """Note what becomes of a row."""
        places = tuple(other.place for other, _ in others if other is not reply)
        self._decisions.append(Decision(reply, why, places, before))

    def without_rival_links(self, answers: Mapping[str, list[_Answered]]) -> dict[str, list[_Answered]]:
        """Take out confirmations of a ledger row that is, or would be, another household's as well."""
        owners: dict[_Place, set[str]] = defaultdict(set)
        for row, owner in self._links.items():
            owners[row].add(owner)
        for key, own in answers.items():
            link = link_of(self._lives[key])
            if link and any(given.answer is Answer.SAME_HOUSEHOLD for _, given in own):
                owners[_row(link)].add(link.household_id)
        kept: dict[str, list[_Answered]] = defaultdict(list)
        for key, own in answers.items():
            link = link_of(self._lives[key])
            for reply, given in own:
                if link and given.answer is Answer.SAME_HOUSEHOLD and owners[_row(link)] != {link.household_id}:
                    self.decide(reply, Why.SETTLED_OTHERWISE)
                else:
                    kept[key].append((reply, given))
        return kept

    def answer(self, life: Life, own: Sequence[_Answered]) -> None:
        """Take what all rows that answer one finding say, if they say one thing."""
        if len({given.said for _, given in own}) > 1:
            for reply, _ in own:
                self.decide(reply, Why.CONFLICT, own)
            return
        for reply, _ in own[1:]:
            self.decide(reply, Why.REPEATED, own[:1])
        reply, given = own[0]
        last = self._last.get(life.key)
        why = self._standing(life, given) or self._take(life, given)
        self.decide(reply, why, before=last.answer if last and last.answer is not given.answer else None)

    def _standing(self, life: Life, given: Given) -> Why | None:
        """Say why an answer changes nothing, if it does not."""
        last = self._last.get(life.key)
        still_holds = not given.answer.claims or (life.state is Status.CLAIMED and not life.is_still_there)
        if (life.key, given.file) in self._files or (last and last.said == given.said and still_holds):
            return Why.UNCHANGED
        return {Status.CLOSED: Why.CLOSED, Status.WAIVED: Why.WAIVED}.get(life.state)

    def _take(self, life: Life, given: Given) -> Why:
        after, event = life.answered(given.answer, given.done_on or None, self._run)
        self._changes.append(Change(life.state, event, after))
        self._answers.append(given)
        self._settle(life, given)
        return _CAME_OF.get(event, Why.NOTED)

    def _settle(self, life: Life, given: Given) -> None:
        """Keep whether a ledger row is the household's, for every later check; any other answer takes it back."""
        link = link_of(life)
        if link is None:
            return
        denial = evolve(link, denied=True)
        for word, answer in ((link, Answer.SAME_HOUSEHOLD), (denial, Answer.OTHER_HOUSEHOLD)):
            if given.answer is answer:
                self._settled.append((word, given.file))
            elif word in self._words:
                self._unsettled.append(word)

    def taken(self) -> Taken:
        """Give everything that was decided, in the order of files, sheets and rows."""
        decisions = sorted(self._decisions, key=lambda decision: (decision.reply.place, decision.reply.digest))
        return Taken(
            tuple(decisions), tuple(self._changes), tuple(self._answers), tuple(self._settled), tuple(self._unsettled)
        )
