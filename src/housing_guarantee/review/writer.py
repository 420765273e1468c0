"""Write the review page: one file, and beside it a folder of thumbnails, each named by its photo's digest.

A thumbnail is made once and kept by content, in the cache of photos that lies beside the workspace. The folder holds
those of this page and no others.
"""

import html
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import resources
from pathlib import Path
from secrets import token_hex

from housing_guarantee.casefiles import PhotoEvidence
from housing_guarantee.errors import OutputError
from housing_guarantee.page.document import document
from housing_guarantee.photos.cache import PhotoCache, cache_path
from housing_guarantee.photos.places import Place
from housing_guarantee.photos.probes import Probes
from housing_guarantee.photos.reader import thumbnails_of
from housing_guarantee.reading import Progress
from housing_guarantee.report import Result, replace_text
from housing_guarantee.review.content import content_of, shown
from housing_guarantee.review.decisions import fingerprint
from housing_guarantee.workspace import workspace_key

__all__ = ["page_of", "write_review"]

PHOTOS = "photos"


def write_review(result: Result, folder: Path, progress: Progress) -> Path:
    """Write the page and its thumbnails, and give the page's file.

    :raises OutputError: the folder cannot be written
    :raises ProbeError: no process for making thumbnails can be started
    """
    campaign = result.campaign
    workspace = campaign.folder / campaign.workspace
    with PhotoCache(cache_path(workspace)) as cache:
        made = _put_all(folder / PHOTOS, _thumbnails(_wanted(result), cache, progress))
    text = page_of(result, fingerprint(workspace_key(workspace), campaign.county_code), made)
    return replace_text(folder / "index.html", text)


def page_of(result: Result, campaign: str, pictures: frozenset[str]) -> str:
    """Give the page's text.

    :param campaign: its fingerprint
    :param pictures: digests of the photos of which there is a thumbnail
    """
    parts = {
        "language": "zh-CN" if result.language == "zh" else "en",
        "title": html.escape(result.campaign.name),
    }
    return document(
        _asset("review.html"),
        parts,
        style=_asset("review.css"),
        script=_asset("review.js"),
        content=content_of(result, campaign, pictures),
        images="'self' file:",  # the folder beside it; a browser's own name for itself does not cover files
    )


def _asset(name: str) -> str:
    return resources.files("housing_guarantee.review").joinpath("assets", name).read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------ thumbnails


def _wanted(result: Result) -> dict[str, Place]:
    """Say where each picture lies that the page shows, by its digest: those to decide on, and those of the archives."""
    pairs = list(shown(result))
    casefiles = {casefile.household_id: casefile for casefile, _ in pairs}
    evidence: list[PhotoEvidence] = [one for _, one in pairs]
    evidence += [one for casefile in casefiles.values() for one in casefile.archive_photos]
    return {one.photo.digest: one.lies for one in evidence if one.photo and one.photo.digest and one.lies}


def _thumbnails(wanted: dict[str, Place], cache: PhotoCache, progress: Progress) -> Iterator[tuple[str, bytes]]:
    """Give the thumbnail of each picture that can be decoded, made by a probe where none is known."""
    with Probes() as probes:
        for done, thumbnail in enumerate(thumbnails_of(wanted, probes, cache), 1):
            yield thumbnail
            progress.step("thumbnails", done, len(wanted))


def _put_all(folder: Path, thumbnails: Iterable[tuple[str, bytes]]) -> frozenset[str]:
    """Write thumbnails, leave those that are there, and take away those of no photo of the page any more."""
    names: set[str] = set()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for digest, picture in thumbnails:
            names.add(digest)
            _put(folder / f"{digest}.jpg", picture)
        for path in folder.iterdir():
            if path.suffix in (".jpg", ".part") and path.stem not in names:
                path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{folder}: 无法写入 · it cannot be written ({reason})") from error
    return frozenset(names)


def _put(path: Path, picture: bytes) -> None:
    """Write a file for its owner alone, whole or not at all."""
    with suppress(FileNotFoundError):
        if path.read_bytes() == picture:
            return
    part = path.with_name(f"{path.stem}-{token_hex(4)}.part")
    part.touch(mode=0o600)
    part.write_bytes(picture)
    part.replace(path)
