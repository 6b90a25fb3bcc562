"""Imports point strictly down: every part stands on a floor and imports its own files and parts of lower floors, nothing else.

A part is what stands at the top of the package: a file or a folder. Imports inside functions and those for type checkers count
as any other. What is reached by a name in a text (a built-in verifier, a recipe, a worker's boot line) is handed over at run
time and is no import.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from source_tree import MODULES, Module

FLOORS = (
    {"__main__"},
    {"cli"},
    {"commands"},
    {"serve"},
    {"adapters"},
    {"bench", "evals", "report"},
    {"batch"},
    {"data", "single", "testing"},
    {"recipes"},
    {"judges", "reward", "router", "verifiers"},
    {"compose", "decide", "rightness", "time_limit"},
    {"question"},
    {"extract", "registry"},
    {"dispatch"},
    {"prose", "workers"},
    {
        "advantages",
        "alarms",
        "answers",
        "columns",
        "deadline",
        "header_value",
        "lifted",
        "sandbox",
        "schedules",
        "steps",
        "trace",
    },
    {"errors", "first_use", "types"},
    {"conversation"},
)
"""From the roof to the ground."""

Arrows = Mapping[str, set[str]]


def part(name: str) -> str:
    """`rewardkit.verifiers.choice` is in the part `verifiers`; the package itself is a face of everything, and in none."""
    return name.split(".")[1] if "." in name else ""


def arrows(modules: Iterable[Module]) -> dict[str, set[str]]:
    """Which parts each part imports."""
    found: dict[str, set[str]] = {}
    for module in modules:
        here = found.setdefault(part(module.name), set())
        here |= {part(imported) for _, imported in module.imports} - {"", part(module.name)}
    found.pop("", None)
    return found


def circle(graph: Arrows) -> list[str]:
    """Parts that import one another in a ring, the first of them once more at the end; nothing when there is no ring."""
    done: set[str] = set()

    def walk(here: str, way: list[str]) -> list[str]:
        if here in way:
            return [*way[way.index(here) :], here]
        if here in done:
            return []
        rings = (walk(there, [*way, here]) for there in sorted(graph.get(here, ())))
        ring = next(filter(None, rings), [])
        done.add(here)
        return ring

    return next(filter(None, (walk(start, []) for start in sorted(graph))), [])


def floor(name: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if name in parts)


def test_every_part_has_one_floor() -> None:
    known = [name for parts in FLOORS for name in parts]
    assert len(known) == len(set(known))
    assert arrows(MODULES).keys() - set(known) == set(), "say in FLOORS where it stands"


def test_imports_point_strictly_down() -> None:
    wrong = [
        f"{module.where(line)}: {here} must not import {there}"
        for module in MODULES
        for line, imported in module.imports
        if (here := part(module.name)) and (there := part(imported)) and here != there
        if floor(here) >= floor(there)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_circle() -> None:
    assert circle(arrows(MODULES)) == []


def test_a_circle_is_seen_though_it_hides_in_functions() -> None:
    texts = {
        "dispatch": "from rewardkit.registry import FunctionVerifier\ndef go():\n    from rewardkit import workers",
        "registry": "class FunctionVerifier:\n    def verify(self):\n        from rewardkit.dispatch import run",
        "workers": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from rewardkit.registry import FunctionVerifier",
        "types": "",
        "errors": "import rewardkit.types",
    }
    package = Path(__file__).parents[2] / "rewardkit"
    modules = [Module(package / f"{name}.py", ast.parse(text), 1) for name, text in texts.items()]
    graph = arrows(modules)
    assert graph == {
        "dispatch": {"registry", "workers"},
        "registry": {"dispatch"},
        "workers": {"registry"},
        "types": set(),
        "errors": {"types"},
    }
    assert circle(graph) == ["dispatch", "registry", "dispatch"]
    assert circle({**graph, "registry": {"workers"}, "workers": {"dispatch"}}) == ["dispatch", "registry", "workers", "dispatch"]
    assert circle({**graph, "registry": set()}) == []


def test_verifiers_and_judges_do_not_import_one_another() -> None:
    wrong = []
    for module in MODULES:
        house, _, name = module.name.removeprefix("rewardkit.").partition(".")
        if house not in {"verifiers", "judges"}:
            continue
        family = name.split(".")[0]
        for line, imported in module.imports:
            other, _, sibling = imported.removeprefix("rewardkit.").partition(".")
            if {house, other} == {"verifiers", "judges"} or (house == other == "verifiers" and sibling.split(".")[0] != family):
                wrong.append(f"{module.where(line)}: {name} must not import {other}.{sibling}")
    assert not wrong, "\n".join(wrong)
