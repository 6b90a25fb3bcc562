"""Work for worker processes, which import it from here: a fixed amount of computing, and a hang."""

from __future__ import annotations

from rewardkit.registry import verifier
from rewardkit.types import Sample


def compute(turns: int) -> int:
    """So many turns of a plain loop."""
    total = 0
    for turn in range(turns):
        total += turn & 7
    return total


def spin_or_return(text: str) -> str:
    """Hang on "hang"; for pools that take any function."""
    while text == "hang":
        pass
    return text


@verifier("bench.work", isolated=True)
def work(sample: Sample, *, turns: int = 0) -> bool:
    """Compute, and hang if the completion says so."""
    compute(turns)
    return spin_or_return(sample.text) == "ok"
