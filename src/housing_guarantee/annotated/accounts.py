"""Accounts and passwords (账号、口令) that stand in a county's own workbook, and that no copy of it may spread."""

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from housing_guarantee.data import read_toml

__all__ = ["cover_accounts", "has_accounts"]

_FIRST_ROWS = 20  # among which a header stands
_COVER = "******"
_TEXT = re.compile(r"<(?:\w+:)?t(?: [^>]*)?>([^<]*)<")
_TEXTS = ("xl/sharedStrings.xml", "xl/worksheets/")


def has_accounts(data: bytes) -> bool:
    """Say whether any text of an xlsx is a header of accounts or passwords, without reading its cells."""
    words = frozenset(read_toml("accounts.toml")["headers"])
    with ZipFile(BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if name.startswith(_TEXTS) and name.endswith(".xml")]
        return any(
            _key(text[1]) in words
            for name in parts
            for text in _TEXT.finditer(archive.read(name).decode("utf-8", "replace"))
        )


def cover_accounts(book: Any) -> None:
    """Cover what stands under a header of accounts or passwords, in every sheet of a copy."""
    words = frozenset(read_toml("accounts.toml")["headers"])
    for sheet in book.worksheets:
        heads = [cell for row in sheet.iter_rows(max_row=_FIRST_ROWS) for cell in row if _key(cell.value) in words]
        for head in heads:
            below = sheet.iter_rows(min_row=head.row + 1, min_col=head.column, max_col=head.column)
            for (cell,) in below:
                if cell.value not in (None, "") and _key(cell.value) not in words:
                    cell.value = _COVER


def _key(value: Any) -> str:
    return "".join(str(value).split()).casefold()
