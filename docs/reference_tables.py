"""What the reference takes from the code: commands, hooks, the library's face, keys of the campaign file and outputs.

`build.py` writes the pages; a table within a page stands between two marks, ``<!-- NAME: written by build.py -->`` and
``<!-- end of NAME -->``.
"""

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import click

import housing_guarantee as hg
from housing_guarantee import hookspecs
from housing_guarantee.cli import program
from housing_guarantee.data import read_toml
from housing_guarantee.plugins import equip
from housing_guarantee.schemas import SCHEMAS

DOCS = Path(__file__).parent
KEYS = ("campaign", "sources", "rules", "rules.local", "plugins", "limits", "workspace", "linkage", "links", "waivers")
OUTPUTS = ("finding", "origin", "household", "proof")
NOTE = "<!-- Written by docs/build.py from the program itself; do not edit. -->"


def with_tables(page: Path, own: Mapping[str, Sequence[str]]) -> str:
    """Give a page with every table between its marks written anew.

    :param own: name of a table → its lines, beside those of the campaign file and the outputs
    :raises ValueError: a mark names no table, or is not closed
    """
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"^<!-- (.+): written by build.py -->$", text, re.MULTILINE):
        lines = own[name] if name in own else table_of(name, page)
        begin, end = f"<!-- {name}: written by build.py -->\n", f"\n<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, mark, after = rest.partition(end)
        if not mark:
            raise ValueError(f"{page.name}: the table of {name} has no end")
        text = before + begin + "\n".join(lines) + end + after
    return text


def table_of(name: str, page: Path) -> list[str]:
    """Give the table of one table's keys, with links as they lead from the page."""
    if name not in (*KEYS, *OUTPUTS):
        raise ValueError(f"{page.name}: there is no table of {name}")
    words = read_toml("reference.toml")[name]
    relinked = {key: {**one, "text": relink(one["text"], page)} for key, one in words.items()}
    if name in KEYS:
        rows = [f"| `{key}` | {cell(one['default'])} | {cell(one['text'])} |" for key, one in relinked.items()]
        return ["| key | default | what it is |", "|---|---|---|", *rows]
    rows = [f"| `{key}` | {cell(one['text'])}{words_of(name, key)} |" for key, one in relinked.items()]
    return ["| key | what it is |", "|---|---|", *rows]


def words_of(name: str, key: str) -> str:
    """List the words that an output's key may have, where they are few and fixed."""
    if name not in SCHEMAS:
        return ""
    schema = SCHEMAS[name](equip())["properties"][key]
    options = [schema, *schema.get("anyOf", ()), schema.get("additionalProperties", {})]
    words = next((one["enum"] for one in options if isinstance(one, dict) and "enum" in one), [])
    return f": {', '.join(f'`{word}`' for word in words)}" if words else ""


def relink(text: str, page: Path) -> str:
    """Make links that are relative to the folder of the pages relative to a page."""
    back = os.path.relpath(DOCS, page.parent)
    return text if back == "." else re.sub(r"\]\((?!https?:)([^)]+)\)", lambda m: f"]({back}/{m[1]})", text)


