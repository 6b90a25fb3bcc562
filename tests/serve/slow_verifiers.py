"""Verifiers that take their time on demand, in a module of their own so that workers can import it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from rewardkit import Sample, verifier


def _obey(sample: Sample) -> bool:
    word, _, rest = sample.text.partition(" ")
    if word == "sleep":
        time.sleep(float(rest))
    elif word == "wait":
        while not Path(rest).exists():
            time.sleep(0.01)
    elif word == "meet":
        Path(rest, str(os.getpid())).touch()
        while len(list(Path(rest).iterdir())) < 2:
            time.sleep(0.01)
    return word in ("ok", "sleep", "wait", "meet")


@verifier("test.slow", requires=("answer",))
def slow(sample: Sample) -> bool:
    """Right after what the completion asks to wait for: `sleep SECONDS`, `wait FILE`, or `meet FOLDER` for a second process."""
    return _obey(sample)


@verifier("test.slow_apart", requires=("answer",), isolated=True)
def slow_apart(sample: Sample) -> bool:
    """The same in a worker process."""
    return _obey(sample)
