"""A judge that sees: images go into a real vLLM engine with the messages, and change what it says."""

from __future__ import annotations

import asyncio
import base64
import io
from pathlib import Path

import models
from conftest import SMALL
from PIL import Image

from rewardkit.judges.client import Request
from rewardkit.judges.clients import client_of


def seen(colour: str) -> Request:
    sink = io.BytesIO()
    Image.new("RGB", (models.EDGE, models.EDGE), colour).save(sink, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(sink.getvalue()).decode()}"
    parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "Is it red?"}]
    return Request(({"role": "user", "content": parts},), choices=("yes", "no"), logprobs=2)


def test_images(tmp_path: Path) -> None:
    model = models.viewer(tmp_path)
    client = client_of(f"vllm:{model}", distributed_executor_backend="uni", limit_mm_per_prompt={"image": 1}, **SMALL)
    red, blue, again = asyncio.run(client.complete([seen("red"), seen("blue"), seen("red")]))
    assert [reply.failure for reply in (red, blue, again)] == [None] * 3
    assert red.top_logprobs == again.top_logprobs
    assert abs(red.top_logprobs["y"] - blue.top_logprobs["y"]) > 0.01
    assert {red.text, blue.text} <= {"yes", "no"}
