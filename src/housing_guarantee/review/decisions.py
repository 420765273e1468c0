"""The file of decisions that the page saves: what it holds, and whether it is as the page saved it.

Its seal is a digest of everything in it, which tells a file that was edited or cut short. It keeps no secret: whoever
forges a file is told by the photos and households that there are, and by their name in the audit trail.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from housing_guarantee.errors import SourceError

__all__ = ["KIND", "Decisions", "Row", "fingerprint", "is_decisions", "read_decisions", "seal_of"]

KIND = "housing-guarantee photo decisions"
SCHEMA = 1
BYTES_AT_MOST = 50_000_000
"""A hundred thousand decisions have 25 MB."""
_FIELDS = ("household_id", "photo", "decision", "at", "reviewer")


@frozen
class Row:
    """One decision as it stands in the file.

    :param number: from 1
    :param values: household_id, photo, decision, at, reviewer; None for a row that lacks one, or holds no text there
    """

    number: int
    values: tuple[str, ...] | None = field(repr=False)


@frozen
class Decisions:
    """One file.

    :param digest: SHA-256 of its bytes
    :param campaign: the fingerprint of the campaign whose page saved it
    :param whole: whether its seal fits
    """

    name: str
    digest: str
    campaign: str
    whole: bool
    rows: tuple[Row, ...]


def fingerprint(key: bytes, county_code: str) -> str:
    """Name a campaign by its workspace: what the page carries, and the file brings back."""
    return hmac.new(key, f"photo review {county_code}".encode(), hashlib.sha256).hexdigest()[:16]


def seal_of(campaign: str, rows: Sequence[Sequence[str]]) -> str:
    """Digest a file's content as the page's script does."""
    text = json.dumps([KIND, SCHEMA, campaign, rows], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_decisions(path: Path) -> bool:
    """Say whether a file is JSON by its beginning, which no workbook's is."""
    try:
        with path.open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    except OSError:
        return False


def read_decisions(path: Path) -> Decisions:
    """Read a file of decisions.

    :raises SourceError: it cannot be read, or is no such file
    """
    name = str(path)
    data = _bytes(path, name)
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError(name, "it is damaged: no JSON", zh="文件已损坏（不是 JSON）") from error
    if not isinstance(content, dict) or content.get("kind") != KIND or not isinstance(content.get("decisions"), list):
        raise SourceError(name, "it is no file of photo decisions", zh="不是照片审看结果文件")
    if content.get("schema") != SCHEMA:
        problem = f"it was saved by another version of the page; this program reads schema {SCHEMA}"
        raise SourceError(name, problem, zh=f"由其他版本的审看页保存，本程序只读 schema {SCHEMA}")
    rows = tuple(Row(number, _values(row)) for number, row in enumerate(content["decisions"], 1))
    campaign = str(content.get("campaign"))
    texts = [row.values for row in rows if row.values]
    whole = len(texts) == len(rows) and content.get("seal") == seal_of(campaign, texts)
    return Decisions(name, hashlib.sha256(data).hexdigest(), campaign, whole, rows)


def _bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_AT_MOST + 1)
    except OSError as error:
        raise SourceError(name, f"it cannot be opened ({type(error).__name__})", zh="文件打不开") from error
    if len(data) > BYTES_AT_MOST:
        raise SourceError(name, "it is too large", zh="文件过大")
    return data


def _values(row: Any) -> tuple[str, ...] | None:
    if not isinstance(row, Mapping) or set(row) != set(_FIELDS):
        return None
    found = tuple(one for name in _FIELDS if isinstance(one := row[name], str))
    return found if len(found) == len(_FIELDS) else None
