"""Where a check's time goes, and how fast the rules are, from records in memory to findings, proofs and verdicts.

    python benchmarks/rules_speed.py [--households 2193 20000] [--jobs 2]

Each county is the synthetic one without photos. Seconds are CPU seconds of this process, but for the reading of
workbooks, whose child is counted too, and for the judging in several processes, which is told by the clock beside the
same by one. What a re-check could save at most is what judging takes, less the digest of every case file by which an
unchanged one would be known.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from housing_guarantee.demo import write_county
from housing_guarantee.engine import judge
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import equipped, furnished, settings_for
from housing_guarantee.questioning import shards_of
from housing_guarantee.report import Result
from housing_guarantee.runner import Silent, lay, write_reports
from housing_guarantee.veil import openly
from housing_guarantee.workers.pool import Workers


def timed(call: Callable[[], Any]) -> tuple[Any, float, float]:
    """Call; give the answer, the CPU seconds with those of children that ended, and the seconds of the clock."""
    before, began = os.times(), time.perf_counter()
    found = call()
    after, ended = os.times(), time.perf_counter()
    return found, sum(after[:4]) - sum(before[:4]), ended - began


def measure(folder: Path, households: int, jobs: int) -> None:
    """Measure one county, and print its lines."""
    write_county(folder, households=households, photos=False)
    campaign = load_campaign(folder / "campaign.toml")
    equipment = equipped(campaign)
    (survey, _), laying, _ = timed(lambda: lay(campaign, equipment, Silent()))
    campaign, rules = furnished(campaign, equipment.vocabulary), equipment.chosen(campaign)
    settings = settings_for(equipment, campaign)

    def judged(**more: Any) -> Any:
        return judge(survey, rules, campaign, settings, secret=lambda: b"key", **more)

    judged()  # what is made once a process is not counted
    outcome, judging, alone = timed(judged)
    with Workers(jobs) as workers:
        judged(executor=workers)
        together = timed(lambda: judged(executor=workers))
    if together[0] != outcome:
        sys.exit("several processes found something else")
    parcels, packing, _ = timed(lambda: [openly(shard).data for shard in shards_of(survey.casefiles)])
    _, digesting, _ = timed(lambda: [hashlib.sha256(openly([one]).data) for one in survey.casefiles])
    result = Result(campaign, survey, outcome, {rule.code: rule for rule in rules})
    _, writing, _ = timed(lambda: write_reports(result, equipment, folder / "out"))
    whole = laying + judging + writing
    print(f"\n{households} households, {len(rules)} rules, {len(outcome.findings)} findings")
    for name, seconds in (
        ("read and lay case files", laying),
        ("judge", judging),
        ("write reports", writing),
    ):
        print(f"  {name:<32} {seconds:>7.2f} s  {seconds / whole:>6.1%}  {seconds / households * 1e3:>6.3f} ms each")
    print(f"  judged a second and core         {households / judging:>7.0f}")
    print(f"  judge in {jobs} processes, by the clock {together[2]:>7.2f} s  against {alone:.2f} s by one")
    size = sum(map(len, parcels)) / households
    print(f"  pack case files for others       {packing:>7.2f} s  {size:.0f} bytes each")
    print(f"  digest each case file by itself  {digesting:>7.2f} s")
    print(f"  a re-check could save at most    {(judging - digesting) / whole:>7.1%} of the check")


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, nargs="+", default=[2193, 20_000])
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    for size in asked.households:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), size, asked.jobs)


if __name__ == "__main__":
    main()
