"""How tests wait for what must happen: as long as it takes. No test asserts wall time.

The bounds here are no claims about speed. A loaded machine never reaches them; they only turn a hang into a failure.
"""

from __future__ import annotations

import time
from collections.abc import Callable

HANG_S = 300.0  # for one wait
TEST_S = 1200.0  # for one test
NEVER_S = 86_400.0  # for a limit of ours that a test shows not to be what ended something


def wait_until(true: Callable[[], object], pause_s: float = 0.01) -> None:
    """Look again and again until it is true."""
    limit = time.monotonic() + HANG_S
    while not true():
        if time.monotonic() > limit:
            raise TimeoutError(f"a hang: it did not come true within {HANG_S:g} s")
        time.sleep(pause_s)
