"""Accounts and passwords (账号、口令) that stand in a county's own workbook, and that no copy of it may spread."""

from typing import Any

from housing_guarantee.data import read_toml

__all__ = ["cover_accounts"]

_FIRST_ROWS = 20  # among which a header stands
_COVER = "******"


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
