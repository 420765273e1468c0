"""One self-contained file: data that no browser runs, and one script that its policy names."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping

__all__ = ["document"]


def document(template: str, parts: Mapping[str, str], *, style: str, script: str, content: object, images: str) -> str:
    """Give the page's text.

    What offices typed stands in it as data only, in a block that no browser runs; the page's own script, which its
    policy names by digest and which is the only one that may run, writes it as text.

    :param parts: by name what else the template has room for, ready to stand in HTML
    :param images: where pictures may come from, in the words of the policy
    """
    whole = {
        **parts,
        "policy": f"default-src 'none'; img-src {images}; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'",
        "style": style,
        "script": script,
        "data": _data(content),
    }
    # in one pass: what is put in is never looked at again
    return re.sub(r"\{\{(\w+)\}\}", lambda mark: whole[mark[1]], template)


def _data(content: object) -> str:
    """Write JSON that can neither end its block nor begin another."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
