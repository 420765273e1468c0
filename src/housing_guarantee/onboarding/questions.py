"""What cannot be found out from files, and has to be asked; with nobody to ask, each question has an answer of its own.

The answer that is taken then is said in the campaign file to be a guess.
"""

import re
from collections.abc import Callable

from attrs import frozen

from housing_guarantee.rule import Words

__all__ = ["Ask", "Question", "nobody"]


@frozen
class Question:
    """One question to the operator.

    :param default: what is taken where nobody answers; empty: there is nothing to propose
    :param choices: the only answers, where there are few
    :param form: what an answer must look like
    """

    words: Words
    default: str = ""
    choices: tuple[str, ...] = ()
    form: str = r".+"

    def takes(self, answer: str) -> bool:
        """Say whether this is an answer."""
        return answer in self.choices if self.choices else re.fullmatch(self.form, answer) is not None


Ask = Callable[[Question], str | None]
"""Gives the answer, or None where there is nobody to ask."""


def nobody(question: Question) -> None:
    """Ask nobody."""
