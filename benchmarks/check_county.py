"""What a check costs by the number of households: CPU seconds, households a second, memory a household.

    python benchmarks/check_county.py [--households 2193 10000 30000 100000]

Each county is the synthetic one without photos, written first and not counted. Each check is the whole command in a
process of its own, its reading child included, from files to all reports. CPU is user and system time.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from housing_guarantee.demo import write_county

PROBE = """
import json, os, resource, sys
from housing_guarantee.cli import _run
code = _run(["check", sys.argv[1], "--fail-on", "never", "--json"])
times = os.times()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
cpu = times.user + times.system + times.children_user + times.children_system
print(json.dumps({"code": code, "cpu": cpu, "peak": peak}), file=sys.stderr)
"""


def measure(campaign: Path) -> dict[str, float]:
    """Check one county in a process of its own."""
    done = subprocess.run([sys.executable, "-c", PROBE, str(campaign)], capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stderr.strip().splitlines()[-1])
    if measured["code"] or json.loads(done.stdout)["verdicts"]["could_not_check"]:
        sys.exit(f"{campaign}: exit code {measured['code']:.0f}: not everything was judged, so nothing is measured")
    return measured


def main() -> None:
    """Measure every size, and print a table with the growth from one size to the next."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, nargs="+", default=[2193, 10_000, 30_000, 100_000])
    sizes = parser.parse_args().households
    names = ("attrs", "python-calamine", "XlsxWriter")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names))
    print(f"{'households':>10} {'CPU s':>8} {'per s':>8} {'ms each':>8} {'peak MB':>8} {'KB each':>8}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_county(Path(folder), households=size, photos=False)
            measured = measure(Path(folder) / "campaign.toml")
        cpu, peak = measured["cpu"], measured["peak"]
        each = (cpu / size * 1000, peak / size / 1024)
        print(f"{size:>10} {cpu:>8.2f} {size / cpu:>8.0f} {each[0]:>8.2f} {peak / 1e6:>8.0f} {each[1]:>8.1f}")


if __name__ == "__main__":
    main()
