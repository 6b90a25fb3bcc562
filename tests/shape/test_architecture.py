"""The picture of the house is what tools/docs draws from the imports; that it is current is held by tests/test_docs.py."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from source_tree import MODULES, ROOT

FILES = {
    "__init__.py": "from house import top",
    "top.py": "from house.middle import one, wing\nfrom house import ground",
    "middle/__init__.py": "",
    "middle/one.py": "def late():\n    import house.ground",
    "middle/wing/__init__.py": "from house.middle import one",
    "ground.py": "import json",
    "left.py": "from house import right",
    "right.py": "from house import left, ground",
    "door.py": "import importlib\nimportlib.import_module(f'house.commands.{name}')",
    "commands/__init__.py": "",
    "table.py": "import importlib\nimportlib.import_module(f'house.plugs.{name}')",
    "plugs/first.py": "from house import table",
}
Tools = tuple[ModuleType, ModuleType, ModuleType]


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Tools:
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "docs"))
    import architecture
    import floors
    import imports

    return imports, floors, architecture


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "house"


def test_arrows_are_the_imports_wherever_they_stand(tools: Tools, house: Path) -> None:
    imports, _, _ = tools
    assert imports.parts(house) == {
        "top": {"middle", "ground"},
        "middle": {"ground"},
        "ground": set(),
        "left": {"right"},
        "right": {"left", "ground"},
        "door": {"commands"},
        "commands": set(),
        "table": set(),  # what it loads by name imports it: a door upwards
        "plugs": {"table"},
    }
    assert imports.rooms("middle", house) == {"entrance": set(), "one": set(), "wing": {"one"}}
    assert imports.rooms("no such house", house) == {}


def test_boxes_stand_above_what_they_import_and_a_circle_is_one_box(tools: Tools, house: Path) -> None:
    imports, floors, _ = tools
    arrows = imports.parts(house)
    layout = floors.laid_out(arrows, {name: name for name in arrows}, 8, 10)
    boxes = {spot.text: spot for floor in layout.floors for spot in floor if spot.text}
    assert {name: spot.floor for name, spot in boxes.items()} == {
        **{"ground": 0, "commands": 0, "table": 0},
        **{"door": 1, "middle": 1, "left ⇄ right": 1, "plugs": 1, "top": 2},
    }
    assert [below.text for below in boxes["top"].below] == ["middle"], "ground is reached through the middle"
    for one, other in (pair for floor in layout.floors for pair in pairwise(floor)):
        assert other.x - one.x >= (one.width + other.width) / 2 + 10 - 1e-6


def test_every_part_is_drawn_and_every_arrow_points_down(tools: Tools) -> None:
    imports, _, architecture = tools
    picture = (ROOT / "docs" / "guide" / "architecture.svg").read_text(encoding="utf-8")
    drawn = {name for text in ElementTree.fromstring(picture).itertext() for name in re.split(r"[\s⇄/]+", text)}
    parts = {module.name.split(".")[1] for module in MODULES if "." in module.name} - {"__main__"}
    assert parts <= drawn
    for name in architecture.HOUSES:
        if len(inside := imports.rooms(name)) > 1:
            assert set(inside) <= drawn
    arrows = re.findall(r'class="arrow"[^>]* d="M\S+ (\S+?)C[^"]* (\S+)"', picture)
    assert len(arrows) > len(parts)
    assert all(float(begin) < float(end) for begin, end in arrows)


def test_a_step_of_the_way_without_a_room_says_what_to_do(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, architecture = tools
    assert "| **in** | `adapters/`" in architecture.walk()
    monkeypatch.setattr(architecture, "WAY", [architecture.WAY[0]._replace(rooms=("attic", "attic/trunk"))])
    with pytest.raises(LookupError, match="say in WAY where the step 'in' happens now"):
        architecture.walk()
