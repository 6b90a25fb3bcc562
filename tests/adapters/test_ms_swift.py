"""The real ms-swift: its functions call our reward, and our advantages agree with its own where every row has a verdict."""

from __future__ import annotations

import sys
import types
from collections import defaultdict
from importlib.util import find_spec
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit.adapters import ms_swift

pytestmark = pytest.mark.skipif(find_spec("swift") is None, reason="needs ms-swift: make test-adapters-gym")

WAYS = [(e, s) for e in ("grpo", "rloo", "reinforce_plus_plus") for s in ("group", "batch", "none", "gdpo")]
NONE = float("nan")


def scored_by_it(given: list[Any]) -> Any:
    """What its trainers make of the reward registered under its name: (B, 1)."""
    from swift.rewards import orms
    from swift.rl_core.data import GRPOSample
    from swift.rl_core.grpo_algorithm import compute_rewards_per_func

    samples = [
        GRPOSample.from_row(
            {
                "messages": [{"role": "user", "content": row.prompt}, {"role": "assistant", "content": row.completion}],
                "solution": row.answer,
            }
        )
        for row in given
    ]
    return compute_rewards_per_func(samples, [orms["rewardkit"](args=None)], [None], device="cpu")


def test_a_thousand_rows_get_the_same_rewards() -> None:
    given = rows()
    ms_swift.register("rewardkit", "auto")
    got = [None if value != value else value for value in scored_by_it(given)[:, 0].tolist()]
    assert got == rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    assert None in got


def test_columns_and_prompts_reach_the_reward() -> None:
    seen: dict[str, Any] = {}

    def note(prompts: Any = None, completions: Any = None, completion_ids: Any = None, **columns: Any) -> list[None]:
        seen.update(columns, prompts=prompts, ids=completion_ids)
        return [None] * len(completions)

    reward = ms_swift.reward_class(note)(args=None)  # type: ignore[arg-type]
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "?"}, {"role": "assistant", "content": "7"}]
    reward(["7"], messages=[chat], response_token_ids=[[[1, 2], [3]]], images=[["a.png"]], trainer_state=None)
    assert seen == {"prompts": [chat[:-1]], "ids": [[1, 2, 3]], "images": [["a.png"]], "trainer_state": None}


class Trainer:
    """What its trainers have of metrics and of a table of completions; they themselves need an older TRL than the one here."""

    def __init__(self, **more: Any) -> None:
        self.model = types.SimpleNamespace(training=True)
        self.args = types.SimpleNamespace(generation_batch_size=2000)
        self._metrics: Any = {"train": defaultdict(list), "eval": defaultdict(list)}
        self._logs: dict[str, Any] = {}
        self.__dict__.update(more)

    def _gather_and_flatten(self, values: list[Any], flatten_level: int) -> list[Any]:
        return values


def logged_by(trainer: Trainer, monkeypatch: pytest.MonkeyPatch, reward: str, **options: Any) -> Any:
    """The reward of that recipe, and the trainer as one that has our callback."""
    from swift.callbacks import callbacks_map
    from swift.rewards import orms

    monkeypatch.setattr(ms_swift, "_loggers", {})
    ms_swift.register("rewardkit", reward, **options)
    callbacks_map["rewardkit"](None, trainer)
    return orms["rewardkit"](args=None)


def test_shares_routes_and_alarms_reach_its_metrics_and_reasons_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer()
    logged_by(trainer, monkeypatch, "auto")
    given = rows()
    rewards = scored_by_it(given)[:, 0]
    metrics = trainer._metrics["train"]
    assert metrics["auto/abstained"] == [pytest.approx(rewards.isnan().float().mean().item())]
    assert 0 < metrics["auto/reward/choice"][0] < 1
    assert len(trainer._logs["auto_reason"]) == len(trainer._logs["auto_extracted"]) == 1000
    trainer.model.training = False
    silent = [row.__class__(row.prompt, "no idea", row.answer, row.source) for row in given]
    for _ in range(10):
        scored_by_it(silent)
    assert trainer._metrics["eval"]["auto/alarm/contrast"] == [1.0]  # free text without a judge: no row of it has a reward
    assert set(trainer._logs["auto_reason"]) <= {"no_answer", "no_reference", "needs_judge", "mismatch"}
    assert len(trainer._logs["auto_reason"]) == 2000  # as many as its own columns keep


