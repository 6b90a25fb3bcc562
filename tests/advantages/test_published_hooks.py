"""What the recipes do with groups, worked out by hand, by the reference and by the kernel's code built for the host."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from rewardkit.advantages import (
    AccuracyBounds,
    DifficultyWeight,
    GroupAdvantages,
    Hook,
    PadPower,
    PadSoftmax,
    ShortestCorrectBonus,
    group_advantages,
)

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "published_hooks.jsonl").read_text("utf-8").splitlines()]
HOOKS = {hook.__name__: hook for hook in (AccuracyBounds, DifficultyWeight, PadPower, PadSoftmax, ShortestCorrectBonus)}


@pytest.fixture(params=["reference", "cuda"])
def backend(request: pytest.FixtureRequest) -> str:
    if request.param == "cuda":
        kernels = pytest.importorskip("rewardkit_cuda")
        pytest.importorskip("rewardkit_cuda.ops")
        if not kernels.host_available():
            pytest.skip("the host build of rewardkit_cuda is not there")
    return str(request.param)


def found(backend: str, rewards: Any, hooks: Any, **options: Any) -> GroupAdvantages:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # PAD's ceiling, which test_hooks.py looks at
        return group_advantages(torch.tensor(rewards), hooks=hooks, backend=backend, **options)


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_advantages_are_what_paper_or_code_says(case: dict[str, Any], backend: str) -> None:
    hooks = [HOOKS[name](**options) for name, options in case["hooks"].items()]
    rewards = [[float("nan") if one is None else one for one in row] for row in case["rewards"]]
    result = found(backend, rewards, hooks, **case["options"])
    assert result.completions.tolist() == pytest.approx(case["advantages"], abs=2e-4)
    assert [int(kept) for kept in result.kept] == case["kept"]


EVERY: list[tuple[Hook, ...]] = [
    (AccuracyBounds(0.3, 0.6, correct_at=0.5),),
    (DifficultyWeight(correct_at=0.5),),
    (ShortestCorrectBonus(min_length=3, correct_at=0.5),),
    (PadPower(),),
    (PadSoftmax(),),
    (ShortestCorrectBonus(min_length=3, correct_at=0.5), DifficultyWeight(correct_at=0.5), AccuracyBounds(), PadPower()),
]


@pytest.mark.parametrize("hooks", EVERY, ids=["filter", "weight", "bonus", "pad, power", "pad, softmax", "all"])
@pytest.mark.parametrize("estimator", ["grpo", "dr_grpo", "rloo"])
@pytest.mark.parametrize("form", ["rows", "mask", "packed"])
def test_the_host_build_gives_what_the_reference_gives(hooks: tuple[Hook, ...], estimator: str, form: str) -> None:
    kernels = pytest.importorskip("rewardkit_cuda")
    if not kernels.host_available():
        pytest.skip("the host build of rewardkit_cuda is not there")
    dice = torch.Generator().manual_seed(0)
    rewards = (torch.rand(96, 2, generator=dice) * 4).round() / 4
    rewards[torch.rand(96, 2, generator=dice) < 0.05] = torch.nan
    mask = torch.rand(96, 9, generator=dice) < 0.7
    ends = torch.cat([torch.zeros(1, dtype=torch.int64), mask.sum(1).cumsum(0)])
    given = {"rows": {"lengths": mask.sum(1)}, "mask": {"token_mask": mask}, "packed": {"cu_seqlens": ends}}[form]
    options = {"group_size": 8, "weights": [0.7, 0.3], "estimator": estimator, **given}
    ours, theirs = (found(name, rewards.tolist(), hooks, **options) for name in ("reference", "cuda"))
    bare = found("reference", rewards.tolist(), (), **options)
    torch.testing.assert_close(theirs.advantages, ours.advantages, rtol=1e-6, atol=1e-7)
    assert torch.equal(theirs.kept, ours.kept)
    assert not (torch.equal(ours.completions, bare.completions) and torch.equal(ours.kept, bare.kept)), "the hooks do nothing"
    for hook in hooks:
        if isinstance(hook, (PadPower, PadSoftmax)):
            drawn = [hook.draw(one.completions, generator=torch.Generator().manual_seed(1)) for one in (ours, theirs)]
            assert torch.equal(*drawn)


def test_pad_draws_from_the_majority_alone(backend: str) -> None:
    """Two right of eight: their advantage, 1.62, is over the ceiling, and 12 rows are drawn of the six that are wrong."""
    pad = PadPower()
    result = found(backend, [[1.0]] * 2 + [[0.0]] * 6, [pad], group_size=8)
    drawn = pad.draw(result.completions, generator=torch.Generator().manual_seed(0)).tolist()
    assert len(drawn) == 12
    assert set(drawn) <= {2, 3, 4, 5, 6, 7}
