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
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.faults import resume, trouble  # noqa: E402 - the tests' own code, at other counts
from tests.faults.fleet import run_job  # noqa: E402
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
    "disk": 1_000,  # of each operation at most; a check asks for fewer
    "resume": 200,
    "kills": 400,  # of feedback and of push, and half as many of check, in each of three databases: 1,000 each
    "cuts": 200,
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


def failing_disk(count: int, seed: int, *, guarded: bool) -> dict[str, Any]:
    """Let each operation of a check fail in every way; the count is a share of them."""
    with tempfile.TemporaryDirectory() as folder:
        counties = trouble.county_with_two_states(Path(folder))
        asked, faults, ran = {}, [], 0
        for operation in trouble.OPERATIONS:
            found = [
                (disk, said) for disk, said in islice(trouble.every_fault(counties, operation, each_kind=True), count)
            ]
            asked[operation] = len(found)
            ran += len(found)
            faults += [f"{disk.what} {disk.at}, error {disk.error}: {'; '.join(said)}" for disk, said in found if said]
    return {"kind": "disk", "ran": ran, "of each": asked, "sound": not faults, "faults": faults[:20], "expected": ran}


def resumed(count: int, seed: int, *, guarded: bool) -> dict[str, Any]:
    """End so many checks at random moments, by whatever, and see that the next one comes to the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        trials = resume.prepare(Path(folder))
        faults = [f"round {number}: {fault}" for number in range(count) for fault in trials.one(number, seed)]
    return {
        "kind": "resume",
        "ran": count,
        "ended by": dict(trials.struck),
        "undisturbed, s": round(trials.usual, 2),
        "sound": not faults,
        "faults": faults[:20],
    }


def killed(count: int, seed: int, *, guarded: bool) -> dict[str, Any]:
    """Kill check, feedback and push so many times in each database, by the tests that do it a few times."""
    return _by_tests(count, "kills", "tests/test_interrupted.py", "tests/writeback/test_interrupted.py")


def cut(count: int, seed: int, *, guarded: bool) -> dict[str, Any]:
    """Cut the connections of check, feedback and push at so many places."""
    return _by_tests(count, "cut", "tests/test_interrupted.py", "tests/writeback/test_interrupted.py")


def _by_tests(count: int, words: str, *files: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-k", words, *files]
    ended = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "HOUSING_KILLS": str(count), "CI": "1"}
    )
    told = [line.lstrip(".") for line in ended.stdout.splitlines() if re.match(r"\.*[0-9]+ (kills|cuts)", line)]
    sound = ended.returncode == 0
    failed = [line for line in ended.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return {"kind": words, "ran": count if sound else 0, "told": told, "sound": sound, "faults": failed[:20]}


JOBS: Mapping[str, Callable[..., dict[str, Any]]] = {
    **{name: partial(changed_inputs, name) for name in TARGETS},
    "disk": failing_disk,
    "resume": resumed,
    "kills": killed,
    "cuts": cut,
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
        result["sound"] &= result["ran"] == result.get("expected", count)
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
    lines = [INTRODUCTION, "## Changed inputs", "", CHANGED, ""]
    columns = (
        *("ran", "taken", "refused by name", "unnamed errors", "two answers", "hangs", "deaths", "limit, s"),
        *("slowest, s", "reader's memory, MB", "watcher's memory, MB"),
    )
    lines += [f"| input | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    lines += [
        f"| {name} | {' | '.join(_shown(held[name][column]) for column in columns)} |"
        for name in FULL
        if name in held and name in TARGETS
    ]
    for name in ("disk", "resume", "kills", "cuts"):
        if name in held:
            lines += ["", f"## {TITLES[name]}", "", *_told(held[name])]
    return "\n".join([*lines, "", "## When, and on what", "", *_runs(held), ""])


INTRODUCTION = """\
# What was broken on purpose, and what came of it

This page is written by `python benchmarks/reliability.py --write docs/reliability.md` from what its jobs came to, and
by nobody else. A job that ran less than its count, or found anything, is marked as not sound. The same code runs at
small counts with the tests (`tests/faults/`), where each guard is also taken away, to see that its job then fails. What
was found once is kept in `tests/faults/kept/` and read again by every run of the tests.
"""
CHANGED = """\
Sound files of each kind are changed at random and read in long-lived processes with limits, as a run reads them. A
death is a process that ended, a hang an input over its limit, an unnamed error whatever is raised beside a refusal;
two answers are two ways to read, or two readers, that differ (a position: by more than 1e-7 degrees)."""
TITLES = {
    "disk": "A disk that fails at its N-th write, open, sync and renaming, for every N",
    "resume": "Checks ended at random, and the bytes that the next one writes",
    "kills": "Programs killed while they write, in three databases",
    "cuts": "Connections cut",
}


def _told(result: Mapping[str, Any]) -> list[str]:
    told = [*result.get("told", ()), *(f"{key}: {value}" for key, value in result.get("of each", {}).items())]
    told += [f"{key}: {value}" for key, value in result.get("ended by", {}).items()]
    verdict = "Sound." if result["sound"] else "**Not sound:**"
    return [f"{verdict} {result['ran']:,} rounds.", "", *(f"- {line}" for line in [*told, *result["faults"]])]


def _runs(held: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = ["| job | sound | count | seed | seconds | commit |", "|---|---|---|---|---|---|"]
    for name in FULL:
        if name in held:
            one = held[name]
            sound = "yes" if one["sound"] else "**no**"
            lines.append(
                f"| {name} | {sound} | {one['ran']:,} | {one['seed']} | {one['seconds']:,} | {one['commit']} |"
            )
    last = list(held.values())[-1]
    return [*lines, "", f"On {last['machine']}, Python {last['python']}; {last['versions']}."]


def _shown(value: Any) -> str:
    return f"{value:,}"


if __name__ == "__main__":
    main()
