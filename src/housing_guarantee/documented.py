"""What a topic's settings say of themselves: the docstring under each field, with its unit and its source."""

import ast
import inspect
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from housing_guarantee.rule import Topic

__all__ = ["documented"]


def documented(topic: Topic) -> Mapping[str, str]:
    """Give the text under each setting that has one, by its name.

    :raises OSError: its source is not at hand
    """
    if topic.settings is None:
        return {}
    module = sys.modules.get(topic.settings.__module__)
    # a one-file rule is no module that could be found again: its functions know their file all the same
    file = inspect.getfile(module or inspect.unwrap(topic.rules[0]))
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    name = topic.settings.__name__
    parts = next(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(parts)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
