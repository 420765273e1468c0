"""Modules of single files, which no import path has: loaded by their path, here and in other processes."""

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["file_of", "load_module"]

_PREFIX = "housing_guarantee_file_"


def load_module(path: Path) -> ModuleType:
    """Load a file as a module under a name of its own, so that what it defines can be pickled by that name.

    :raises ImportError: it is no Python file
    :raises Exception: whatever it raises itself
    """
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    name = f"{_PREFIX}{digest}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def file_of(function: Callable[..., Any]) -> Path | None:
    """Give the file that a function was loaded from by its path; None where it can be imported."""
    module = sys.modules.get(getattr(function, "__module__", ""))
    if module is None or not module.__name__.startswith(_PREFIX):
        return None
    return Path(str(module.__file__))
