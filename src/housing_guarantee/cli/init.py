"""``init``: look at a folder of files, and write the campaign file that follows from them."""

import sys
from pathlib import Path

import click

from housing_guarantee.cli import options
from housing_guarantee.errors import CampaignError, OutputError
from housing_guarantee.onboarding import Start, start
from housing_guarantee.onboarding.questions import Ask, Question, nobody
from housing_guarantee.onboarding.start import CAMPAIGN

__all__ = ["command"]


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@options.lang
def command(folder: Path, lang: str | None) -> int:
    """新建：查看文件夹中的文件，写出带说明的 campaign.toml（不覆盖已有文件）。

    Look at a folder of files, and write a commented campaign.toml that check accepts. Only what the files do not tell
    is asked, and nothing when not at a terminal. A file that is there is never overwritten.
    """
    language = lang or "zh"
    begun = start(folder, language, _asking(language) if sys.stdin.isatty() and sys.stdout.isatty() else nobody)
    path = folder / CAMPAIGN
    _write(path, begun.text)
    _show(begun, path, language)
    return 3 if begun.faults else 0


def _asking(language: str) -> Ask:
    """Give what asks the operator until the answer is one."""

    def ask(question: Question) -> str:
        kind = click.Choice(question.choices) if question.choices else None
        while True:
            default = question.default or None
            answer: str = click.prompt(question.words.of(language), default=default, type=kind)
            if question.takes(answer):
                return answer

    return ask


def _write(path: Path, text: str) -> None:
    """Write the file, unless one came to stand there meanwhile."""
    content = text.encode()
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise CampaignError(
            f"{path}: it is there already and is not overwritten", zh=f"{path}：文件已存在，不会覆盖"
        ) from error
    except OSError as error:
        path.unlink(missing_ok=True)  # half of it would be refused as a campaign file, and as one that is there already
        raise OutputError(f"{path}: it cannot be written ({type(error).__name__})") from error


def _show(begun: Start, path: Path, language: str) -> None:
    """Say what was found, what was guessed, and what to do next."""
    zh = language == "zh"
    for source in begun.sources:
        mark = "#" if source.copy_of else "·"
        click.echo(f"{mark} {source.role:<14} {source.name}  {'; '.join(note.of(language) for note in source.notes)}")
        for doubt in source.doubts.values():
            click.echo(f"  ? {doubt.of(language)}")
    for name, why in begun.aside:
        click.echo(f"- {name}: {why.of(language)}")
    for key, fact in begun.facts.items():
        if fact.is_guess:
            click.echo(f"? {key}: {fact.source.of(language)}")
    click.echo(f"已写出 {path}，请核对带“？”的行" if zh else f"written: {path}; look at the lines with a ？")
    click.echo(f"housing-guarantee check {path}")
