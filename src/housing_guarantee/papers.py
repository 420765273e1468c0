"""Which papers a household's archive (一户一档) holds: what its index names, and the files of its folder (R2).

A file is a household's if its path holds the household's number. A row of the index stands for a paper, unless it
says in which file the paper is and that file is not there.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from attrs import evolve, frozen

from housing_guarantee.casefiles import CaseFile, Paper
from housing_guarantee.documents import documents_of
from housing_guarantee.models import ArchiveRecord
from housing_guarantee.source import DocumentFile

__all__ = ["Shelf"]

_NUMBER = re.compile(r"[0-9]{6,}")


@frozen
class Shelf:
    """The files of all archives, by the household number that their paths hold.

    :param loose: those that no household's number tells, by their own names
    :param has_files: whether any archive was given as folders, so that a file can be missing
    """

    by_number: Mapping[str, Sequence[DocumentFile]]
    loose: Mapping[str, Sequence[DocumentFile]]
    has_files: bool

    @classmethod
    def of(cls, files: Sequence[DocumentFile], households: Container[str]) -> "Shelf":
        """Index the files of all archives.

        :param households: the numbers that tell whose a file is; others are dates, or of people on no roster
        """
        by_number: dict[str, list[DocumentFile]] = defaultdict(list)
        loose: dict[str, list[DocumentFile]] = defaultdict(list)
        for file in files:
            numbers = [number for number in dict.fromkeys(_NUMBER.findall(file.name)) if number in households]
            for number in numbers:
                by_number[number].append(file)
            if not numbers:
                loose[_tail(file.name)].append(file)
        return cls(dict(by_number), dict(loose), bool(files))

    def papers_of(self, household_id: str, rows: Iterable[ArchiveRecord]) -> tuple[Paper, ...]:
        """Give a household's papers: first those of the index, then the files that it does not name."""
        own = self.by_number.get(household_id, ())
        indexed = [paper for row in rows for paper in self._of_row(row, own)]
        named = {paper.file for paper in indexed}
        papers = [*indexed, *(_of_file(file) for file in own if file not in named)]
        full = [paper for paper in papers if paper.problem != "empty-folder"]
        return tuple(full or papers[:1])  # an empty folder beside papers says nothing

    def papers_of_nobody(self, casefiles: Iterable[CaseFile], rows: Iterable[ArchiveRecord]) -> tuple[Paper, ...]:
        """Give the papers of the rows that are no household's, and the files in no household's archive."""
        indexed = [paper for row in rows for paper in self._of_row(row, ())]
        filed = {paper.file for casefile in casefiles for paper in casefile.archive} | {paper.file for paper in indexed}
        files = (file for files in self.loose.values() for file in files)
        return (*indexed, *(_of_file(file) for file in files if file not in filed))

    def _of_row(self, row: ArchiveRecord, own: Sequence[DocumentFile]) -> Iterable[Paper]:
        """Give the papers that a row of the index names; it may only say what the archive says of the house."""
        kinds, cells = documents_of(row.document), row.at("document")
        if not row.file:
            if row.document:
                yield Paper(row.document, kinds, cells, "file-not-named" if row.has("file") else None)
            return
        for name in row.file:
            paper = Paper(row.document or name, kinds | documents_of(name), cells + row.at("file"))
            found = self._find(name, own)
            if found is not None:
                at = _of_file(found)
                yield evolve(at, name=paper.name, kinds=paper.kinds | at.kinds, cells=paper.cells + at.cells)
            else:
                yield evolve(paper, problem="file-not-found") if self.has_files else paper

    def _find(self, name: str, own: Sequence[DocumentFile]) -> DocumentFile | None:
        """Find a file as the index names it: in the household's own folder, else where it is nobody else's."""
        path, tail = _folded(name), _tail(name)
        for files in (own, self.loose.get(tail, ())):
            same = [file for file in files if _tail(file.name) == tail]
            best = [file for file in same if _folded(file.name).endswith(path)] or same
            if len(best) == 1:
                return best[0]
        return None


def _of_file(file: DocumentFile) -> Paper:
    problem = "empty-folder" if file.size is None else "empty-file" if file.size == 0 else None
    kinds = documents_of(file.name) if file.size is not None else frozenset[str]()
    return Paper(file.name, kinds, file.at(), problem, file)


def _folded(name: str) -> str:
    return name.replace("\\", "/").strip("/ ").lower()


def _tail(name: str) -> str:
    return _folded(name).rpartition("/")[2]
