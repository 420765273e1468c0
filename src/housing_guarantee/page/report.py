"""The report that writes ``report.html``."""

import html
from importlib import resources
from pathlib import Path

from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.page.content import content_of
from housing_guarantee.page.document import document
from housing_guarantee.report import Report, Result, replace_bytes

__all__ = ["Page", "page_of"]


class Page:
    """Writes one self-contained page, of which nothing is ever asked of a network."""

    name = "page"

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the page; an earlier one is replaced only when it is whole."""
        data = page_of(result).encode("utf-8", "backslashreplace")
        return [replace_bytes(folder / "report.html", data)]


def page_of(result: Result) -> str:
    """Give the page's text."""
    parts = {
        "language": "zh-CN" if result.language == "zh" else "en",
        "title": html.escape(result.campaign.name),
    }
    return document(
        _asset("page.html"),
        parts,
        style=_asset("page.css"),
        script=_asset("page.js"),
        content=content_of(result),
        images="'none'",
    )


def _asset(name: str) -> str:
    return resources.files("housing_guarantee.page").joinpath("assets", name).read_text(encoding="utf-8")


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [Page()]
