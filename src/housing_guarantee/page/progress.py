"""How far the verification has come: who was verified within the campaign's window, and on which day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.findings import HouseholdResult

__all__ = ["days_of", "in_window"]


def in_window(casefile: CaseFile, campaign: Campaign) -> bool:
    """Say whether the household's record is dated within the window."""
    when = casefile.record.verified_on if casefile.verifications else None
    return when is not None and campaign.in_window(when)


def days_of(
    households: Sequence[HouseholdResult], casefiles: Mapping[str, CaseFile], campaign: Campaign
) -> dict[str, Any]:
    """Count the households by the day on which they were verified, and those with a record that no day can be given.

    :returns: ``days`` within the window, in order, each with its count; ``outside``: dated before or after it;
        ``undated``: with a record that says no date
    """
    days: Counter[str] = Counter()
    outside = undated = 0
    for household in households:
        casefile = casefiles[household.household_id]
        if not casefile.verifications:
            continue
        when = casefile.record.verified_on
        if when is None:
            undated += 1
        elif campaign.in_window(when):
            days[str(when.start.date())] += 1
        else:
            outside += 1
    return {"days": sorted(days.items()), "outside": outside, "undated": undated}
