"""The table of trainers says what the tests try: versions, interfaces, and the test that shows what becomes of no verdict."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

import rewardkit

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = Path(rewardkit.__file__).parent
HELPERS = {"__init__", "mask", "queries", "responses", "ray", "trl_schedules", "turns", "verl_logs"}  # beside adapters


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


ROWS = table("trainers.csv")
PINNED = re.findall(
    r"^([\w.\-]+)==(\S+)$",
    "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("constraints*.txt"))),
    re.MULTILINE,
)


def plain(package: str) -> str:
    return package.lower().replace("_", "-")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["trainer"])
def test_versions_are_those_that_are_tried(row: dict[str, str]) -> None:
    tried = {(plain(package), version) for package, version in PINNED}
    tried |= {(plain(end["package"]), end["version"]) for end in table("ends.csv")}
    stated = {(plain(row["package"]), version) for version in row["versions"].split()}
    assert stated <= tried
    assert bool(row["package"]) == bool(row["versions"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["trainer"])
def test_pages_commands_and_the_test_that_shows_it_are_there(row: dict[str, str]) -> None:
    page = (ROOT / "docs" / "trainers" / row["page"]).read_text(encoding="utf-8")
    assert "without a verdict" in page or "has no score" in page or row["none"] == "as TRL"
    assert all(version in page for version in row["versions"].split())
    tree = ast.parse((HERE / row["tests"]).read_text(encoding="utf-8"))
    assert row["shows"] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert row["command"]


def test_every_adapter_is_in_the_table() -> None:
    adapters = {path.stem for path in (PACKAGE / "adapters").glob("*.py")} - HELPERS
    named = " ".join(f"{row['interface']} {row['command']} {row['tests']}" for row in ROWS)
    assert [name for name in sorted(adapters) if name not in named] == []


def test_the_tests_of_every_package_are_run_by_make() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    in_the_suite = {"test_trl.py"}  # the main environment has TRL
    assert [r["tests"] for r in ROWS if r["package"] and r["tests"] not in recipe and r["tests"] not in in_the_suite] == []
