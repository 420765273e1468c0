"""A check before a form is sent: which of its fields are wrong, in words for whoever fills it in.

The form is one verification; what the roster says of the household is known already. Only what the form itself can be
blamed for is said: a photo or a ledger that is looked at later is no fault of the form.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import housing_guarantee as hg

CAMPAIGN = Path(__file__).with_name("campaign.toml")


def faults_of(form: Mapping[str, Any], roster: Mapping[str, Any], campaign: hg.Campaign) -> dict[str, list[str]]:
    """Give, for each field of the form that a finding points at, what is wrong with it."""
    casefile = hg.casefile_of({"roster": [roster], "verifications": [form]}, campaign)
    result = hg.check([casefile], campaign, unmask=True)  # whoever fills it in has typed it
    faults: dict[str, list[str]] = defaultdict(list)
    for finding in result.findings:
        for cell in finding.cells:
            if cell.source == "verifications" and cell.column:
                faults[cell.column].append(result.public.message(finding))
    return dict(faults)


if __name__ == "__main__":
    campaign = hg.load_campaign(CAMPAIGN)
    roster = {"household_id": "10000000001", "head_name": "才让多杰", "household_size": 3}
    form = {
        "household_id": "10000000001",
        "head_name": "才让多杰",
        "household_size": "3人",
        "guarantee_type": "鉴定安全",
        "grade": "D级",
        "is_safe": "是",
        "became_dangerous": "",
        "type_changed": "否",
        "is_current_dwelling": "是",
        "visited": "是",
        "verified_on": "2020年6月11日",
    }
    for field, words in faults_of(form, roster, campaign).items():
        print(field, *words, sep="\n  ")
