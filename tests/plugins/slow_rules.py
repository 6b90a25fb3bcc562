"""A rule that takes as long as the completion says; importable by worker processes."""

from __future__ import annotations

import time

from rewardkit.registry import verifier
from rewardkit.types import Sample


@verifier("slow.rule", requires=("answer",))
def rule(sample: Sample) -> float | None:
    """The number that the completion is, after `sleep:S` seconds 1, never after `hang`, nothing after `abstain`."""
    verb, _, seconds = sample.text.partition(":")
    while verb == "hang":
        time.sleep(1.0)
    if verb == "sleep":
        time.sleep(float(seconds))
        return 1.0
    return None if verb == "abstain" else float(verb)
