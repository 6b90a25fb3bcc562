"""What `import rewardkit` offers, what it costs, and that the registry's table is true."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys

import pytest
from patience import HANG_S
from source_tree import MODULES

import rewardkit
from rewardkit import errors, registry


def fresh(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=HANG_S).stdout


def test_public_names_are_sorted_complete_and_importable() -> None:
    assert rewardkit.__all__ == sorted(rewardkit.__all__) == sorted(rewardkit._HOMES)
    assert dir(rewardkit) == sorted([*rewardkit.__all__, "__version__"])
    for name, home in rewardkit._HOMES.items():
        assert getattr(rewardkit, name) is getattr(importlib.import_module(f"rewardkit.{home}"), name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        rewardkit.nothing  # noqa: B018


def test_type_checkers_see_the_same_names() -> None:
    face = next(module for module in MODULES if module.name == "rewardkit")
    seen = {
        alias.name: str(node.module).removeprefix("rewardkit.")
        for node in ast.walk(face.tree)
        if isinstance(node, ast.ImportFrom) and node.module != "__future__" and node.module != "typing"
        for alias in node.names
    }
    assert seen == rewardkit._HOMES


def test_every_error_is_public() -> None:
    assert set(errors.__all__) <= set(rewardkit.__all__)
    assert sorted(errors.__all__) == errors.__all__


@pytest.mark.parametrize("module", [module.name for module in MODULES if not module.name.endswith("__main__")])
def test_what_a_module_offers_is_there(module: str) -> None:
    loaded = importlib.import_module(module)
    offered = getattr(loaded, "__all__", [])
    assert len(set(offered)) == len(offered)
    assert all(hasattr(loaded, name) for name in offered)


def test_importing_the_package_is_quick_and_loads_nothing_foreign() -> None:
    code = """
import json, sys, time
before, start = set(sys.modules), time.process_time()
import rewardkit
seconds = time.process_time() - start
print(json.dumps([seconds, sorted({name.split(".")[0] for name in sys.modules.keys() - before} - sys.stdlib_module_names)]))
"""
    runs = [json.loads(fresh(code)) for _ in range(5)]
    assert runs[0][1] == ["rewardkit"]
    assert min(seconds for seconds, _ in runs) < 0.05


def test_building_any_verifier_loads_nothing_heavier_than_flint() -> None:
    code = """
import contextlib, json, sys
before = set(sys.modules)
import rewardkit
from rewardkit import recipes, registry
for name in registry.BUILT_IN:
    with contextlib.suppress(rewardkit.MissingExtra):  # one whose package is not here says so when it is built
        rewardkit.get(name)
rewardkit.load("auto")
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules.keys() - before} - sys.stdlib_module_names)))
"""
    assert [name for name in json.loads(fresh(code)) if "cython" not in name] == ["flint", "rewardkit"]


def test_the_table_of_built_in_names_is_true() -> None:
    registered = {
        decorator.args[0].value: module.name.removeprefix("rewardkit.verifiers.")
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and module.name.startswith("rewardkit.verifiers.")
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "verifier"
        if isinstance(decorator.args[0], ast.Constant)
    }
    assert registered == registry.BUILT_IN
    assert list(registry.BUILT_IN) == sorted(registry.BUILT_IN)
    for name, home in registry.BUILT_IN.items():
        assert registry.spec(name).function.__module__ == f"rewardkit.verifiers.{home}"
