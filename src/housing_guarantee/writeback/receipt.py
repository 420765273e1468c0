"""The receipt of an applied plan: what was meant before every commit, and what became of it, line by line.

A line is on the disk before the program goes on, so a program that is killed leaves nothing in doubt: a row that is
``intended`` and nothing after it is whole, old or new, and a look at it tells which. It holds no values.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from attrs import frozen

from housing_guarantee.errors import OutputError
from housing_guarantee.files import sync_folder
from housing_guarantee.writeback.plan import Plan, Row, Scalar

__all__ = ["Entry", "Receipt", "State"]


class State(StrEnum):
    """What became of a row."""

    INTENDED = "intended"  # written, and about to be committed
    APPLIED = "applied"
    ALREADY = "already"  # it held the new values before anything was written
    CONFLICT = "conflict"  # it is no longer as the plan saw it
    REFUSED = "refused"  # the database does not take a value
    UNREACHED = "unreached"  # its source could not be used; it is as it was, or as the receipt says


@frozen
class Entry:
    """The last line about a row.

    :param version: what stands in the row's version column once it is committed
    """

    state: State
    reason: str | None = None
    version: Scalar = None


class Receipt:
    """The receipt of one plan while it is written; a second run of the plan goes on with it.

    :raises OutputError: it cannot be opened
    """

    def __init__(self, path: Path, plan: Plan, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path, self._plan, self._clock = path, plan.digest, clock
        self._intended: dict[int, Entry] = {}
        self._last: dict[int, str] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = self._read()
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            sync_folder(path.parent)
            if not whole:  # a line that a kill has torn ends here
                self._put(b"\n")
        except OSError as error:
            raise OutputError(f"{path}: 无法写入 · it cannot be written ({type(error).__name__})") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._file)

    def written(self, index: int) -> Entry | None:
        """Give what this plan has certainly written into a row, in this run or an earlier one."""
        return self._intended.get(index) if self._last.get(index) in (State.APPLIED, State.ALREADY) else None

    def write(self, index: int, row: Row, entry: Entry) -> None:
        """Write a line, and return when it is on the disk.

        :raises OutputError: it cannot be written, as on a full disk; nothing is committed then
        """
        line = {
            "at": self._clock().isoformat(timespec="milliseconds"),
            "plan": self._plan,
            "row": index,
            "source": row.source,
            "household_id": row.household_id,
            "state": entry.state.value,
            **({"reason": entry.reason} if entry.reason else {}),
            **({"version": entry.version} if entry.version is not None else {}),
        }
        try:
            self._put(json.dumps(line, ensure_ascii=True).encode() + b"\n")
        except OSError as error:
            raise OutputError(f"{self.path}: 无法写入 · it cannot be written ({type(error).__name__})") from None
        self._note(line)

    def _put(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]
        os.fsync(self._file)

    def _read(self) -> bool:
        """Read what an earlier run has written, and say whether its last line is whole."""
        data = self.path.read_bytes() if self.path.exists() else b""
        for line in data.splitlines():
            try:
                self._note(json.loads(line))
            except ValueError:
                continue  # torn by a kill: what it would have said is asked of the row
        return data.endswith(b"\n") or not data

    def _note(self, line: Mapping[str, Any]) -> None:
        if line["plan"] == self._plan:
            self._last[line["row"]] = line["state"]
            if line["state"] == State.INTENDED:
                self._intended[line["row"]] = Entry(State.INTENDED, version=line.get("version"))
