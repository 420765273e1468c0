"""Write a new plugin: a package that can be installed, with one rule, its words, its settings and its tests."""

import importlib.util
import keyword
import re
from collections.abc import Mapping
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from string import Template

from attrs import frozen

from housing_guarantee.campaign import RESERVED, PluginChoice
from housing_guarantee.errors import OutputError, PluginError
from housing_guarantee.hookspecs import HOOKS_VERSION
from housing_guarantee.plugins import equip

__all__ = ["PluginName", "write_plugin"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
_PREFIX = "housing-guarantee-"
_FILES = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "module.py.txt": "src/$package/__init__.py",
    "test.py.txt": "tests/test_$module.py",
}
"""Template → the file that it becomes."""


@frozen
class PluginName:
    """A plugin's name in its four forms.

    :param name: that of its entry point and of its topic, such as ``trees``
    """

    name: str

    @classmethod
    def of(cls, given: str) -> "PluginName":
        """Take a name, with or without the prefix of the package.

        :raises PluginError: it cannot be a topic and a module, or it is somebody's
        """
        name = given.removeprefix(_PREFIX)
        _refuse_odd(given, name)
        _refuse_taken(name)
        return cls(name)

    @property
    def module(self) -> str:
        """The name as Python writes it."""
        return self.name.replace("-", "_")

    @property
    def package(self) -> str:
        """The package that is imported."""
        return f"housing_guarantee_{self.module}"

    @property
    def distribution(self) -> str:
        """What is installed, and the folder that it is written in."""
        return _PREFIX + self.name


def _refuse_odd(given: str, name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise PluginError(
            f"{given!r} is no name for a plugin: at most {_LONGEST} lower-case letters, digits and single hyphens, "
            "a letter first",
            zh=f"“{given}”不能作插件名：只用小写字母、数字和单个连字符，以字母开头，不超过{_LONGEST}个字符",
        )
    if keyword.iskeyword(name):
        raise PluginError(f"{name!r} is a word of Python itself", zh=f"“{name}”是 Python 的保留字，不能作插件名")
    if name in RESERVED:
        problem = f"{name!r} is a key of the campaign file's [rules], and no name for a topic"
        raise PluginError(problem, zh=f"“{name}”是任务文件 [rules] 的键，不能作插件名")


def _refuse_taken(name: str) -> None:
    installed = equip(choice=PluginChoice(use=()))  # nobody's plugin is imported for this
    if name in installed.topics:
        raise PluginError(f"{name!r} is a topic of the built-in rules", zh=f"“{name}”是内置规则的主题，请换一个名字")
    made = PluginName(name)
    taken = name in {plugin.name for plugin in installed.plugins} or importlib.util.find_spec(made.package)
    if taken:
        raise PluginError(f"a plugin {name!r} is installed already", zh=f"已装有插件“{name}”，请换一个名字")


def write_plugin(name: PluginName, folder: Path) -> list[Path]:
    """Write a plugin into a folder of its own in this folder, and give the files.

    :raises OutputError: there is such a folder already, or it cannot be written
    """
    home = folder / name.distribution
    words = _words(name)
    written = []
    try:
        home.mkdir(parents=True)
        for template, target in _FILES.items():
            path = home / Template(target).substitute(words)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_text(template, words), encoding="utf-8", newline="\n")
            written.append(path)
    except FileExistsError as error:
        raise OutputError(
            f"{home}: 已存在，请换一个名字或目录 · is there already: name another or another --out"
        ) from error
    except OSError as error:
        raise OutputError(f"{home}: {error.strerror}") from error
    return written


def _words(name: PluginName) -> Mapping[str, str]:
    major, minor, *_ = version("housing-guarantee").split(".")
    following = f"0.{int(minor) + 1}" if major == "0" else f"{int(major) + 1}"
    return {
        "name": name.name,
        "module": name.module,
        "package": name.package,
        "distribution": name.distribution,
        "range": f">={major}.{minor},<{following}",
        "hooks": str(HOOKS_VERSION),
    }


def _text(template: str, words: Mapping[str, str]) -> str:
    folder = resources.files("housing_guarantee.data").joinpath("plugin")
    return Template(folder.joinpath(template).read_text(encoding="utf-8")).substitute(words)
