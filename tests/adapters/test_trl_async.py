"""TRL's asynchronous trainer: its real rollout worker pickles the reward into its own process and scores there.

Where vLLM would serve completions, a server of a few lines does; everything else is TRL's.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import pickle
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S

import rewardkit
from rewardkit.adapters import trl as adapter

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]
needs_worker = pytest.mark.skipif(find_spec("aiohttp") is None, reason="TRL's rollout worker needs aiohttp: make test-adapters")

GROUP = 8


class Completions(BaseHTTPRequestHandler):
    """`/v1/completions` as vLLM answers it: a few texts in turn, as token ids with log probabilities."""

    protocol_version = "HTTP/1.1"
    tokenizer: Any
    texts = cycle(["The answer is 4.", "The answer is 5.", "4", ""])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        text = next(self.texts)
        ids = [*self.tokenizer(text, add_special_tokens=False)["input_ids"], self.tokenizer.eos_token_id]
        body = json.dumps({"choices": [{"token_ids": ids, "logprobs": {"token_logprobs": [-1.0] * len(ids)}}]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def served(bytes_tokenizer: Path) -> Iterator[tuple[str, Any]]:
    import trl
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(bytes_tokenizer)
    # One that TRL knows how to read completions of.
    tokenizer.chat_template = (Path(str(trl.__file__)).parent / "chat_templates" / "qwen2_5.jinja").read_text()
    Completions.tokenizer = tokenizer
    with ThreadingHTTPServer(("127.0.0.1", 0), Completions) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", tokenizer
        server.shutdown()


def next_of(worker: Any) -> Any:
    """The next sample, or what the worker died of."""
    for _ in range(120):
        try:
            return worker.rollout_buffer.get(timeout=1)
        except queue.Empty:
            worker.check_health(stale_after_s=120)
    pytest.fail("no sample within two minutes")


@needs_worker
@pytest.mark.parametrize("face", ["plain", "awaited", "by import path"])
def test_its_rollout_worker_scores_with_it(
    face: str, served: tuple[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accelerate import PartialState
    from datasets import Dataset
    from trl.experimental.async_grpo import async_rollout_worker

    PartialState(cpu=True)  # as the trainer has it by then; its loggers want one
    monkeypatch.setattr(async_rollout_worker, "is_vllm_available", lambda: True)
    url, tokenizer = served
    plain = rewardkit.load("auto", trace=tmp_path / "trace.jsonl")
    reward = {"plain": plain, "awaited": adapter.AsyncReward(plain), "by import path": adapter.auto}[face]
    prompt = [{"role": "user", "content": "2+2?"}]
    dataset = Dataset.from_list([{"prompt": prompt, "answer": "4"}, {"prompt": prompt, "answer": ""}])
    worker = async_rollout_worker.AsyncRolloutWorker(
        model_name="tiny",
        dataset=dataset,
        reward_funcs=[reward],
        processing_class=tokenizer,
        eos_token_ids=[tokenizer.eos_token_id],
        vllm_server_url=url,
        num_generations=GROUP,
        max_inflight_tasks=GROUP,
    )
    worker.start()
    try:
        samples = [next_of(worker) for _ in range(4 * GROUP)]
    finally:
        worker.stop()
    # Groups are scored in the order in which they are complete.
    scores = [None if math.isnan(s.metrics["rewards/auto"]) else s.metrics["rewards/auto"] for s in samples]
    assert set(scores) == {0.0, 1.0, None}
    assert [sample.advantage == 0 for sample in samples] == [score is None for score in scores]
    if face != "by import path":
        lines = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().splitlines()]
        assert [line["reward"] for line in lines[: len(scores)]] == scores


def test_a_pickled_copy_gives_the_same_rewards_in_a_fresh_process(tmp_path: Path) -> None:
    reward = rewardkit.load("auto", trace=tmp_path / "trace.jsonl", max_error_share=0.5)
    batch = {
        "prompts": ["?"] * 5,
        "completions": ["<answer>B</answer>", "C", r"\boxed{1/2}", "a tale", [{"role": "assistant", "content": "B"}]],
        "answer": ["B", "B", "0.5", "A long tale that no rule can tell from another.", ["A", "B"]],
    }
    here = reward(**batch)
    assert here[:2] == [1.0, 0.0]
    assert here[3] is None
    assert pickle.loads(pickle.dumps(reward)).__name__ == reward.__name__ == "auto"
    assert pickle.loads(pickle.dumps(adapter.AsyncReward(reward))).__name__ == "auto"
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
        assert fresh.submit(reward, **batch).result(timeout=HANG_S) == here
    assert len((tmp_path / "trace.jsonl").read_text(encoding="utf-8").splitlines()) == 10
