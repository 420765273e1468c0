"""What runs in a probe: it reads photos one by one as it is told, and is ended when one of them ends it.

A line in says where some photos lie. Of each, a line out says its digest, or why its bytes cannot be had; a line in
then says what of it is wanted, its facts or a thumbnail, and a line out gives that. So the bytes of a photo are had
once, and the facts of two copies are read once.
"""

import json
import os
import sys
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import BinaryIO

from attrs import evolve

from housing_guarantee.containment import allow_seconds, confine
from housing_guarantee.limits import from_argument
from housing_guarantee.photos.facts import photo_of, unreadable
from housing_guarantee.photos.form import to_text
from housing_guarantee.photos.picture import look_at
from housing_guarantee.photos.places import Member, Unreadable, fetch
from housing_guarantee.photos.thumbnail import thumbnail

__all__ = ["READY", "main"]

READY = b"ready\n"
"""What a probe says first: from then on, whatever ends it is the fault of the photo that it was asked for."""


def main(arguments: Sequence[str]) -> None:
    """Serve until the pipe is closed.

    :param arguments: the limits that it is held to: of memory, of which the largest photo of a phone takes a third,
        and of the seconds of one photo, its reading from a slow disk included
    """
    limits = from_argument(arguments[0])
    confine(limits.photo_memory)
    answers = _own_pipe()
    answers.write(READY)
    answers.flush()
    serve(sys.stdin.buffer, answers, limits.photo_seconds)


def serve(requests: BinaryIO, answers: BinaryIO, seconds: float) -> None:
    """Answer every request, in order."""
    while line := requests.readline():
        for path, member in json.loads(line):
            allow_seconds(seconds)
            _serve(path, Member(*member) if member else None, requests, answers)


def _serve(path: str, member: Member | None, requests: BinaryIO, answers: BinaryIO) -> None:
    try:
        data = fetch(path, member)
    except Unreadable as fault:
        _say(answers, json.dumps([fault.problem, fault.size]))
        return
    except MemoryError:
        _say(answers, json.dumps(["too much memory", 0]))
        return
    digest = sha256(data).hexdigest()
    _say(answers, json.dumps([None, len(data), digest]))
    wanted = requests.readline()
    if wanted == b"facts\n":
        _say(answers, _facts(data, digest))
    elif wanted == b"thumbnail\n":
        _say(answers, _thumbnail(data))


def _thumbnail(data: bytes) -> str:
    try:
        return b64encode(thumbnail(data) or b"").decode()
    except MemoryError:
        return ""


def _facts(data: bytes, digest: str) -> str:
    try:
        return to_text(evolve(photo_of(data, digest), picture=look_at(data)))
    except MemoryError:
        return to_text(unreadable("", "too much memory", len(data), digest))


def _own_pipe() -> BinaryIO:
    """Keep the way out for answers: what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - it is no path of ours
        os.dup2(nowhere.fileno(), 1)
    return answers


def _say(answers: BinaryIO, text: str) -> None:
    answers.write(text.encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
