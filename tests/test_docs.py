"""What the documents say is run."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_the_readme_s_session_prints_what_the_readme_says():
    blocks = re.findall(r"```(\w*)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    code = next(body for language, body in blocks if language == "python")
    printed = blocks[blocks.index(("python", code)) + 1][1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == printed
    assert len(code.strip().splitlines()) <= 14


@pytest.mark.parametrize(
    "page",
    [
        "CONTRIBUTING.md",
        "docs/guide/concepts.md",
        "docs/guide/extraction.md",
        "docs/guide/stance.md",
        "docs/guide/evals.md",
        "docs/reference/kernels.md",
        "docs/guide/quickstart.md",
        "docs/guide/testing.md",
        "docs/reference/workers.md",
        "docs/guide/advantages.md",
    ],
)
def test_a_page_s_code_runs(page, monkeypatch):
    from rewardkit import workers

    # Limits that a page sets are not for the tests that follow.
    for name in ("_shared", "_limits"):
        monkeypatch.setattr(workers, name, getattr(workers, name))
    # A module of its own, because what a page defines may be pickled.
    module = types.ModuleType("page_of_the_docs")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in PYTHON_BLOCK.findall((ROOT / page).read_text()):
        code = compile(block, page, "exec")
        # Training is run in tests/adapters/test_trl.py, and files that a reader has are not here.
        if "from trl" not in block and "read_cases(" not in block:
            exec(code, module.__dict__)


def test_the_pages_with_code_compile():
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for block in PYTHON_BLOCK.findall(page.read_text(encoding="utf-8")):
            if not block.startswith("get("):  # signatures of verifiers, not calls
                compile(block, page.name, "exec")


FILE_BLOCK = re.compile(r"`(\w+\.jsonl)`:\n\n```jsonl\n(.*?)```", re.DOTALL)
CONSOLE_BLOCK = re.compile(r"```console\n\$ rewardkit (.*?)\n(.*?)```", re.DOTALL)
TIME = re.compile(r"\bin [\d.]+ s\b|(?<=seconds  )[\d.]+")


@pytest.mark.parametrize(("name", "count"), [("quickstart", 3), ("cli", 1)])
def test_a_page_s_session_prints_what_the_page_says(name, count, tmp_path):
    page = (ROOT / "docs" / "guide" / f"{name}.md").read_text(encoding="utf-8")
    for file, rows in FILE_BLOCK.findall(page):
        (tmp_path / file).write_text(rows, encoding="utf-8")
    sessions = CONSOLE_BLOCK.findall(page)
    assert len(sessions) == count
    for arguments, printed in sessions:
        command = [sys.executable, "-m", "rewardkit", *shlex.split(arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
        assert lines(done.stdout + done.stderr) == lines(printed), arguments


def lines(text):
    """What is printed, without times and the space a table ends in."""
    return [TIME.sub("", line).rstrip() for line in text.strip().splitlines()]


@pytest.fixture
def generator(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tools" / "docs")
    return runpy.run_path(str(ROOT / "tools" / "docs" / "generate.py"))


def test_generated_pages_are_current(generator):
    assert "docs/reference/equality.md" in generator["PAGES"]
    for name, page in generator["PAGES"].items():
        assert (ROOT / name).read_text(encoding="utf-8") == page(), f"{name} is stale: run make docs"


# What the sixth one does is tested in tests/adapters, with a small model: by itself it only asks for a real one.
@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("0[1-5]*.py")), ids=lambda path: path.name)
def test_an_example_runs(example):
    done = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip()
