"""The columns of a rectification list and the words that may be chosen in it, as they go out and as they come back."""

from collections.abc import Mapping

from attrs import frozen

from housing_guarantee.converters import WordList, clean
from housing_guarantee.data import read_toml
from housing_guarantee.rule import Words
from housing_guarantee.tracking.lives import MATCH, Answer

__all__ = ["COLUMNS", "Column", "answers_to", "columns_for", "field_of", "read_answer", "say_answer"]


@frozen
class Column:
    """A column of the list.

    :param zh, en: its header
    :param width: in characters
    :param filled_in: whether whoever works through the list writes into it
    :param for_village: whether a village may see it
    """

    name: str
    zh: str
    en: str
    width: int
    filled_in: bool = False
    for_village: bool = True


COLUMNS = (
    Column("token", "行标识", "row token", 16),
    Column("number", "序号", "no.", 6),
    Column("household_id", "户编号", "household", 14),
    Column("name", "户主", "head", 10),
    Column("id_number", "证件号码", "identity number", 20),
    Column("village", "村", "village", 11),
    Column("group", "组", "group", 6),
    Column("severity", "级别", "severity", 8),
    Column("code", "问题代码", "code", 22),
    Column("message", "问题", "what is wrong", 36),
    Column("where", "所在位置", "where it stands", 34),
    Column("fix", "怎么办", "what to do", 32),
    Column("by", "责任层级", "who", 9),
    Column("deadline", "期限", "by when", 11),
    Column("state", "目前情况", "how it stands", 16),
    Column("status", "整改状态", "status", 11, filled_in=True),
    Column("measure", "整改措施", "measure taken", 24, filled_in=True),
    Column("done_on", "完成日期", "done on", 12, filled_in=True),
    Column("filled_by", "填报人", "filled in by", 10, filled_in=True),
    Column("note", "备注", "note", 18, filled_in=True),
    Column("coordinates", "核验坐标（纬度，经度）", "coordinates (latitude, longitude)", 22, for_village=False),
    Column("photos", "照片核对", "photo checks", 40, for_village=False),
)

_ANSWERS: Mapping[Answer, Words] = {
    Answer.OPEN: Words("未整改", "open"),
    Answer.IN_PROGRESS: Words("整改中", "in progress"),
    Answer.RECTIFIED: Words("已整改", "rectified"),
    Answer.DISPUTED: Words("有异议", "disputed"),
    Answer.IMPOSSIBLE: Words("无法整改", "cannot be rectified"),
    Answer.SAME_HOUSEHOLD: Words("是本户", "this household"),
    Answer.OTHER_HOUSEHOLD: Words("不是本户", "another household"),
}
_OF_A_MATCH = (Answer.SAME_HOUSEHOLD, Answer.OTHER_HOUSEHOLD)


def columns_for(level: str) -> tuple[Column, ...]:
    """Give the columns of a list for a level: a village sees no coordinates (V3a)."""
    return tuple(column for column in COLUMNS if column.for_village or level != "village")


def answers_to(code: str) -> tuple[Answer, ...]:
    """Give what may be answered to a finding of this code: of a row that may be the household's, whether it is."""
    asks_who = code == MATCH
    return tuple(answer for answer in Answer if (answer in _OF_A_MATCH) == asks_who or answer is Answer.IN_PROGRESS)


def say_answer(answer: Answer, language: str) -> str:
    """Say an answer as the list's drop-down does."""
    return _ANSWERS[answer].of(language)


def read_answer(text: str) -> Answer | None:
    """Understand what stands in the status column: a choice in either language, or another word for it."""
    word = clean(text)
    for answer, words in _ANSWERS.items():
        if word.casefold() in (words.zh, words.en):
            return answer
    meant = WordList.of(read_toml("words.toml")["rectify_status"]).exactly(word)
    return {"已整改": Answer.RECTIFIED, "未整改": Answer.OPEN}.get(meant or "")


def field_of(header: str) -> str | None:
    """Say which column a header names, in either language."""
    text = clean(header).casefold()
    return next((column.name for column in COLUMNS if text in (column.zh, column.en)), None)
