"""A real small model as a judge, where REWARDKIT_TEST_MODEL names its folder (`tools/models/smollm.py` makes one)."""

from __future__ import annotations

import asyncio
import math
import os
from typing import Any

import pytest

from rewardkit.errors import UnfitJudge
from rewardkit.judges.clients.transformers import TransformersClient
from rewardkit.judges.judge import Judge
from rewardkit.judges.kinds import as_kind
from rewardkit.judges.kinds.kind import Item
from rewardkit.testing import sample

FOLDER = os.environ.get("REWARDKIT_TEST_MODEL", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # of torch and transformers
    pytest.mark.skipif(not os.path.isdir(FOLDER), reason="REWARDKIT_TEST_MODEL names no folder with a model"),
]

ITEMS = [Item("Why is the sky blue?", ("Air scatters short waves most.",), answer) for answer in ("Rayleigh", "the sea", "ozone")]

DECIDED: dict[str, dict[str, Any]] = {
    **{
        kind: {}
        for kind in ("binary", "soft", "tiered", "soft-tiered", "wethink", "tenths", "list", "xverify", "compassverifier")
    },
    "rubric": {"criteria": ["names scattering", "is short"]},
    "general-verifier": {"reasoning": False},
}


def test_soft_is_what_transformers_gives() -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    soft = as_kind("soft")
    requests = [soft.request([item]) for item in ITEMS]
    replies = asyncio.run(TransformersClient(FOLDER, dtype="float32").complete(requests))
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    model = AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32)
    for request, reply in zip(requests, replies, strict=True):
        prompt = tokenizer.apply_chat_template(
            [dict(message) for message in request.messages], add_generation_prompt=True, tokenize=True, return_dict=False
        )
        with torch.inference_mode():
            wanted = model(torch.tensor([prompt])).logits[0, -1].log_softmax(-1)
        values, tokens = wanted.topk(5)
        for value, token in zip(values.tolist(), tokens.tolist(), strict=True):
            assert math.isclose(reply.top_logprobs[tokenizer.decode([token])], value, abs_tol=1e-4)


@pytest.fixture(scope="module")
def real() -> TransformersClient:
    return TransformersClient(FOLDER)


@pytest.mark.parametrize("kind", DECIDED)
def test_every_kind_is_read(real: TransformersClient, kind: str) -> None:
    made = as_kind(kind, **DECIDED[kind])
    parts = [ITEMS] if kind == "list" else [[item] for item in ITEMS]
    replies = asyncio.run(real.complete([made.request(part) for part in parts]))
    assert all(None not in made.read(reply, part) for reply, part in zip(replies, parts, strict=True)), replies


def test_it_is_unfit_to_judge() -> None:
    with pytest.raises(UnfitJudge, match="16 of 16"):
        Judge(f"hf:{FOLDER}", "soft").verify([sample(prompt="Which island?", answer="Tasmania", completion="Bali, I think")])
