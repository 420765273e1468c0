"""A whole county on disk, to try a plugin in a run."""

from pathlib import Path

from housing_guarantee.demo import write_county

__all__ = ["write_demo_county"]


def write_demo_county(folder: Path, *, households: int = 320, photos: bool = False) -> Path:
    """Write the synthetic county with its planted faults, and give its campaign file.

    :param folder: one that is empty or not there yet
    :param households: at least 320, so that every fault finds a household of its own
    :param photos: whether its photos are written and read too, which takes longer
    """
    write_county(folder, households=households, photos=photos)
    return folder / "campaign.toml"
