"""Text as the XML of a workbook holds it."""

import re
from xml.sax.saxutils import escape

__all__ = ["escaped"]

_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def escaped(text: str) -> str:
    """Write a text; what a workbook would take for the code of a character stays text too."""
    return escape(_CODE.sub("_x005F_", text))
