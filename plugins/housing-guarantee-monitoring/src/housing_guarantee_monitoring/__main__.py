"""``python -m housing_guarantee_monitoring DIR`` writes the example county."""

import sys
from pathlib import Path

from housing_guarantee_monitoring.example import write_example

if len(sys.argv) != 2:
    sys.exit("usage: python -m housing_guarantee_monitoring DIR")
planted = write_example(Path(sys.argv[1]))
sys.stdout.write(f"{len(planted)} planted faults; now: housing-guarantee check {sys.argv[1]}/campaign.toml\n")
