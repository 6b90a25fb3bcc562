from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from patience import least_cpu_s

from rewardkit.errors import BadParameter
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample

CASES = read_cases(Path(__file__).parent / "cases" / "format.jsonl")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("completion", "tag", "why"),
    [
        ("<answer>b</answer>", "think", "missing"),
        ("<think>a<answer>b</answer>", "think", "never closed"),
        ("a</think><answer>b</answer>", "think", "closed but never opened"),
        ("</think><think>a<answer>b</answer>", "think", "closed before it is opened"),
        ("<think>a</think><answer>b</answer><answer>b</answer>", "answer", "opened 2 and closed 2 times"),
        ("<think>a<answer>b</answer></think>", "answer", "begins before the block before it has ended"),
        ("<think> </think><answer>b</answer>", "think", "empty"),
        ("x<think>a</think><answer>b</answer>", "think", "has text before it"),
        ("<think>a</think><answer>b</answer>x", "answer", "has text after it"),
    ],
)
def test_says_which_tag_failed_and_why(completion: str, tag: str, why: str) -> None:
    verdict = get("format.think_answer").check(sample(completion=completion))
    assert verdict.info["faults"] == {tag: why}


@pytest.mark.parametrize(
    "case", [c for c in CASES if "mode" not in c.parameters and c.verifier != "format.boxed"], ids=lambda c: c.place
)
def test_soft_is_one_exactly_when_strict_is(case: Case) -> None:
    soft = get(case.verifier, **{**case.parameters, "mode": "soft"}).check(case.sample).score
    assert soft is not None
    assert (soft == 1) == (case.score == 1)
    assert 0 <= soft <= 1


def test_strict_agrees_with_a_plain_expression() -> None:
    inner = r"(?!\s*</)(?:(?!</?(?:think|answer)>).)*"
    plain = re.compile(rf"\s*<think>{inner}</think>\s*<answer>{inner}</answer>\s*", re.DOTALL)
    chance, verifier, passed = random.Random(0), get("format.think_answer"), 0
    good = ["<think>", "a", "</think>", "<answer>", "b", "</answer>"]
    for _ in range(20_000):
        parts = list(good)
        for _ in range(chance.randrange(3)):
            place = chance.randrange(len(parts) + 1)
            parts[place : place + chance.randrange(2)] = [chance.choice([*good, " ", "\n", "<", ""])]
        text = "".join(parts)
        wanted = plain.fullmatch(text) is not None
        passed += wanted
        assert verifier.check(sample(completion=text)).score == wanted, text
    assert 2_000 < passed < 18_000


@pytest.mark.parametrize("parameters", [{}, {"mode": "soft"}, {"opened": True}, {"outside": "any"}])
@pytest.mark.parametrize("flood", ["<answer>", "</answer>", "<think></think>", "<think><answer>", "<"])
def test_a_megabyte_of_tags_takes_less_than_100_ms(flood: str, parameters: dict[str, object]) -> None:
    one = sample(completion=flood * (1_000_000 // len(flood)))
    assert least_cpu_s(lambda: get("format.tags", **parameters).check(one), within=0.1) < 0.1


def test_last_message_of_a_conversation_is_read() -> None:
    messages = [{"role": "assistant", "content": "<think>a</think><answer>b</answer>"}]
    assert get("format.think_answer").check(sample(completion=messages)).score == 1


@pytest.mark.parametrize("tags", ["think", [], ["think", "think"], ["<think>"], [1], ["a b"]])
def test_unusable_tags_raise_when_built(tags: object) -> None:
    with pytest.raises(BadParameter, match="distinct names"):
        get("format.tags", tags=tags)


def test_unusable_block_raises_when_built() -> None:
    with pytest.raises(BadParameter, match="inside='<answer>'"):
        get("format.boxed", inside="<answer>")
