"""The form with which villages record households, as an XLSForm that ODK and KoboToolbox take."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from housing_guarantee.definition import Definition

__all__ = ["questions", "write_form"]

Row = Sequence[str]
_KINDS = {"text": "text", "code": "text", "number": "decimal", "answer": "select_one yes_no", "date": "date"}
_SURVEY = ("type", "name", "label::中文 (zh)", "label::English (en)", "required", "relevant")
_CHOICES = ("list_name", "name", "label::中文 (zh)", "label::English (en)")


def questions() -> Sequence[Mapping[str, Any]]:
    """Give the questions, in their order."""
    text = resources.files(__package__).joinpath("data", "form.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["questions"])


def write_form(path: Path, definition: Definition) -> None:
    """Write the form of a campaign as a workbook: ``survey``, ``choices``, ``settings``.

    What only this campaign asks (`Definition.fields`) stands in a group of its own at the end.
    """
    import xlsxwriter  # only whoever writes a form needs it

    settings: list[Row] = [
        ("form_title", "form_id", "default_language"),
        ("住房安全核验", "housing_visit", "中文 (zh)"),
    ]
    sheets: dict[str, list[Row]] = {
        "survey": [_SURVEY, *_survey(definition)],
        "choices": [_CHOICES, *_choices(definition)],
        "settings": settings,
    }
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, text in enumerate(row):
                    sheet.write_string(number, column, text)


def _survey(definition: Definition) -> Iterator[Row]:
    yield "start", "start", "", "", "", ""
    yield "end", "end", "", "", "", ""
    for group, own in groupby(questions(), key=lambda question: str(question["group"])):
        yield "begin_group", group, "", "", "", ""
        for question in own:
            asked = f"select_one {question['choices']}" if "choices" in question else question["type"]
            required = "yes" if question.get("required") else ""
            words = question["zh"], question["en"]
            yield asked, question["name"], *words, required, _relevant(question.get("relevant"), definition)
        yield "end_group", "", "", "", "", ""
    if more := definition.fields_of("verifications"):
        yield "begin_group", "more", "", "", "", ""
        for field in more:
            label = field.headers[0] if field.headers else field.name
            yield _KINDS[field.kind], field.name, label, field.name.replace("_", " "), "", ""
        yield "end_group", "", "", "", "", ""


def _relevant(kind: str | None, definition: Definition) -> str:
    """Say of which types of guarantee a question is asked."""
    names = [one.name for one in definition.types if kind and one.kind == kind]
    return " or ".join(f"${{guarantee_type}} = '{name}'" for name in names)


def _choices(definition: Definition) -> Iterator[Row]:
    yield from (("yes_no", "是", "是", "yes"), ("yes_no", "否", "否", "no"))
    for name in ("types", "programmes", "methods", "recorder_roles"):
        for term in getattr(definition, name):
            yield name, term.name, term.name, term.en
    for grade in (*definition.grades.safe, *definition.grades.unsafe):
        yield "grades", grade, f"{grade}级" if grade.isascii() else grade, grade if grade.isascii() else "no house"
