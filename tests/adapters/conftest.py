"""What the tests of trainers share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))  # its servers answer as judges here as well
os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's client is imported


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model and its tokenizer."""
    return small.letters_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def bytes_tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tokenizer of single bytes."""
    return small.byte_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture
def trainer_of(model: Path, tmp_path: Path) -> Callable[..., Any]:
    """A GRPO trainer for two steps on the CPU with these reward functions."""
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import GRPOConfig, GRPOTrainer

    def build(*reward_funcs: Any, report_to: str | list[str] = "none", **settings: Any) -> Any:
        config = GRPOConfig(
            output_dir=str(tmp_path / "training"),
            max_steps=2,
            per_device_train_batch_size=4 * small.GROUP,
            num_generations=small.GROUP,
            max_completion_length=1,
            learning_rate=0.01,
            logging_steps=1,
            save_strategy="no",
            report_to=report_to,
            use_cpu=True,
            bf16=False,
            disable_tqdm=True,
            seed=0,
            **settings,
        )
        return GRPOTrainer(
            model=AutoModelForCausalLM.from_pretrained(model),
            reward_funcs=list(reward_funcs),
            args=config,
            train_dataset=Dataset.from_list(small.ROWS),
            processing_class=AutoTokenizer.from_pretrained(model),
        )

    return build
