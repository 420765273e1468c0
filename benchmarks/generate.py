"""Counties of any number as Parquet, partitioned by county, with planted faults and the truth beside.

    python benchmarks/generate.py --households 23_400_000 --out parquet/ [--per-county 8230] [--jobs 2]

One county after another is drawn and written, so that memory does not grow with the number of households. What is
printed is the rate, and the peak memory of the largest process.
"""

import argparse
import resource
import time
from pathlib import Path

from housing_guarantee.demo.nation import Nation, write_nation


def main() -> None:
    """Write them, and say how fast."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--per-county", type=int, default=8230, help="households of a county; 23.4 million are 2,843")
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-faults", action="store_true", help="every household is in order")
    parser.add_argument("--pictures", action="store_true", help="draw every photo, so that its pixels can be compared")
    asked = parser.parse_args()
    nation = Nation(
        asked.out, asked.households, asked.per_county, asked.seed, faults=not asked.no_faults, pictures=asked.pictures
    )
    began, done = time.perf_counter(), 0
    for counties, households in enumerate(write_nation(nation, asked.jobs), 1):
        done += households
        if counties % 25 == 0 or done == nation.households:
            rate = done / (time.perf_counter() - began)
            print(f"{counties} counties, {done} households, {rate:,.0f} a second, {peak_mb():.0f} MB", flush=True)


def peak_mb() -> float:
    """Give the peak memory of this process or of the largest that it started."""
    return max(resource.getrusage(of).ru_maxrss for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


if __name__ == "__main__":
    main()