def cell(text: str) -> str:
    """Make a text fit for a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


# ------------------------------------------------------------------------------------------------ commands


def cli_page() -> str:
    """Write every command with its arguments and options, as ``--help`` has them."""
    lines = [
        NOTE,
        "# Commands and options",
        "",
        "`housing-guarantee COMMAND --help` says the same. How a run ends is told in",
        "[exit codes](outputs.md#exit-codes), what the commands print in [the commands](commands.md).",
    ]
    for path, command in commands_of(program, "housing-guarantee"):
        lines += ["", *command_section(path, command)]
    return "\n".join(lines) + "\n"


def commands_of(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Give every command below a group with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{path} {name}")
        elif command is not None:
            yield f"{path} {name}", command


def command_section(path: str, command: click.Command) -> list[str]:
    """Write one command."""
    context = click.Context(command)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = [
        f"## {path.removeprefix('housing-guarantee ')}",
        "",
        f"`{usage}`",
        "",
        inspect.cleandoc(command.help or ""),
    ]
    options = [option for option in command.params if isinstance(option, click.Option)]
    rows = [
        f"| {option_name(option, context)} | {default_of(option)} | {cell(option.help or '')} |" for option in options
    ]
    return [*lines, "", "| option | default | |", "|---|---|---|", *rows] if rows else lines


def option_name(option: click.Option, context: click.Context) -> str:
    """Give an option as it is typed, with what it takes."""
    names = ", ".join(f"`{name}`" for name in option.opts)
    if option.is_flag:
        return names
    takes = option.make_metavar(context).strip("[]").replace("|", "\\|")
    return f"{names} {takes}"


def default_of(option: click.Option) -> str:
    """Give what holds without an option, where that is said by the program itself."""
    silent = option.is_flag or option.multiple or not isinstance(option.default, (str, int)) or option.default == ""
    return "" if silent else f"`{option.default}`"


# ------------------------------------------------------------------------------------------------ hooks


def hooks_page() -> str:
    """Write every hook, and what it returns a list of."""
    hooks = [one for name, one in vars(hookspecs).items() if name.startswith("register_")]
    lines = [
        NOTE,
        "# Hooks",
        "",
        f"What a plugin may implement, marked with `hookimpl` of `{hookspecs.__name__}`. Every hook takes nothing",
        "and returns a list; one that is misspelt is an error that names it. An installed plugin is found by its entry",
        f"point in the group `{hookspecs.NAMESPACE}`; a single file is named under `[rules] plugins`. A plugin may say",
        f"`HOOKS_VERSION = {hookspecs.HOOKS_VERSION}`, the version it is written for. How one is loaded is told in",
        "[the architecture](../architecture.md#why-it-is-built-so); how one is written in [a",
        "rule](../write-a-rule.md) and [an adapter](../write-an-adapter.md).",
    ]
    for hook in hooks:
        (brought,) = inspect.signature(hook).return_annotation.__args__
        kind = brought.__args__[0] if getattr(brought, "__args__", ()) else brought
        shown = f"type[{kind.__name__}]" if kind is not brought else kind.__name__
        lines += ["", f"## {hook.__name__}", "", inspect.getdoc(hook) or "", ""]
        lines += [f"Returns a list of `{shown}` (`{kind.__module__}`): {first_of(kind)}"]
        lines += members(kind)
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------------------ the library


def library_page() -> str:
    """Write the face of the library: every public name."""
    lines = [
        NOTE,
        "# The library",
        "",
        "What `import housing_guarantee as hg` gives. Everything is typed (`py.typed`), and loaded when it is first",
        "asked for. [How to embed it](../embedding.md) shows it at work.",
    ]
    for name in sorted(hg.__all__, key=str.lower):
        lines += ["", *name_section(name, getattr(hg, name))]
    return "\n".join(lines) + "\n"


def name_section(name: str, thing: Any) -> list[str]:
    """Write one public name."""
    if inspect.isclass(thing):
        own = attrs.has(thing)
        return [f"## {name}", "", *(paragraphs(thing)[:1] if own else paragraphs(thing)), *members(thing)]
    if callable(thing) and inspect.isfunction(thing):
        return [f"## {name}", "", f"`hg.{name}{signature(thing)}`", "", *paragraphs(thing)]
    return [f"## {name}", "", "Marks a function as the implementation of a [hook](hooks.md)."]


def members(thing: type) -> list[str]:
    """List fields, properties and methods that are not private."""
    rows = []
    if attrs.has(thing):
        said = params_of(thing)
        fields = [one for one in attrs.fields(thing) if not one.name.startswith("_") and one.init]
        rows += [f"- `{one.name}`: `{type_name(one.type)}`{said.get(one.name, '')}" for one in fields]
    elif getattr(thing, "_is_protocol", False):
        rows += [f"- `{name}`: `{type_name(kind)}`" for name, kind in inspect.get_annotations(thing).items()]
    elif issubclass(thing, str) and hasattr(thing, "__members__"):
        rows += [f"- `{one.name}`: `{one.value!r}`" for one in thing]
    for name, one in vars(thing).items():
        if name.startswith("_") or not inspect.getdoc(one):
            continue
        if isinstance(one, (property, cached_property)):
            getter = one.fget if isinstance(one, property) else one.func
            rows.append(f"- `{name}`: `{type_name(inspect.signature(getter).return_annotation)}`. {first_of(one)}")
        elif inspect.isfunction(one) or isinstance(one, classmethod):
            function = one.__func__ if isinstance(one, classmethod) else one
            rows.append(f"- `{name}{signature(function)}`. {first_of(function)}")
    return ["", *rows] if rows else []


def params_of(thing: type) -> dict[str, str]:
    """Give what a class's docstring says of each field; of several at once, for each of them."""
    said = {}
    for one in docstring(thing)[1]:
        head, _, words = one.partition(":")
        for name in head.removeprefix("param ").split(","):
            said[name.strip()] = f": {' '.join(words.split())}"
    return said


def paragraphs(thing: Any) -> list[str]:
    """Write a docstring, its ``:param:`` lines as a list."""
    body, fields = docstring(thing)
    listed = []
    for one in fields:
        head, _, said = one.partition(":")
        kind, _, name = head.partition(" ")
        listed.append(f"- `{name}`{' (raised)' if kind == 'raises' else ''}: {' '.join(said.split())}")
    return [body, *(["", *listed] if listed else [])]


def docstring(thing: Any) -> tuple[str, list[str]]:
    """Give a docstring's text, as Markdown, and its fields."""
    text = inspect.getdoc(thing) or ""
    text = re.sub(r"``([^`]+)``", r"`\1`", re.sub(r":(?:class|func):`([^`]+)`", r"`\1`", text))
    body, *fields = re.split(r"^:(?=param |raises )", text, flags=re.MULTILINE)
    return body.strip(), fields


def first_of(thing: Any) -> str:
    """Give the first sentence of a docstring."""
    text = inspect.getdoc(thing) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("``", "`")


def signature(function: Callable[..., Any]) -> str:
    """Give a function's signature, short names of types in it."""
    found = inspect.signature(function)
    kept = [one for one in found.parameters.values() if one.name not in ("self", "cls")]
    return short(str(found.replace(parameters=kept)))


def type_name(kind: Any) -> str:
    """Give a type's name without its modules."""
    return short(inspect.formatannotation(kind))


def short(text: str) -> str:
    """Leave out the modules of the names in an annotation."""
    text = re.sub(r"ForwardRef\('([^']+)'\)", r"\1", text)
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Za-z])|~", "", re.sub(r"'(\w*[A-Z]\w*)'", r"\1", text))
