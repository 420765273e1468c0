"""The workspace's key, which lets a person's number enter a finding's key without being read back from it.

A plain digest of an identity number can be reversed in minutes, because a county has few of them.
"""

import secrets
from pathlib import Path

from housing_guarantee.errors import CampaignError

__all__ = ["workspace_key"]


def workspace_key(path: Path) -> bytes:
    """Read the key that stands beside the workspace, and make one, for its owner alone, where there is none.

    :raises CampaignError: it can be neither read nor made
    """
    file = path.with_suffix(".key")
    try:
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        return bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise CampaignError(f"{file}: the workspace's key cannot be used ({type(error).__name__})") from error
