"""What is installed is what was tested: locks that hold every dependency by digest, and actions pinned by commit."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def wanted(*extras: str) -> list[Requirement]:
    """List what the project asks for with these extras, also where one extra names another."""
    found = [Requirement(one) for one in PROJECT["dependencies"]]
    for extra in extras:
        for one in map(Requirement, EXTRAS[extra]):
            found += wanted(*sorted(one.extras)) if one.name == PROJECT["name"] else [one]
    return found


def locked(name: str) -> dict[str, tuple[list[str], int]]:
    """Give of each package of a lock its versions (one a marker) and how many digests it has."""
    held: dict[str, tuple[list[str], int]] = {}
    for block in re.split(
        r"^(?=[\w.-]+(?:\[[\w,-]+\])?==)", (ROOT / "lock" / name).read_text(encoding="utf-8"), flags=re.M
    ):
        if found := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", block):
            versions, digests = held.get(canonicalize_name(found[1]), ([], 0))
            held[canonicalize_name(found[1])] = [*versions, found[2]], digests + block.count("--hash=sha256:")
    return held


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("runtime.txt", ("heic", "mysql", "postgresql")), ("development.txt", ("test", "lint", "docs", "release"))],
)
def test_a_lock_holds_every_dependency_in_a_version_that_the_project_allows(lock: str, extras: tuple[str, ...]) -> None:
    """A dependency that was added or raised without the lock would be installed unpinned."""
    held = locked(lock)

    missing = [str(one) for one in wanted(*extras) if canonicalize_name(one.name) not in held]
    refused = [
        f"{one.name} {version}"
        for one in wanted(*extras)
        for version in held.get(canonicalize_name(one.name), ([], 0))[0]
        if not one.specifier.contains(Version(version))
    ]

    assert (missing, refused) == ([], [])


@pytest.mark.parametrize("lock", ["runtime.txt", "development.txt"])
def test_every_package_of_a_lock_has_a_digest(lock: str) -> None:
    """A version alone is what the index says it is today."""
    held = locked(lock)

    assert len(held) > 10
    assert [name for name, (_, digests) in held.items() if digests == 0] == []


def test_actions_are_pinned_by_commit_and_may_only_read() -> None:
    """A tag can be moved to other code by whoever owns it."""
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = workflow.read_text(encoding="utf-8")
        actions = re.findall(r"uses:\s*(\S+)", text)

        assert actions
        assert [one for one in actions if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one)] == []
        assert "permissions:\n  contents: read\n" in text
        assert "write" not in re.sub(r"#.*", "", text)
