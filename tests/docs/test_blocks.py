"""Every block of the documentation does what it says, or says why it is not run."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .blocks import PAGES, ROOT, Block, Desk, blocks_of, holds_command, shows

ELSEWHERE = {
    "docs/first-county.md": "tests/onboarding/test_first_county.py",
    "docs/plugins.md": "tests/docs/test_plugins_page.py",
}
"""Pages whose blocks need more than the demo county: a test of their own runs every one of them."""
BY_PAGE = {page.relative_to(ROOT).as_posix(): blocks_of(page) for page in PAGES}
SHOWN = ("", "text", "floors")
"""What is shown and not run."""
README = "README.md"
QUICK_START = (README, "sh")
"""The two commands of the README that make an environment: `.ci/run` runs them as they stand there."""

NOT_RUN = (
    ("CONTRIBUTING.md", "it makes an environment; .ci/run makes one with the README's commands"),
    ("CONTRIBUTING.md", "these are the checks themselves, which .ci/run runs"),
    ("README.zh-CN.md", "it enters the environment of the block before it"),
    (
        "README.zh-CN.md",
        "it makes an environment of its own from a package index; .ci/run does the same with the README's commands",
    ),
    ("docs/review.md", "the decisions file is saved by a person in a browser; tests/review does it"),
    ("SECURITY.md", "it makes an environment from the package index, by digest; .ci/release does so too"),
    ("docs/push.md", "it kills programs two hundred times; the suite runs the same test a few times"),
    ("docs/tracking.md", "it would remove what the commands around it need; tests/test_purge.py runs each of them"),
    (
        "examples/README.md",
        "it serves until it is ended; tests/test_examples.py runs the same service and posts the same file",
    ),
)
"""The blocks that cannot run here, and why; a page that needs one more says so here too."""


def runs(block: Block) -> bool:
    """Say whether a block is run."""
    quick = (block.page, block.language) == QUICK_START
    return block.language not in SHOWN and block.note("not run") is None and not quick


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo county that was checked once, with a photo at hand."""
    return _checked(tmp_path_factory.mktemp("small"), "--households", "320")


def _checked(folder: Path, *options: str) -> Path:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "housing_guarantee", "demo", "demo-county", *options],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    county = folder / "demo-county"
    (folder / "said").write_text(done.stdout, encoding="utf-8")
    shutil.copy(next(county.rglob("照片/**/*.jpg")), county / "a.jpg")
    (county / "demo-county").symlink_to(".")  # so that a page may speak of it from outside
    return county


@pytest.mark.parametrize(
    "page", [page for page, found in BY_PAGE.items() if page not in (README, *ELSEWHERE) and any(map(runs, found))]
)
def test_every_block_does_what_it_says(page: str, county: Path, tmp_path: Path) -> None:
    """The blocks of a page run in its order, in one copy of the demo county."""
    folder = tmp_path / "county"
    shutil.copytree(county, folder, symlinks=True)
    run_page(page, folder)


def test_every_block_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    """It shows the whole county that its first command writes: the table and the line below it, and one household."""
    county = _checked(tmp_path)
    (table,) = [block for block in BY_PAGE[README] if block.language == "text"]

    assert shows(f"...\n{table.text}...", (tmp_path / "said").read_text(encoding="utf-8"))
    run_page(README, county)


def run_page(page: str, folder: Path) -> None:
    """Run the blocks of a page."""
    desk = Desk(folder, folder)
    for block in filter(runs, BY_PAGE[page]):
        try:
            desk.run(block)
        except (Exception, SystemExit) as error:
            raise AssertionError(f"{block.page}:{block.line}: {error}") from error


def test_what_another_test_runs_is_run_there() -> None:
    """It is named here, it is there, and it reads that page."""
    for page, test in ELSEWHERE.items():
        assert page in (ROOT / test).read_text(encoding="utf-8") or Path(page).name in (ROOT / test).read_text("utf-8")


