"""How what became of decisions on photos is told."""

from collections import Counter
from typing import Any

from housing_guarantee.data import read_toml
from housing_guarantee.review.taking import Outcome, Taken, Why

__all__ = ["review_data", "review_lines"]


def review_lines(taken: Taken, language: str) -> list[str]:
    """Count what was taken, then say one by one what was refused."""
    counts = Counter(one.why for one in taken.outcomes)
    lines = [f"{counts[why]:>6}  {_say(why, language)}" for why in Why if counts[why]]
    lines += [_refused(one, language) for one in taken.outcomes if one.why.is_refused]
    return lines + [f"[!] {problem[language]}" for problem in taken.problems]


def review_data(taken: Taken) -> dict[str, Any]:
    """Give the same for JSON; who looked at which household's photo stands in the workspace alone."""
    return {
        "files": dict(sorted(taken.digests.items())),
        "counts": dict(sorted(Counter(one.why.value for one in taken.outcomes).items())),
        "refused": [
            {"file": one.file, "number": one.number, "outcome": one.why.value}
            for one in taken.outcomes
            if one.why.is_refused
        ],
    }


def _refused(outcome: Outcome, language: str) -> str:
    place = f"第{outcome.number}条" if language == "zh" else f"no. {outcome.number}"
    return f"{outcome.file} {place}: {_say(outcome.why, language)}"


def _say(why: Why, language: str) -> str:
    return str(read_toml("review.toml")["outcomes"][why.value][language])
