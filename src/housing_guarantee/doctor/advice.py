"""What was looked at, how it stands, and what to do, in both languages."""

from enum import StrEnum

from attrs import frozen

from housing_guarantee.rule import Words

__all__ = ["Advice", "Standing", "fine", "problem", "warning"]


class Standing(StrEnum):
    """How something stands."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@frozen
class Advice:
    """One line of what was looked at.

    :param about: what was looked at, as a short word that does not change
    :param found: what was found; never a person's data, never an address with its password
    :param todo: what to do; empty where nothing is to be done
    """

    about: str
    standing: Standing
    found: Words
    todo: Words


def fine(about: str, zh: str, en: str) -> Advice:
    """Say that something is as it should be."""
    return Advice(about, Standing.OK, Words(zh, en), Words("", ""))


def warning(about: str, found: tuple[str, str], todo: tuple[str, str]) -> Advice:
    """Say what a run can do without."""
    return Advice(about, Standing.WARNING, Words(*found), Words(*todo))


def problem(about: str, found: tuple[str, str], todo: tuple[str, str]) -> Advice:
    """Say what a run, or part of it, would fail for."""
    return Advice(about, Standing.PROBLEM, Words(*found), Words(*todo))
