"""What the documents say is run."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
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


@pytest.mark.parametrize("page", ["docs/concepts.md"])
def test_a_page_s_code_runs(page):
    scope: dict[str, object] = {}
    for block in PYTHON_BLOCK.findall((ROOT / page).read_text()):
        exec(compile(block, page, "exec"), scope)


def test_generated_pages_are_current():
    pages = runpy.run_path(str(ROOT / "docs" / "generate.py"))["PAGES"]
    for name, page in pages.items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page(), f"docs/{name} is stale: run make docs"


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("0*.py")), ids=lambda path: path.name)
def test_an_example_runs(example):
    done = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip()
