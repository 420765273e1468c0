"""What may be used and never seen: the address of a database with its password."""

from typing import Any, NoReturn

__all__ = ["Secret"]


class Secret:
    """A text that shows as ``***`` wherever it is printed, formatted, logged, compared in a test, or shown as a local.

    It cannot be pickled or written as JSON: a secret that leaves the process is one no more.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Give the text to whoever must have it, and to nobody who prints."""
        return self.__text

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.__text == self.__text

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __repr__(self) -> str:
        return "***"

    def __format__(self, how: str) -> str:
        return format("***", how)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret is neither pickled nor copied")
