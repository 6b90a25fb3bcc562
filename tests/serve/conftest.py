from __future__ import annotations

from collections.abc import Iterator

import pytest
from service import Service, running


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """`rewardkit serve` with its defaults, shared by the tests that leave it as they found it."""
    with running() as one:
        yield one
