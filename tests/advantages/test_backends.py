"""Which implementation computes, and that the kernel's host build and torch.compile give what the reference gives."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from rewardkit.advantages import ESTIMATORS, AccuracyBounds, DifficultyWeight, backend, group_advantages
from rewardkit.errors import BadParameter

CPU = torch.device("cpu")
REWARDS = torch.rand(64, 2, generator=torch.Generator().manual_seed(0))
REWARDS[3] = torch.nan
REWARDS[16:24] = 0.9
REWARDS[30, 1] = torch.nan
MASK = torch.rand(64, 11, generator=torch.Generator().manual_seed(1)) < 0.5
ENDS = torch.cat([torch.zeros(1, dtype=torch.int64), MASK.sum(1).cumsum(0)])
IDS = torch.randint(0, 9, (64,), generator=torch.Generator().manual_seed(2))


def extra(estimator: str) -> dict[str, Any]:
    needed = {"lengths": {"lengths": MASK.sum(1)}, "baseline": {"baseline": torch.full((64,), 0.5)}}
    return needed.get(ESTIMATORS[estimator].needs, {})


def test_cpu_tensors_are_computed_by_the_reference():
    assert not backend.uses_kernel("auto", CPU)
    assert not backend.uses_kernel("reference", torch.device("cuda"))


def test_cuda_tensors_are_computed_by_the_kernel_if_it_can_run(monkeypatch):
    kernels = types.ModuleType("rewardkit_cuda")
    kernels.available, kernels.why_not = (lambda: True), (lambda: "")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rewardkit_cuda", kernels)
    monkeypatch.setitem(sys.modules, "rewardkit_cuda.ops", types.ModuleType("rewardkit_cuda.ops"))
    assert backend.uses_kernel("auto", torch.device("cuda"))
    kernels.available, kernels.why_not = (lambda: False), (lambda: "no driver.")  # type: ignore[attr-defined]
    assert not backend.uses_kernel("auto", torch.device("cuda"))
    with pytest.raises(BadParameter, match=r"cannot run: no driver\. Or leave backend='auto'"):
        backend.uses_kernel("cuda", torch.device("cuda"))


def test_without_the_kernel_it_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "rewardkit_cuda", None)
    with pytest.raises(BadParameter, match="rewardkit_cuda cannot be imported"):
        group_advantages([1.0, 0.0], group_size=2, backend="cuda")
    assert not backend.uses_kernel("auto", torch.device("cuda"))


def test_without_the_host_build_it_says_so_on_the_cpu(monkeypatch):
    kernels = pytest.importorskip("rewardkit_cuda")
    monkeypatch.setattr(kernels, "host_available", lambda: False)
    with pytest.raises(
        BadParameter, match=r"built for the host is not there: run `python -m rewardkit_cuda\.build`.*leave backend"
    ):
        group_advantages([1.0, 0.0], group_size=2, backend="cuda")
    assert group_advantages([1.0, 0.0], group_size=2).advantages[0] > 0


@pytest.fixture
def host() -> None:
    """The kernel's code built for the CPU."""
    kernels = pytest.importorskip("rewardkit_cuda")
    pytest.importorskip("rewardkit_cuda.ops")
    if not kernels.host_available():
        pytest.skip("the host build of rewardkit_cuda is not there")


