"""Tests that run code need bubblewrap: where no sandbox can be started they are skipped, and say why."""

from __future__ import annotations

import functools

import pytest

from rewardkit.errors import SandboxUnavailable
from rewardkit.sandbox import Program, Sandboxes


@functools.cache
def missing() -> str:
    """Why no sandbox can be started here; empty where one can."""
    try:
        with Sandboxes(1) as pool:
            pool.run(Program(""), lambda: iter(()), lambda: lambda outcome: True)
    except SandboxUnavailable as cause:
        return str(cause)
    return ""


needs_sandbox = pytest.mark.skipif(bool(missing()), reason=f"not tested: {missing()}")