def test_the_parts_of_a_rubric_are_columns_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer()
    reward = logged_by(trainer, monkeypatch, "wethink", routes={"rule": "rule"})
    reward(["<think>so</think><answer>B</answer>", "B"], solution=["B", "B"], reward=["rule", "rule"])
    assert trainer._metrics["train"]["wethink/part/format.think_answer"] == [0.5]
    assert list(trainer._logs["wethink_accuracy"]) == [1.0, 1.0]


@pytest.mark.parametrize("trainer", [Trainer(dynamic_sample=True), Trainer(dynamic_num_samples=True)], ids=["sample", "number"])
def test_rows_that_are_drawn_anew_are_in_no_table(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    logged_by(trainer, monkeypatch, "auto")(["B"], solution=["B"])
    assert trainer._metrics["train"]["auto/abstained"] == [0.0]
    assert trainer._logs == {}


@pytest.mark.parametrize(("estimator", "scale"), WAYS)
def test_advantages_are_its_own_where_every_row_has_a_verdict(estimator: str, scale: str) -> None:
    import torch
    from swift.rl_core.advantage import compute_advantages

    dice = torch.Generator().manual_seed(3)
    rewards, weights = torch.rand(24, 2, generator=dice), torch.tensor([1.0, 0.5])
    kl = {"kl_in_reward": True, "beta": 0.1, "kl_values": torch.rand(24, generator=dice)} if scale != "gdpo" else {}
    for own, ours in zip(
        compute_advantages(rewards, weights, 4, estimator, scale, **kl),
        ms_swift.compute_advantages(rewards, weights, 4, estimator, scale, **kl),
        strict=True,
    ):
        close = 1e-3 if scale == "gdpo" else 1e-5  # its last whitening is of other rounding and adds its 1e-4 elsewhere
        torch.testing.assert_close(ours, own, atol=close, rtol=close)


@pytest.mark.parametrize(("estimator", "scale"), WAYS)
def test_a_row_without_a_verdict_is_out_of_the_baseline(estimator: str, scale: str) -> None:
    import torch

    weights = torch.ones(1)
    full = torch.tensor([[1.0], [0.0], [0.5]])
    with_none = torch.tensor([[1.0], [NONE], [0.0], [0.5]])
    got, logged = ms_swift.compute_advantages(with_none, weights, 4, estimator, scale)
    alone, _ = ms_swift.compute_advantages(full, weights, 3, estimator, scale)
    torch.testing.assert_close(got[[0, 2, 3]], alone)
    assert (got[1].item(), logged[1].item()) == (0.0, 0.5)


def test_nothing_is_learnt_from_one_verdict_or_from_equal_ones() -> None:
    import torch
    from swift.rl_core.advantage import compute_advantages

    alone = torch.tensor([[NONE], [NONE], [1.0], [NONE]])
    assert compute_advantages(alone, torch.ones(1), 4)[0].tolist() == pytest.approx([-0.5, -0.5, 1.5, -0.5], abs=1e-3)
    for rewards in (alone, torch.full((4, 1), 0.9), torch.full((4, 1), NONE)):
        assert ms_swift.compute_advantages(rewards, torch.ones(1), 4)[0].tolist() == [0.0] * 4


def test_whoever_has_its_function_by_name_gets_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    from swift.rl_core import advantage

    # Its trainers, which import the function by name, need an older TRL than the one that is here.
    trainer = types.ModuleType("swift.a_trainer")
    trainer.compute_advantages = advantage.compute_advantages  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, trainer.__name__, trainer)
    monkeypatch.setattr(advantage, "compute_advantages", advantage.compute_advantages)  # to be put back
    ms_swift.use_our_advantages()
    assert advantage.compute_advantages is trainer.compute_advantages is ms_swift.compute_advantages
