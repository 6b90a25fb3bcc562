"""The numbered examples: short, linked from the README, and clear about the extra that they need."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from patience import HANG_S

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("0*.py"))
LONGEST = 60
NEEDS = re.compile(r"needs `pip install '\.\[(\w+)\]'` in the clone", re.IGNORECASE)
# What the core does not bring.
BARE = """
import runpy, sys
for name in ("torch", "datasets", "tokenizers", "transformers", "trl", "fastapi", "uvicorn", "httpx"):
    sys.modules[name] = None
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def bare(example: Path) -> subprocess.CompletedProcess[str]:
    """Run an example as if only the core were installed."""
    command = [sys.executable, "-c", BARE, str(example)]
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, cwd=example.parent)


def extra_of(example: Path) -> str | None:
    head = example.read_text(encoding="utf-8").split('"""')[1]
    found = NEEDS.search(head)
    return found[1] if found else None


def named(with_extra: bool) -> list[object]:
    return [pytest.param(path, id=path.name) for path in EXAMPLES if bool(extra_of(path)) is with_extra]


def test_there_are_six_and_the_readme_links_each() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name[:2] for path in EXAMPLES] == ["01", "02", "03", "04", "05", "06"]
    assert [path.name for path in EXAMPLES if f"](examples/{path.name})" not in readme] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_short(example: Path) -> None:
    assert len(example.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("example", named(with_extra=False))
def test_an_example_without_an_extra_runs_with_the_core_alone(example: Path) -> None:
    done = bare(example)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


@pytest.mark.parametrize("example", named(with_extra=True))
def test_an_example_names_the_extra_that_is_missing(example: Path) -> None:
    extra = extra_of(example)
    assert re.search(rf"^{extra} = \[", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    done = bare(example)
    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0, done.stderr
    assert f"pip install '.[{extra}]'" in done.stderr
