"""A pool of Ray actors as a reward function, for real: one that is killed, one that is late, and errors that come through."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the Ray program found."""
    folder = tmp_path_factory.mktemp("ray")
    program = subprocess.run(
        [sys.executable, str(HERE / "ray_program.py"), str(folder)],
        capture_output=True,
        text=True,
        timeout=2 * HANG_S,
        env={name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"},
    )
    assert program.returncode == 0, program.stderr[-3000:]
    assert "Traceback" not in program.stderr
    found: dict[str, Any] = json.loads((folder / "facts.json").read_text())
    return found


@pytest.mark.slow
def test_a_pool_is_called_like_a_local_function(facts: dict[str, Any]) -> None:
    assert facts["pool"] == ["auto", True]
    assert facts["in a task"]
    assert facts["killed pool"] == [True, 1]
    assert facts["raised"].startswith("MissingColumn: test.slow needs the column 'answer'")
    assert facts["late"].startswith("ServiceError: the actors of slow did not finish 1 rows within 0.3 s")
    assert facts["big"].startswith("UsageError: the cluster cannot hold the actors")
