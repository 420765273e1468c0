"""A whole county on disk, to try a plugin in a run."""

from pathlib import Path

from housing_guarantee.demo import write_county

__all__ = ["write_demo_county"]


def write_demo_county(folder: Path, *, households: int = 250) -> Path:
    """Write the synthetic county with its planted faults, and give its campaign file.

    :param folder: one that is empty or not there yet
    """
    write_county(folder, households=households)
    return folder / "campaign.toml"
