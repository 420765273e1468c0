"""时限、人员: verified within the days of the campaign, by whom the plan names (三、工作时限, 四(一)1).

Verification and recording run for four days in June 2020, done by first secretaries, poverty-relief team members
and village-stationed cadres, who must enter each home; times that no visit could have are a sign that nobody went.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from operator import itemgetter

from attrs import frozen

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.models import Cell, Period
from housing_guarantee.rule import ERROR, UNPROVEN, WARNING, Breach, Fix, Group, Topic, Words, rule

timed = partial(rule, clause="T1")
_HOUR = timedelta(hours=1)


@frozen
class Settings:
    """How fast a recorder may be."""

    households_per_hour: int = 20
    """Households that one recorder can verify within any hour; our own: three minutes each, the way included."""


@timed(
    severity=WARNING,
    message=Words("核验日期{date}不在核验期限{window}内", "verified on {date}, outside the campaign's {window}"),
    fix=Fix("核对核验日期；确在期限外核验的，说明原因", "check the date; say why if it is right", "village"),
)
def outside_window(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """A household was verified before or after the days of the campaign."""
    when = casefile.record.verified_on
    if when is None or campaign.in_window(when) or _in_future(when, campaign):
        return None
    first, last = campaign.window
    return Breach(casefile.record.at("verified_on"), {"date": when, "window": f"{first}～{last}"})


@timed(
    severity=ERROR,
    effect=UNPROVEN,
    requirement="verified",
    message=Words("日期{date}在今天以后", "the date {date} is still to come"),
    fix=Fix("按实际时间改正日期", "correct the date", "village"),
)
def in_the_future(casefile: CaseFile, campaign: Campaign) -> list[Breach]:
    """A record is dated after the moment of the run."""
    record = casefile.record
    dates = {"verified_on": record.verified_on, "recorded_on": record.recorded_on}
    return [
        Breach(record.at(name), {"date": when}, slot=name)
        for name, when in dates.items()
        if when is not None and _in_future(when, campaign)
    ]


def _in_future(when: Period, campaign: Campaign) -> bool:
    return when.start > campaign.now


@timed(
    clause="V0",
    severity=WARNING,
    message=Words(
        "录入时间{date}早于核验时间{other_date}", "recorded on {date}, before it was verified on {other_date}"
    ),
    fix=Fix(
        "核实是否先录入、后入户；未入户的重新核验", "find out whether anybody went; verify again if not", "township"
    ),
)
def recorded_before_visit(casefile: CaseFile) -> Breach | None:
    """A record was entered before the house was verified."""
    verified, recorded = casefile.record.verified_on, casefile.record.recorded_on
    if verified is None or recorded is None or not verified.after(recorded):
        return None
    cells = casefile.record.at("recorded_on", "verified_on")
    return Breach(cells, {"date": recorded, "other_date": verified})


@rule(
    clause="S3",
    severity=WARNING,
    message=Words("核验人身份为“{typed}”，不是{expected}", "the recorder is “{typed}”, none of {expected}"),
    fix=Fix("核对核验人身份；原则上由规定人员核验", "check the role; in principle one of these verifies", "township"),
)
def recorder_role(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The recorder has none of the roles that the plan names."""
    record = casefile.record
    known = tuple(term.name for term in campaign.definition.recorder_roles)
    if record.recorder_role in known or not record.has("recorder_role"):
        return None
    return Breach(record.at("recorder_role"), {"typed": record.recorder_role, "expected": known})


def _recorder(casefile: CaseFile) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """Give the recorder of a record that says at what time of day the house was verified."""
    record = casefile.record if casefile.verifications else None
    if record and record.recorder and record.verified_on and record.verified_on.has_time:
        yield normalise_name(record.recorder), record.at("verified_on", "recorder")


@rule(
    clause="V0",
    severity=WARNING,
    key=_recorder,
    message=Words(
        "核验人{recorder}一小时内核验{count}户，超过{per_hour}户",
        "{recorder} verified {count} households within an hour; more than {per_hour} is not possible",
    ),
    fix=Fix("抽查这些户是否真正入户", "visit some of these households and ask whether anybody came", "county"),
)
def pace_impossible(group: Group, settings: Settings) -> list[Breach]:
    """One recorder verified more households within an hour than anybody can."""
    limit = settings.households_per_hour
    seen = ((member.casefile.record.verified_on, member) for member in group.members)
    visits = sorted(((when.start, member) for when, member in seen if when), key=itemgetter(0))
    times = [start for start, _ in visits]
    counts = [0] * len(visits)
    for first, start in enumerate(times):
        end = bisect_left(times, start + _HOUR)
        counts[first:end] = [max(count, end - first) for count in counts[first:end]]
    return [
        Breach(
            member.cells,
            {"recorder": member.casefile.record.recorder, "count": count, "per_hour": limit},
            household_id=member.casefile.household_id,
        )
        for (_, member), count in zip(visits, counts, strict=True)
        if count > limit
    ]


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    rules = (outside_window, in_the_future, recorded_before_visit, recorder_role, pace_impossible)
    return [Topic("schedule", rules, Settings)]
