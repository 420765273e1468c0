"""What is heavy is imported where it is used, so that the command and the library answer at once."""

import subprocess
import sys

import pytest

HEAVY = ("alembic", "sqlalchemy", "openpyxl", "PIL", "jinja2", "exifread", "xlsxwriter", "python_calamine", "rich")


def loaded_after(code: str) -> list[str]:
    """Run code in a new interpreter, and list which heavy packages it has loaded."""
    probe = f"import sys\n{code}\nprint([n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr)"
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own code
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    found: list[str] = eval(done.stderr.strip().splitlines()[-1])  # noqa: S307 - printed two lines above
    return found


@pytest.mark.parametrize(
    "code",
    [
        "import housing_guarantee",
        "import housing_guarantee as hg; hg.load_campaign, hg.run, hg.check, hg.casefile_of, hg.link, hg.hookimpl",
        "from housing_guarantee.cli import _run; _run(['--help'])",
        "from housing_guarantee.cli import _run; _run(['check', '--help'])",
        "from housing_guarantee.cli import _run; _run(['push', '--help'])",
        "from housing_guarantee.cli import _run; _run(['schema', '--help'])",
        "from housing_guarantee.cli import _run; _run(['status', '--help'])",
        "from housing_guarantee.cli import _run; _run(['feedback', '--help'])",
        "from housing_guarantee.cli import _run; _run(['purge', '--help'])",
        "from housing_guarantee.cli import _run; _run(['inspect', '--help'])",
        "from housing_guarantee.cli import _run; _run(['init', '--help'])",
        "from housing_guarantee.plugins import equip; equip()",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_used(code: str) -> None:
    """Neither the face, nor help, nor loading every built-in rule and adapter imports a heavy package."""
    assert loaded_after(code) == []


def test_the_probe_sees_what_is_loaded() -> None:
    """The list is not empty because nothing could be seen."""
    assert loaded_after("import PIL, rich") == ["PIL", "rich"]
