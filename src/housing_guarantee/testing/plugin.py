"""The kit as a plugin of pytest: a county to try things in.

It is loaded in every run of pytest beside which this package is installed, so that it imports nothing.
"""

import shutil
from pathlib import Path

import pytest

from housing_guarantee import testing


@pytest.fixture(scope="session")
def _demo_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return testing.write_demo_county(tmp_path_factory.mktemp("county") / "demo").parent


@pytest.fixture
def demo_county(_demo_county: Path, tmp_path: Path) -> Path:
    """The campaign file of a synthetic county: 320 households, planted faults, no photos; a copy for each test."""
    shutil.copytree(_demo_county, tmp_path / "demo-county")
    return tmp_path / "demo-county" / "campaign.toml"
