"""A process reward model in a real vLLM engine gives the scores of steps that transformers gives."""

from __future__ import annotations

import asyncio
from pathlib import Path

import models
import pytest
from conftest import SMALL

from rewardkit.judges.client import Request
from rewardkit.judges.clients import client_of


def asked(*steps: str, tag: str = "\n") -> Request:
    return Request(({"role": "user", "content": "What is 2(3 + 4)?"},), steps=steps, tag=tag)


def test_scores_of_steps(tmp_path: Path) -> None:
    model = str(models.process_model(tmp_path))
    rows = [asked(*("so " * n for n in range(1, count)), tag=tag) for count in (2, 9, 4) for tag in ("\n", "<|im_end|>")]
    rows.append(asked("x" * 600))
    ours = asyncio.run(client_of(f"vllm:{model}", steps=True, distributed_executor_backend="uni", **SMALL).complete(rows))
    theirs = asyncio.run(client_of(f"hf:{model}", steps=True).complete(rows))
    assert [len(reply.scores) for reply in ours] == [1, 1, 8, 8, 3, 3, 0]
    for one, other in zip(ours[:6], theirs[:6], strict=True):
        assert one.scores == pytest.approx(other.scores, abs=1e-4)
    assert ours[6].failure
    assert theirs[6].failure
