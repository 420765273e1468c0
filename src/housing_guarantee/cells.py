"""How the cell of each field becomes a value: by the words that offices type for it, and those of the campaign.

A cell that cannot be understood raises `Misread`, which says what would be right.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from housing_guarantee.converters import (
    Misread,
    WordList,
    clean,
    to_code,
    to_count,
    to_degree_pair,
    to_degrees,
    to_id_number,
    to_measure,
    to_names,
    to_period,
    to_text,
)
from housing_guarantee.data import read_toml
from housing_guarantee.definition import Definition, Field

__all__ = ["EXTRA_KINDS", "LISTS", "Read", "converters_of"]

Read = Callable[[Any], Any]

LISTS = ("photos", "front_photo", "file")
EXTRA_KINDS: Mapping[str, Read] = {
    "text": to_text,
    "code": to_code,
    "number": to_measure,
    "date": to_period,
    "answer": clean,  # which words answer depends on the field
}
"""How the fields are read that only a campaign's definition has, by kind."""


# ------------------------------------------------------------------------------------------------ words


def _answer(name: str, text: Any) -> bool | None:
    words = _answers(name)
    if isinstance(text, bool):
        return text
    typed = clean(text)
    if not typed:
        return None
    answer = words.exactly(typed)
    if answer is None:
        raise Misread("应为 是 或 否", "yes or no (是, 否)")
    return bool(answer)


@cache
def _answers(name: str) -> WordList:
    data = read_toml("words.toml")
    own = data["answers"].get(name, {"yes": [], "no": []})
    return WordList.of({True: [*own["yes"], *data["yes_no"]["yes"]], False: [*own["no"], *data["yes_no"]["no"]]})


def _grade(words: WordList, blank: WordList, value: Any) -> str | None:
    text = clean(value)
    if not text or blank.exactly(text) is not None:
        return None
    grade: str | None = words.exactly(_before_remark(text)) or words.only(text)
    if grade is None:
        raise Misread("应为 A级、B级、C级、D级 或 无房", "a grade A, B, C or D, or 无房 (no house)")
    return grade


def _before_remark(text: str) -> str:
    """Give what stands before a bracket or a comma: 已整改(6月20日)."""
    return re.split(r"[(,，;；。\s]", text, maxsplit=1)[0]


def _free_text(nothing: WordList, value: Any) -> str | None:
    text = clean(value).rstrip("。.")
    return None if not text or nothing.exactly(text) is not None else text


def _rectify_status(words: WordList, nothing: WordList, value: Any) -> str | None:
    text = clean(value)
    if not text or nothing.exactly(_before_remark(text)) is not None:
        return None
    status: str | None = words.exactly(_before_remark(text))  # 完成 within 预计7月完成 is not done
    if status is None:
        raise Misread("应为 已整改 或 未整改", "已整改 (rectified) or 未整改 (not rectified)")
    return status


def _term(words: WordList, value: Any) -> str | None:
    """Give the campaign's own word, or None where the cell's word means none or several of them."""
    text = clean(value)
    if not text:
        return None
    term: str | None = words.exactly(text) or words.only(text)
    return term


def _guarantee_type(own: WordList, words: WordList, value: Any) -> str | None:
    """Prefer the types' own names, so that 鉴定安全（2013年危房改造） is one type and not two."""
    text = clean(value)
    named = own.within(text) if text else set()
    return named.pop() if len(named) == 1 else None if named else _term(words, value)


def _unless_blank(blank: WordList, convert: Read) -> Read:
    """Take what an office types where there is nothing to say (/, —) for a blank cell."""

    def read(value: Any) -> Any:
        return convert(None if isinstance(value, str) and blank.exactly(value) is not None else value)

    return read


def _role_word(words: WordList, value: Any) -> str | None:
    text = to_text(value)
    return text if text is None else words.exactly(text) or text


# ------------------------------------------------------------------------------------------------ fields


def _terms(terms: Sequence[Any]) -> WordList:
    return WordList.of({term.name: term.words for term in terms})


def _shared() -> dict[str, Read]:
    data = read_toml("words.toml")
    nothing = WordList.of({True: data["nothing"]["words"]})
    blank = WordList.of({True: data["not_graded"]["words"]})
    grade = partial(_grade, WordList.of(data["grades"]), blank)
    answers = ("is_safe", "type_changed", "became_dangerous", "is_current_dwelling", "visited")
    return {
        **{name: partial(_answer, name) for name in (*answers, "relocated", "dangerous")},
        **dict.fromkeys(("grade", "grade_before"), grade),
        **{name: partial(_free_text, nothing) for name in ("problems", "rectification", "remark")},
        **dict.fromkeys(("id_number", "head_id_number", "member_id_number"), to_id_number),
        **dict.fromkeys(("household_id", "person_id", "area_code", "file_no", "report_no"), to_code),
        **dict.fromkeys(_PERIODS, to_period),
        "household_size": to_count,
        "dwelling_area": to_measure,
        **dict.fromkeys(LISTS, to_names),
        "longitude": to_degrees,
        "latitude": to_degrees,
        "coordinates": to_degree_pair,
        "rectify_status": partial(_rectify_status, WordList.of(data["rectify_status"]), _blank("not_rectified")),
    }


def _blank(*more: str) -> WordList:
    """Give the marks and words for nothing to say, with those of other lists."""
    data = read_toml("words.toml")
    lists = [data["blank"]["marks"], data["blank"]["words"], *(data[name]["words"] for name in more)]
    return WordList.of({True: [word for words in lists for word in words]})


_PERIODS = (
    "policy_year",
    "year",
    "appraised_on",
    "rectified_on",
    "lease_until",
    "verified_on",
    "recorded_on",
    "started_on",
    "completed_on",
    "accepted_on",
    "moved_in_on",
)


_NOTHING_IS_NONE = (*_PERIODS, "photos", "id_number", "head_id_number", "member_id_number")
"""Fields in which 无 is no value."""


def converters_of(definition: Definition, names: Iterable[str]) -> dict[str, Read]:
    """Give the converter of every field, for the cells that say something.

    :param names: the fields that records have; the definition may have more
    """
    marks = WordList.of({True: read_toml("words.toml")["blank"]["marks"]})
    words = _blank()
    fields = dict.fromkeys(names, to_text) | _own_converters(definition)
    fields |= {one.name: _extra_converter(one) for one in definition.fields}
    return {
        name: _unless_blank(words if name in _NOTHING_IS_NONE else marks, convert) for name, convert in fields.items()
    }


def _extra_converter(field: Field) -> Read:
    """Give the converter of a field that only this campaign has."""
    return partial(_answer, field.name) if field.kind == "answer" else EXTRA_KINDS[field.kind]


def _own_converters(definition: Definition) -> dict[str, Read]:
    types = definition.types
    return {
        **_shared(),
        "guarantee_type": partial(_guarantee_type, WordList.of({t.name: () for t in types}), _terms(types)),
        "programme": partial(_term, _terms(definition.programmes)),
        "method": partial(_term, _terms(definition.methods)),
        "recorder_role": partial(_role_word, _terms(definition.recorder_roles)),
    }
