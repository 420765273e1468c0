"""What a person sees: 80 columns with Chinese widths, consoles of every kind, and what a shell completes."""

import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import click
import pytest
from rich.cells import cell_len
from rich.text import Text

from housing_guarantee.cli import program

from .test_cli import CAMPAIGN, RECORDS, ROSTER

HARD = "䶮𬱖㛃"  # characters that GBK has not, one of them beyond the first plane
NUMBER = "10000000002"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of two households that has been checked; a village and a head have names that few consoles can show."""
    folder = tmp_path_factory.mktemp("county")
    (folder / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    rows = f"10000000001,{HARD},632599196001011234,3,茫曲镇,{HARD}村\n{NUMBER},扎西卓玛,,4,茫曲镇,塔哇村\n"
    (folder / "roster.csv").write_text(ROSTER + rows, encoding="utf-8-sig")
    records = f"10000000001,鉴定安全,A级,是,2020-06-11,,\n{NUMBER},鉴定安全,{HARD},是,2020-06-11,,\n"
    (folder / "records.csv").write_text(RECORDS + records, encoding="utf-8-sig")
    command("check", folder / "campaign.toml")
    return folder / "campaign.toml"


def command(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the program in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own interpreter on our own program
        [sys.executable, "-m", "housing_guarantee", *map(str, arguments)],
        capture_output=True,
        env={**os.environ, **environment},
    )


def on_terminal(*arguments: object, columns: int = 80) -> list[str]:
    """Run the program on a terminal of so many columns, and give the lines as they are seen."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    with subprocess.Popen(  # noqa: S603 - our own interpreter on our own program
        [sys.executable, "-m", "housing_guarantee", *map(str, arguments)],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        stdin=theirs,
        env={**environment, "TERM": "xterm-256color", "PYTHONUTF8": "1"},
    ):
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
    os.close(ours)
    return [Text.from_ansi(line).plain.rstrip() for line in seen.decode().replace("\r", "").split("\n")]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # nobody writes any more
        return b""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("rules",),
        ("rules", "photo-gps.far-from-record"),
        ("plugins",),
        ("explain", "{campaign}", NUMBER),
        ("status", "{campaign}", "--villages"),
    ],
    ids=["rules", "rule", "plugins", "explain", "status"],
)
def test_no_line_is_wider_than_the_terminal(campaign: Path, arguments: tuple[str, ...], language: str) -> None:
    """A Chinese character takes two cells, and nothing is cut off: what does not fit goes on in the next line."""
    lines = on_terminal(*(part.format(campaign=campaign) for part in arguments), "--lang", language)
    assert max(map(cell_len, lines)) <= 80
    assert len([line for line in lines if line]) >= 1
    assert not [line for line in lines if "…" in line and "explain" not in arguments]


def test_what_is_piped_is_plain(campaign: Path) -> None:
    """A line a rule, without a frame, a colour or a fold, for whoever searches it."""
    said = command("rules", PYTHONUTF8="1").stdout.decode().splitlines()
    assert len(said) == len(json.loads(command("rules", "--json", PYTHONUTF8="1").stdout))
    assert not [line for line in said if "\x1b" in line or "─" in line]


JSON = {
    "check": ("{campaign}", "--json"),
    "explain": ("{campaign}", NUMBER, "--json"),
    "status": ("{campaign}", "--json"),
    "diff": ("{campaign}", "--json"),
    "photos": ("{campaign}", "--json"),
    "push": ("{campaign}", "--json"),
    "inspect": ("{folder}", "--json"),
    "rules": ("--json",),
    "plugins": ("--json",),
    "audit": ("verify", "{campaign}", "--json"),
    "schema": ("finding",),
}


@pytest.mark.parametrize("name", JSON)
def test_json_is_all_that_stands_on_the_output(campaign: Path, name: str) -> None:
    """Progress and faults go to the error stream."""
    arguments = (part.format(campaign=campaign, folder=campaign.parent) for part in JSON[name])
    json.loads(command(name, *arguments, PYTHONUTF8="1").stdout)


