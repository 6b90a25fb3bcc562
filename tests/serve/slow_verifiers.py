"""Verifiers that take their time on demand, in a module of their own so that workers can import it."""

from __future__ import annotations

import time

from rewardkit import Sample, verifier


def _obey(sample: Sample) -> bool:
    word, _, seconds = sample.text.partition(" ")
    if word == "sleep":
        time.sleep(float(seconds))
    elif word == "spin":
        end = time.process_time() + float(seconds)
        while time.process_time() < end:
            pass
    return word in ("ok", "sleep", "spin")


@verifier("test.slow", requires=("answer",))
def slow(sample: Sample) -> bool:
    """Right after the time that the completion asks for: `sleep S` waits, `spin S` computes."""
    return _obey(sample)


@verifier("test.slow_apart", requires=("answer",), isolated=True)
def slow_apart(sample: Sample) -> bool:
    """The same in a worker process."""
    return _obey(sample)
