"""The warm start, and one run of GRPO from it with TRL's own trainer."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, PrinterCallback, Qwen2Config, Qwen2ForCausalLM, set_seed
from trl import GRPOConfig, GRPOTrainer

import rewardkit
from examples.comparison.arms import Arm, beta_of
from examples.comparison.measure import TOKENS, WORDS
from examples.comparison.world import demonstrations, vocabulary
from rewardkit.adapters.trl import GroupAdvantageMixin
from rewardkit.adapters.trl_schedules import scheduled
from rewardkit.alarms import alarms
from rewardkit.alarms.steps import Steps
from rewardkit.types import Verdict

__all__ = ["Watched", "run", "warm_start"]

STEPWISE = ("accuracy", "form", "words")
SPECIAL = ("<pad>", "<eos>", "<unk>")
SHAPE = {"hidden_size": 64, "intermediate_size": 192, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4}
GROUP, PROMPTS, RATE = 8, 8, 3e-4
BATCH = 32


def warm_start(folder: Path, steps: int) -> None:
    """Write model and tokenizer to `folder` after `steps` batches of corrupted demonstrations, unless they are there."""
    if (folder / "model.safetensors").is_file():
        return
    words = {word: place for place, word in enumerate((*SPECIAL, *vocabulary()))}
    inner = Tokenizer(WordLevel(words, unk_token="<unk>"))
    inner.pre_tokenizer = WhitespaceSplit()
    marks = dict(zip(("pad_token", "eos_token", "unk_token"), SPECIAL, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=inner, **marks).save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    torch.manual_seed(0)
    ids = {"vocab_size": len(words), "bos_token_id": None, "pad_token_id": 0, "eos_token_id": 1}
    model = Qwen2ForCausalLM(Qwen2Config(**SHAPE, **ids, initializer_range=0.05, max_position_embeddings=128))
    pairs = demonstrations(BATCH * steps, seed=3)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.98))
    decay = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps, pct_start=0.1)
    for step in range(steps):
        some = pairs[BATCH * step : BATCH * (step + 1)]
        batch = tokenizer(
            [f"{prompt} {said} <eos>" for prompt, said in some], return_tensors="pt", padding=True, padding_side="right"
        )
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        for row, (prompt, _) in enumerate(some):
            labels[row, : len(prompt.split())] = -100
        model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)


class Watched:
    """A reward function that keeps what the report of a trace would, and how often ReVisual's words are said."""

    def __init__(self, arm: Arm) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that words can be stuffed is what is shown
            self.reward = rewardkit.load(arm.recipe, **arm.options)
        self.__name__ = arm.recipe
        self.form = rewardkit.load("format.think_answer")
        self.steps, self.means = Steps(), {name: list[float]() for name in STEPWISE}
        self._calls = 0

    def __call__(self, prompts: Any, completions: Sequence[str], completion_ids: Any, **columns: Any) -> list[float | None]:
        """The rewards of a batch."""
        columns.pop("log_extra", None), columns.pop("log_metric", None)
        rewards = self.reward(prompts, completions, completion_ids, **columns)
        for verdict, ids, answer, reward in zip(self.reward.verdicts, completion_ids, columns["answer"], rewards, strict=True):
            about = {"status": verdict.status.value, "reason": verdict.reason, "route": verdict.info.get("route")}
            about |= {"extracted": verdict.info.get("extracted"), "answer": answer, "tokens": len(ids)}
            self.steps.add({**about, "step": self._calls}, reward)
        right = [_accuracy(verdict) for verdict in self.reward.verdicts]
        form = [score or 0.0 for score in self.form(completions=completions)]
        words = [float(sum(word in WORDS for word in text.split())) for text in completions]
        for name, values in zip(STEPWISE, (right, form, words), strict=True):
            self.means[name].append(fmean(values))
        self._calls += 1
        return rewards


def _accuracy(verdict: Verdict) -> float:
    """The first part of a reward that is a sum, or all of it."""
    parts = verdict.info.get("parts")
    return (next(iter(parts.values()))["score"] if parts else verdict.score) or 0.0


class Trainer(GroupAdvantageMixin, GRPOTrainer):
    """TRL's trainer with exact advantages, and with the rows that PAD draws: a row counts as often as it was drawn."""

    draw: Any = None

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        batch = super()._generate_and_score_completions(inputs)
        if self.draw is not None:
            drawn = torch.bincount(self.draw.draw(batch["advantages"]), minlength=len(batch["advantages"]))
            batch["advantages"] = batch["advantages"] * drawn * len(drawn) / drawn.sum()
        return batch


def run(
    arm: Arm, rows: Sequence[Mapping[str, Any]], start: Path, out: Path, *, seed: int, steps: int
) -> tuple[Any, dict[str, Any]]:
    """The trained model, and what was logged: the reward and spread of each step, the alarms, and seconds of the processor."""
    begun = time.process_time()
    beta, moving = beta_of(arm, steps)
    config = GRPOConfig(
        str(out),
        max_steps=steps,
        per_device_train_batch_size=GROUP * PROMPTS,
        num_generations=GROUP,
        max_completion_length=TOKENS,
        learning_rate=RATE,
        lr_scheduler_type="constant",
        adam_beta2=0.98,
        beta=beta,
        seed=seed,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        disable_tqdm=True,
    )
    set_seed(seed)
    kind = type("Hooked", (Trainer,), {"advantage_options": {"hooks": arm.hooks}, "draw": arm.draw})
    reward, tokenizer = Watched(arm), PreTrainedTokenizerFast.from_pretrained(start)
    model = AutoModelForCausalLM.from_pretrained(start, dtype=torch.float32)
    trainer = kind(model, reward, config, Dataset.from_list(list(rows)), processing_class=tokenizer)
    trainer.remove_callback(PrinterCallback)
    if moving is not None:
        scheduled(trainer, beta=moving)
    trainer.train()
    logs = [entry for entry in trainer.state.log_history if "reward" in entry]
    raised = sorted({f"{one.kind} {one.about}".strip() for one in alarms(reward.steps.in_order())})
    told = {
        "rewards": [entry["reward"] for entry in logs],
        "spread": [1 - entry["frac_reward_zero_std"] for entry in logs],
        "lengths": [entry["completions/mean_length"] for entry in logs],
        **reward.means,
        "alarms": raised,
        "cpu_s": time.process_time() - begun,
    }
    return trainer.model, told
