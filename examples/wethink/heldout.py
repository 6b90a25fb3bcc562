"""Held-out accuracy by type of question, reward and form, at temperature 1 and greedily, by rewardkit's own verdicts.

For models that fit the process; the 7B model is measured from its checkpoints instead.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import torch
from datasets import Dataset
from transformers import TrainerCallback
from trl.data_utils import prepare_multimodal_messages

from rewardkit import RewardFunction

__all__ = ["HeldOut", "MeasureHeldOut"]

BATCH = 200


@dataclass
class HeldOut:
    """Questions kept ready: `measure(model)` answers them and scores the answers.

    `reward` must be the hybrid recipe, whatever is trained on: its parts tell accuracy and form apart. A row counts as right when
    its accuracy is 1.
    """

    rows: Dataset
    processor: Any
    reward: RewardFunction
    max_new_tokens: int = 32
    seed: int = 0

    def __post_init__(self) -> None:
        self._columns = {name: self.rows[name] for name in ("answer", "category", "reward")}
        self._prompts = list(self.rows["prompt"])
        images = list(self.rows["image"])
        self._batches = []
        for start in range(0, len(images), BATCH):
            pictures = [[image] for image in images[start : start + BATCH]]
            turns = [
                prepare_multimodal_messages(prompt, images=own)
                for prompt, own in zip(self._prompts[start : start + BATCH], pictures, strict=True)
            ]
            texts = [self.processor.apply_chat_template(one, add_generation_prompt=True, tokenize=False) for one in turns]
            self._batches.append(
                self.processor(images=pictures, text=texts, padding=True, padding_side="left", return_tensors="pt")
            )

    def measure(self, model: Any) -> dict[str, float]:
        """`sampled_…` at temperature 1 and `greedy_…`: accuracy, accuracy by category, format, reward, tokens a completion."""
        return {
            f"{way}_{name}": value
            for way in ("sampled", "greedy")
            for name, value in self._scores(*self._answers(model, sample=way == "sampled")).items()
        }

    def _answers(self, model: Any, *, sample: bool) -> tuple[list[str], list[int]]:
        was_training = model.training
        model.eval()
        texts: list[str] = []
        lengths: list[int] = []
        # The trainer's own random numbers must not depend on whether something was measured.
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(self.seed)
            for batch in self._batches:
                batch = batch.to(model.device)
                drawn = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0} if sample else {"do_sample": False}
                ids = model.generate(**batch, max_new_tokens=self.max_new_tokens, use_cache=True, **drawn)
                said = ids[:, batch["input_ids"].shape[1] :]
                lengths += (said != self.processor.tokenizer.pad_token_id).sum(1).tolist()
                texts += self.processor.tokenizer.batch_decode(said, skip_special_tokens=True)
        model.train(was_training)
        return texts, lengths

    def _scores(self, texts: list[str], lengths: list[int]) -> dict[str, float]:
        rewards = self.reward(self._prompts, texts, **self._columns)
        failed = rewards.count(None)
        if failed:
            message = f"{failed} of {len(rewards)} held-out rows have no reward: {self.reward.verdicts[rewards.index(None)]}"
            raise RuntimeError(message)
        right: dict[str, list[bool]] = defaultdict(list)
        formed = 0.0
        for category, verdict in zip(self._columns["category"], self.reward.verdicts, strict=True):
            parts = verdict.info["parts"]
            right[category].append(parts["accuracy"]["score"] == 1)
            formed += parts["format.think_answer"]["score"]
        count = len(texts)
        return {
            "accuracy": sum(map(sum, right.values())) / count,
            **{f"accuracy/{category}": sum(hits) / len(hits) for category, hits in sorted(right.items())},
            "format": formed / count,
            "reward": sum(reward for reward in rewards if reward is not None) / count,
            "tokens": sum(lengths) / count,
        }


class MeasureHeldOut(TrainerCallback):
    """Measures before the first step, every `every` steps, and at the end; `book.write` gets the numbers.

    `cpu_s` is the processor's time spent on measuring so far.
    """

    def __init__(self, held_out: HeldOut, every: int, book: Any) -> None:
        self.held_out, self.every, self.book = held_out, every, book
        self.cpu_s = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Measures the start, unless a run goes on."""
        if state.global_step == 0:
            self._measure(state, kwargs["model"])

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Measures every `every` steps and after the last."""
        if state.global_step % self.every == 0 or state.global_step == state.max_steps:
            self._measure(state, kwargs["model"])

    def _measure(self, state: Any, model: Any) -> None:
        if state.is_world_process_zero:
            begun = time.process_time()
            self.book.write("held_out", state.global_step, self.held_out.measure(model))
            self.cpu_s += time.process_time() - begun
