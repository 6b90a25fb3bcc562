"""Two optimizer steps of TRL's real asynchronous trainer on the CPU, with its real rollout worker in its own process.

What needs a GPU or vLLM is stood in for, and nothing else: the server is a tiny transformers model behind vLLM's endpoints
(`policy.Policy`) that samples with the weights it was last sent; `weight_transfer=`, TRL's own argument, hands those over in this
process instead of by NCCL (`policy.Sync`); the flash attention kernel for packed rows is plain torch (`policy.FlashAttention`);
TRL's questions whether vLLM is installed and how fast the GPU is are answered with yes and with "not known".
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import small

import rewardkit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    pytest.mark.skipif(find_spec("aiohttp") is None, reason="TRL's rollout worker needs aiohttp: make test-adapters"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

GROUP = 16
BATCH = 4 * GROUP
STEPS = 2


@pytest.fixture
def policy(tmp_path: Path) -> Iterator[tuple[Any, Path]]:
    from policy import Policy, talkative_model

    home = talkative_model(small.byte_tokenizer(tmp_path / "model"))
    with Policy(home) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server, home
        server.shutdown()


class Watched:
    """The worker's queue, and the samples that the trainer took from it."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.taken = inner, []

    def get(self, **options: Any) -> Any:
        sample = self.inner.get(**options)
        self.taken.append(sample)
        return sample

    def qsize(self) -> int:
        return int(self.inner.qsize())


def test_two_steps_learn_from_it(policy: tuple[Any, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import trl
    from datasets import Dataset
    from policy import FlashAttention, Sync
    from transformers import AutoTokenizer
    from trl.experimental.async_grpo import AsyncGRPOConfig, AsyncGRPOTrainer, async_grpo_trainer, async_rollout_worker, packing

    monkeypatch.setattr(async_rollout_worker, "is_vllm_available", lambda: True)
    monkeypatch.setattr(async_grpo_trainer, "get_peak_flops_per_device", lambda *_: None)
    monkeypatch.setattr(packing, "_flash_attn", FlashAttention)
    server, home = policy
    tokenizer = AutoTokenizer.from_pretrained(home)
    # One that TRL knows how to read completions of.
    tokenizer.chat_template = (Path(str(trl.__file__)).parent / "chat_templates" / "qwen2_5.jinja").read_text()
    prompt = [{"role": "user", "content": "A, B, C or D?"}]
    trainer = AsyncGRPOTrainer(
        model=str(home),
        reward_funcs=[rewardkit.load("auto", trace=tmp_path / "trace.jsonl")],
        args=AsyncGRPOConfig(
            output_dir=str(tmp_path / "training"),
            max_steps=STEPS,
            per_device_train_batch_size=BATCH,
            gradient_accumulation_steps=1,
            num_generations=GROUP,
            max_completion_length=1,
            max_inflight_tasks=2 * GROUP,
            queue_maxsize=GROUP,  # little enough for a pipe, so that the worker ends at once
            token_budget=0,
            learning_rate=0.001,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            bf16=False,
            disable_tqdm=True,
            seed=0,
            vllm_server_base_url=server.url,
        ),
        train_dataset=Dataset.from_list([{"prompt": prompt, "answer": ["A", "B"]}, {"prompt": prompt, "answer": []}]),
        processing_class=tokenizer,
        weight_transfer=Sync(server),
    )
    trainer.rollout_queue = watched = Watched(trainer.rollout_queue)
    before = {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
    trainer.train()

    assert any(not weight.equal(before[name]) for name, weight in trainer.model.named_parameters())
    sent = dict(server.model.named_parameters())
    assert all(weight.isfinite().all() and weight.equal(sent[name]) for name, weight in trainer.model.named_parameters())
    assert (server.calls["/pause"], server.calls["/resume"]) == (STEPS + 1, STEPS + 1)

    steps = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert [entry["step"] for entry in steps] == [1, 2]
    assert all(entry["rewards/auto"] == pytest.approx(entry["reward"]) and 0 < entry["reward"] < 1 for entry in steps)
    assert all(entry["grad_norm"] > 0 for entry in steps)
    # On-policy, so the stand-in for the kernel computes what the server's own attention did.
    assert steps[0]["kl"] == pytest.approx(0, abs=1e-6)
    assert steps[0]["ratio"] == pytest.approx(1, abs=1e-5)

    trained = watched.taken[: STEPS * BATCH]
    scores = [None if math.isnan(sample.metrics["rewards/auto"]) else sample.metrics["rewards/auto"] for sample in trained]
    assert {0.0, 1.0, None} <= set(scores)
    assert all(sample.advantage == 0 for sample, score in zip(trained, scores, strict=True) if score is None)
    assert any(sample.advantage > 0 for sample in trained)
    assert any(sample.advantage < 0 for sample in trained)
    lines = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["reward"] for line in lines[: len(scores)]] == scores
    assert {line["reason"] for line in lines if line["reward"] is None} == {"no_reference"}
