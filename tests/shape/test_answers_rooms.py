"""The rooms of `answers/`: nothing leads out of them, arrows point down, and none goes in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter

import pytest
from source_tree import MODULES, Module

HOUSE = "rewardkit.answers"
FLOORS = (
    {"equality"},
    {"forms"},
    {"read"},
    {"grammar"},
    {"notation", "numerics"},
    {"tree", "units", "steps"},
)
# What tells the time of loading apart stands below all houses, and knows none.
BELOW = {"rewardkit.first_use"}
# Behind this door stands a package that takes long to import.
DOORS = {"sympy"}


def room(name: str) -> str:
    """`rewardkit.answers.notation.tokens` is in the room `notation`; the face of all rooms is in none."""
    return name.removeprefix(HOUSE).strip(".").split(".")[0]


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room(name) in rooms)


ROOMS = [module for module in MODULES if module.name.startswith(f"{HOUSE}.")]


def test_every_room_has_a_floor() -> None:
    assert {room(module.name) for module in ROOMS} == set().union(*FLOORS), "say in FLOORS where it stands"


def test_nothing_leads_out() -> None:
    wrong = [
        f"{module.where(line)}: {imported}"
        for module in ROOMS
        for line, imported in module.imports
        if not imported.startswith(f"{HOUSE}.") and imported not in BELOW
    ]
    assert not wrong, "\n".join(wrong)


def test_arrows_point_down() -> None:
    wrong = [
        f"{module.where(line)}: {room(module.name)} must not import {imported}"
        for module in ROOMS
        for line, imported in module.imports
        if imported not in BELOW and room(module.name) != room(imported) and floor(module.name) >= floor(imported)
    ]
    assert not wrong, "\n".join(wrong)


def test_there_is_no_circle() -> None:
    arrows = {module.name: {imported for _, imported in module.imports} for module in ROOMS}
    assert len(list(TopologicalSorter(arrows).static_order())) >= len(ROOMS)


def inner_imports(module: Module) -> list[ast.stmt]:
    tops = set(module.tree.body)
    return [node for node in ast.walk(module.tree) if isinstance(node, (ast.Import, ast.ImportFrom)) and node not in tops]


@pytest.mark.parametrize("module", ROOMS, ids=lambda module: module.name.removeprefix(f"{HOUSE}."))
def test_only_doors_are_imported_inside_functions(module: Module) -> None:
    named = {alias.name for node in inner_imports(module) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in inner_imports(module) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in named} <= DOORS


def test_the_search_sees_a_circle_and_a_way_out() -> None:
    lost = Module(ROOMS[0].path, ast.parse("def f():\n    from rewardkit.extract import extract\n    import sympy"), 3)
    assert [name for _, name in lost.imports] == ["rewardkit.extract"]
    assert len(inner_imports(lost)) == 2
    with pytest.raises(ValueError, match="cycle"):
        list(TopologicalSorter({"a": {"b"}, "b": {"a"}}).static_order())
