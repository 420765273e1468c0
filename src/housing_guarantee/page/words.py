"""The fixed words of the page, in the language of the run."""

from collections.abc import Mapping

from housing_guarantee.data import read_toml

__all__ = ["words_of"]


def words_of(language: str) -> Mapping[str, str]:
    """Give every word of the page by its name."""
    return {name: words[language] for name, words in read_toml("page.toml").items()}