CONSOLES = {
    "gbk": {"PYTHONIOENCODING": "gbk"},
    "cp936": {"PYTHONIOENCODING": "cp936"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "C": {"LC_ALL": "C"},
    "no home": {"HOME": "", "PYTHONUTF8": "1"},
}
CALLS = {
    "help": ("--help",),
    "explain": JSON["explain"],
    "photos": JSON["photos"],
    "check as text": ("check", "{campaign}"),
    "explain as text": ("explain", "{campaign}", "10000000001", "--unmask"),
    "explain nobody": ("explain", "{campaign}", HARD),
    "status as text": ("status", "{campaign}", "--villages"),
    "diff as text": ("diff", "{campaign}", "--since", "0"),
    "audit as text": ("audit", "verify", "{campaign}"),
    "rules as text": ("rules",),
    "plugins as text": ("plugins",),
    "inspect as text": ("inspect", "{folder}"),
    "completion": ("zsh",),
}


@pytest.mark.parametrize("console", CONSOLES)
def test_no_console_ends_a_command(campaign: Path, console: str) -> None:
    """Whatever it cannot show is escaped, in text, in JSON and in what a mistake is answered with."""
    for name, arguments in CALLS.items():
        given = [part.format(campaign=campaign, folder=campaign.parent) for part in arguments]
        words = given if name == "help" or " " in name else [name, *given]
        done = command(*words, **CONSOLES[console])
        said = done.stdout + done.stderr
        assert done.returncode in (0, 1, 2 if "nobody" in name else 0), (name, said[-500:])
        assert b"Traceback" not in said, name
        assert b"internal error" not in said, name


def test_a_closed_pipe_ends_a_command_in_silence() -> None:
    """As ``| head -1`` closes it."""
    line = f"{sys.executable} -m housing_guarantee schema | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True)  # noqa: S603, S607
    assert (done.stdout.strip(), done.stderr) == (b"{", b"")


# ------------------------------------------------------------------------------------------------ completion


def completed(shell: str, words: str, incomplete: str) -> list[str]:
    """Ask as a shell's script does."""
    number = len(words.split()) - (not words.endswith(" "))
    place = {"bash": str(number), "zsh": str(number)}.get(shell, incomplete)
    environment = {"COMP_WORDS": words, "COMP_CWORD": place, "_HOUSING_GUARANTEE_COMPLETE": f"{shell}_complete"}
    return command(**environment, PYTHONUTF8="1").stdout.decode().splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_commands_options_and_codes_are_completed(shell: str) -> None:
    """And nobody's household."""
    for words, incomplete, right in (
        ("housing-guarantee pu", "pu", "push"),
        ("housing-guarantee check --fail", "--fail", "--fail-on"),
        ("housing-guarantee rules ledger.m", "ledger.m", "ledger.match-uncertain"),
    ):
        assert any(right in line for line in completed(shell, words, incomplete)), words
    assert not any("1000" in line for line in completed(shell, "housing-guarantee explain campaign.toml 1", "1"))


def test_the_script_for_powershell_speaks_the_protocol() -> None:
    """It hands over what is typed, asks for its own kind of answer, and gives text and help back to the shell."""
    script = command("completion", "powershell", PYTHONUTF8="1").stdout.decode()
    for part in (
        "Register-ArgumentCompleter -Native -CommandName housing-guarantee",
        '$env:_HOUSING_GUARANTEE_COMPLETE = "powershell_complete"',
        "$env:COMP_WORDS = $commandAst.ToString()",
        "$env:COMP_CWORD = $wordToComplete",
        "[System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $tip)",
    ):
        assert part in script


def test_bash_completes_for_real(tmp_path: Path) -> None:
    """The script, read by bash, fills in what the shell then offers."""
    script = tmp_path / "completion.bash"
    script.write_bytes(command("completion", "bash", PYTHONUTF8="1").stdout)
    program_text = (
        f"source {script}; COMP_WORDS=(housing-guarantee feed); COMP_CWORD=1; "
        'words=$(complete -p housing-guarantee | sed "s/.*-F \\([^ ]*\\).*/\\1/"); '
        "$words housing-guarantee; echo ${COMPREPLY[@]}"
    )
    assert _shell("bash", program_text) == "feedback"


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
def test_fish_completes_for_real(tmp_path: Path) -> None:
    """The script, read by fish, fills in what the shell then offers."""
    script = tmp_path / "completion.fish"
    script.write_bytes(command("completion", "fish", PYTHONUTF8="1").stdout)
    said = _shell("fish", f"source {script}; complete -C 'housing-guarantee feed'")
    assert said.startswith("feedback")


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_zsh_reads_its_script(tmp_path: Path) -> None:
    """The script is one that zsh takes and registers."""
    script = tmp_path / "_housing-guarantee"
    script.write_bytes(command("completion", "zsh", PYTHONUTF8="1").stdout)
    text = f"autoload -Uz compinit && compinit -u -D && source {script} && echo $_comps[housing-guarantee]"
    assert _shell("zsh", text) == "_housing_guarantee_completion"


def _shell(shell: str, text: str) -> str:
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONUTF8": "1"}
    done = subprocess.run([shell, *options, "-c", text], capture_output=True, encoding="utf-8", env=environment)  # noqa: S603
    return done.stdout.strip()


def test_the_program_and_its_list_of_commands_agree() -> None:
    """Each name that is completed is a command that can be imported."""
    context = click.Context(program)
    assert all(program.get_command(context, name) for name in program.list_commands(context))
