"""The house stands on floors: every module imports only from floors below its own, and nothing goes round."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "housing_guarantee"

# Lowest first. A package stands on one floor; inside it the order is free, but must not go round.
FLOORS = (
    ("errors", "data", "values", "containment", "limits"),
    ("models", "definition", "database", "toml_table"),
    ("converters", "units"),
    ("cells",),
    ("conditions", "findings", "masking", "linkage", "geo", "photos", "records", "documents"),
    ("datums", "reviews", "roster", "source", "vocabulary", "workspace", "outputs"),
    ("casefiles",),
    ("albums", "papers"),
    ("assemble", "fields", "rule", "source_table", "limits_table", "testimony"),
    ("documented", "local"),
    ("local_table",),
    ("answers", "campaign", "render"),
    ("plain", "waivers", "whereabouts"),
    ("engine",),
    ("tracking",),
    ("report", "clusters"),
    ("tracks",),
    ("hookspecs",),
    ("rules", "adapters", "campaigns", "reports"),
    ("annotated", "page"),
    ("loading",),
    ("plugins",),
    ("reading", "opening", "schemas"),
    ("cards", "feedback", "runner", "writeback", "purge"),
    ("demo", "onboarding", "review", "scaffold"),
    ("testing",),
    ("cli",),
    ("__init__", "__main__"),
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(path for path in ROOT.rglob("*.py"))


def name_of(path: Path) -> str:
    """Give a module's name below the package; a package's own file bears the package's name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """List the package's own modules that a file imports, wherever the import stands."""
    known = {name_of(module) for module in MODULES}
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("housing_guarantee"):
            module = (node.module or "").removeprefix("housing_guarantee").removeprefix(".")
            for alias in node.names:
                inner = f"{module}.{alias.name}".removeprefix(".")
                found.add(inner if inner in known else module)
        elif isinstance(node, ast.Import):
            own = [alias.name for alias in node.names if alias.name.startswith("housing_guarantee.")]
            found |= {name.removeprefix("housing_guarantee.") for name in own}
    return found - {""}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_stands_on_a_floor(path: Path) -> None:
    """A new room must be given its floor here."""
    assert name_of(path).partition(".")[0] in FLOOR_OF


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_imports_from_its_own_floor_or_above(path: Path) -> None:
    """Another room's module may be imported only from a floor above it."""
    room = name_of(path).partition(".")[0]
    if room == "__init__":
        return  # the face imports everything, when asked
    others = {name for name in imports_of(path) if name.partition(".")[0] != room}

    upward = sorted(name for name in others if FLOOR_OF[name.partition(".")[0]] >= FLOOR_OF[room])

    assert upward == []


def test_no_imports_go_round() -> None:
    """Following imports never leads back to where one started."""
    graph = {name_of(path): imports_of(path) - {name_of(path)} for path in MODULES}
    state: dict[str, int] = {}
    circles: list[str] = []

    def visit(name: str, way: tuple[str, ...]) -> None:
        if state.get(name) == 1:
            circles.append(" -> ".join((*way, name)))
        if name in state:
            return
        state[name] = 1
        for imported in sorted(graph.get(name, ())):
            visit(imported, (*way, name))
        state[name] = 2

    for name in sorted(graph):
        visit(name, ())

    assert circles == []


def test_own_modules_are_never_imported_late() -> None:
    """An import of our own inside a function hides a circle, so there is none."""
    late = [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("housing_guarantee")
    ]

    assert late == []


def test_no_module_grows_past_400_lines() -> None:
    """A module that long holds more than one thought."""
    long = {name_of(p): n for p in MODULES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}

    assert long == {}
