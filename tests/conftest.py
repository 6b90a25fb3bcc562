"""For all tests: a run in the background, which shells start with Ctrl-C ignored, tests Ctrl-C all the same."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A handler, unlike "ignore", is not handed on to the processes that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what packages are made of, without what was built in place."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("rewardkit", "rewardkit_cuda"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    return copy
