"""Names and numbers that stand nowhere else, and a search for them in every byte that a program wrote."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

__all__ = ["NAME", "NUMBER", "found_in", "found_under"]

NAME = "金雀甲乙"
NUMBER = "992525197001010012"
"""Of an area that there is none of, and with a wrong check digit."""
_HIDDEN = (NAME, NUMBER, NUMBER[:17])
_FORMS = {
    form
    for text in _HIDDEN
    for form in (
        *(text.encode(encoding) for encoding in ("utf-8", "gb18030", "utf-16-le")),
        json.dumps(text)[1:-1].encode(),
    )
}


def found_in(data: bytes) -> bool:
    """Say whether a canary stands in these bytes, in any encoding, or in a zip that they are."""
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                return any(found_in(archive.read(name)) for name in archive.namelist())
        except zipfile.BadZipFile:
            pass
    return any(form in data for form in _FORMS)


def found_under(folder: Path, allowed: Iterable[str]) -> Iterator[str]:
    """Name every file below a folder in which a canary stands, but for those whose paths begin with what is allowed."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and not name.startswith(tuple(allowed)) and found_in(path.read_bytes()):
            yield name
