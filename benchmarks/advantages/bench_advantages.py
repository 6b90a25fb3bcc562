"""Group advantages on the CPU beside verl's own functions, and what equal rewards give elsewhere.

`python -m benchmarks.advantages.bench_advantages`; verl is timed where it is installed (`pip install --no-deps verl==0.9.1
tensordict codetiming hydra-core omegaconf pyvers`). All get what verl passes around: rewards on each completion's last token,
uids as objects, the mask of the completions as int64. Ours is timed as its verl user would call it, so with the sum over tokens.
CPU time of the process, one after another in each round, with one thread, since threads that wait for a busy machine's cores
count as CPU time.
"""

from __future__ import annotations

import importlib
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

import rewardkit_cuda
from benchmarks.advantages.advantage_forms import Inputs, trl
from benchmarks.advantages.advantage_forms import ours as operator
from benchmarks.rows import ROOT, Row, keep, row, write_page
from rewardkit.advantages import group_advantages

B, GROUP, T = 16_384, 16, 1_024
ROUNDS = 9


def batch() -> dict[str, Any]:
    """What verl passes around, with right-or-wrong rewards and completions of 1 to T tokens."""
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(1, T + 1, (B,), generator=generator)
    mask = (torch.arange(T) < lengths[:, None]).long()
    rewards = torch.zeros(B, T)
    rewards[torch.arange(B), lengths - 1] = (torch.rand(B, generator=generator) < 0.4).float()
    uids = np.array([str(uuid.UUID(int=i)) for i in range(B // GROUP) for _ in range(GROUP)], dtype=object)
    return {"token_level_rewards": rewards, "response_mask": mask, "index": uids}


def ours(given: dict[str, Any]) -> torch.Tensor:
    rewards = given["token_level_rewards"].sum(-1)
    return group_advantages(rewards, group_ids=given["index"], token_mask=given["response_mask"], eps=1e-6).advantages


def peers() -> dict[str, Callable[[dict[str, Any]], torch.Tensor]]:
    """verl's loop and its vectorised form, if it is installed."""
    try:
        from verl.trainer.ppo import core_algos as verl
    except ImportError as error:
        print(f"verl is not installed ({error}), so only ours is timed")
        return {}
    return {
        "verl, loop": lambda given: verl.compute_grpo_outcome_advantage(**given)[0],
        "verl, vectorised": lambda given: verl.compute_grpo_vectorized_outcome_advantage(**given)[0],
    }


def cpu_ms(call: Callable[[], Any]) -> float:
    start = time.process_time()
    call()
    return 1e3 * (time.process_time() - start)


def speed() -> Iterator[Row]:
    given, rivals = batch(), peers()
    size = f"B={B}, G={GROUP}, T={T}"
    expected = ours(given)
    for name, call in rivals.items():
        torch.testing.assert_close(call(given), expected, rtol=1e-4, atol=2e-3, msg=f"{name} gives other numbers")
    calls = {"rewardkit": ours, **rivals}
    times: dict[str, list[float]] = {name: [] for name in calls}
    rewards, mask = given["token_level_rewards"].sum(-1), given["response_mask"].bool()
    sized: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(cpu_ms(lambda call=call: call(given)))
        sized.append(cpu_ms(lambda: group_advantages(rewards, group_size=GROUP, token_mask=mask)))
        bare.append(cpu_ms(lambda: group_advantages(rewards, group_size=GROUP)))
    for name, values in times.items():
        yield row(name, f"grpo as verl calls it, {size}", "ms CPU, one thread", values)
    for name in rivals:
        ratios = [theirs / mine for theirs, mine in zip(times[name], times["rewardkit"], strict=True)]
        yield row("rewardkit", f"grpo as verl calls it, {size}: {name} takes", "times our CPU time", ratios)
    yield row("rewardkit", f"grpo of rewards and a bool mask, {size}", "ms CPU, one thread", sized)
    yield row("rewardkit", f"grpo of rewards alone, B={B}, G={GROUP}", "ms CPU, one thread", bare)


CALLS = 200


def host_time() -> Iterator[Row]:
    """What a small batch costs before any work: the operator by the kernels' host build, the public function, TRL's chain."""
    if not rewardkit_cuda.host_available():
        print(f"the host build is not there, so no host time is measured: {rewardkit_cuda.why_not()}")
        return
    importlib.import_module("rewardkit_cuda.ops")  # registers the operator

    for size, tokens in ((64, 0), (64, 33)):
        inputs = Inputs.make(size, GROUP, tokens, torch.float32, "cpu")
        options = {"group_size": GROUP, "token_mask": inputs.mask, "backend": "cuda"}
        calls: dict[str, Callable[[], object]] = {
            "rewardkit, operator": lambda inputs=inputs: operator(inputs),
            "rewardkit, public": lambda inputs=inputs, options=options: group_advantages(inputs.rewards, **options),
            "TRL's formula, eager": lambda inputs=inputs: trl(inputs),
        }
        times: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(ROUNDS):
            for name, call in calls.items():
                times[name].append(1e3 * cpu_ms(lambda call=call: [call() for _ in range(CALLS)]) / CALLS)
        at = f"a call on the host, B={size}, G={GROUP}, T={tokens}"
        for name, values in times.items():
            yield row(name, at, "µs CPU, one thread", values)
        over = [public - bare for public, bare in zip(times["rewardkit, public"], times["rewardkit, operator"], strict=True)]
        yield row("rewardkit, public", f"{at}: over the operator", "µs CPU, one thread", over)


# (r - mean) / (std + eps) in float32, each with its own eps.
FORMULAS = {
    "OpenRLHF's formula (eps 1e-9)": 1e-9,
    "verl's, ROLL's, slime's formula (eps 1e-6)": 1e-6,
    "TRL's formula (eps 1e-4)": 1e-4,
}


def equal_rewards() -> Iterator[Row]:
    """Where every advantage should be 0."""
    for value, size in ((0.9, 8), (1.1, 12), (0.1, 12)):
        rewards = torch.full((1, size), value)
        metric = f"largest advantage of {size} rewards of {value}"
        yield row(
            "rewardkit",
            metric,
            "advantage",
            [group_advantages(rewards[0], group_size=size, eps=1e-9).advantages.abs().max().item()],
        )
        for name, eps in FORMULAS.items():
            found = (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + eps)
            yield row(name, metric, "advantage", [found.abs().max().item()])
    missed = [n for n in range(2, 33) if np.std([0.1] * n) > 0]
    caught = [n for n in range(2, 33) if not group_advantages([0.1] * n, group_size=n).degenerate.item()]
    yield row(
        "a filter by numpy.std(…) == 0", "sizes from 2 to 32 whose groups of 0.1 pass for having spread", "sizes", [len(missed)]
    )
    yield row("rewardkit", "sizes from 2 to 32 whose groups of 0.1 pass for having spread", "sizes", [len(caught)])


def single_rows() -> Iterator[Row]:
    """The advantage of the only completion of a prompt, whose reward is 1."""
    yield row(
        "rewardkit",
        "advantage of a group of one with reward 1",
        "advantage",
        [group_advantages([1.0], group_size=1).advantages.item()],
    )
    given = {"token_level_rewards": torch.ones(1, 1), "response_mask": torch.ones(1, 1), "index": np.array(["a"], dtype=object)}
    for name, call in peers().items():
        yield row(name, "advantage of a group of one with reward 1", "advantage", [call(given).item()])


if __name__ == "__main__":
    torch.set_num_threads(1)
    rows = [*equal_rewards(), *single_rows(), *speed(), *host_time()]
    print(f"→ {keep('advantages_cpu', rows).relative_to(ROOT)}")
    write_page()
