"""What a release says of itself: one version, Pythons that were tried, how to cite, what is a boundary, what changed."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

import rewardkit

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
VERSION = re.compile(r"(?<![\d.])" + re.escape(rewardkit.__version__) + r"(?![\d.])")
# The notes on changes name the versions that they are about.
OTHERS = {"CHANGELOG.md"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_version_stands_in_one_place(project: dict[str, Any]) -> None:
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "rewardkit.__version__"}
    files = [
        path for name in ("rewardkit", "docs", "tools") for path in (ROOT / name).rglob("*.*") if path.suffix in (".py", ".md")
    ]
    files += [path for path in ROOT.iterdir() if path.is_file() and path.suffix in (".md", ".toml", ".py", ".cff", ".yml")]
    told = [path.relative_to(ROOT).as_posix() for path in files if VERSION.search(path.read_text(encoding="utf-8"))]
    assert set(told) - OTHERS == {"rewardkit/__init__.py"}


def test_the_pythons_are_those_that_are_required(project: dict[str, Any]) -> None:
    pythons = [one.rpartition(" ")[2] for one in project["project"]["classifiers"] if re.search(r":: 3\.\d+$", one)]
    assert pythons == ["3.10", "3.11", "3.12", "3.13"]
    assert project["project"]["requires-python"] == f">={pythons[0]}"
    assert project["tool"]["ruff"]["target-version"] == "py310"
    assert project["tool"]["mypy"]["python_version"] == pythons[0]


def test_the_readme_s_pythons_are_those_that_were_tried() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "pythons.py"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == tool["page"](readme), "stale: run make test-pythons KEEP=--keep"
    assert all(f"| {version} |" in readme for version in tool["versions"]())
    assert all(one.failed == 0 for one in tool["read"]().values())


def test_it_can_be_cited(project: dict[str, Any]) -> None:
    yaml = pytest.importorskip("yaml")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited.keys() >= {"cff-version", "message", "title", "type", "authors", "license"}
    assert cited["cff-version"] == "1.2.0"
    assert cited["license"] == project["project"]["license"]
    assert all({"name"} <= author.keys() or {"family-names"} <= author.keys() for author in cited["authors"])
    assert "version" not in cited


def test_every_boundary_is_spoken_of() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \*\*(.+?)\*\*.*?\| .+? \| (.+?) \|$", page, re.MULTILINE)
    told = " ".join(name for name, _ in rows).lower()
    assert all(word in told for word in ("text of a model", "reference", "config", "judge", "code", "plugin", "client"))
    assert all(re.match(r"(?:A|Not a) boundary|They hold", holds) for _, holds in rows), rows


def test_issue_forms_ask_for_what_is_needed() -> None:
    yaml = pytest.importorskip("yaml")
    forms = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    assert {path.stem for path in forms} == {"wrong_verdict", "something_broke", "new_verifier"}
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert form.keys() == {"name", "description", "labels", "body"}
        fields = [part for part in form["body"] if part["type"] != "markdown"]
        assert len({part["id"] for part in fields}) == len(fields) > 0
        assert all(part["type"] in ("input", "textarea", "dropdown") and part["attributes"]["label"] for part in fields)
        assert any(part.get("validations", {}).get("required") for part in fields)


def test_changes_are_told_by_version() -> None:
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", head) for head in heads[1:])
    assert heads[1:] == sorted(heads[1:], key=lambda head: tuple(map(int, head.split("."))), reverse=True)
    assert len(heads) > 1
