"""The numbers of TRL's own GRPOTrainer, from its own code: what it logs as advantages in a real evaluation and training step."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from rewardkit.advantages import group_advantages

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's client is imported

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    # These packages deprecate one another's names.
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

GROUP, PROMPTS = 8, 6


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen2 of a few thousand parameters whose whole vocabulary is four letters, saved and never fetched."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    home = tmp_path_factory.mktemp("model")
    words = ["<pad>", "<eos>", "<unk>", *"ABCD"]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    special = {"pad_token": "<pad>", "eos_token": "<eos>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(home)
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Qwen2Config(vocab_size=len(words), **sizes, num_key_value_heads=1, bos_token_id=None, pad_token_id=0, eos_token_id=1)
    Qwen2ForCausalLM(config).save_pretrained(home)
    return home


@pytest.fixture
def advantages_of(model: Path, tmp_path: Path) -> Callable[..., tuple[list[float], torch.Tensor]]:
    """Runs the trainer for a step with given rewards; returns its advantages and the rewards as it saw them."""

    def run(table: list[list[float | None]], weights: list[float], **settings: Any) -> tuple[list[float], torch.Tensor]:
        from datasets import Dataset
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from trl import GRPOConfig, GRPOTrainer

        seen: list[torch.Tensor] = []

        class Watched(GRPOTrainer):  # type: ignore[misc, unused-ignore]
            def _calculate_rewards(self, *args: Any, **kwargs: Any) -> torch.Tensor:
                seen.append(super()._calculate_rewards(*args, **kwargs))
                return seen[-1].clone()

        def function(k: int) -> Callable[..., list[float | None]]:
            def reward(prompts: list[str], **columns: Any) -> list[float | None]:
                return [row[k] for row in table]

            reward.__name__ = f"reward_{k}"
            return reward

        config = GRPOConfig(
            output_dir=str(tmp_path),
            max_steps=1,
            per_device_train_batch_size=GROUP * PROMPTS,
            num_generations=GROUP,
            max_completion_length=1,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            bf16=False,
            disable_tqdm=True,
            reward_weights=weights,
            **settings,
        )
        trainer = Watched(
            model=AutoModelForCausalLM.from_pretrained(model),
            reward_funcs=[function(k) for k in range(len(weights))],
            args=config,
            train_dataset=Dataset.from_list([{"prompt": letter} for letter in "ABCDAB"]),
            processing_class=AutoTokenizer.from_pretrained(model),
        )
        trainer.train()
        return list(trainer._logs["advantages"]), seen[0]

    return run


def rewards(functions: int, share_of_none: float) -> list[list[float | None]]:
    """Rewards that are not dyadic, a group all of whose rewards are one, and rows without any."""
    draw = random.Random(functions)
    values = [0.0, 0.1, 0.5, 0.9, 1.0, 1 / 3]
    table: list[list[float | None]] = [
        [None if draw.random() < share_of_none else draw.choice(values) for _ in range(functions)] for _ in range(GROUP * PROMPTS)
    ]
    table[:GROUP] = [[1.0] * functions for _ in range(GROUP)]
    if share_of_none:
        table[GROUP] = [None] * functions
    return table


# What the trainer is set to, and what that is here.
MODES = [({"scale_rewards": scale}, {"scale": scale}) for scale in ("group", "batch", "none")]
MODES += [({"multi_objective_aggregation": "normalize_then_sum"}, {"estimator": "gdpo"})]


@pytest.mark.parametrize(("settings", "options"), MODES)
@pytest.mark.parametrize(("functions", "weights"), [(1, [1.0]), (3, [0.7, 0.3, 1.5])])
@pytest.mark.parametrize("share_of_none", [0.0, 0.25])
def test_trl_s_numbers(advantages_of, settings, options, functions, weights, share_of_none):
    table = rewards(functions, share_of_none)
    theirs, seen = advantages_of(table, weights, **settings)
    assert seen.shape == (GROUP * PROMPTS, functions)
    ours = group_advantages(seen, group_size=GROUP, weights=weights, **options)
    torch.testing.assert_close(ours.advantages, torch.tensor(theirs), rtol=2e-6, atol=2e-6)
    from_lists = group_advantages(table, group_size=GROUP, weights=weights, **options)
    assert torch.equal(from_lists.advantages, ours.advantages)
    unscored = [i for i, row in enumerate(table) if all(reward is None for reward in row)]
    assert not ours.advantages[unscored].any()
    assert bool(unscored) == bool(share_of_none)


def test_where_trl_differs_eight_equal_rewards_are_pushed_one_way(advantages_of):
    """Its mean of eight times 0.9 is off by an ulp, and all eight advantages have one sign."""
    table: list[list[float | None]] = [[0.9] for _ in range(GROUP * PROMPTS)]
    theirs, seen = advantages_of(table, [1.0])
    assert min(map(abs, theirs)) > 1e-4
    assert len({value > 0 for value in theirs}) == 1
    ours = group_advantages(seen, group_size=GROUP)
    assert ours.advantages.tolist() == [0.0] * GROUP * PROMPTS
    assert ours.degenerate.all()
