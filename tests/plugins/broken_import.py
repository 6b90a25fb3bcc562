"""Registers its verifier only in the process that asks for it, so that no worker can load it."""

from __future__ import annotations

import os

from rewardkit.registry import verifier
from rewardkit.types import Sample


def hello(sample: Sample) -> float:
    """Score 1."""
    return 1.0


if os.environ.get("BROKEN_IMPORT_PID") == str(os.getpid()):
    verifier("broken.hello", isolated=True)(hello)
if "BROKEN_IMPORT_PID" in os.environ and os.environ["BROKEN_IMPORT_PID"] != str(os.getpid()):
    if os.environ.get("BROKEN_IMPORT_HOW") == "die":
        os._exit(7)
    raise ImportError("no such luck")
