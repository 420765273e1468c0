"""Plugins that are really installed: a package and its entry point in a folder of the import path."""

from collections.abc import Callable
from pathlib import Path

import pytest

Install = Callable[[str, str], None]


def install_in(site: Path, name: str, text: str) -> None:
    """Install a plugin as pip would leave it: a module, and the record of its distribution."""
    module = f"plugin_{name.replace('-', '_')}"
    (site / f"{module}.py").write_text(text, encoding="utf-8")
    record = site / f"{module}-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: plugin-{name}\nVersion: 1.0\n", encoding="utf-8")
    (record / "entry_points.txt").write_text(f"[housing_guarantee]\n{name} = {module}\n", encoding="utf-8")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install plugins by name and text, for the time of a test."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    return lambda name, text: install_in(site, name, text)
