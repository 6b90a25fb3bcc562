"""One pair at a time: the verifier is kept between calls, and never when the registry has another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import rewardkit
from rewardkit import recipes, registry
from rewardkit.errors import UnknownName


@pytest.fixture
def restored() -> Iterator[None]:
    """The registry as it was, also for what is kept of it."""
    before = dict(registry._specs)
    yield
    registry._specs.clear()
    registry._specs.update(before)
    registry._registered += 1


def define(name: str, score: float, qualname: str = "made") -> Callable[..., Any]:
    """A function registered under the name, as a module that is loaded anew registers it."""

    def made(sample: rewardkit.Sample) -> float:
        """Always the same."""
        return score

    made.__qualname__ = qualname
    return registry.verifier(name)(made)


def test_auto_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):  # building it the first time registers what it is made of
        rewardkit.verify(answer="4", completion="4")
    built: list[str] = []
    monkeypatch.setattr(recipes, "build", lambda name: built.append(name))
    assert rewardkit.verify(answer="4", completion="4").score == 1
    assert rewardkit.verify(answer="4", completion="5").score == 0
    assert built == []


@pytest.mark.usefixtures("restored")
def test_a_verifier_registered_later_is_seen() -> None:
    with pytest.raises(UnknownName):
        rewardkit.verify(answer="4", completion="4", verifier="later.one")
    define("later.one", 0.25)
    assert rewardkit.verify(answer="4", completion="4", verifier="later.one").score == 0.25
    define("later.one", 0.75)
    assert rewardkit.verify(answer="4", completion="4", verifier="later.one").score == 0.75


@pytest.mark.usefixtures("restored")
def test_a_rule_of_auto_replaced_later_is_seen() -> None:
    assert rewardkit.verify(answer="4", completion="4").score == 1
    known = registry.spec("number.equal").function

    def equal(sample: rewardkit.Sample) -> float:
        return 0.5

    equal.__module__, equal.__qualname__ = known.__module__, known.__qualname__
    registry.verifier("number.equal", requires=("answer",))(equal)
    assert rewardkit.verify(answer="4", completion="4").score == 0.5


def test_all_threads_may_ask_at_once() -> None:
    wrong: list[object] = []
    gate = threading.Barrier(8)

    def ask(number: int) -> None:
        gate.wait()
        for turn in range(50):
            right = (number + turn) % 2
            verdict = rewardkit.verify(answer=str(number), completion=str(number if right else number + 1))
            if verdict.score != right:
                wrong.append((number, verdict))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_answer_is_what_it_is_in_a_batch() -> None:
    numpy = pytest.importorskip("numpy")
    assert rewardkit.verify(answer=numpy.int64(42), completion="42").score == 1
    assert rewardkit.verify(answer=numpy.array([41, 42]), completion="42").score == 1
    assert rewardkit.verify(answer=b"42", completion="42").score == 1
    assert rewardkit.verify(answer={"value": 42}, completion="42").reason == "bad_row"
    assert rewardkit.verify(answer=None, completion="42").reason == "no_reference"
