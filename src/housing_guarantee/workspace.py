"""The workspace's key, which lets a person's number enter a finding's key without being read back from it.

A plain digest of an identity number can be reversed in minutes, because a county has few of them.
"""

import os
import secrets
from pathlib import Path

from housing_guarantee.errors import CampaignError

__all__ = ["DIAGNOSES", "exposures", "workspace_key"]

DIAGNOSES = "diag"
"""The folder beside the campaign file in which unexpected errors are kept."""
_SYNCED = (
    *("onedrive", "dropbox", "google drive", "googledrive", "icloud", "mobile documents", "box sync", "syncthing"),
    *(
        "坚果云",
        "nutstore",
        "百度网盘",
        "baidunetdisk",
        "baidusyncdisk",
        "wps云盘",
        "wpsdrive",
        "微云",
        "weiyun",
        "阿里云盘",
    ),
)
"""What folders are called that a program copies to another company's servers."""


def exposures(folder: Path) -> list[dict[str, str]]:
    """Say, in each language, who else may come to see the workspace where it lies."""
    found = []
    place = folder.resolve()
    if os.name == "posix" and place.is_dir() and place.stat().st_mode & 0o005:
        found.append(
            {
                "zh": "工作目录其他用户可以进入，建议 chmod 700",
                "en": "other users of this machine can enter the workspace's folder: chmod 700",
            }
        )
    if any(word in part.lower() for part in place.parts for word in _SYNCED):
        found.append(
            {
                "zh": "工作目录在网盘同步文件夹中，个人数据会被传出本机，请移到本地目录",
                "en": "the workspace's folder is synchronised to a cloud: personal data leaves this machine; move it",
            }
        )
    return found


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
        part.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        os.link(part, file)
    except OSError:
        if not file.exists():  # a file system without links, as on a memory stick
            part.rename(file)
    finally:
        part.unlink(missing_ok=True)
