from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from service import Service, running

sys.path.append(str(Path(__file__).parents[1] / "judges"))  # servers.py: servers that misbehave on demand
sys.path.append(str(Path(__file__).parents[1] / "adapters"))  # thousand.py: rows that trainers must score alike


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """`rewardkit serve` with its defaults, shared by the tests that leave it as they found it."""
    with running() as one:
        yield one
