"""What rules load on first use is counted as loading, so that no row is charged for it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from source_tree import MODULES, Module

ROOMS = ("answers", "extract", "prose", "question", "verifiers")
RULES = [module for module in MODULES if module.name.split(".")[1:2] and module.name.split(".")[1] in ROOMS]
CACHES = {"cache", "lru_cache"}


def decorators(function: ast.FunctionDef) -> set[str]:
    """The bare names of what stands over a function."""
    called = (part.func if isinstance(part, ast.Call) else part for part in function.decorator_list)
    return {ast.unparse(part).rpartition(".")[2] for part in called}


def functions(module: Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef))


def test_what_is_made_once_is_counted_as_loading() -> None:
    once = [(module, one) for module in RULES for one in functions(module) if CACHES & decorators(one) and not one.args.args]
    assert len(once) > 40
    missing = [f"{module.where(one.lineno)} {one.name}" for module, one in once if "first_use" not in decorators(one)]
    assert not missing, "put @first_use under the cache:\n" + "\n".join(missing)


def late_imports(body: list[ast.stmt], loading: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports in the statements of a function that do not stand within `with loading:`; the standard library's are quick."""
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            if not loading and any(name.split(".")[0] not in sys.stdlib_module_names for name in names):
                yield node
            continue
        inside = loading or (isinstance(node, ast.With) and any(ast.unparse(one.context_expr) == "loading" for one in node.items))
        inside = inside or (isinstance(node, ast.FunctionDef) and "first_use" in decorators(node))
        for part in ("body", "orelse", "finalbody"):
            yield from late_imports(getattr(node, part, []), inside)
        for handler in getattr(node, "handlers", []):
            yield from late_imports(handler.body, inside)


def test_what_a_rule_imports_late_is_counted_as_loading() -> None:
    found = [
        module.where(late.lineno)
        for module in RULES
        for one in functions(module)
        if "first_use" not in decorators(one)
        for late in late_imports(one.body, loading=False)
    ]
    assert not found, "import within `with loading:`:\n" + "\n".join(found)
