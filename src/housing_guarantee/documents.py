"""Which papers of a household's archive (一户一档) a file name or an entry of an index means."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from housing_guarantee.converters import WordList
from housing_guarantee.data import read_toml

__all__ = ["documents_of", "either", "known_documents", "refuse_unknown"]


def documents_of(*texts: str | None) -> frozenset[str]:
    """Give the papers that the texts name, by the plain names of ``data/documents.toml``."""
    return frozenset[str]().union(*(_within(text) for text in texts if text))


def known_documents() -> Sequence[str]:
    """List the plain names of all papers."""
    return tuple(read_toml("documents.toml")["words"])


def either(requirement: str) -> tuple[str, ...]:
    """Split a requirement into the papers of which one is enough: ``竣工验收表/搬迁协议``."""
    return tuple(part.strip() for part in requirement.split("/"))


def refuse_unknown(requirements: Iterable[str]) -> None:
    """Refuse a requirement that names a paper which nothing recognises: it could never be met.

    :raises ValueError: naming the paper and the known ones
    """
    known = known_documents()
    for requirement in requirements:
        for name in either(requirement):
            if name not in known:
                raise ValueError(f"{name!r} is no document; there are {'、'.join(known)}")


@lru_cache(maxsize=4096)
def _within(text: str) -> frozenset[str]:
    return frozenset(_words().within(text))


@cache
def _words() -> WordList:
    words: Mapping[str, Sequence[str]] = read_toml("documents.toml")["words"]
    return WordList.of(words)
