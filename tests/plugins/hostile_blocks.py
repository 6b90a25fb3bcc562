"""What workers load to score blocks with `hostile_recipes`."""

from __future__ import annotations

from pathlib import Path

import hostile_verifiers  # noqa: F401

from rewardkit import recipes
from rewardkit.batch.in_workers import in_worker

__all__ = ["in_worker"]

recipes.__path__.append(str(Path(__file__).parent / "hostile_recipes"))
