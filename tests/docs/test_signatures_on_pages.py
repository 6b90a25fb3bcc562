"""Calls on the generated pages are Python with every parameter at its default, and sections of docstrings are lists."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import runpy
from collections.abc import Mapping
from typing import Any

import pytest
from doc_pages import DOCS, ROOT, blocks

from rewardkit import recipes, registry

DOCSTRINGS = runpy.run_path(str(ROOT / "tools" / "docs" / "docstrings.py"))


def calls(name: str) -> dict[str, ast.Call]:
    found = [ast.parse(block.text, mode="eval").body for block in blocks(DOCS / "reference" / name) if block.language == "python"]
    return {ast.literal_eval(call.args[0]): call for call in found if isinstance(call, ast.Call)}


def parameters_of(page: str) -> dict[str, Mapping[str, inspect.Parameter]]:
    if page == "recipes.md":
        found = {name: importlib.import_module(f"rewardkit.recipes.{name}").build for name in recipes.names()}
        return {name: inspect.signature(build).parameters for name, build in found.items()}
    return {name: registry.spec(name).parameters for name in registry.BUILT_IN if registry.spec(name).parameters}


@pytest.mark.parametrize("page", ["verifiers.md", "recipes.md"])
def test_every_parameter_stands_at_its_default(page: str) -> None:
    shown, wanted = calls(page), parameters_of(page)
    assert set(shown) <= set(wanted)
    assert page == "recipes.md" or set(shown) == set(wanted)
    for name, call in shown.items():
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert list(given) == list(wanted[name])
        for one in wanted[name].values():
            if one.default is not inspect.Parameter.empty and isinstance(one.default, (str, int, float, bool, tuple, type(None))):
                assert ast.literal_eval(given[one.name]) == one.default


@pytest.mark.parametrize("page", ["verifiers.md", "recipes.md"])
def test_no_section_is_left_as_it_stands_in_the_code(page: str) -> None:
    text = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert not re.search(r"^(Args:|Raises:\n {4}|Returns:)", text, re.MULTILINE)
    assert text.count("Parameters:\n\n* `") >= len(calls(page))


def test_a_docstring_becomes_text_and_lists() -> None:
    def check(sample: Any, *, share: float = 0.5, word: Word = "one") -> None:  # noqa: F821
        """Whether it is so.

        More of it.

        Args:
            sample: The sample.
            share: How much, in
                two lines.
            word: Which.

        Raises:
            ValueError: When it is not.
        """

    parameters = dict(list(inspect.signature(check).parameters.items())[1:])
    about = DOCSTRINGS["about"](check, parameters)
    assert about == (
        "Whether it is so.\n\nMore of it.\n\nParameters:\n\n* `share` (`float`): How much, in two lines."
        "\n* `word` (`Word`): Which.\n\nRaises:\n\n* `ValueError`: When it is not."
    )
    assert DOCSTRINGS["called"]("get", "a.b", parameters) == '```python\nget("a.b", share=0.5, word="one")\n```'
