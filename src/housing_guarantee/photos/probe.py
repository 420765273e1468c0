"""What runs in a probe: it reads photos one by one as it is told, and is ended when one of them ends it.

A line in says where a photo lies. A line out says its digest, or why its bytes cannot be had; a line in then says
whether its facts are wanted, and a line out gives them. So the bytes of a photo are had once, and the facts of two
copies are read once.
"""

import json
import sys
from hashlib import sha256
from typing import BinaryIO

from attrs import evolve

from housing_guarantee.containment import allow_seconds, confine
from housing_guarantee.photos.facts import photo_of, unreadable
from housing_guarantee.photos.form import to_text
from housing_guarantee.photos.picture import look_at
from housing_guarantee.photos.places import Member, Unreadable, fetch

__all__ = ["MEMORY", "READY", "SECONDS", "main"]

READY = b"ready\n"
"""What a probe says first: from then on, whatever ends it is the fault of the photo that it was asked for."""

MEMORY = 1 << 30
"""Bytes that a probe may ask for; the largest photo of a phone decodes to a third of it."""
SECONDS = 30
"""Seconds that one photo may take, its reading from a slow disk included."""


def main() -> None:
    """Serve until the pipe is closed."""
    confine(MEMORY)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every request, in order."""
    while line := requests.readline():
        path, member = json.loads(line)
        allow_seconds(SECONDS)
        try:
            data = fetch(path, Member(*member) if member else None)
        except Unreadable as fault:
            _say(answers, json.dumps([fault.problem, fault.size]))
            continue
        except MemoryError:
            _say(answers, json.dumps(["too much memory", 0]))
            continue
        digest = sha256(data).hexdigest()
        _say(answers, json.dumps([None, len(data), digest]))
        if requests.readline() == b"facts\n":
            _say(answers, _facts(data, digest))


def _facts(data: bytes, digest: str) -> str:
    try:
        return to_text(evolve(photo_of(data, digest), picture=look_at(data)))
    except MemoryError:
        return to_text(unreadable("", "too much memory", len(data), digest))


def _say(answers: BinaryIO, text: str) -> None:
    answers.write(text.encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
