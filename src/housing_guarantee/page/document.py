"""One self-contained file: data that no browser runs, and a policy that names the one style and script that may act."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping

__all__ = ["document", "policy"]


def document(template: str, parts: Mapping[str, str], *, style: str, script: str, content: object, images: str) -> str:
    """Give the page's text.

    What offices typed stands in it as data only, in a block that no browser runs; the page's own script, which its
    policy names by digest and which is the only one that may run, writes it as text.

    :param parts: by name what else the template has room for, ready to stand in HTML
    :param images: where pictures may come from, in the words of the policy
    """
    whole = {
        **parts,
        "policy": policy(images, style, script),
        "style": style,
        "script": script,
        "data": _data(content),
    }
    # in one pass: what is put in is never looked at again
    return re.sub(r"\{\{(\w+)\}\}", lambda mark: whole[mark[1]], template)


def policy(images: str, style: str, script: str | None = None) -> str:
    """Give what the file may do: show pictures from there, and use this style and script; nothing else."""
    scripts = f"script-src '{_digest(script)}'; " if script is not None else ""
    return (
        f"default-src 'none'; img-src {images}; style-src '{_digest(style)}'; {scripts}"
        "base-uri 'none'; form-action 'none'"
    )


def _data(content: object) -> str:
    """Write JSON that can neither end its block nor begin another."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
