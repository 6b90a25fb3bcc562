"""What type checkers know of `load`: a stub with an overload for each recipe and built-in verifier, from their own signatures."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

from rewardkit import recipes, registry

WIDTH = 130

Option = tuple[str, str, bool]
"""Name, annotation, and whether it must be given."""

HEAD = '''"""Written by tools/docs/generate.py: `load` as type checkers know it."""

'''
BODY = '''
class OfTheFunction(TypedDict, total=False):
    """What every reward function takes, whatever decides in it."""

    references: str | Callable[[str], str | None] | None
    columns: Mapping[str, str] | None
    trace: str | Path | None
    max_error_share: float
    error_window: int
    time_limit_s: float | None
    slow_s: float

class Load(Protocol):
    """`rewardkit.load`."""

'''
TAIL = """
def signed(function: Callable[..., RewardFunction]) -> Load: ...
"""
OURS = {
    "Callable": "collections.abc",
    "Mapping": "collections.abc",
    "Path": "pathlib",
    "Literal": "typing",
    "Protocol": "typing",
    "TypedDict": "typing",
    "overload": "typing",
    "Unpack": "typing_extensions",
    "Check": "rewardkit.lifted",
    "Judge": "rewardkit.types",
    "Verifier": "rewardkit.types",
    "RewardFunction": "rewardkit.reward",
}


def stub() -> str:
    """The whole stub, formatted as ruff would."""
    homes = dict(OURS)
    overloads: list[str] = []
    seen: dict[str, dict[str, None]] = {}
    for name in recipes.names():
        module = importlib.import_module(f"rewardkit.recipes.{name}")
        options = _options(module.build, module, homes, skip=0)
        for option, annotation, _ in options:
            seen.setdefault(option, {})[annotation] = None
        overloads.append(_overload(f'Literal["{name}"]', options, default=name == "auto"))
    for name in sorted(registry.BUILT_IN):
        function = registry.spec(name).function
        overloads.append(_overload(f'Literal["{name}"]', _options(function, sys.modules[function.__module__], homes, skip=1)))
    any_of = [(option, _union(annotations), False) for option, annotations in seen.items()]
    overloads += [_overload("str", any_of), _overload("Verifier | Judge | Check", [])]
    return HEAD + _imports(homes) + BODY + "\n".join(overloads) + "\n" + TAIL


def _options(function: Callable[..., Any], module: ModuleType, homes: dict[str, str], *, skip: int) -> list[Option]:
    """Each parameter but the first `skip`; notes where annotations come from."""
    found: list[Option] = []
    for name, parameter in list(inspect.signature(function).parameters.items())[skip:]:
        annotation = str(parameter.annotation).replace("'", '"')
        for used in _names_in(annotation):
            home = _home(used, module)
            if homes.setdefault(used, home) != home:
                message = f"{used} is another thing in {module.__name__} than in {homes[used]}"
                raise ValueError(message)
        found.append((name, annotation, parameter.default is inspect.Parameter.empty))
    return found


def _names_in(annotation: str) -> set[str]:
    names = {node.id for node in ast.walk(ast.parse(annotation, mode="eval")) if isinstance(node, ast.Name)}
    return {name for name in names if not hasattr(builtins, name)}


def _home(name: str, module: ModuleType) -> str:
    """The module that a name of another one is imported from, also for type checkers only, or that one itself."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and name in {alias.asname or alias.name for alias in node.names}:
            return str(node.module)
    return module.__name__


def _union(annotations: Iterable[str]) -> str:
    """All of the kinds that the annotations name, each once."""
    kinds: dict[str, None] = {}
    for annotation in annotations:
        node = ast.parse(annotation, mode="eval").body
        while isinstance(node, ast.BinOp):
            kinds[ast.unparse(node.right)] = None
            node = node.left
        kinds[ast.unparse(node)] = None
    return " | ".join(sorted(kinds, key=lambda kind: (kind == "None", kind))).replace("'", '"')


def _imports(homes: Mapping[str, str]) -> str:
    """Three groups: what Python has, what type checkers have, and ours."""
    groups: dict[int, dict[str, list[str]]] = {0: {}, 1: {}, 2: {}}
    for name, home in homes.items():
        top = home.partition(".")[0]
        groups[{"typing_extensions": 1, "rewardkit": 2}.get(top, 0)].setdefault(home, []).append(name)
    return "\n".join("".join(_import(*one) for one in sorted(group.items())) for group in groups.values())


def _import(home: str, names: list[str]) -> str:
    return f"from {home} import {', '.join(sorted(names, key=lambda name: (name.islower(), name)))}\n"


def _overload(name: str, options: list[Option], *, default: bool = False) -> str:
    wanted = [f"{option}: {annotation}{'' if must else ' = ...'}" for option, annotation, must in options]
    star = ["*", *wanted] if wanted else []
    given = ["self", f"name: {name}{' = ...' if default else ''}", *star, "**rest: Unpack[OfTheFunction]"]
    line = f"    def __call__({', '.join(given)}) -> RewardFunction: ..."
    if len(line) > WIDTH:
        line = "    def __call__(\n" + "".join(f"        {one},\n" for one in given) + "    ) -> RewardFunction: ..."
    return f"    @overload\n{line}"
