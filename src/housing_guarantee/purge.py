"""清除个人数据: take personal data out for good, look for what may be left of it, and certify both.

The certificate names nobody: a household stands in it as a hash under the workspace's key. Rows of the workspace go one
by one; the cache of photos and the reports, which hold every household, go whole and are made anew by the next check.
"""

import hashlib
import hmac
import json
import shutil
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from housing_guarantee.campaign import LOCAL, Campaign
from housing_guarantee.photos.cache import cache_path
from housing_guarantee.report import replace_bytes
from housing_guarantee.tracking.audit import Entry
from housing_guarantee.tracking.journal import Journal
from housing_guarantee.tracking.removal import Removed, Traces, remove_closed, remove_households, traces
from housing_guarantee.tracking.store import Workspace
from housing_guarantee.tracking.tracker import note
from housing_guarantee.workspace import workspace_key

__all__ = ["Purged", "purge_all", "purge_closed", "purge_households"]

_OUTPUTS = (
    *("findings.jsonl", "households.jsonl", "summary.json", "manifest.json", "report.html"),
    *("rectification", "annotated", "push", "review"),
)
"""What commands write into the output folder; whatever else lies there is left, and said."""
_LONG_ENOUGH = 6  # bytes; a shorter word stands in any file by chance, and is looked for in rows alone


@frozen
class Purged:
    """What was removed, and what a scan found of it afterwards.

    :param what: ``households``, ``closed before`` and the day, or ``all``
    :param subjects: the households, each as a keyed hash
    :param rows: removed from the workspace, by table
    :param files: removed whole
    :param left: in the output folder, because no command of this program writes it
    :param scanned: files of the workspace that were looked through, byte by byte
    :param found: where something stands all the same: a file, or a table and its column
    :param audit_entry, seal: the entry in the audit trail that says so; where the trail is gone, its last one
    :param certificate: the file that says all this
    """

    what: str
    subjects: tuple[str, ...]
    rows: dict[str, int]
    files: tuple[str, ...]
    left: tuple[str, ...]
    scanned: tuple[str, ...]
    found: tuple[str, ...]
    audit_entry: int | None
    seal: str | None
    certificate: Path | None = None


def purge_households(campaign: Campaign, numbers: Sequence[str], outputs: Path | None = None) -> Purged:
    """Remove everything that is kept of some households, with the cache of photos.

    :param outputs: the folder of the reports, where these are to be removed too
    :raises WorkspaceError: the workspace cannot be used; nothing was removed
    """
    key = workspace_key(campaign.folder / campaign.workspace)
    subjects = tuple("#" + hmac.new(key, one.encode(), hashlib.sha256).hexdigest()[:16] for one in sorted(set(numbers)))
    work = lambda journal: remove_households(journal, numbers)  # noqa: E731
    return _purge(campaign, "households", subjects, work, _cache_files(campaign), outputs)


def purge_closed(campaign: Campaign, before: date, outputs: Path | None = None) -> Purged:
    """Remove the findings that a check before a day has closed, with what people answered to them."""
    return _purge(campaign, f"closed before {before}", (), lambda journal: remove_closed(journal, before), (), outputs)


def purge_all(campaign: Campaign, outputs: Path | None = None) -> Purged:
    """Remove the workspace whole: its rows, its audit trail, its key, and the cache of photos."""
    workspace = Workspace.of(campaign)
    last: Entry | None = workspace.read(Journal.last_audit, None)
    path = campaign.folder / campaign.workspace
    there = [file for file in (*workspace.files, path.with_suffix(".key"), *_cache_files(campaign)) if file.exists()]
    rows = workspace.drop()
    _remove_files(there)
    removed, left = _remove_outputs(outputs)
    names = (*(file.name for file in there), *removed)
    found = tuple(file.name for file in there if file.exists())
    return _certified(campaign, Purged("all", (), rows, names, left, (), found, *_entry(last)))


def _purge(
    campaign: Campaign,
    what: str,
    subjects: tuple[str, ...],
    work: Any,
    files: Iterable[Path],
    outputs: Path | None,
) -> Purged:
    workspace = Workspace.of(campaign)
    key = workspace_key(campaign.folder / campaign.workspace)

    def once(journal: Journal) -> tuple[Removed, Entry | None]:
        removed: Removed = work(journal)
        if any(removed.rows.values()):
            note(journal, key, "purge", {"what": what, "subjects": list(subjects), "removed": removed.rows})
        return removed, journal.last_audit()

    there = [file for file in files if file.exists()]
    exists = workspace.read(lambda _: True, False)
    removed, entry = workspace.write(once) if exists else (Removed({}, frozenset()), None)
    if exists:
        workspace.compact()
    rest = workspace.read(lambda journal: traces(journal, removed.words), Traces((), frozenset()))
    workspace.close()
    _remove_files(there)
    gone, left = _remove_outputs(outputs)
    scanned = [file for file in (*workspace.files, *there) if file.exists()]
    found = (*rest.places, *_holding(scanned, removed.words - rest.parts))
    names, looked = (*(file.name for file in there), *gone), tuple(file.name for file in scanned)
    return _certified(campaign, Purged(what, subjects, removed.rows, names, left, looked, found, *_entry(entry)))


def _entry(entry: Entry | None) -> tuple[int | None, str | None]:
    return (entry.number, entry.seal) if entry else (None, None)


def _cache_files(campaign: Campaign) -> tuple[Path, ...]:
    cache = cache_path(campaign.folder / campaign.workspace)
    return tuple(Path(f"{cache}{end}") for end in ("", "-wal", "-shm"))


def _holding(files: Iterable[Path], words: Iterable[str]) -> list[str]:
    """Name the files in whose bytes something of it stands, be it in a page that is not used any more."""
    sought = [word.encode() for word in sorted(words) if len(word.encode()) >= _LONG_ENOUGH]
    return [file.name for file in files if (data := file.read_bytes()) and any(word in data for word in sought)]


def _remove_files(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _remove_outputs(folder: Path | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Remove what commands have written, and give the names of what was removed, and of what was left."""
    if folder is None or not folder.is_dir():
        return (), ()
    removed = []
    for name in _OUTPUTS:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        else:
            continue
        removed.append(f"{folder.name}/{name}")
    return tuple(removed), tuple(sorted(f"{folder.name}/{path.name}" for path in folder.iterdir()))


def _certified(campaign: Campaign, purged: Purged) -> Purged:
    """Write the certificate beside the workspace, for its owner alone; a later one never replaces it."""
    base, now = campaign.folder / campaign.workspace, datetime.now(LOCAL)
    file = base.with_name(f"{base.stem}-purged-{now:%Y%m%dT%H%M%S%f}.json")
    about = {
        "campaign": campaign.name,
        "county_code": campaign.county_code,
        "at": now.isoformat(timespec="seconds"),
        **asdict(purged, filter=lambda attribute, _: attribute.name != "certificate"),
    }
    replace_bytes(file, (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode())
    return evolve(purged, certificate=file)