TOKENS = [
    {},
    {"token_mask": MASK},
    {"token_mask": MASK.long(), "token_dtype": torch.bfloat16},
    {"token_mask": MASK.T.contiguous().T.float()},
    {"cu_seqlens": ENDS},
    {"cu_seqlens": ENDS + 3, "total_tokens": int(ENDS[-1]) + 5, "token_dtype": torch.bfloat16},
]


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize(
    "groups", [{"group_size": 8}, {"group_ids": IDS}, {"group_ids": torch.arange(64) % 8}, {"group_ids": IDS.sort().values}]
)
@pytest.mark.parametrize("hooks", [(), (DifficultyWeight(correct_at=0.5),)])
def test_the_kernel_s_code_agrees_with_the_reference(host, estimator, groups, hooks):
    options = {"estimator": estimator, "weights": [0.7, 0.3], "hooks": hooks, "clip": 1.5, **groups, **extra(estimator)}
    for tokens in TOKENS:
        ours = group_advantages(REWARDS, backend="reference", **options, **tokens)
        theirs = group_advantages(REWARDS, backend="cuda", **options, **tokens)
        tolerance = {"rtol": 1e-6, "atol": 1e-7} if tokens.get("token_dtype") != torch.bfloat16 else {"rtol": 1e-2, "atol": 1e-2}
        torch.testing.assert_close(theirs.advantages, ours.advantages, **tolerance)
        for name in ("completions", "mean", "std"):
            torch.testing.assert_close(getattr(theirs, name), getattr(ours, name), rtol=1e-6, atol=1e-7)
        for name in ("degenerate", "kept", "scored", "group"):
            assert torch.equal(getattr(theirs, name), getattr(ours, name)), name


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_public_function_compiles_whole(estimator):
    torch._dynamo.reset()

    def call(rewards: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        found = group_advantages(rewards, group_size=8, estimator=estimator, token_mask=mask, **extra(estimator))
        return found.advantages, found.mean, found.std, found.degenerate, found.kept

    compiled = torch.compile(call, fullgraph=True, backend="aot_eager")
    for mine, eager in zip(compiled(REWARDS, MASK), call(REWARDS, MASK), strict=True):
        assert torch.equal(mine, eager)


class Calls(TorchDispatchMode):
    """The names of all operators that are called."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    ("estimator", "options"),
    [
        ("grpo", {}),
        ("rloo", {"token_mask": MASK.to("meta")}),
        ("gdpo", {"token_mask": MASK.long().to("meta"), "token_dtype": torch.bfloat16, "clip": 1.0}),
        ("maxrl", {"cu_seqlens": ENDS.to("meta"), "total_tokens": 500}),
    ],
)
def test_on_a_device_it_is_one_operator_call(estimator, options, monkeypatch):
    """Tensors without values stand for those of a GPU: nothing is looked at, nothing is made beside the results."""
    pytest.importorskip("rewardkit_cuda.ops")
    monkeypatch.setattr(backend, "_missing", lambda device_type: "")
    rewards = REWARDS.to("meta")
    with Calls() as calls:
        group_advantages(rewards, group_size=8, estimator=estimator, backend="cuda", **options)
    assert calls.names == ["rewardkit.group_advantages.default"]


@pytest.mark.parametrize("name", ["reference", "cuda"])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_with_a_group_size_nothing_waits_for_a_device(estimator, name, monkeypatch):
    """Tensors without values, which cannot be waited for, pass through to the end; a message made of one would wait, too."""
    if name == "cuda":
        pytest.importorskip("rewardkit_cuda.ops")
        monkeypatch.setattr(backend, "_missing", lambda device_type: "")

    def written_out(_: torch.Tensor) -> str:
        raise AssertionError("a tensor was written out")

    monkeypatch.setattr(torch.Tensor, "__repr__", written_out)
    options = {"group_size": 8, "estimator": estimator, "weights": torch.ones(2, device="meta"), "backend": name}
    options |= {key: value.to("meta") for key, value in extra(estimator).items()}
    rewards = REWARDS.to("meta")
    found = group_advantages(
        rewards, token_mask=MASK.to("meta"), hooks=[DifficultyWeight(), AccuracyBounds()], clip=2.0, **options
    )
    assert found.advantages.shape == MASK.shape
    assert found.kept.is_meta
    packed = group_advantages(rewards, cu_seqlens=ENDS.to("meta"), total_tokens=500, token_dtype=torch.bfloat16, **options)
    assert packed.advantages.shape == (500,)


@pytest.mark.parametrize("estimator", ["grpo", "rloo", "gdpo", "reinforce_pp", "maxrl"])
def test_the_kernel_s_code_agrees_on_a_million_rows(host, estimator):
    generator = torch.Generator().manual_seed(0)
    rewards = torch.rand(1_000_000, 2, generator=generator)
    rewards[torch.rand(1_000_000, 2, generator=generator) < 0.05] = torch.nan
    ids = torch.randint(0, 90_000, (1_000_000,), generator=generator)
    ours, theirs = (group_advantages(rewards, group_ids=ids, estimator=estimator, backend=name) for name in ("reference", "cuda"))
    torch.testing.assert_close(theirs.advantages, ours.advantages, rtol=1e-6, atol=1e-7)
    assert torch.equal(theirs.degenerate, ours.degenerate)
