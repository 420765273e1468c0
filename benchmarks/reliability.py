"""Everything that is broken on purpose, at large counts, and the page that says what came of it.

    python benchmarks/reliability.py [JOB ...] [--share 1.0] [--seed 2020] [--write docs/reliability.md]

Without names every job is run. Each has a full count, of which ``--share`` is run: 0.01 is a try, 1.0 takes about an
hour on two cores. What a job came to is kept in ``reliability.json`` beside the page as soon as it is done, so that a
run which was ended goes on with ``--keep`` where it was; the page is written from that. The run fails if a job ran less
than its count, or found anything. ``--without-guard`` takes the guards of changed inputs away: then it must fail.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.faults.fleet import run_job  # noqa: E402 - the tests' own code, at other counts
from tests.faults.kinds import TARGETS  # noqa: E402

FULL = {
    "photos": 1_000_000,
    "pixels": 100_000,
    "workbooks": 100_000,
    "old-workbooks": 50_000,
    "lists": 50_000,
    "delimited": 200_000,
    "archives": 100_000,
    "campaigns": 100_000,
    "areas": 200_000,
}
PACKAGES = (
    *("attrs", "exifread", "openpyxl", "Pillow", "pillow-heif", "psycopg", "PyMySQL", "python-calamine", "SQLAlchemy"),
    "XlsxWriter",
)


def changed_inputs(name: str, count: int, seed: int, *, guarded: bool) -> dict[str, Any]:
    """Read so many changed inputs of one kind."""
    outcome = run_job(name, count, seed=seed, seconds=TARGETS[name].seconds, guarded=guarded)
    return {
        "kind": "changed inputs",
        "ran": outcome.ran,
        "taken": outcome.accepted,
        "refused by name": outcome.refused,
        "unnamed errors": outcome.unnamed,
        "two answers": outcome.disagreements,
        "hangs": outcome.hangs,
        "deaths": outcome.deaths,
        "limit, s": TARGETS[name].seconds,
        "slowest, s": round(outcome.slowest, 3),
        "reader's memory, MB": outcome.memory[0] >> 20,
        "watcher's memory, MB": outcome.memory[1] >> 20,
        "sound": outcome.sound and outcome.memory[1] < 400 << 20,
        "faults": outcome.faults[:20],
    }


JOBS: Mapping[str, Callable[..., dict[str, Any]]] = {
    name: lambda *arguments, name=name, **options: changed_inputs(name, *arguments, **options) for name in TARGETS
}


def main() -> None:
    """Run the jobs, and write what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"of {', '.join(JOBS)}; all by default")
    parser.add_argument("--share", type=float, default=1.0, help="of each job's full count")
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--write", type=Path, help="the page to write, with reliability.json beside it")
    parser.add_argument("--keep", action="store_true", help="keep jobs that this commit has run already, at this share")
    parser.add_argument("--without-guard", action="store_true")
    arguments = parser.parse_args()
    if unknown := set(arguments.jobs) - JOBS.keys():
        parser.error(f"no such job: {', '.join(sorted(unknown))}")
    store = arguments.write.with_name("reliability.json") if arguments.write else None
    held = json.loads(store.read_text(encoding="utf-8")) if store and store.exists() else {}
    unsound = []
    for name in arguments.jobs or JOBS:
        count = max(1, round(FULL[name] * arguments.share))
        if arguments.keep and _same(held.get(name), count, arguments.seed):
            continue
        started = time.monotonic()
        result = JOBS[name](count, arguments.seed, guarded=not arguments.without_guard)
        result |= {"count": count, "seed": arguments.seed, "seconds": round(time.monotonic() - started), **_where()}
        result["sound"] &= result["ran"] == count
        print(f"{name}: {json.dumps({key: value for key, value in result.items() if key != 'where'}, indent=None)}")
        if not result["sound"]:
            unsound.append(name)
        if store:
            held[name] = result
            store.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            arguments.write.write_text(page(held), encoding="utf-8")
    sys.exit(f"not sound: {', '.join(unsound)}" if unsound else 0)


def _same(result: Mapping[str, Any] | None, count: int, seed: int) -> bool:
    return bool(result) and (result["count"], result["seed"]) == (count, seed) and result["commit"] == _commit()


def _where() -> dict[str, Any]:
    """Say what ran, and on what."""
    return {
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": ", ".join(f"{package} {version(package)}" for package in PACKAGES),
    }


def _commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude", "*"], capture_output=True, text=True, cwd=ROOT
    )
    return said.stdout.strip()


def page(held: Mapping[str, Mapping[str, Any]]) -> str:
    """Write the page from what the jobs came to."""
    return ""


if __name__ == "__main__":
    main()
