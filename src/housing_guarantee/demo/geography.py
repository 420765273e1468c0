"""Where the townships and villages of the county lie: boxes side by side, and a second part apart from the first."""

from random import Random

__all__ = ["EXCLAVE", "NORTH", "box_of", "in_exclave", "position_of"]

WEST, EAST, SOUTH, NORTH = 100.25, 101.5, 35.36, 36.1
EXCLAVE = (101.34, 35.18, 101.54, 35.32)
_GRID = {
    "632525100": (0, 0),
    "632525101": (1, 0),
    "632525102": (2, 0),
    "632525200": (0, 1),
    "632525202": (1, 1),
    "632525203": (2, 1),
}


def box_of(township: str) -> tuple[float, float, float, float]:
    """Give a township's part of the county as west, south, east, north."""
    column, row = _GRID[township]
    width, height = (EAST - WEST) / 3, (NORTH - SOUTH) / 2
    return (WEST + column * width, SOUTH + row * height, WEST + (column + 1) * width, SOUTH + (row + 1) * height)


def in_exclave(village: str) -> bool:
    """Say whether a village lies in the county's second part."""
    return village in ("632525102213", "632525102214", "632525102215")


def position_of(township: str, village: str, random: Random) -> tuple[float, float]:
    """Draw a place in a village, whose middle is always the same."""
    west, south, east, north = EXCLAVE if in_exclave(village) else box_of(township)
    at = Random(int(village))
    middle = (at.uniform(south + 0.05, north - 0.05), at.uniform(west + 0.05, east - 0.05))
    return (middle[0] + random.uniform(-0.008, 0.008), middle[1] + random.uniform(-0.008, 0.008))
