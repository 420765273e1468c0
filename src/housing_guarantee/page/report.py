"""The report that writes ``report.html``, and a page a township where there are many households."""

import html
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.page.content import content_of
from housing_guarantee.page.document import document
from housing_guarantee.page.frame import Frame
from housing_guarantee.page.townships import FOLDER, MOST, index_of, pages_of, townships_of
from housing_guarantee.report import Report, Result, replace_text

__all__ = ["Page", "page_of"]


class Page:
    """Writes the page, of which nothing is ever asked of a network: one file, or for many households a file a township.

    :param most: households that one file holds
    """

    name = "page"

    def __init__(self, most: int = MOST) -> None:
        self._most = most

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the page; an earlier one is replaced only when it is whole, and no page of an earlier run stays."""
        frame, stale = Frame.of(result), set((folder / FOLDER).glob("*.html"))
        if len(result.households) <= self._most:
            written = [_put(folder / "report.html", content_of(result, frame))]
        else:
            townships = townships_of(result)
            written = [_put(folder / file, content) for file, content in pages_of(result, frame, townships)]
            written.insert(0, _put(folder / "report.html", index_of(result, frame, townships)))
        for path in stale - set(written):
            path.unlink(missing_ok=True)
        return written


def _put(path: Path, content: Mapping[str, Any]) -> Path:
    return replace_text(path, _text(content))


def page_of(result: Result) -> str:
    """Give the text of a page that holds the whole run."""
    return _text(content_of(result, Frame.of(result)))


def _text(content: Mapping[str, Any]) -> str:
    parts = {
        "language": "zh-CN" if content["language"] == "zh" else "en",
        "title": html.escape(content["title"]),
    }
    return document(
        _asset("page.html"),
        parts,
        style=_asset("page.css"),
        script=_asset("page.js"),
        content=content,
        images="'none'",
    )


def _asset(name: str) -> str:
    return resources.files("housing_guarantee.page").joinpath("assets", name).read_text(encoding="utf-8")


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [Page()]
