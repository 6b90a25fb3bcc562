from __future__ import annotations

import random
from pathlib import Path

import pytest
from patience import least_cpu_s

from rewardkit.errors import BadParameter
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.verifiers.length import overlong
from rewardkit.verifiers.length.loops import loop_at_end


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent / "cases" / "length.jsonl"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


def test_tokens_without_completion_ids_say_what_to_do() -> None:
    with pytest.raises(BadParameter, match="pass them, or use unit='characters'"):
        overlong(sample(completion="a"))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("length.overlong", {"maximum": 10, "cache": 11}),
        ("length.overlong", {"maximum": 10, "cache": 0}),
        ("length.overlong", {"unit": "words"}),
        ("length.budget", {"budget": 0}),
        ("length.budget", {"slope": -1.0}),
        ("length.budget", {"mode": "least"}),
        ("length.repetition", {"ngram": 0}),
        ("length.repetition", {"allowed": 1.0}),
    ],
)
def test_unusable_parameters_raise_when_built(name: str, parameters: dict[str, object]) -> None:
    with pytest.raises(BadParameter):
        get(name, **parameters)


def test_revisual_length_reward() -> None:
    budget = get("length.budget", budget=8192, slope=0.005, offset=0.5)
    for tokens in (0, 8092, 8192, 8200, 8292, 9000):
        wanted = min(1.0, max(0.0, 0.005 * (8192 - tokens) + 0.5))
        assert budget.check(sample(completion="x", completion_ids=range(tokens))).score == pytest.approx(wanted)


def _plain_loop(words: list[str]) -> int:
    """Longest tail before the last word made of three copies or more, by trying every period."""
    tail, best = words[:-1], 0
    for period in range(1, len(tail)):
        run = period
        while run < len(tail) and tail[-run - 1] == tail[-run - 1 + period]:
            run += 1
        if run >= 3 * period:
            best = max(best, run)
    return best


def test_loops_agree_with_the_plain_way() -> None:
    chance = random.Random(0)
    for _ in range(500):
        words = chance.choices("ab", k=chance.randrange(12)) + chance.choices("abc", k=chance.randrange(1, 5)) * chance.randrange(
            6
        )
        period, found = loop_at_end(words)
        assert found == _plain_loop(words), words
        assert (period == 0) == (found == 0)


def test_loop_longer_than_the_window_is_measured_whole() -> None:
    verdict = get("length.repetition").check(sample(completion="Start here. " + "on and on " * 10_000))
    assert verdict.score == 0
    assert verdict.info["period_words"] == 3
    assert verdict.info["loop_words"] >= 29_999


@pytest.mark.parametrize("text", ["(" * 1_000_000, "a b " * 250_000, "字" * 1_000_000, "".join(map(str, range(170_000)))])
def test_a_megabyte_takes_less_than_a_second(text: str) -> None:
    assert least_cpu_s(lambda: get("length.repetition").check(sample(completion=text)), within=1) < 1


def test_loop_can_be_switched_off() -> None:
    one = sample(completion="on and on " * 100)
    assert get("length.repetition").check(one).score == 0
    assert get("length.repetition", loop=0).check(one).score == pytest.approx(3 / 296)
