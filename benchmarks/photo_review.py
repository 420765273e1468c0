"""The review page of a county of the plan's size: how long it takes to write, to open, and from photo to photo.

``python benchmarks/photo_review.py [HOUSEHOLDS]`` writes the demo county with its photos into a temporary folder, and
its page twice (the second time from the thumbnails that are known), and steps through it in headless Chromium, which
must be installed beside the package and ``playwright``. A step is from the key to two frames after the photo that then
stands there has been decoded.
"""

import shutil
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

import housing_guarantee as hg
from housing_guarantee.demo import write_county
from housing_guarantee.review.content import shown
from housing_guarantee.review.writer import write_review
from housing_guarantee.runner import Silent, run

HOUSEHOLDS, STEPS = 2193, 200
STEP = """async (keys) => {
  const times = [];
  for (const key of keys) {
    const begun = performance.now();
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const image = document.querySelector("figure img:not([hidden])");
    if (image) { await image.decode().catch(() => {}); }
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push(performance.now() - begun);
  }
  return times;
}"""


def main(households: int) -> None:
    """Measure, and print one line a figure."""
    with TemporaryDirectory() as folder:
        county = Path(folder)
        write_county(county, households=households)
        result = run(hg.load_campaign(county / "campaign.toml"))
        first, page = timed(lambda: write_review(result, county / "review", Silent()))
        again, _ = timed(lambda: write_review(result, county / "review", Silent()))
        files = list((page.parent / "photos").iterdir())
        print(f"photos on the page: {sum(1 for _ in shown(result))}")
        print(f"thumbnails: {len(files)}, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")
        print(f"page: {page.stat().st_size / 1e6:.2f} MB")
        print(f"written in {first:.1f} s; again, with the thumbnails known, in {again:.1f} s")
        browse(page)


def timed(work: Any) -> tuple[float, Any]:
    """Give how many seconds something took, and what it gave."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def browse(page: Path) -> None:
    """Open the page, step through it, and decide."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-ready]")
        ready = tab.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        print(f"opens, ready for the first key: {ready:.0f} ms")
        tab.fill("input[type=text]", "审看人")
        tab.evaluate("document.activeElement.blur()")
        told("step", tab.evaluate(STEP, ["ArrowRight"] * STEPS))
        told("decision", tab.evaluate(STEP, [str(1 + number % 5) for number in range(STEPS)]))
        heap = tab.evaluate("performance.memory ? performance.memory.usedJSHeapSize / 1e6 : 0")
        print(f"memory of the script after that: {heap:.0f} MB")
        browser.close()


def told(what: str, times: list[float]) -> None:
    """Print the middle, the 95th of a hundred, and the longest."""
    ordered = sorted(times)
    print(
        f"{what}: median {statistics.median(ordered):.0f} ms, 95 % within {ordered[len(ordered) * 95 // 100]:.0f} ms, "
        f"longest {ordered[-1]:.0f} ms ({len(ordered)} of them)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS)
