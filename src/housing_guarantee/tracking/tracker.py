"""One run beside those before it: its findings get the states of their lives, and the workspace remembers them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from housing_guarantee.campaign import LOCAL, Campaign
from housing_guarantee.casefiles import Survey
from housing_guarantee.engine import Outcome
from housing_guarantee.linkage.match import Link
from housing_guarantee.reviews import Reviews
from housing_guarantee.tracking.audit import next_entry, person
from housing_guarantee.tracking.follow import Change, Data, follow
from housing_guarantee.tracking.journal import Journal, Run
from housing_guarantee.tracking.lives import Event, Life
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.workspace import workspace_key

__all__ = ["Tracked", "counted", "counts_of", "note", "settled_links", "track"]


@frozen
class Tracked:
    """How the findings of this run and of all before it stand.

    :param run: the number of this run; a run that changes nothing is the last one again
    :param lives: every finding that any run found, by key
    :param events: what this run brought about, by key
    :param looks_back: whether it looks at an earlier moment than a run before it, and therefore closes nothing
    :param runs: every run that was recorded, and this one, in order
    """

    run: int
    lives: Mapping[str, Life] = field(repr=False)
    events: Mapping[str, Event] = field(repr=False)
    looks_back: bool = False
    runs: tuple[Run, ...] = ()

    def within(self, area: str) -> "Tracked":
        """Give what concerns a unit and everything below it."""
        lives = {key: life for key, life in self.lives.items() if life.place.area_code.startswith(area)}
        return evolve(self, lives=lives, events={key: event for key, event in self.events.items() if key in lives})

    @property
    def kept(self) -> tuple[Life, ...]:
        """The findings that this run did not find and could not close: they keep their state."""
        return tuple(life for life in self.lives.values() if life.is_kept_by(self.run))

    def changes(self) -> dict[str, int]:
        """Count what this run brought about, errors and warnings alone; to be seen again is no change."""
        news = {key: event for key, event in self.events.items() if event is not Event.SEEN_AGAIN}
        return counted(event.value for key, event in news.items() if self.lives[key].is_listed)


def settled_links(campaign: Campaign, workspace: Workspace) -> tuple[Link, ...]:
    """Give what people settled: in the campaign file, and in lists that came back; of one row the file's word holds."""
    rows = {_row(link) for link in campaign.links}
    returned = workspace.read(Journal.links, ())
    return (*campaign.links, *(link for link in returned if _row(link) not in rows))


def _row(link: Link) -> tuple[object, ...]:
    return (link.source, link.file_no) if link.file_no else (link.source, link.sheet, link.row)


def track(
    campaign: Campaign,
    survey: Survey,
    outcome: Outcome,
    *,
    links: Iterable[Link] = (),
    reviews: Reviews | None = None,
    rule_set: str = "",
    record: bool = False,
    workspace: Workspace | None = None,
) -> tuple[Outcome, Tracked]:
    """Give every finding its state, and what this run changed.

    :param record: whether the workspace is to remember this run; else it is only read, and none is made
    :raises WorkspaceError: the workspace cannot be used
    """
    workspace = workspace or Workspace.of(campaign)
    data, as_of = Data.of(survey.accounts, links, reviews), campaign.as_of.astimezone(LOCAL).isoformat()

    def carry(journal: Journal | None) -> Tracked:
        lives, runs = _before(journal)
        last, latest = runs[-1] if runs else None, max((run.as_of for run in runs), default="")
        step = _Step(survey, outcome, lives, data, backwards=as_of < latest)
        if last and (last.data, last.rule_set) == (data.whole, rule_set) and not step.changes(last.number):
            return Tracked(last.number, lives, _events(journal, last.number), step.backwards, runs)
        number = last.number + 1 if last else 1
        changes = step.changes(number)
        after = {**lives, **{change.life.key: change.life for change in changes}}
        run = Run(number, as_of, data.whole, rule_set, counts_of(after.values()))
        if record and journal:
            journal.add_run(run)
            journal.put(changes, run=number, cause=f"run {number}")
            details = {"run": number, "as_of": as_of, "data": data.whole, "rule_set": rule_set, **run.counts}
            note(journal, workspace_key(campaign.folder / campaign.workspace), "check", details)
        events = {change.life.key: change.event for change in changes if change.event}
        return Tracked(number, after, events, step.backwards, (*runs, run))

    tracked = workspace.write(carry) if record else workspace.read(carry, None) or carry(None)
    workspace.close()
    return _with_states(outcome, tracked.lives), tracked


def note(journal: Journal, key: bytes, what: str, details: Mapping[str, object]) -> None:
    """Add an entry to the audit trail; the moment is the clock's, not the campaign's."""
    at = datetime.now(LOCAL).isoformat(timespec="seconds")
    journal.add_audit(next_entry(key, journal.last_audit(), at=at, who=person(key), what=what, details=details))


def counts_of(lives: Iterable[Life]) -> dict[str, int]:
    """Count findings by state, errors and warnings alone."""
    return counted(life.state.value for life in lives if life.is_listed)


def counted(words: Iterable[str]) -> dict[str, int]:
    """Count words, in their order."""
    return dict(sorted(Counter(words).items()))


@frozen
class _Step:
    survey: Survey
    outcome: Outcome
    lives: Mapping[str, Life]
    data: Data
    backwards: bool

    def changes(self, run: int) -> tuple[Change, ...]:
        return follow(self.lives, self.survey, self.outcome, run=run, data=self.data, backwards=self.backwards)


def _before(journal: Journal | None) -> tuple[dict[str, Life], tuple[Run, ...]]:
    """Give what earlier runs found, and the runs."""
    return (journal.lives(), journal.runs()) if journal else ({}, ())


def _events(journal: Journal | None, run: int) -> dict[str, Event]:
    """Give what the run brought about when it was recorded."""
    happenings = journal.happenings(run - 1) if journal else ()
    return {one.key: one.event for one in happenings if one.cause == f"run {run}"}


def _with_states(outcome: Outcome, lives: Mapping[str, Life]) -> Outcome:
    return evolve(outcome, findings=tuple(evolve(f, status=lives[f.key].state) for f in outcome.findings))
