"""What it costs to ask plugins' rules apart: the check of one county without them, with them, and with them apart.

    python benchmarks/plugins_apart.py [--households 2193] [--rounds 3]

The plugin has three rules of single households that read a record, a photo and the roster, as those of a county do.
Each check is the whole command in a process of its own. CPU is user and system time of it and of its children; the
findings must be the same wherever the rules are asked. Of the rounds the one that took the least CPU is shown.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from check_county import PROBE

from housing_guarantee.demo import write_county

PLUGIN = '''
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.rule import WARNING, Breach, Fix, Topic, Words, rule

FIX = Fix("核实", "look again", "village")


@rule(clause="X1", severity=WARNING, message=Words("{size}人", "{size} persons"), fix=FIX)
def large(casefile):
    """A household is large."""
    size = casefile.record.household_size or 0
    return Breach(casefile.record.at("household_size"), {"size": size}) if size > 6 else None


@rule(clause="X1", severity=WARNING, message=Words("等级{grade}", "grade {grade}"), fix=FIX)
def graded(casefile):
    """A house is graded C."""
    grade = casefile.record.grade
    return Breach(casefile.record.at("grade"), {"grade": grade}) if grade == "C" else None


@rule(clause="X1", severity=WARNING, message=Words("无电话", "no telephone"), fix=FIX, recorded=False)
def silent(casefile):
    """A relocated household has no telephone."""
    row = casefile.household.rows[0]
    return Breach(row.at("phone")) if row.relocated and row.phone is None else None


@hookimpl
def register_rules():
    return [Topic("bench", (large, graded, silent))]
'''


def check(campaign: Path) -> tuple[float, float, bytes]:
    """Check the county; give seconds of CPU, of the clock, and what was found."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", PROBE, str(campaign)], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    found = (campaign.parent / "out" / "findings.jsonl").read_bytes()
    measured = json.loads(done.stderr.strip().splitlines()[-1])
    if measured["code"]:
        sys.exit(f"exit code {measured['code']}: not everything was judged, so nothing is measured")
    return measured["cpu"], seconds, found


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=2193)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_county(Path(folder) / "county", households=asked.households, photos=False)
        plain = Path(folder) / "county" / "campaign.toml"
        text = plain.read_text(encoding="utf-8")
        (plain.parent / "bench.py").write_text(PLUGIN, encoding="utf-8")
        kinds = {
            "without the plugin": text,
            "with it": f'{text}\n[rules]\nplugins = ["bench.py"]\n',
            "with it, apart": f'{text}\n[rules]\nplugins = ["bench.py"]\n[plugins]\nisolate = true\n',
        }
        best: dict[str, tuple[float, float, bytes]] = {}
        for _ in range(asked.rounds):
            for kind, own in kinds.items():
                plain.write_text(own, encoding="utf-8")
                found = check(plain)
                best[kind] = min(best.get(kind, found), found)
    if best["with it"][2] != best["with it, apart"][2]:
        sys.exit("the findings differ")
    first = best["with it"][0]
    print(f"{'':<20} {'CPU s':>7} {'clock s':>8} {'to with it':>11}")
    for kind, (cpu, seconds, _) in best.items():
        print(f"{kind:<20} {cpu:>7.2f} {seconds:>8.2f} {cpu / first - 1:>+11.1%}")


if __name__ == "__main__":
    main()
