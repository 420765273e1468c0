"""The workspace's key, which lets a person's number enter a finding's key without being read back from it.

A plain digest of an identity number can be reversed in minutes, because a county has few of them.
"""

import os
import secrets
from pathlib import Path

from housing_guarantee.errors import CampaignError
from housing_guarantee.files import sync_folder

__all__ = ["workspace_key"]


def workspace_key(path: Path) -> bytes:
    """Read the key that stands beside the workspace, and make one, for its owner alone, where there is none.

    :raises CampaignError: it can be neither read nor made
    """
    file = path.with_suffix(".key")
    try:
        if not file.exists():
            _make(file)
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise CampaignError(f"{file}: the workspace's key cannot be used ({type(error).__name__})") from error
    if not key:
        raise CampaignError(f"{file}: the workspace's key is empty; put back a copy of it")
    return key


def _make(file: Path) -> None:
    """Write a key whole and then give it its name, so that of two programs that make one both read the same."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        part.touch(mode=0o600)
        with part.open("w", encoding="ascii") as key:
            key.write(secrets.token_hex(32) + "\n")
            key.flush()
            os.fsync(key.fileno())
        try:
            os.link(part, file)
        except OSError:
            if not file.exists():  # a file system without links, as on a memory stick
                part.rename(file)
        sync_folder(file.parent)
    finally:
        part.unlink(missing_ok=True)
