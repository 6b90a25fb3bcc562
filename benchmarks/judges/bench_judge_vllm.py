"""Prompts a second of a judge on vLLM against the same prompts sent straight to the same engine, turn by turn in one run.

    .venv-vllm/bin/python -m benchmarks.judges.bench_judge_vllm [--model DIR] [--rows 256] [--turns 7] [--at-least 0.9]

Without `--model` it is the tests' tiny random model, for which everything but the engine weighs as much as it ever can. Each
turn empties the prefix cache first. Exit status 1 when the judge's share falls below `--at-least`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
QUIET = {
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class Overheard:
    """A client that keeps what it was asked."""

    def __init__(self, client: Any) -> None:
        self.client, self.name, self.requests = client, client.name, []

    async def complete(self, requests: Sequence[Any]) -> list[Any]:
        self.requests = list(requests)
        return await self.client.complete(requests)


def samples(count: int) -> list[Any]:
    """Rollouts of eight a question, no two answers the same, so that none is shared."""
    from rewardkit.types import Sample

    return [
        Sample(
            i,
            f"A farmer has {i // 8 + 3} fields of {i // 8 + 7} rows each. How many rows is that in words, and why?",
            f"<answer>There are {i + 10} rows since each of the fields has its own, number {i}.</answer>",
            {"answer": f"{(i // 8 + 3) * (i // 8 + 7)} rows"},
        )
        for i in range(count)
    ]


def measure(model: str, rows: int, turns: int, options: dict[str, Any]) -> dict[str, list[float]]:
    """Seconds of every turn of every path."""
    from rewardkit.judges.clients.vllm import VLLMClient, _sampling
    from rewardkit.judges.judge import Judge

    client = VLLMClient(model, **options)
    overheard, batch = Overheard(client), samples(rows)
    judge = Judge(overheard, "binary")
    verdicts = judge.verify(batch)
    requests = overheard.requests
    assert len(requests) == rows, f"{len(requests)} of {rows} rows reached the model"
    failed = [verdict.info["message"] for verdict in verdicts if verdict.reason == "judge_unavailable"]
    assert not failed, failed[0]

    def straight(engine: Any) -> None:
        conversations = [[dict(message) for message in request.messages] for request in requests]
        engine.chat(conversations, [_sampling(request) for request in requests], use_tqdm=False)

    def on_engine(work: Callable[[Any], Any]) -> None:
        asyncio.run(client._engine().call(work))

    paths: dict[str, Callable[[], object]] = {
        "straight": lambda: on_engine(straight),
        "client": lambda: asyncio.run(client.complete(requests)),
        "judge": lambda: judge.verify(batch),
    }
    seconds: dict[str, list[float]] = {name: [] for name in paths}
    for turn in range(turns + 1):
        for name in list(paths)[turn % 3 :] + list(paths)[: turn % 3]:
            on_engine(lambda engine: engine.reset_prefix_cache())
            started = time.perf_counter()
            paths[name]()
            if turn:  # the first warms up
                seconds[name].append(time.perf_counter() - started)
    return seconds


def main() -> int:
    """Measure, keep and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a folder or hub name; default: a tiny random model")
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--at-least", type=float, default=0.9, help="share of the straight path's speed")
    parser.add_argument("--keep", action="store_true", help="add rows to benchmarks/data/judge_vllm.csv")
    given = parser.parse_args()
    os.environ |= {name: os.environ.get(name, value) for name, value in QUIET.items()}
    with tempfile.TemporaryDirectory() as folder:
        options: dict[str, Any] = {}
        if given.model is None:
            sys.path.insert(0, str(ROOT / "tests" / "with_vllm"))
            import models

            options = {"dtype": "float32", "enforce_eager": True, "max_model_len": 4096, "max_num_seqs": 64}
            models.CONTEXT = 4096
            os.environ["HF_HUB_OFFLINE"] = "1"
        model = given.model or str(models.writer(Path(folder)))
        seconds = measure(model, given.rows, given.turns, options)
    half = {name: statistics.median(took) for name, took in seconds.items()}
    for name, took in seconds.items():
        print(f"{name:9} {given.rows / half[name]:8.1f} prompts/s (best {given.rows / min(took):.1f})", end="")
        print(f"   share of straight {half['straight'] / half[name]:.3f}")
    if given.keep:
        from benchmarks.rows import keep, row

        metric = f"judge prompts, {'tiny model' if given.model is None else Path(given.model).name}"
        found = [row(name, metric, "prompts/s", [given.rows / one for one in took]) for name, took in seconds.items()]
        found += [row(name, f"{metric}: share of straight", "share", [half["straight"] / half[name]]) for name in half]
        print(f"→ {keep('judge_vllm', found)}")
    return int(half["straight"] / half["judge"] < given.at_least)


if __name__ == "__main__":
    sys.exit(main())
