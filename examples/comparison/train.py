"""The warm start, and GRPO from it: one loop for every way to be paid, with `group_advantages` and its hooks in the middle."""

from __future__ import annotations

import copy
import random
import time
import warnings
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

import rewardkit
from examples.comparison.arms import Arm, beta_of
from examples.comparison.measure import WORDS
from examples.comparison.model import Said, Tiny, Words, complete
from examples.comparison.world import demonstrations, vocabulary
from rewardkit.advantages import group_advantages
from rewardkit.alarms import alarms
from rewardkit.alarms.steps import Steps
from rewardkit.types import Verdict

__all__ = ["Watched", "run", "warm_start"]

GROUP, PROMPTS, RATE, NORM = 8, 8, 3e-4, 1.0
WARM_BATCH, WARM_RATE = 32, 2e-3
STEPWISE = ("accuracy", "form", "words")


def warm_start(steps: int) -> tuple[Tiny, Words]:
    """A model after `steps` batches of corrupted demonstrations, and its words."""
    torch.manual_seed(0)
    words = Words(vocabulary())
    model = Tiny(len(words.words))
    pairs = demonstrations(WARM_BATCH * steps, seed=3)
    optimizer = torch.optim.AdamW(model.parameters(), lr=WARM_RATE, betas=(0.9, 0.98))
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, WARM_RATE, total_steps=max(2, steps), pct_start=0.1)
    for step in range(steps):
        some = pairs[WARM_BATCH * step : WARM_BATCH * (step + 1)]
        said = _shown([words.encode(text) for _, text in some], words.padded([prompt for prompt, _ in some]))
        _descend(model, optimizer, -(said.log_probs(model) * said.mask).sum() / said.mask.sum())
        rate.step()
    return model, words


def _shown(rows: Sequence[Sequence[int]], prompts: Tensor) -> Said:
    longest = max(map(len, rows)) + 1
    ids = torch.tensor([[*row, 1, *[0] * (longest - len(row) - 1)] for row in rows])
    return Said(prompts, ids, ids != 0)


def _descend(model: Tiny, optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), NORM)
    optimizer.step()


class Watched:
    """A reward function that keeps what the report of a trace would, and how often ReVisual's words are said."""

    def __init__(self, arm: Arm) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that words can be stuffed is what is shown
            self.reward = rewardkit.load(arm.recipe, **arm.options)
        self.form = rewardkit.load("format.think_answer")
        self.steps, self.means = Steps(), {name: list[float]() for name in STEPWISE}
        self._calls = 0

    def __call__(self, completions: Sequence[str], ids: Sequence[Sequence[int]], rows: Sequence[Mapping[str, Any]]) -> Any:
        """The rewards of a batch, None where nothing was decided."""
        columns = {name: [row[name] for row in rows] for name in ("answer", "choices", "reward")}
        rewards = self.reward([row["prompt"] for row in rows], completions, ids, **columns)
        for verdict, own, answer, reward in zip(self.reward.verdicts, ids, columns["answer"], rewards, strict=True):
            about = {"status": verdict.status.value, "reason": verdict.reason, "route": verdict.info.get("route")}
            about |= {"extracted": verdict.info.get("extracted"), "answer": answer, "tokens": len(own)}
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


def run(
    arm: Arm, rows: Sequence[Mapping[str, Any]], start: Tiny, words: Words, *, seed: int, steps: int
) -> tuple[Tiny, dict[str, Any]]:
    """The trained model, and what was logged: the reward and spread of each step, the alarms, and seconds of the processor.

    Every completion is used for one step, so that no ratio is clipped; the loss is the mean over all tokens of a batch.
    """
    begun = time.process_time()
    torch.manual_seed(seed)
    draw = random.Random(seed)
    model, reward = copy.deepcopy(start), Watched(arm)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.0)
    first_beta, moving = beta_of(arm, steps)
    told: dict[str, list[float]] = {"rewards": [], "spread": [], "lengths": []}
    for step in range(steps):
        asked = [row for row in draw.sample(list(rows), PROMPTS) for _ in range(GROUP)]
        said = complete(model, words.padded([row["prompt"] for row in asked]), sampled=True)
        ids = [own[mask].tolist() for own, mask in zip(said.ids, said.mask, strict=True)]
        rewards = reward([words.decode(own) for own in ids], ids, asked)
        lengths = said.mask.sum(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of PAD's ceiling, which is published
            found = group_advantages(rewards, group_size=GROUP, lengths=lengths, hooks=arm.hooks)
        beta = first_beta if moving is None else moving(step)
        _descend(model, optimizer, _loss(model, start, said, _drawn(arm, found.completions.where(found.kept, 0.0)), beta))
        told["rewards"].append(fmean(one for one in rewards if one is not None))
        told["spread"].append(1 - found.degenerate.float().mean().item())
        told["lengths"].append(lengths.float().mean().item())
    raised = sorted({f"{one.kind} {one.about}".strip() for one in alarms(reward.steps.in_order())})
    return model, {**told, **reward.means, "alarms": raised, "cpu_s": time.process_time() - begun}


def _drawn(arm: Arm, advantages: Tensor) -> Tensor:
    """The advantages, each as often as PAD draws its row, so that all of them together weigh what they did."""
    if arm.draw is None:
        return advantages
    times = torch.bincount(arm.draw.draw(advantages), minlength=len(advantages))
    return advantages * times * len(times) / times.sum()


def _loss(model: Tiny, start: Tiny, said: Said, advantages: Tensor, beta: float) -> Tensor:
    own = said.log_probs(model)
    loss = -(advantages[:, None] * own)
    if beta:
        with torch.no_grad():
            apart = said.log_probs(start)
        apart = apart - own
        loss = loss + beta * (apart.exp() - apart - 1)
    return (loss * said.mask).sum() / said.mask.sum()
