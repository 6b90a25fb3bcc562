from __future__ import annotations

import math

import pytest

from rewardkit.errors import BadParameter
from rewardkit.registry import get
from rewardkit.testing import sample


@pytest.mark.parametrize("length", [0, 1, 37, 99, 100, 101, 5000])
@pytest.mark.parametrize(("completion", "start", "end"), [("<answer>12</answer>", 1.0, 0.5), ("<answer>13</answer>", -1.0, -0.5)])
def test_it_is_the_published_formula(length: int, completion: str, start: float, end: float) -> None:
    one = sample(completion=completion, answer="12", completion_ids=range(length))
    wanted = end + 0.5 * (start - end) * (1.0 + math.cos(min(length / 100, 1.0) * math.pi))
    assert get("length.cosine", maximum=100).check(one).score == pytest.approx(wanted)


@pytest.mark.parametrize(
    "parameters", [{"maximum": 0}, {"right": (0.0, -1.0)}, {"wrong": (-1.0,)}, {"right": (1.0, -0.6)}, {"by": "math.symbolic"}]
)
def test_values_that_cannot_be_used(parameters: dict[str, object]) -> None:
    with pytest.raises(BadParameter):
        get("length.cosine", **parameters)


def test_repetition_of_tokens_is_the_published_share() -> None:
    ids = [5, 5, 5, 5, 5]
    verdict = get("length.repetition", unit="tokens", ngram=2, loop=0).check(sample(completion="x", completion_ids=ids))
    assert verdict.score == pytest.approx(1 - 0.75)
    with pytest.raises(BadParameter, match="unit='words'"):
        get("length.repetition", unit="tokens").check(sample(completion="x"))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of trl
@pytest.mark.parametrize("completion", ["\\boxed{12}", "\\boxed{13}"])
def test_it_is_the_reward_of_trl(completion: str) -> None:
    rewards = pytest.importorskip("trl.rewards")
    lengths = [0, 1, 37, 99, 100, 101, 5000]
    theirs = rewards.get_cosine_scaled_reward(max_len=100)
    messages = [[{"role": "assistant", "content": completion}]] * len(lengths)
    wanted = theirs(messages, ["\\boxed{12}"] * len(lengths), [list(range(length)) for length in lengths])
    verifier = get("length.cosine", maximum=100)
    ours = [
        verifier.check(sample(completion=m, answer="12", completion_ids=range(n))).score
        for m, n in zip(messages, lengths, strict=True)
    ]
    assert ours == pytest.approx(wanted)
