"""The mixin's advantages beside those of the stock GRPOTrainer: equal where TRL is right, 0 where it is not."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from rewardkit.adapters.trl import GroupAdvantageMixin

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

GROUP = 8
NAN = math.nan


def advantages(
    model: Path,
    folder: Path,
    rewards: list[list[float]],
    training: bool = True,
    options: dict[str, Any] | None = None,
    **settings: Any,
) -> tuple[list[float], list[float], Any]:
    """TRL's own advantages, the mixin's, and the trainer, of one step whose reward functions give these columns."""
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    columns = list(zip(*rewards, strict=True))

    class Stock(GRPOTrainer):  # type: ignore[misc]
        def _generate_and_score_completions(self, inputs: Any) -> Any:
            batch = super()._generate_and_score_completions(inputs)
            self.stock = batch["advantages"].tolist()
            return batch

    class Ours(GroupAdvantageMixin, Stock):
        advantage_options = options or {}

    def giving(column: tuple[float, ...]) -> Any:
        def reward(**_: Any) -> list[float]:
            return list(column)

        return reward

    config = GRPOConfig(
        output_dir=str(folder),
        per_device_train_batch_size=len(rewards),
        num_generations=GROUP,
        max_completion_length=1,
        use_cpu=True,
        bf16=False,
        report_to="none",
        **settings,
    )
    trainer = Ours(str(model), [giving(column) for column in columns], config, Dataset.from_list([{"prompt": "A"}] * 4))
    trainer.model.train(training)
    batch = trainer._generate_and_score_completions([{"prompt": "A"}] * len(rewards))
    return trainer.stock, batch["advantages"].tolist(), trainer


MIXED = [[1.0, 0.3], [0.0, 0.1], [0.0, 0.0], [0.7, 0.3], [1.0, 0.0], [0.2, 0.3], [0.0, 0.2], [0.4, 0.1]]
HOLES = [[1.0, NAN], [NAN, NAN], [0.0, 0.2], [NAN, 0.3], [1.0, 0.0], [NAN, NAN], [0.0, 0.2], [0.4, 0.1]]
EQUAL = [[0.9, 0.1]] * GROUP


@pytest.mark.parametrize("aggregation", ["sum_then_normalize", "normalize_then_sum"])
@pytest.mark.parametrize("scale", ["group", "batch", "none", True, False])
@pytest.mark.parametrize("weights", [None, [1.0, 0.25]])
def test_the_same_numbers_where_trl_is_right(
    scale: str | bool, aggregation: str, weights: list[float] | None, model: Path, tmp_path: Path
) -> None:
    settings = {"scale_rewards": scale, "multi_objective_aggregation": aggregation, "reward_weights": weights}
    stock, ours, trainer = advantages(model, tmp_path, MIXED + HOLES, **settings)
    assert ours == pytest.approx(stock, rel=1e-5, abs=1e-6)
    assert ours[GROUP + 1] == ours[GROUP + 5] == 0.0
    assert list(trainer._logs["advantages"]) == ours
    assert trainer._metrics["train"]["frac_reward_zero_std"][-1] == 0.0


def test_equal_rewards_give_nothing_where_trl_gives_a_push(model: Path, tmp_path: Path) -> None:
    stock, ours, trainer = advantages(model, tmp_path, [[0.9]] * GROUP + [[r[0]] for r in MIXED])
    assert 0 < max(map(abs, stock[:GROUP])) < 2e-3
    assert len({math.copysign(1, value) for value in stock[:GROUP]}) == 1
    assert ours[:GROUP] == [0.0] * GROUP
    assert ours[GROUP:] == pytest.approx(stock[GROUP:], rel=1e-5)
    assert trainer._metrics["train"]["frac_reward_zero_std"][-1] == 0.5


def test_evaluation_with_one_generation_gives_nothing(model: Path, tmp_path: Path) -> None:
    stock, ours, _ = advantages(model, tmp_path, MIXED, training=False, num_generations_eval=1)
    assert ours == stock == [0.0] * GROUP


def test_further_options_win(model: Path, tmp_path: Path) -> None:
    _, ours, _ = advantages(model, tmp_path, [[r[0]] for r in MIXED], options={"estimator": "rloo"})
    rewards = [r[0] for r in MIXED]
    others = [(sum(rewards) - r) / (GROUP - 1) for r in rewards]
    assert ours == pytest.approx([r - o for r, o in zip(rewards, others, strict=True)], rel=1e-5, abs=1e-6)


def test_rows_that_a_hook_drops_move_nothing(model: Path, tmp_path: Path) -> None:
    from rewardkit.advantages.hooks import AccuracyBounds

    even, seldom = [[1.0], [0.0]] * (GROUP // 2), [[1.0]] + [[0.0]] * (GROUP - 1)
    stock, ours, trainer = advantages(model, tmp_path, even + seldom, options={"hooks": (AccuracyBounds(0.25, 0.75),)})
    assert ours[:GROUP] == pytest.approx(stock[:GROUP], rel=1e-5)
    assert all(ours[:GROUP])
    assert ours[GROUP:] == [0.0] * GROUP
    assert list(trainer._logs["advantages"]) == ours


def test_two_steps_of_training_with_it(model: Path, tmp_path: Path) -> None:
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    import rewardkit

    class Trainer(GroupAdvantageMixin, GRPOTrainer):  # type: ignore[misc]
        """What the documentation tells to write."""

    config = GRPOConfig(
        output_dir=str(tmp_path),
        max_steps=2,
        per_device_train_batch_size=32,
        num_generations=GROUP,
        max_completion_length=1,
        learning_rate=0.01,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
    )
    rows = [{"prompt": letter, "answer": ["A", "B"]} for letter in "ABCD"]
    trainer = Trainer(str(model), rewardkit.load("auto"), config, Dataset.from_list(rows))
    before = {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
    trainer.train()
    assert any(not weight.equal(before[name]) for name, weight in trainer.model.named_parameters())
    assert any(trainer._logs["advantages"])
