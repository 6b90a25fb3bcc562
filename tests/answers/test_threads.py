"""python-flint's precision belongs to the whole process: verdicts from eight threads at once are those of one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from patience import each

from rewardkit.answers import compare, forget, understand
from rewardkit.registry import get
from rewardkit.testing import read_cases, sample
from rewardkit.types import Sample

from .fuzz import Pairs, case_pairs

THREADS = 8
SHARE = 6  # of the cases, another sixth for each kind of work
PAIRS = case_pairs()


def of_mathematics() -> list[Sample]:
    return [case.sample for case in read_cases(Path(__file__).parents[1] / "verifiers" / "cases" / "math.jsonl")]


def wrapped(first: int) -> list[Sample]:
    return [
        sample(completion=rf"So it is \boxed{{{answer}}}.", answer=reference) for reference, answer in each(SHARE, PAIRS, first)
    ]


def drawn() -> list[tuple[str, str]]:
    return [(left, right) for left, right, _ in map(Pairs(texts=200), range(300))]


WORK: dict[str, tuple[Callable[[Any], Any], Callable[[], Sequence[Any]]]] = {
    "cases": (lambda pair: compare(reference=pair[0], answer=pair[1], cache=False), lambda: each(SHARE, PAIRS)),
    "cases, cached": (lambda pair: compare(reference=pair[0], answer=pair[1]), lambda: each(SHARE, PAIRS, 1)),
    "cases, exact": (lambda pair: compare(reference=pair[1], answer=pair[0], rounding="exact"), lambda: each(SHARE, PAIRS, 2)),
    "drawn pairs": (lambda pair: compare(reference=pair[0], answer=pair[1], cache=False), drawn),
    "understanding": (lambda pair: understand(pair[0]), lambda: each(SHARE, PAIRS, 3)),
    "math.equal": (lambda one: get("math.equal").check(one), lambda: [*each(3, of_mathematics()), *wrapped(4)]),
    "number.equal": (lambda one: get("number.equal").check(one), lambda: [*each(3, of_mathematics(), 1), *wrapped(5)]),
}


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that give way far more often than usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
@pytest.mark.parametrize("name", WORK)
def test_eight_threads_agree_with_one(name: str) -> None:
    one, made = WORK[name]
    work = made()
    forget()
    alone = [one(item) for item in work]
    forget()
    together: dict[int, list[Any]] = {}
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        # Each thread starts elsewhere, so that different work meets.
        shift = number * len(work) // THREADS
        start.wait()
        found = [one(item) for item in [*work[shift:], *work[:shift]]]
        together[number] = [*found[len(work) - shift :], *found[: len(work) - shift]]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(THREADS):
        assert [pair for pair in zip(work, alone, together[number], strict=True) if pair[1] != pair[2]] == []
