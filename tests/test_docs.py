"""What the README and the examples say is run, and what is generated is current. The pages are run in tests/docs."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from patience import HANG_S

ROOT = Path(__file__).parent.parent


def test_the_readme_s_session_prints_what_the_readme_says():
    blocks = re.findall(r"```(\w*)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    code = next(body for language, body in blocks if language == "python")
    printed = blocks[blocks.index(("python", code)) + 1][1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == printed
    assert len(code.strip().splitlines()) <= 14


@pytest.fixture
def generator(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tools" / "docs")
    return runpy.run_path(str(ROOT / "tools" / "docs" / "generate.py"))


def test_generated_pages_are_current(generator):
    assert "docs/reference/equality-cases.md" in generator["PAGES"]
    for name, page in generator["PAGES"].items():
        assert (ROOT / name).read_text(encoding="utf-8") == page(), f"{name} is stale: run make docs"


# The first two are run with the core alone by test_examples.py. What the sixth one does is tested in tests/adapters, with a
# small model: by itself it only asks for a real one.
@pytest.mark.slow
@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("0[345]*.py")), ids=lambda path: path.name)
def test_an_example_runs(example):
    done = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, check=True, timeout=HANG_S)
    assert done.stdout.strip()