def test_what_is_not_run_is_counted_and_has_a_reason() -> None:
    """A block is left out only where it is listed here, with the reason that the page gives."""
    left_out = [
        (b.page, b.note("not run")) for found in BY_PAGE.values() for b in found if b.note("not run") is not None
    ]

    assert sorted(left_out) == sorted(NOT_RUN)
    assert [page for page, why in NOT_RUN if len(why) < 20] == []


def test_every_block_is_of_a_kind_that_is_run_or_shown() -> None:
    """A block of another kind would be neither."""
    kinds = {"sh", "console", "python", "toml", "json", *SHOWN}

    assert [(b.page, b.line, b.info) for found in BY_PAGE.values() for b in found if b.language not in kinds] == []


def test_what_is_only_shown_holds_no_command() -> None:
    """A command that nobody runs hides in no text."""
    shown = [b for found in BY_PAGE.values() for b in found if b.language in SHOWN and holds_command(b.text)]

    assert [(block.page, block.line) for block in shown] == []


# ------------------------------------------------------------------------------------------------ the mechanism itself


@pytest.fixture
def fails(tmp_path: Path) -> Callable[..., bool]:
    """Say whether a block fails."""

    def failing(language: str, text: str, *notes: str) -> bool:
        try:
            Desk(tmp_path, tmp_path).run(Block("page.md", 1, tuple(language.split()), text, notes))
        except Exception:
            return True
        return False

    return failing


def test_a_block_that_is_wrong_fails(fails: Callable[..., bool]) -> None:
    """No kind of block passes whatever it holds."""
    assert [fails("sh", "true\n"), fails("sh", "false\n"), fails("sh", "false\n", "exits 1")] == [False, True, False]
    assert [fails("sh", "false\ntrue\n"), fails("sh", "housing-guarantee chekc\n")] == [True, True]
    assert [fails("console", "$ echo a\na\n"), fails("console", "$ echo a\nb\n")] == [False, True]
    assert [fails("console", "$ printf 'a\\nb\\nc\\n'\na\n...\nc\n"), fails("console", "$ false\n")] == [False, True]
    assert [fails("python", "assert 1\n"), fails("python", "assert 0\n")] == [False, True]
    assert [fails("toml", "[workspace]\n"), fails("toml", "[workspce]\n")] == [False, True]
    assert [
        fails("toml", "[rules.photo-gps]\nborder_km = 1.0\n"),
        fails("toml", "[rules.photo-gps]\nborder = 1.0\n"),
    ] == [
        False,
        True,
    ]
    assert [fails("toml pyproject", "[project]\n"), fails("toml pyproject", "[projects]\n")] == [False, True]
    assert [fails("json", "{}"), fails("json", "{,}")] == [False, True]


def test_commands_keep_the_folder(tmp_path: Path) -> None:
    """What one block enters, the next stands in."""
    (tmp_path / "inside").mkdir()
    desk = Desk(tmp_path, tmp_path)
    desk.run(Block("page.md", 1, ("sh",), "cd inside\n", ()))
    desk.run(Block("page.md", 2, ("console",), "$ basename $(pwd)\ninside\n", ()))
    desk.run(Block("page.md", 3, ("json",), "{}", ("file: a.json",)))

    assert (tmp_path / "inside" / "a.json").read_text(encoding="utf-8") == "{}"


def test_comments_and_directives_are_told_from_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comments belong to the block right behind them; what the site's builder reads is no block."""
    monkeypatch.setattr("tests.docs.blocks.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- exits 1 -->\n<!-- file: a.sh -->\n```sh\nfalse\n```\n\n"
        "```{toctree}\na\n```\n\n- x\n\n  ```json\n  {}\n  ```\n",
        encoding="utf-8",
    )

    assert blocks_of(page) == [
        Block("page.md", 3, ("sh",), "false\n", ("exits 1", "file: a.sh")),
        Block("page.md", 13, ("json",), "{}\n", ()),
    ]
