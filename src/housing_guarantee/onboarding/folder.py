"""What lies in a folder: files that may be tables or databases, and folders of photos or of households' archives.

A folder that holds nothing but pictures and papers is one thing, however deep it goes. A folder whose name holds a
long number is a household's, and whatever lies in it is a paper.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import define, field

from housing_guarantee.photos.folder import SUFFIXES

__all__ = ["Contents", "contents_of", "files_below", "is_household"]

PAPERS = frozenset({".pdf", ".doc", ".docx", ".wps", ".ofd", ".ppt", ".pptx", ".bmp", ".gif"})
_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "__macosx", "@eadir"})  # by systems, not by people
_OURS = (".toml", ".key")  # campaign files, and the keys of workspaces
_TRUTH = "truth.json"  # beside a demo county
_NUMBER = re.compile(r"(?<![0-9])[0-9]{8,}(?![0-9])")


@define
class Contents:
    """What was found, each list sorted by path.

    :param files: what may be a table, a database, a packed archive or an area file
    :param collections: folders of nothing but pictures and papers
    :param loose: pictures and papers that lie beside tables, by folder
    """

    files: list[Path] = field(factory=list)
    collections: list[Path] = field(factory=list)
    loose: dict[Path, int] = field(factory=dict)


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
    own, folders = _entries(folder)
    if own + folders and all(_is_paper(file, folder) for file in files_below(folder)):
        contents.collections.append(folder)
        return
    contents.files += [file for file in own if not _is_paper(file, folder)]
    if loose := sum(_is_paper(file, folder) for file in own):
        contents.loose[folder] = loose
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
    inside = file.relative_to(folder).parts[:-1]
    return file.suffix.lower() in SUFFIXES | PAPERS or any(map(is_household, inside))
