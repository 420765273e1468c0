"""Looks for people in whatever bytes a program left: in every encoding, escape and container that it may use."""

import base64
import gzip
import html
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

from attrs import field, frozen

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·•]{2,}")
_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_BLOB = re.compile(rb"[A-Za-z0-9+/]{160,}={0,2}")
_DIGITS = re.compile(r"(?<![0-9A-Fa-f])[0-9](?:[ \u200b-\u200f\u202a-\u202e\u2060\ufeff\t-]?[0-9xX]){9,}")
_ROUNDED = re.compile(r"[1-9]\.[0-9]{2,}[eE]\+?17")
_GAPS = re.compile(r"[^0-9X]")
_LONGEST = 12
_DEEP = 4


@frozen
class People:
    """What must not be seen: full names, identity numbers, phones, and accounts with their passwords.

    :param area: how the identity numbers of this county begin, and nothing else of it does
    """

    names: frozenset[str] = field(repr=False)
    numbers: frozenset[str] = field(repr=False)
    phones: frozenset[str] = field(repr=False)
    accounts: frozenset[str] = field(repr=False)
    area: str = "632599"

    def seen(self, data: bytes, *, names: bool = False, numbers: bool = False) -> set[str]:
        """Give what stands in some bytes and may not; what may stand there is said."""
        found: set[str] = set()
        for text in texts(data):
            found |= {account for account in self.accounts if account in text}
            if not numbers:
                found |= self._numbers(text)
            if not names:
                found |= self._names(text) | {phone for phone in self.phones if phone in text}
        return found

    def _names(self, text: str) -> set[str]:
        found = {name for name in self._odd if name in text}
        for run in _CHINESE.findall(text):
            for at in range(len(run) - 1):
                found |= {run[at:end] for end in range(at + 2, min(len(run), at + _LONGEST) + 1)} & self.names
        return found

    @property
    def _odd(self) -> list[str]:
        return [name for name in self.names if not _CHINESE.fullmatch(name)]

    def _numbers(self, text: str) -> set[str]:
        found = {one for one in _ROUNDED.findall(text) if one.replace(".", "").startswith(self.area[:4])}
        for run in _DIGITS.findall(text):
            digits = _GAPS.sub("", run.upper())
            if re.search(rf"{self.area}[0-9]{{4}}", digits) or digits[:15] in self.numbers:
                found.add(digits)
        return found


def texts(data: bytes, depth: int = 0) -> Iterator[str]:
    """Give every text that some bytes may be."""
    for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        for start in (0, 1) if codec.startswith("utf-16") else (0,):
            yield from _unfolded(data[start:].decode(codec, errors="replace"))
    if depth < _DEEP:
        for inner in _within(data):
            yield from texts(inner, depth + 1)


def _unfolded(text: str) -> Iterator[str]:
    """Give a text as it is, and as it reads once its escapes, entities and wide digits are undone."""
    yield text
    plain = text
    if "\\u" in plain:
        plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), plain)
        plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "&" in plain:
        plain = html.unescape(plain)
    if "%" in plain:
        plain = unquote(plain, errors="replace")
    plain = unicodedata.normalize("NFKC", plain)
    if plain != text:
        yield plain


def _within(data: bytes) -> Iterator[bytes]:
    """Give what is packed inside: members of an archive and their names, what is compressed or written in base64."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                yield info.filename.encode()
                yield archive.read(info)
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    for blob in _BLOB.findall(data):
        try:
            raw = base64.b64decode(blob, validate=True)
        except ValueError:
            continue
        yield raw
        for wbits in (15, -15, 31):
            try:
                yield zlib.decompress(raw, wbits)
            except zlib.error:
                continue
