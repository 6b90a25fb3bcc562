"""`rewardkit_cuda` is a house of its own: it knows nothing of `rewardkit`, and loads torch only where operators are asked for."""

from __future__ import annotations

import ast

import pytest
from source_tree import ROOT
from test_code_rules import MAX_LINES, public

HOUSE = ROOT / "rewardkit_cuda"
FILES = sorted(HOUSE.glob("*.py"))
TEXTS = [*FILES, *sorted((HOUSE / "csrc").iterdir()), *sorted((ROOT / "tests/cuda").rglob("*.h"))]


def imported(tree: ast.Module) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_there_is_something_to_look_at() -> None:
    assert {path.name for path in FILES} >= {"__init__.py", "library.py", "ops.py", "build.py"}
    assert {path.suffix for path in TEXTS} >= {".py", ".h", ".cuh", ".cu", ".cpp"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_knows_nothing_of_rewardkit_and_torch_stays_behind_one_door(path) -> None:
    roots = {name.split(".")[0] for name in imported(ast.parse(path.read_text(encoding="utf-8")))}
    assert "rewardkit" not in roots
    assert "torch" not in roots or path.name == "ops.py"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_file_is_too_long(path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_everything_public_says_what_it_is(path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert [node.name for node in public(tree.body) if not ast.get_docstring(node)] == []


def test_the_sources_need_neither_torch_nor_fast_math() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (HOUSE / "csrc").iterdir()]
    assert not [text for text in texts if "#include <torch" in text or "#include <ATen" in text or "atomicAdd" in text]
    assert "fast_math" not in (HOUSE / "build.py").read_text(encoding="utf-8")
