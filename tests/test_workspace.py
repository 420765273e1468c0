"""The key beside the workspace."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from housing_guarantee.errors import CampaignError
from housing_guarantee.workspace import workspace_key


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """It stands beside the workspace under its name, and is the same the next time."""
    key = workspace_key(tmp_path / "w.sqlite")
    assert len(key) == 32
    assert workspace_key(tmp_path / "w.sqlite") == key
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [("w.key", 0o600)]


def test_programs_that_make_a_key_at_once_read_the_same(tmp_path: Path) -> None:
    """None reads a key that another one is still writing."""
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: workspace_key(tmp_path / "w.sqlite"), range(64)))
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["w.key"]


@pytest.mark.parametrize("text", ["", "no hex", "\u4f60"])
def test_a_key_that_is_none_is_said(text: str, tmp_path: Path) -> None:
    """It is never taken for an empty key, and never overwritten."""
    (tmp_path / "w.key").write_text(text, encoding="utf-8")
    with pytest.raises(CampaignError, match=r"w\.key"):
        workspace_key(tmp_path / "w.sqlite")
    assert (tmp_path / "w.key").read_text(encoding="utf-8") == text
