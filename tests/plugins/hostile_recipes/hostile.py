"""A recipe that does what the completion says."""

from __future__ import annotations

from rewardkit import registry
from rewardkit.compose import Cascade
from rewardkit.types import Verifier


def build(rule: str) -> Verifier:
    """One rule, and another for what it leaves open."""
    return Cascade(registry.get(rule), "text.exact")
