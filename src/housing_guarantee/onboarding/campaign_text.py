"""The campaign file that is proposed, as a person reads it: every guess is said to be one, beside its value."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from housing_guarantee.adapters.header import Certainty
from housing_guarantee.onboarding.facts import Fact
from housing_guarantee.onboarding.proposed import Proposed
from housing_guarantee.rule import Words

__all__ = ["campaign_text"]

_HEAD = Words(
    "由 housing-guarantee init 根据本文件夹中的文件写成。带“？”的是推测，请核对；改动后再次运行 check 即可。",
    "Written by housing-guarantee init from the files in this folder. What has a ? is a guess: look at it, change it, "
    "and run check again.",
)
_AS_OF = Words("写明时刻后每次结果相同；不写则为当前时间", "a fixed moment makes a run repeatable; without it: now")
_ASIDE = Words("未采用的文件：", "Files that are not used:")


def campaign_text(
    facts: Mapping[str, Fact], sources: Sequence[Proposed], aside: Sequence[tuple[str, Words]], language: str
) -> str:
    """Write the file.

    :param aside: what was found and is not used, each with the reason
    """
    lines = [f"# {_HEAD.of(language)}", "schema = 1", "", "[campaign]"]
    lines += [
        _line(key, fact.value, ("？" if fact.is_guess else "") + fact.source.of(language))
        for key, fact in facts.items()
    ]
    lines += [f"# as_of = 2020-06-13T20:00:00+08:00  # {_AS_OF.of(language)}", f'language = "{language}"']
    lines += ["", "[workspace]", 'path = "workspace.sqlite"']
    for source in sources:
        lines += ["", *_source_lines(source, language)]
    if aside:
        lines += [
            "",
            f"# {_ASIDE.of(language)}",
            *(f"# - {_one_line(f'{name}: {why.of(language)}')}" for name, why in aside),
        ]
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any, comment: str = "") -> str:
    return f"{key} = {_toml(value)}" + (f"  # {_one_line(comment)}" if comment else "")


def _one_line(text: str) -> str:
    """Keep what stands in a comment on its line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if key.isascii() and key.isidentifier() else _toml(key)


def _source_lines(source: Proposed, language: str) -> Iterator[str]:
    """Write one table; the copy of another is written as comments, to be uncommented where it is the right one."""
    lines = [f"# {_one_line(note.of(language))}" for note in source.notes]
    lines += ["[[sources]]", *_keys(source, language)]
    if source.copy_of is None:
        yield from lines
        return
    yield f"# {_one_line(_COPY.of(language).format(other=source.copy_of))}"
    yield from (line if line.startswith("# ") else f"# {line}" for line in lines)


_COPY = Words(
    "？与 {other} 内容重复，未采用；如果应以此为准，请去掉以下各行的 #，并删去那一个",
    "? holds the same rows as {other} and is not used; if this is the right one, uncomment it and delete the other",
)


def _keys(source: Proposed, language: str) -> Iterator[str]:
    options = dict(source.options)
    yield _line("role", source.role)
    yield _line("adapter", source.adapter)
    if "url" not in options:
        yield _line("path", source.name)
    if source.sheet is not None:
        yield _line("sheet", source.sheet)
    for key, value in source.constants.items():
        yield _line(key, value, "？" + _BY_NAME.of(language))
    for key, value in options.items():
        yield _line(key, value, "？" + source.doubts[key].of(language) if key in source.doubts else "")
    if source.values:
        yield _line("values", source.values)
    elif "values" in source.doubts:
        yield f"# ？{_one_line(source.doubts['values'].of(language))}"
        yield '# values = { is_safe = { "0" = true, "1" = false } }'
    if source.columns:  # a table of its own, which stands behind every other key
        sure = source.units[0].views[0].certainty
        yield "[sources.columns]"
        yield from (_line(name, header, "？" + _BY[sure[name]].of(language)) for name, header in source.columns.items())


_BY = {
    Certainty.PARTLY: Words("表头近似", "a similar header"),
    Certainty.CONTENT: Words("按内容", "by its cells"),
}
_BY_NAME = Words("按文件名或工作表名推测", "guessed by the name of the file or sheet")
