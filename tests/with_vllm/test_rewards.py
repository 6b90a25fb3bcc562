"""A pooling reward model in a real vLLM engine gives the scores that transformers gives."""

from __future__ import annotations

import asyncio

import pytest

from rewardkit.judges.client import Request
from rewardkit.judges.clients import client_of
from rewardkit.judges.clients.vllm import VLLMRewardModel


def conversation(question: str, answer: str) -> Request:
    return Request(({"role": "user", "content": question}, {"role": "assistant", "content": answer}))


def test_scores(reward_client: VLLMRewardModel) -> None:
    rows = [conversation("What is 1 + 1?", "2 " * n) for n in range(1, 9)] + [conversation("Too long?", "x" * 600)]
    ours = asyncio.run(reward_client.complete(rows))
    theirs = asyncio.run(client_of(f"hf:{reward_client.model}", rewards=True).complete(rows))
    assert [reply.score for reply in ours[:8]] == pytest.approx([reply.score for reply in theirs[:8]], abs=1e-4)
    assert len({reply.score for reply in ours[:8]}) == 8
    assert ours[8].score is None
    assert "context length" in (ours[8].failure or "")
