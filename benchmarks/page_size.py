"""What the page costs by the number of households: seconds and memory to write it, its size, and how soon it answers.

    python benchmarks/page_size.py [--households 2193 160000] [--findings 100000] [--townships 24]

The households are those of the synthetic county, checked once and laid side by side under other numbers until there are
enough, in so many townships; so are the findings. The memory is the peak while the page is written, over what the run
holds already. It needs Chromium, and Linux.
"""

import argparse
import gc
import platform
import re
import statistics
import tempfile
import time
from importlib.metadata import version
from itertools import count, islice
from pathlib import Path

from attrs import evolve

import housing_guarantee as hg
from housing_guarantee.demo import write_county
from housing_guarantee.page.report import Page
from housing_guarantee.report import Result


def enlarged(result: Result, households: int, findings: int, townships: int) -> Result:
    """Lay copies of a county side by side until there are so many households, findings and townships."""
    casefiles, judged, found = [], [], []
    groups = max(1, round(townships / len({one.place.township for one in result.households})))
    for copy in range(-(-households // len(result.households))):

        def placed(place: hg.models.Place, copy: int = copy) -> hg.models.Place:
            return evolve(place, township=f"{place.township}{copy % groups}", area_code="") if copy % groups else place

        for casefile in result.survey.casefiles:
            own = casefile.household
            casefiles.append(evolve(casefile, household=evolve(own, household_id=f"{own.household_id}-{copy}")))
        for one in result.households:
            judged.append(evolve(one, household_id=f"{one.household_id}-{copy}", place=placed(one.place)))
    numbers = islice(count(), -(-findings // len(result.findings)))
    for copy in numbers:
        for one in result.findings:
            own = f"{one.household_id}-{copy % (len(judged) // len(result.households))}" if one.household_id else None
            found.append(evolve(one, key=f"{one.key}-{copy}", household_id=own))
    at = {one.household_id: one.place for one in judged[:households]}
    found = [evolve(one, place=at.get(one.household_id or "", one.place)) for one in found[:findings]]
    survey = evolve(result.survey, casefiles=tuple(casefiles[:households]))
    outcome = evolve(result.outcome, households=tuple(judged[:households]), findings=tuple(found))
    return evolve(result, survey=survey, outcome=outcome)


def memory(name: str) -> float:
    """Give the memory that this process holds (``VmRSS``) or held at most (``VmHWM``), in MB."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


def opened(path: Path, screen: str) -> float:
    """Give the milliseconds until a page's content is there, the median of five."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        taken = []
        for _ in range(5):
            tab = browser.new_page()
            tab.goto(path.as_uri() + screen)
            tab.wait_for_selector("html[data-ready] main > *")
            taken.append(tab.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
            tab.close()
        browser.close()
    return statistics.median(taken)


def main() -> None:
    """Measure each size, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, nargs="+", default=[2193, 160_000])
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--townships", type=int, default=24)
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, attrs {version('attrs')}, {platform.machine()}")
    print("households  findings  files  index MB  largest MB  write s  added MB  index ms  largest ms")
    with tempfile.TemporaryDirectory() as folder:
        write_county(Path(folder), households=2193, photos=False)
        base = hg.run(hg.load_campaign(Path(folder) / "campaign.toml"))
        for households in arguments.households:
            result = base
            if households != len(base.households):
                result = enlarged(base, households, arguments.findings, arguments.townships)
            gc.collect()
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets the peak so far
            before, began = memory("VmRSS"), time.process_time()
            written = Page().write(result, Path(folder) / str(households))
            seconds = time.process_time() - began
            added = memory("VmHWM") - before
            largest = max(written[1:] or written, key=lambda path: path.stat().st_size)
            sizes = [path.stat().st_size / 1e6 for path in (written[0], largest)]
            soon = (opened(written[0], ""), opened(largest, "#findings"))
            print(
                f"{households:>10}  {len(result.findings):>8}  {len(written):>5}  {sizes[0]:>8.2f}  {sizes[1]:>10.2f}"
                f"  {seconds:>7.1f}  {added:>8.0f}  {soon[0]:>8.0f}  {soon[1]:>10.0f}"
            )


if __name__ == "__main__":
    main()
