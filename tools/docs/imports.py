"""Who imports whom: the parts of the package, or the rooms of one of its houses, from the source alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "rewardkit"
ENTRANCE = "entrance"

Arrows = dict[str, set[str]]
"""Each part with those that it imports."""


def parts(package: Path = PACKAGE) -> Arrows:
    """The files and folders that stand directly in the package. Its face, `__init__`, imports everything and is left out."""
    return {part: below - {ENTRANCE} for part, below in _arrows(package, ()).items() if part not in (ENTRANCE, "__main__")}


def rooms(house: str, package: Path = PACKAGE) -> Arrows:
    """The files and folders of one house, with its own `__init__` as its entrance; empty if there is no such house."""
    return _arrows(package, tuple(house.split("/"))) if (package / house).is_dir() else {}


def label(name: str, house: str = "", package: Path = PACKAGE) -> str:
    """A folder's name ends in a slash."""
    return f"{name}/" if (package / house / name).is_dir() else name


def _arrows(package: Path, house: tuple[str, ...]) -> Arrows:
    files = {_dotted(path, package): path for path in sorted(package.rglob("*.py"))}
    prefix, depth = (package.name, *house), len(house) + 1
    found: Arrows = {}
    by_name: set[tuple[str, str]] = set()
    for name, path in files.items():
        if name[:depth] != prefix:
            continue
        part, nodes = _part(name, depth), _nodes(path)
        below = found.setdefault(part, set())
        below |= {_part(other, depth) for other in _imported(nodes, files, package.name) if other[:depth] == prefix} - {part}
        by_name |= {(part, _part(other, depth)) for other in _named(nodes, package.name) if other[:depth] == prefix}
    for part, other in sorted(by_name):
        # The registry loads verifiers, which register themselves with it: such a door upwards is no floor.
        if other in found and other != part and part not in reached(other, found):
            found[part].add(other)
    return found


def reached(start: str, arrows: Arrows) -> set[str]:
    """All that lies below a part, near and far."""
    seen: set[str] = set()
    todo = list(arrows[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += arrows[name]
    return seen


def _part(name: tuple[str, ...], depth: int) -> str:
    return name[depth] if len(name) > depth else ENTRANCE


def _dotted(path: Path, package: Path) -> tuple[str, ...]:
    names = path.relative_to(package.parent).with_suffix("").parts
    return names[:-1] if names[-1] == "__init__" else names


@cache
def _nodes(path: Path) -> list[ast.AST]:
    """All that may import something in a file, which is read once for all houses that it stands in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom, ast.Call))]


def _imported(nodes: list[ast.AST], files: dict[tuple[str, ...], Path], package: str) -> Iterator[tuple[str, ...]]:
    """Every module of ours that a file imports, at its top or within a function."""
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            module = tuple(node.module.split("."))
            names = [full if (full := (*module, alias.name)) in files else module for alias in node.names]
        else:
            continue
        yield from (name for name in names if name[0] == package)


def _named(nodes: list[ast.AST], package: str) -> Iterator[tuple[str, ...]]:
    """The folders from which `import_module(f"rewardkit.folder.{name}")` loads a module by its name."""
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            first = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
            if isinstance(first, ast.Constant) and str(first.value).startswith(f"{package}."):
                yield tuple(str(first.value).rstrip(".").split("."))
