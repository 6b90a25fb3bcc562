"""The rooms of `judges/`, each house from the top floor down: what stands on a floor imports only what stands below it."""

from __future__ import annotations

import pytest
from source_tree import MODULES

HOUSES = {
    "rewardkit.judges": (
        {"escalation", "pairwise", "panel"},
        {"judge"},
        {"ballot", "watch"},
        {"asking", "controls"},
        {"budget", "cache", "clients", "kinds", "rule_then_judge"},
        {"calibration", "client", "guard", "stats"},
    ),
    "rewardkit.judges.calibration": (
        {"stored"},
        {"curves", "drift", "fitting"},
        {"measures"},
    ),
    "rewardkit.judges.guard": (
        {"rules"},
        {"openers"},
        {"addressed", "gibberish", "marks", "stuffing"},
        {"text"},
        {"announcing", "letters", "patterns"},
    ),
    "rewardkit.judges.kinds": (
        {"rubric_file"},
        {"listed", "one_word", "process", "published", "rubric", "scores"},
        {"kind"},
        {"turns"},
        {"images", "parse", "templates"},
    ),
}


def room(house: str, module: str) -> str:
    """The room of a house in which a module stands; empty for the house's own face and for what stands elsewhere."""
    return module.removeprefix(f"{house}.").partition(".")[0] if module.startswith(f"{house}.") else ""


@pytest.mark.parametrize("house", HOUSES)
def test_every_room_has_a_floor_and_every_floor_rooms(house: str) -> None:
    rooms = {room(house, module.name) for module in MODULES} - {""}
    assert rooms == set().union(*HOUSES[house])
    assert len(rooms) == sum(map(len, HOUSES[house]))


@pytest.mark.parametrize("house", HOUSES)
def test_rooms_import_only_what_stands_below_them(house: str) -> None:
    floor = {name: number for number, names in enumerate(HOUSES[house]) for name in names}
    arrows = [
        (module.where(line), here, there)
        for module in MODULES
        if (here := room(house, module.name))
        for line, imported in module.imports
        if (there := room(house, imported)) and here != there
    ]
    assert len(arrows) >= 10, "the search itself has stopped working"
    assert [arrow for arrow in arrows if floor[arrow[1]] >= floor[arrow[2]]] == []
