"""What counties tell each other, in files: the keys of their groups, and the case files that stand in several counties.

A county's keys are digests with the workspace's key, sorted, sixteen bytes each, so that everything of one stretch of
digests is read of every county at once and what stands in two counties is found without any county's data. That only
proposes: whether case files are one group the rule's own keys say, where it is asked.
"""

import pickle
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.parcels import unpacked
from housing_guarantee.veil import openly

__all__ = ["MOST_PARTS", "Exchange", "Home"]

MOST_PARTS = 256
_DIGEST, _PLACE = 12, 4  # bytes of a digest, and of a case file's place in its county
_RECORD = _DIGEST + _PLACE
_HEAD = 8 * (MOST_PARTS + 1)

Home = tuple[str, int]
"""A case file: its county, and its place in the county's survey."""


class Exchange:
    """The folder through which the counties of one run exchange.

    :param key: of the workspace: a digest of a person's number without it could be tried out
    """

    def __init__(self, folder: Path, key: bytes = b"") -> None:
        self._folder, self._key = folder, key

    # -------------------------------------------------------------------------------------------- case files

    def put_survey(self, county: str, survey: Survey) -> None:
        """Keep what was laid of a county."""
        self._put(f"surveys/{county}", pickle.dumps(openly(survey).bytes))

    def survey(self, county: str) -> Survey:
        """Give what was laid of a county."""
        found: Survey = self._packed(f"surveys/{county}")
        return found

    def lend(self, county: str, places: Iterable[int]) -> None:
        """Hand out some of a county's case files."""
        casefiles = self.survey(county).casefiles
        self._put(f"lent/{county}", pickle.dumps(openly({place: casefiles[place] for place in places}).bytes))

    def borrowed(self, homes: Iterable[Home]) -> Iterator[tuple[str, CaseFile]]:
        """Give case files that other counties handed out, each with its county, sorted."""
        wanted: dict[str, list[int]] = defaultdict(list)
        for county, place in homes:
            wanted[county].append(place)
        for county in sorted(wanted):
            lent = self._packed(f"lent/{county}")
            yield from ((county, lent[place]) for place in sorted(wanted[county]))

    # -------------------------------------------------------------------------------------------- keys

    def put_keys(self, county: str, keys: Iterable[tuple[int, str, Any]]) -> None:
        """Keep the keys of a county's groups.

        :param keys: place of the case file, the rule's code, and the key
        """
        records = sorted({self._digest(code, key) + place.to_bytes(_PLACE, "big") for place, code, key in keys})
        starts = [bisect_left(records, bytes([part])) for part in range(MOST_PARTS)]
        head = b"".join(start.to_bytes(8, "big") for start in (*starts, len(records)))
        self._put(f"keys/{county}", head + b"".join(records))

    def shared_keys(self, counties: Sequence[str], first: int, last: int) -> list[list[Home]]:
        """Find the keys that stand in several counties, of digests whose first byte is one of these.

        :param first, last: of `MOST_PARTS`, the last exclusive
        """
        holders: dict[bytes, list[Home]] = defaultdict(list)
        for county in counties:
            for record in self._records(county, first, last):
                holders[record[:_DIGEST]].append((county, int.from_bytes(record[_DIGEST:], "big")))
        return [homes for _, homes in sorted(holders.items()) if homes[0][0] != homes[-1][0]]

    def _digest(self, code: str, key: Any) -> bytes:
        return blake2b(f"{code}\0{key!r}".encode(), digest_size=_DIGEST, key=self._key[:64]).digest()

    def _records(self, county: str, first: int, last: int) -> Iterator[bytes]:
        with (self._folder / f"keys/{county}").open("rb") as file:
            head = file.read(_HEAD)
            start, end = (int.from_bytes(head[8 * at : 8 * at + 8], "big") for at in (first, last))
            file.seek(_HEAD + start * _RECORD)
            data = file.read((end - start) * _RECORD)
        return (data[at : at + _RECORD] for at in range(0, len(data), _RECORD))

    # -------------------------------------------------------------------------------------------- ties

    def put_things(self, county: str, code: str, things: Sequence[tuple[int, Any]]) -> None:
        """Keep what of a county's case files may tie them to others."""
        self._put(f"ties/{code}/{county}", pickle.dumps(list(things), pickle.HIGHEST_PROTOCOL))

    def things(self, counties: Sequence[str], code: str) -> tuple[list[Home], list[Any]]:
        """Give them of all counties, each with whose it is."""
        homes: list[Home] = []
        things: list[Any] = []
        for county in counties:
            for place, thing in pickle.loads(self._read(f"ties/{code}/{county}")):  # noqa: S301 - of this run
                homes.append((county, place))
                things.append(thing)
        return homes, things

    # -------------------------------------------------------------------------------------------- files

    def _put(self, name: str, data: bytes) -> None:
        """Write a file whole and then give it its name: a task that is done twice leaves one."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{blake2b(data, digest_size=8).hexdigest()}.part")
        part.touch(mode=0o600)
        part.write_bytes(data)
        part.replace(path)

    def _read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def _packed(self, name: str) -> Any:
        return unpacked(*pickle.loads(self._read(name)))  # noqa: S301 - of this run


def lenders(groups: Iterable[Sequence[Home]]) -> tuple[Mapping[str, set[int]], Mapping[str, set[Home]]]:
    """Say which case files each county hands out, and which of others' each needs beside its own."""
    lent: dict[str, set[int]] = defaultdict(set)
    needed: dict[str, set[Home]] = defaultdict(set)
    for homes in groups:
        for county in {county for county, _ in homes}:
            needed[county].update(home for home in homes if home[0] != county)
        for county, place in homes:
            lent[county].add(place)
    return lent, needed
