"""A real browser, and what keeps people out of a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.programs import program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start Chromium, headless, without asking anything of a network by itself."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield started
        started.close()


def serious(tab: "Page") -> list[tuple[str, str]]:
    """Let an accessibility checker look, and give its serious faults: which, and where."""
    import axe_core_python

    tab.evaluate(Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8"))
    violations = tab.evaluate("axe.run()")["violations"]
    return [
        (one["id"], one["nodes"][0]["html"][:200]) for one in violations if one["impact"] in ("serious", "critical")
    ]
