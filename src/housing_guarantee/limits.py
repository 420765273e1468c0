"""How much a stranger's file may ask for: what each limit is by default, and how a campaign file sets it.

Only the standard library is imported: the processes that are started for files are told of these.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["SETTINGS", "Limits", "as_argument", "from_argument"]


class Limits(NamedTuple):
    """How large a file of tables may be, and what the process that reads one, or a photo, may take.

    The defaults lie far above what a county sends.

    :param ratio: unpacked to packed bytes, asked of parts above ``ratio_from`` unpacked bytes
    :param rows: the last row that may hold a value, and ``columns`` the last column
    :param area: cells in the rectangles that the sheets span from A1, all sheets together
    :param merged_cells: cells that the merged ranges of one sheet may cover, and ``merged_down`` those that are one
        column wide, as of a village written once for all its rows
    :param seconds: that reading a workbook may take, and ``memory`` the bytes; ``photo_…`` of one photo
    """

    file_bytes: int = 100_000_000
    unpacked_bytes: int = 300_000_000
    parts: int = 2_000
    ratio: int = 200
    ratio_from: int = 1_000_000
    rows: int = 200_000
    columns: int = 512
    area: int = 10_000_000
    merged_cells: int = 100_000
    merged_down: int = 1_000_000
    seconds: float = 60
    memory: int = 2 << 30
    photo_seconds: float = 30
    photo_memory: int = 1 << 30


SETTINGS: Mapping[str, tuple[str, int]] = {
    "workbook_mb": ("file_bytes", 1_000_000),
    "unpacked_mb": ("unpacked_bytes", 1_000_000),
    "parts": ("parts", 1),
    "ratio": ("ratio", 1),
    "rows": ("rows", 1),
    "columns": ("columns", 1),
    "cells": ("area", 1),
    "workbook_seconds": ("seconds", 1),
    "workbook_memory_mb": ("memory", 1 << 20),
    "photo_seconds": ("photo_seconds", 1),
    "photo_memory_mb": ("photo_memory", 1 << 20),
}
"""Key of ``[limits]`` in a campaign file → the limit, and its unit."""


def as_argument(limits: Limits) -> str:
    """Write limits for the command line of a process."""
    return json.dumps(limits)


def from_argument(text: str) -> Limits:
    """Read them there."""
    return Limits(*json.loads(text))
