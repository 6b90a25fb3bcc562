"""What is installed is what is here: words, prompts and tables as well as code."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from patience import TEST_S


@pytest.mark.slow
def test_a_wheel_has_every_file_of_the_library(tmp_path: Path, project: Path) -> None:
    pytest.importorskip("setuptools.build_meta")
    command = [sys.executable, "-c", "import setuptools.build_meta as b, sys; b.build_wheel(sys.argv[1])", str(tmp_path)]
    files = {path.relative_to(project).as_posix() for path in (project / "rewardkit").rglob("*") if path.is_file()}
    environment = {**os.environ, "REWARDKIT_CUDA": "0"}
    subprocess.run(command, cwd=project, check=True, capture_output=True, timeout=TEST_S, env=environment)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = set(wheel.namelist())
    assert {Path(name).suffix for name in files} >= {".py", ".txt", ".jsonl"}
    assert files - packed == set()
