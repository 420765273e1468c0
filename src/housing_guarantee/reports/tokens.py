"""Tokens that tell a handed-out row again when it comes back, however the list was sorted or retyped."""

import hashlib
import re

__all__ = ["is_row_token", "row_token"]

_CHECKS = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""31 characters, a prime number: one wrong digit, or two that changed places, always gives another one."""


def row_token(key: str) -> str:
    """Make a row's token from its finding's key: it says nothing of anybody, and a typing error in it shows."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12].upper()
    return f"{digest}-{_check(digest)}"


def is_row_token(text: str) -> bool:
    """Say whether a text is a token as it was handed out."""
    digest, _, check = text.strip().upper().partition("-")
    return bool(re.fullmatch("[0-9A-F]{12}", digest)) and check == _check(digest)


def _check(digest: str) -> str:
    return _CHECKS[sum(place * int(digit, 16) for place, digit in enumerate(digest, 1)) % len(_CHECKS)]
