"""The leak test: a whole masked run of a bad county, and everything that it left is looked through for its people."""

import base64
import gzip
import html
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import click
import pytest
from attrs import field, frozen

from housing_guarantee.cli import program

from . import county
from .commands import COMMANDS, LOCAL, RETURNED, Said, add_failing_rule, run
from .searching import People

NAMES_STAND = ("out/rectification/", "out/annotated/", "out/village/rectification/", "out/village/annotated/")
"""Whose recipients hold the names already and must find the house."""
COPIES = ("out/annotated/", "out/village/annotated/")
"""The county's own workbooks, in which everything stands as it was typed but for accounts."""
PUSHED = ("out/push/plan.json", "out/push/undo-")
"""What is written into the sources: a corrected name or number stands there, for the owner of the file alone."""
OWN = ("campaign.toml", "init/campaign.toml", LOCAL, RETURNED, "workspace.sqlite")
"""What a person wrote, and the workspace, which keeps names of files to settle their rows."""
INPUTS = ("名册/", "app/", "台账/", "鉴定/", "照片/", "一户一档/", "省系统/", "init/", "demo/")


@frozen
class Run:
    """What a run over every command left."""

    folder: Path
    people: People = field(repr=False)
    said: tuple[Said, ...] = field(repr=False)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give every file that is no source, by its path, which is looked through with its bytes."""
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            name = path.relative_to(self.folder).as_posix()
            if not name.startswith(INPUTS) or name == "init/campaign.toml":
                yield name, name.encode() + b"\n" + path.read_bytes()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run every command over a county in which a rule raises with a name and a source is out of reach."""
    folder = tmp_path_factory.mktemp("leaks")
    people = county.write(folder)
    county.copy(folder, folder / "init")
    add_failing_rule(folder)
    said: list[Said] = []
    places = {"folder": str(folder), "campaign": str(folder / "campaign.toml"), "nobody": "99999999999"}
    for name, calls in COMMANDS.items():
        if name == "explain":
            lines = (folder / "out/households.jsonl").read_text(encoding="utf-8").splitlines()
            places["household"] = next(one["household_id"] for one in map(json.loads, lines) if one["codes"])
        if name == "feedback":
            shutil.copy(folder / "out/rectification/all.xlsx", folder / RETURNED)
        said += [run(*(part.format_map(places) for part in call)) for call in calls]
    return Run(folder, people, tuple(said))


def test_every_command_is_looked_through() -> None:
    """A new command without its calls here is a hole in this test."""
    assert set(COMMANDS) == set(program.list_commands(click.Context(program)))


def test_every_command_had_something_to_say(left: Run) -> None:
    """None ended in a fault of the program, which would hide what it says otherwise."""
    assert [said.arguments[0] for said in left.said if said.code not in (0, 1, 3)] == ["explain"]  # of nobody
    assert not [said for said in left.said if b"Traceback" in said.data or b"internal error" in said.data]


def test_no_command_says_who(left: Run) -> None:
    """Neither on its output nor on its error stream, in text or as JSON."""
    found = {said.arguments: left.people.seen(said.data) for said in left.said}
    assert {call: seen for call, seen in found.items() if seen} == {}


def test_no_file_holds_who_but_where_the_contract_allows(left: Run) -> None:
    """Lists and copies of the county's own workbooks hold names, the copies numbers too; nothing holds an account."""
    found = {}
    for name, data in left.files():
        if name in OWN:
            continue
        pushed = name.startswith(PUSHED)
        seen = left.people.seen(
            data, names=pushed or name.startswith(NAMES_STAND), numbers=pushed or name.startswith(COPIES)
        )
        if seen:
            found[name] = sorted(seen)[:5]
    assert found == {}


def test_the_workspace_holds_nobodys_number(left: Run) -> None:
    """Nor an account; of names only those that a file is called by, which its settled rows are found by."""
    data = (left.folder / "workspace.sqlite").read_bytes()
    assert left.people.seen(data) <= {county.NAME}


def test_files_are_their_owners_alone(left: Run) -> None:
    """Whatever the program wrote about the county can be read by nobody else."""
    own = ("campaign.toml", "area.geojson", LOCAL, RETURNED)
    names = [name for name, _ in left.files() if name not in own and not name.startswith("plugin/")]
    open_to_others = [name for name in names if (left.folder / name).stat().st_mode & 0o077]
    assert open_to_others == []


# ------------------------------------------------------------------------------------------------ the test itself

PEOPLE = People(
    frozenset({"马贵德尕", "䶮𬱖㛃"}), frozenset({"632599197706210"}), frozenset({"13897456021"}), frozenset()
)


def zipped(text: str) -> bytes:
    """Give a text inside a zip inside a zip."""
    data = text.encode()
    for _ in range(2):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.xml", data)
        data = file.getvalue()
    return data


def escaped(text: str) -> bytes:
    """Give a text as JSON has it in ASCII."""
    return json.dumps(text).encode()


WAYS: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "gb18030": lambda text: text.encode("gb18030"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-be at an odd place": lambda text: b"x" + text.encode("utf-16-be"),
    "JSON": escaped,
    "entities": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(one):X};" for one in text).encode(),
    "URL": lambda text: quote(text).encode(),
    "zip": zipped,
    "base64 of gzip": lambda text: b'"' + base64.b64encode(gzip.compress((text + "。" * 400).encode(), 0)) + b'"',
    "HTML": lambda text: html.escape(f"<p>{text}</p>").encode(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("planted", ["马贵德尕", "䶮𬱖㛃", "632599197706210052", "13897456021"])
def test_one_planted_person_is_found(way: str, planted: str) -> None:
    """In whatever encoding, escape or container it stands, and a masked one is not."""
    assert PEOPLE.seen(WAYS[way](f"户主{planted}的房"))
    masked = planted[0] + "*" * (len(planted) - 1) if planted[0] > "9" else "*" * (len(planted) - 4) + planted[-4:]
    assert not PEOPLE.seen(WAYS[way](f"户主{masked}的房"))


@pytest.mark.parametrize("form", county.FORMS)
def test_every_form_of_a_number_is_found(form: str) -> None:
    """15 digits, a small x, full width, with blanks, rounded, and with what a disability card adds."""
    assert PEOPLE.seen(f'"{form}"'.encode())


def test_a_planted_leak_makes_the_test_red(left: Run) -> None:
    """A report that shows one name would be found where the run's own files are."""
    (left.folder / "out" / "planted.json").write_text(json.dumps({"name": county.NAME}), encoding="utf-8")
    try:
        with pytest.raises(AssertionError, match=r"planted\.json"):
            test_no_file_holds_who_but_where_the_contract_allows(left)
    finally:
        (left.folder / "out" / "planted.json").unlink()
