"""The soak of benchmarks/service/soak_serve.py for twenty seconds: nothing lost, nothing that grows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from patience import HANG_S

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_short_soak_loses_nothing_and_holds_on_to_nothing() -> None:
    command = [sys.executable, "-m", "benchmarks.service.soak_serve", "--seconds", "20", "--most-growth", "0.15"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stdout + done.stderr
