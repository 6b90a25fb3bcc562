"""A math verifier with no defences of its own: parses whatever it is given, and leaves survival to the workers."""

from __future__ import annotations

import logging

from rewardkit.registry import verifier
from rewardkit.types import Sample

logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # it warns on every call that its signals are off


@verifier("chaos.math", requires=("answer",), isolated=True)
def math(sample: Sample) -> bool:
    """Compare by math-verify, with its signals off."""
    from math_verify import parse, verify

    gold = parse(f"${sample.references[0]}$", parsing_timeout=None)
    return bool(verify(gold, parse(sample.text, parsing_timeout=None), timeout_seconds=None))
