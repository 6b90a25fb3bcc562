"""The options about a judge that several commands share."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from rewardkit.errors import UsageError

__all__ = ["judge_options"]


def judge_options(options: Namespace) -> dict[str, Any]:
    """The recipe's options about its judge; none without one, because not every recipe has a place for it."""
    if not options.judge:
        if options.judge_cache or options.disagreements:
            message = "--judge-cache and --disagreements go with --judge URL|vllm:MODEL|hf:MODEL"
            raise UsageError(message)
        return {}
    from rewardkit.judges.judge import Judge

    chosen = {"judge": Judge(options.judge, cache=options.judge_cache), "judge_on": options.judge_on}
    return {**chosen, "disagreements": options.disagreements} if options.disagreements else chosen
