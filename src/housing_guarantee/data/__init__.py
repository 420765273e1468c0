"""Facts as files, each with its source: words, headers, clauses, divisions, the definition of a campaign.

Behaviour lives in code; what may differ in another county or another year lives here, or in a plugin's files.
"""

import csv
import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["read_csv", "read_toml"]


@cache
def read_toml(name: str) -> dict[str, Any]:
    """Read one of the package's TOML files, once; callers must not change what they get."""
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text(encoding="utf-8"))


@cache
def read_csv(name: str) -> tuple[dict[str, str], ...]:
    """Read one of the package's CSV files, a dictionary a row; lines that begin with # are remarks."""
    text = resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
