"""Type checkers know the options of each recipe: the stub has an overload for every one, and a wrong call is refused."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from patience import HANG_S

from rewardkit import recipes, registry

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STUB = ROOT / "rewardkit" / "recipes" / "parts" / "signatures.pyi"


def overloads() -> dict[str, dict[str, bool]]:
    """The options of each name in the stub, and whether they must be given."""
    load = next(node for node in ast.parse(STUB.read_text()).body if isinstance(node, ast.ClassDef) and node.name == "Load")
    found = {}
    for node in load.body:
        if isinstance(node, ast.FunctionDef):
            named = re.match(r"Literal\['(.+)'\]", ast.unparse(node.args.args[1].annotation or node))
            wanted = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            found[named[1] if named else ""] = {one.arg: default is None for one, default in wanted}
    found.pop("")
    return found


def test_every_recipe_and_verifier_has_its_options_in_the_stub() -> None:
    known = overloads()
    assert set(known) == {*recipes.names(), *registry.BUILT_IN}
    for name in recipes.names():
        parameters = inspect.signature(importlib.import_module(f"rewardkit.recipes.{name}").build).parameters
        assert known[name] == {key: one.default is inspect.Parameter.empty for key, one in parameters.items()}
    for name in registry.BUILT_IN:
        assert list(known[name]) == list(registry.spec(name).parameters)


def test_what_every_function_takes_is_in_the_stub() -> None:
    rest = next(n for n in ast.parse(STUB.read_text()).body if isinstance(n, ast.ClassDef) and n.name == "OfTheFunction")
    named = {node.target.id for node in rest.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    assert named == {*recipes.OF_THE_FUNCTION, "references"}


@pytest.mark.slow
@pytest.mark.skipif(find_spec("mypy") is None, reason="needs mypy, which make check has")
def test_a_type_checker_refuses_wrong_calls_and_no_others(tmp_path: Path) -> None:
    program = HERE / "typed_calls.py"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"), str(program)]
    done = subprocess.run([*command, "--cache-dir", str(tmp_path)], capture_output=True, text=True, cwd=ROOT, timeout=HANG_S)
    refused = {int(line) for line in re.findall(r"typed_calls\.py:(\d+): error", done.stdout)}
    wanted = {number for number, line in enumerate(program.read_text().splitlines(), start=1) if line.endswith("# wrong")}
    assert refused == wanted, done.stdout
