"""Runs that follow each other, in a file and in a real server: what closes, what comes back, what keeps its state."""

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee import testing
from housing_guarantee.campaign import Waiver
from housing_guarantee.engine import RuleAccount
from housing_guarantee.findings import Severity, Status
from housing_guarantee.linkage.match import Link
from housing_guarantee.models import BadRow, Place
from housing_guarantee.tracking.lives import Event
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.tracking.tracker import settled_links

from .conftest import PLACE, RULES, MakeCounty, finding, key_of

HERE = key_of("1")


def test_a_finding_is_new_then_open_then_closed_then_reopened(workspace: Workspace, county_of: MakeCounty) -> None:
    """Each step by newer data; the danger's coming back bears its own name."""
    county = county_of(workspace)
    steps = [county.check(finding()), county.check(finding(), verifications="2"), county.check(verifications="3")]
    steps.append(county.check(finding(), verifications="4"))
    steps.append(county.check(finding(), verifications="5"))
    assert [(s.run, s.lives[HERE].state.value, s.events.get(HERE)) for s in steps] == [
        (1, "new", Event.FOUND),
        (2, "open", Event.SEEN_AGAIN),
        (3, "closed", Event.CLOSED),
        (4, "reopened", Event.DANGER_RETURNED),
        (5, "reopened", None),
    ]


def test_the_same_input_twice_changes_nothing(workspace: Workspace, county_of: MakeCounty) -> None:
    """The second run is the first one again: no run, no event, no entry is added, and it says the same."""
    county = county_of(workspace)
    first = county.check(finding(), finding("2"))
    before = workspace.read(lambda j: (j.lives(), j.runs(), j.happenings(), j.audit()), None)
    second = county.check(finding("2"), finding())
    assert second == first
    assert workspace.read(lambda j: (j.lives(), j.runs(), j.happenings(), j.audit()), None) == before


def test_a_renamed_file_is_no_newer_data(workspace: Workspace, county_of: MakeCounty) -> None:
    """What vanished without newer data stays as it was, and is said to be kept."""
    county = county_of(workspace)
    county.check(finding())
    tracked = county.check()
    assert county.states() == {"1": "new"}
    assert [life.key for life in tracked.kept] == []  # nothing changed: it is the first run again
    county.rule_set = "other rules"
    tracked = county.check()
    assert (tracked.run, [life.key for life in tracked.kept], county.states()) == (2, [HERE], {"1": "new"})
    assert county.check(ledger="2").events == {HERE: Event.CLOSED}


def test_a_look_at_an_earlier_moment_closes_nothing(workspace: Workspace, county_of: MakeCounty) -> None:
    """A run as of a day before the last one has no newer data, whatever its files hold."""
    county = county_of(workspace)
    county.check(finding())
    county.campaign = evolve(county.campaign, as_of=county.campaign.as_of - timedelta(days=1))
    assert county.check(verifications="0").looks_back
    assert county.states() == {"1": "new"}
    county.campaign = evolve(county.campaign, as_of=county.campaign.as_of + timedelta(days=1))
    assert not county.check(verifications="0").looks_back
    assert county.states() == {"1": "closed"}


def _drop_rule(county: Any) -> None:
    county.accounts = {code: one for code, one in county.accounts.items() if code != "safety.unsafe"}


def _break_source(county: Any) -> None:
    county.broken = {"verifications"}


def _leave_unjudged(county: Any) -> None:
    county.unjudged = {"safety.unsafe": "rule crashed"}


def _lose_source(county: Any) -> None:
    county.accounts["safety.unsafe"].not_applicable = "verifications"


def _lose_household(county: Any) -> None:
    county.casefiles = county.casefiles[1:]


def _lose_record(county: Any) -> None:
    county.casefiles = (evolve(county.casefiles[0], verifications=()), *county.casefiles[1:])


@pytest.mark.parametrize(
    "turn", [_drop_rule, _break_source, _leave_unjudged, _lose_source, _lose_household, _lose_record]
)
def test_what_could_not_be_checked_keeps_its_state(turn: Any, file: Workspace, county_of: MakeCounty) -> None:
    """Rule left out, crashed or without its source; source broken; household or record gone: nothing is closed."""
    county = county_of(file)
    county.check(finding())
    turn(county)
    tracked = county.check(verifications="2", roster="2")
    assert tracked.lives[HERE].state is Status.NEW
    assert HERE in {life.key for life in tracked.kept}


def test_a_bad_row_of_the_household_keeps_what_rests_on_its_source(file: Workspace, county_of: MakeCounty) -> None:
    """A record that became unreadable clears nothing."""
    county = county_of(file)
    county.check(finding())
    bad = BadRow(testing.verification().origin, "grade", {}, "1", PLACE)
    county.casefiles = (evolve(county.casefiles[0], bad_rows=(bad,)), *county.casefiles[1:])
    assert county.check(verifications="2").lives[HERE].state is Status.NEW


