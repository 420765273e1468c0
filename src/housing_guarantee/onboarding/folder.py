"""What lies in a folder: files that may be tables or databases, and folders of photos or of households' archives.

A folder that holds nothing but pictures and papers is one thing, however deep it goes. A folder whose name holds a
long number and that holds mostly such is a household's, and whatever else lies in it is a paper too.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import define, field

from housing_guarantee.photos.folder import SUFFIXES
from housing_guarantee.rule import Words

__all__ = ["Contents", "contents_of", "files_below", "is_household"]

PAPERS = frozenset({".pdf", ".doc", ".docx", ".wps", ".ofd", ".ppt", ".pptx", ".bmp", ".gif"})
_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "__macosx", "@eadir"})  # by systems, not by people
_OURS = (".toml", ".key")  # campaign files, and the keys of workspaces
_TRUTH = "truth.json"  # beside a demo county
_NUMBER = re.compile(r"(?<![0-9])(?!20[0-9]{2}[01][0-9][0-3][0-9](?![0-9]))[0-9]{8,}(?![0-9])")  # and no date


@define
class Contents:
    """What was found, each list sorted by path.

    :param files: what may be a table, a database, a packed archive or an area file
    :param collections: folders of nothing but pictures and papers
    :param asides: folder → why it, or what lies in it, cannot be taken
    """

    files: list[Path] = field(factory=list)
    collections: list[Path] = field(factory=list)
    asides: dict[Path, Words] = field(factory=dict)


def contents_of(folder: Path) -> Contents:
    """Look through a folder; outputs of earlier runs, hidden files and what programs leave behind are passed over."""
    contents = Contents()
    _look(folder, contents)
    return contents


def is_household(name: str) -> bool:
    """Say whether a folder or file name holds a number that may be a household's."""
    return _NUMBER.search(name) is not None


def files_below(folder: Path) -> Iterator[Path]:
    """List every file below a folder, in order; links to other folders are not followed."""
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_left_behind(name))
        yield from (Path(top, name) for name in sorted(names) if not _is_left_behind(name))


def _look(folder: Path, contents: Contents) -> None:
    try:
        own, folders = _entries(folder)
    except OSError as error:
        kind = type(error).__name__
        contents.asides[folder] = Words(f"文件夹打不开（{kind}）", f"the folder cannot be opened ({kind})")
        return
    if own + folders and all(_is_paper(file, folder) for file in files_below(folder)):
        contents.collections.append(folder)
        return
    contents.files += [file for file in own if not _is_paper(file, folder)]
    if loose := sum(_is_paper(file, folder) for file in own):
        contents.asides[folder] = Words(
            f"有{loose}个照片或文书与表格放在一起，请移入单独的文件夹",
            f"{loose} pictures or papers lie beside tables: move them into a folder of their own",
        )
    for inner in folders:
        _look(inner, contents)


def _entries(folder: Path) -> tuple[list[Path], list[Path]]:
    """List the files and the folders of a folder that are anybody's."""
    entries = sorted(path for path in folder.iterdir() if not _is_left_behind(path.name))
    folders = [path for path in entries if path.is_dir() and not path.is_symlink() and not _is_output(path)]
    files = [path for path in entries if path.is_file() and path.suffix not in _OURS and path.name != _TRUTH]
    return files, folders


def _is_left_behind(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _LEFT_BEHIND


def _is_output(folder: Path) -> bool:
    return (folder / "manifest.json").is_file()


def _is_paper(file: Path, folder: Path) -> bool:
    """Say whether a file is a picture or a paper, or lies in a household's own folder below this one."""
    if file.suffix.lower() in SUFFIXES | PAPERS:
        return True
    above = list(file.relative_to(folder).parents)[:-1]
    return any(is_household(inside.name) and _is_mostly_papers(folder / inside) for inside in above)


def _is_mostly_papers(folder: Path) -> bool:
    files = list(files_below(folder))
    return sum(file.suffix.lower() in SUFFIXES | PAPERS for file in files) * 2 >= len(files)
