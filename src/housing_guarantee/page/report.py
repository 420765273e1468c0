"""The report that writes ``report.html``."""

import base64
import hashlib
import html
import json
import re
from importlib import resources
from pathlib import Path

from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.page.content import content_of
from housing_guarantee.report import Report, Result, replace_file

__all__ = ["Page", "page_of"]


class Page:
    """Writes one self-contained page, of which nothing is ever asked of a network."""

    name = "page"

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the page; an earlier one is replaced only when it is whole."""
        data = page_of(result).encode("utf-8", "backslashreplace")
        return [replace_file(folder / "report.html", lambda part: _put(part, data))]


def _put(part: Path, data: bytes) -> None:
    part.write_bytes(data)


def page_of(result: Result) -> str:
    """Give the page's text.

    What offices typed stands in it as data only, in a block that no browser runs; the page's own script, which its
    policy names by digest and which is the only one that may run, writes it as text.
    """
    style, script = _asset("page.css"), _asset("page.js")
    parts = {
        "language": "zh-CN" if result.language == "zh" else "en",
        "title": html.escape(result.campaign.name),
        "policy": f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'",
        "style": style,
        "script": script,
        "data": _data(content_of(result)),
    }
    # in one pass: what is put in is never looked at again
    return re.sub(r"\{\{(\w+)\}\}", lambda mark: parts[mark[1]], _asset("page.html"))


def _data(content: object) -> str:
    """Write JSON that can neither end its block nor begin another."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _asset(name: str) -> str:
    return resources.files("housing_guarantee.page").joinpath("assets", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [Page()]
