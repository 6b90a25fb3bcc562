"""python-flint's precision belongs to the whole process: verdicts from eight threads at once are those of one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from patience import deep, each

from rewardkit.answers import compare, forget, understand
from rewardkit.answers.numerics import balls
from rewardkit.registry import get
from rewardkit.testing import read_cases, sample
from rewardkit.types import Sample

from .fuzz import Pairs, case_pairs

THREADS = 8
SHARE = 12  # of the cases that share no precision
SPAN = 4  # the part of the work that a thread does: a quarter, or all in the deep run


@cache
def pairs() -> list[tuple[str, str]]:
    """Every pair of the cases that is decided at some precision, which is what threads get wrong, and some of the others."""
    enter, entered = balls.precision.__enter__, 0

    def counted(block: balls.precision) -> None:
        nonlocal entered
        entered += 1
        enter(block)

    found: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    with mock.patch.object(balls.precision, "__enter__", counted):
        for reference, answer in case_pairs():
            before = entered
            compare(reference=reference, answer=answer, cache=False)
            found[entered > before].append((reference, answer))
    return [*found[True], *each(SHARE, found[False])]


def of_mathematics() -> list[Sample]:
    return [case.sample for case in read_cases(Path(__file__).parents[1] / "verifiers" / "cases" / "math.jsonl")]


def wrapped(first: int) -> list[Sample]:
    return [sample(completion=rf"So it is \boxed{{{answer}}}.", answer=reference) for reference, answer in pairs()[first::3]]


def drawn() -> list[tuple[str, str]]:
    return [(left, right) for left, right, _ in map(Pairs(texts=200), range(300))]


WORK: dict[str, tuple[Callable[[Any], Any], Callable[[], Sequence[Any]]]] = {
    "cases": (lambda pair: compare(reference=pair[0], answer=pair[1], cache=False), pairs),
    "cases, cached": (lambda pair: compare(reference=pair[0], answer=pair[1]), pairs),
    "cases, exact": (lambda pair: compare(reference=pair[1], answer=pair[0], rounding="exact"), pairs),
    "drawn pairs": (lambda pair: compare(reference=pair[0], answer=pair[1], cache=False), drawn),
    "understanding": (lambda pair: understand(pair[0]), pairs),
    "math.equal": (lambda one: get("math.equal").check(one), lambda: [*each(3, of_mathematics()), *wrapped(0)]),
    "number.equal": (lambda one: get("number.equal").check(one), lambda: [*each(3, of_mathematics(), 1), *wrapped(1)]),
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
    together: list[tuple[int, Any]] = []
    start = threading.Barrier(THREADS)
    share = len(work) if deep() else -(-len(work) // SPAN)

    def run(number: int) -> None:
        # Each thread starts elsewhere, so that different work meets; every item is done by two threads, or by all.
        first = number * len(work) // THREADS
        start.wait()
        together.extend([(place % len(work), one(work[place % len(work)])) for place in range(first, first + share)])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == THREADS * share
    assert {place for place, _ in together} == set(range(len(work)))
    assert [(work[place], alone[place], found) for place, found in together if found != alone[place]] == []
