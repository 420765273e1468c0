"""How long the command and the import take, as ratios to `python -c 'import click, attrs, pluggy'` in one run.

    python benchmarks/start_up.py [--rounds 15]

Every command is a process of its own; the commands take turns, so that a busy machine disturbs all alike. Medians.
"""

import argparse
import platform
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "import click, attrs, pluggy": [sys.executable, "-c", "import click, attrs, pluggy"],
    "import housing_guarantee": [sys.executable, "-c", "import housing_guarantee"],
    "housing-guarantee --help": [sys.executable, "-m", "housing_guarantee", "--help"],
    "python -c pass": [sys.executable, "-c", "pass"],
}


def main() -> None:
    """Time the commands in turns, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - started)
    base = statistics.median(seconds["import click, attrs, pluggy"])
    print(f"Python {platform.python_version()}, {rounds} rounds, medians")
    for name, taken in seconds.items():
        median = statistics.median(taken)
        print(f"{name:<32} {median * 1000:7.1f} ms  {median / base:5.2f} x")


if __name__ == "__main__":
    main()
