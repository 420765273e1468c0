"""Data frames in and out, cell by cell of a notebook (``# %%``), with pandas and with polars.

Tables that are frames already need no files: each household's rows make a case file, all are judged at once, so that
what several households share is found too, and verdicts and findings come back as frames.
"""

# %%
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

import housing_guarantee as hg

campaign = hg.load_campaign(Path(__file__).with_name("campaign.toml"))

# %% The tables: a roster of a row a household, and the records of the visits.
number = "household_id"
ROSTER = [
    {number: "10000000001", "head_name": "才让多杰", "head_id_number": "632599196001011234", "household_size": 3},
    {number: "10000000002", "head_name": "扎西卓玛", "head_id_number": "632599197105052341", "household_size": 2},
    {number: "10000000003", "head_name": "公保才旦", "head_id_number": None, "household_size": None},
]
answers = {"is_safe": True, "became_dangerous": False, "type_changed": False, "is_current_dwelling": True}
VISITS = [
    {number: "10000000001", "guarantee_type": "鉴定安全", "grade": "A级", "verified_on": "2020-06-11", **answers},
    {number: "10000000002", "guarantee_type": "鉴定安全", "grade": "D级", "verified_on": "2020-06-11", **answers},
    {number: "19999999999", "guarantee_type": "鉴定安全", "grade": "A级", "verified_on": "2020-06-11", **answers},
]


# %% One case file a household. What belongs to no household of the roster is given back, and not forgotten.
def judge(
    roster: Iterable[Mapping[str, Any]], visits: Iterable[Mapping[str, Any]]
) -> tuple[hg.Result, list[Mapping[str, Any]]]:
    """Judge rows that are linked by household number, and give the records of nobody on the roster."""
    own: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: {"roster": [], "verifications": []})
    for row in roster:
        own[row[number]]["roster"].append(row)
    strays = []
    for row in visits:
        if row[number] in own:
            own[row[number]]["verifications"].append(row)
        else:
            strays.append(row)
    return hg.check([hg.casefile_of(tables, campaign) for tables in own.values()], campaign), strays


def verdicts(result: hg.Result) -> list[dict[str, Any]]:
    """Give a row a household."""
    return [{number: one.household_id, "verdict": one.verdict.value} for one in result.households]


def findings(result: hg.Result) -> list[dict[str, Any]]:
    """Give a row a finding, masked."""
    return [{number: one.household_id, "code": one.code, "what": result.public.message(one)} for one in result.findings]


# %% pandas in, pandas out.
roster, visits = pd.DataFrame(ROSTER), pd.DataFrame(VISITS)
result, strays = judge(roster.to_dict("records"), visits.to_dict("records"))
by_household = pd.DataFrame(verdicts(result)).merge(roster[[number, "household_size"]], on=number)
problems = pd.DataFrame(findings(result))

# %% polars in, polars out.
result_pl, strays_pl = judge(pl.DataFrame(ROSTER).to_dicts(), pl.DataFrame(VISITS).to_dicts())
by_verdict = pl.DataFrame(verdicts(result_pl)).group_by("verdict").len().sort("verdict")

# %%
if __name__ == "__main__":
    print(by_household, problems, by_verdict, f"{len(strays)} record(s) of nobody on the roster", sep="\n\n")
