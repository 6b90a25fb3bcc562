"""Imports point down only: a floor may use itself and what lies below it. Imports inside functions count as well."""

from __future__ import annotations

from source_tree import MODULES

FLOORS = (
    {"cli", "commands", "adapters", "serve", "report", "bench", "__main__"},
    {"recipes", "evals", "data", "testing"},
    {"reward", "single"},
    {"router", "compose", "verifiers", "judges"},
    {
        *("dispatch", "workers", "deadline"),
        *("trace", "registry", "extract", "answers"),
    },
    {"types"},
    {"errors"},
)
SIDE_HOUSES = {"advantages": {"advantages", "types", "errors"}}

# Upward, and why.
ALLOWED = {("single", "recipes"): "its default verifier is the default recipe"}


def part(name: str) -> str:
    """`rewardkit.verifiers.choice` is in the part `verifiers`; the package itself is a face of everything."""
    return name.split(".")[1] if "." in name else ""


def floor(name: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if name in parts)


def test_every_module_has_a_floor() -> None:
    known = set().union(*FLOORS, SIDE_HOUSES)
    assert {part(module.name) for module in MODULES} - known - {""} == set(), "say in FLOORS where it stands"


def test_imports_point_down_only() -> None:
    wrong = []
    for module in MODULES:
        here = part(module.name)
        for line, imported in module.imports:
            there = part(imported)
            if not here or not there or (here, there) in ALLOWED:
                continue
            below = there in SIDE_HOUSES or (here not in SIDE_HOUSES and floor(here) <= floor(there))
            fine = there in SIDE_HOUSES[here] if here in SIDE_HOUSES else below
            if not fine:
                wrong.append(f"{module.where(line)}: {here} must not import {there}")
    assert not wrong, "\n".join(wrong)


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


def test_nothing_but_commands_and_the_service_imports_an_adapter() -> None:
    wrong = [
        f"{module.where(line)}: {imported}"
        for module in MODULES
        for line, imported in module.imports
        if part(imported) == "adapters" and part(module.name) not in {"adapters", "commands", "serve"}
    ]
    assert not wrong, "\n".join(wrong)