def test_a_rule_needs_its_source_to_close(file: Workspace, county_of: MakeCounty) -> None:
    """What a rule needs counts, even where the finding's own cell stands elsewhere."""
    county = county_of(file)
    key = key_of("1", "safety.listed")
    county.check(finding(code="safety.listed"))
    county.broken = {"ledger"}
    assert county.check(ledger="2").lives[key].state is Status.NEW
    county.broken = set()
    assert county.check(ledger="3").lives[key].state is Status.CLOSED


def test_a_survey_s_rule_that_crashed_closes_nothing(file: Workspace, county_of: MakeCounty) -> None:
    """What belongs to no household is closed by a whole look at everything, and by nothing less."""
    county = county_of(file)
    key = key_of("", "safety.counted")
    county.check(finding(None, code="safety.counted"))
    county.accounts["safety.counted"] = RuleAccount(RULES["safety.counted"], failures=1)
    assert county.check(roster="2").lives[key].state is Status.NEW
    county.accounts["safety.counted"] = RuleAccount(RULES["safety.counted"])
    assert county.check(roster="3").lives[key].state is Status.CLOSED


@pytest.mark.parametrize(
    ("place", "state"),
    [
        (PLACE, Status.CLOSED),
        (Place("茫曲镇"), Status.CLOSED),
        (Place(), Status.CLOSED),
        (Place("森多镇", "塔哇村", "632525102204"), Status.NEW),
        (Place("森多镇"), Status.NEW),
    ],
)
def test_a_township_s_own_check_closes_nothing_elsewhere(
    place: Place, state: Status, file: Workspace, county_of: MakeCounty
) -> None:
    """Also what belongs to no household: where the roster has nobody, nobody looked."""
    county = county_of(file)
    county.check(finding(None, code="safety.counted", place=place))
    assert county.check(roster="2").lives[key_of("", "safety.counted")].state is state


def test_findings_do_not_depend_on_their_order(file: Workspace, county_of: MakeCounty, tmp_path: Any) -> None:
    """However findings are listed, their lives are the same."""
    one, other = county_of(file), county_of(Workspace(tmp_path / "other.sqlite", county_code="632525"))
    found = [finding("1"), finding("2"), finding(None, code="safety.counted")]
    assert one.check(*found) == other.check(*reversed(found))


def test_a_check_that_is_not_recorded_leaves_no_trace(workspace: Workspace, county_of: MakeCounty) -> None:
    """Without a workspace everything is new, and none is made; with one it is only looked into."""
    county = county_of(workspace)
    assert county.check(finding(), record=False).lives[HERE].state is Status.NEW
    assert workspace.read(lambda journal: journal.runs(), None) is None
    county.check(finding())
    assert county.check(record=False, verifications="2").events == {HERE: Event.CLOSED}
    assert county.states() == {"1": "new"}


WAIVER = Waiver("safety.unsafe", "待拆除", "县住建局", date(2020, 6, 30), household_id="1")


def test_a_waiver_ends_by_itself(workspace: Workspace, county_of: MakeCounty) -> None:
    """Waived while it is in force; open again when its last day is past, without newer data."""
    county = county_of(workspace, waivers=(WAIVER,))
    assert county.check(finding()).lives[HERE].state is Status.WAIVED
    county.campaign = evolve(county.campaign, as_of=county.campaign.as_of + timedelta(days=30))
    tracked = county.check(finding())
    assert (tracked.lives[HERE].state, tracked.events) == (Status.OPEN, {HERE: Event.WAIVER_ENDED})


def test_a_place_and_severity_are_the_last_seen(file: Workspace, county_of: MakeCounty) -> None:
    """A finding that moved to another row is the same one, and says where it stands now."""
    county = county_of(file)
    county.check(finding())
    cell = evolve(finding().cells[0], row=9)
    life = county.check(finding(severity=Severity.WARNING, cells=(cell,)), verifications="2").lives[HERE]
    assert (life.row, life.severity, life.first_run, life.seen_run) == (9, Severity.WARNING, 1, 2)


def test_no_name_is_remembered(file: Workspace, county_of: MakeCounty, tmp_path: Any) -> None:
    """The file holds neither a name nor the value of a cell."""
    county_of(file).check(finding(values={"remark": "才让多杰"}))
    data = b"".join(path.read_bytes() for path in tmp_path.glob("f.sqlite*"))
    assert "才让多杰".encode() not in data


def test_settled_rows_are_data(file: Workspace, county_of: MakeCounty) -> None:
    """Links come from the campaign and from the workspace; of one row the campaign's word holds."""
    mine = Link("ledger.xls", "1", file_no="7")
    county = county_of(file, links=(mine,))
    county.check()
    theirs = [Link("ledger.xls", "2", file_no="7"), Link("ledger.xls", "2", sheet="台账", row=4)]
    for link in theirs:
        file.write(lambda journal, link=link: journal.put_link(link, "digest"))  # type: ignore[misc]
    assert settled_links(county.campaign, file) == (mine, theirs[1])
