"""The facts of a photo as text, for the pipe from a probe and for the cache: one JSON object, and back."""

from functools import cache
from typing import Any

from housing_guarantee.photos.facts import Photo

__all__ = ["from_text", "to_text"]


def to_text(photo: Photo) -> str:
    """Write the facts of a photo on one line."""
    text: str = _converter().dumps(photo, ensure_ascii=True, check_circular=False)
    return text


def from_text(text: str | bytes) -> Photo:
    """Read what `to_text` wrote.

    :raises ValueError: it is nothing of the kind
    """
    try:
        photo: Photo = _converter().loads(text, Photo)
    except Exception as error:  # cattrs gathers whatever its hooks raise
        raise ValueError("these are no facts of a photo") from error
    return photo


@cache
def _converter() -> Any:
    from cattrs.preconf.json import make_converter

    return make_converter(forbid_extra_keys=True, detailed_validation=False)
