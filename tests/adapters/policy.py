"""A policy behind HTTP, where TRL's asynchronous trainer expects vLLM: a real model of a few thousand parameters that samples."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from small import LETTERS
from torch.nn.functional import scaled_dot_product_attention


def talkative_model(home: Path) -> Path:
    """A Qwen2 of random weights over single bytes whose next token is nearly always one of the letters, or the end."""
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

    tokenizer = AutoTokenizer.from_pretrained(home)
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=512,
        initializer_range=0.1,  # enough for what came before to matter
        tie_word_embeddings=False,
        bos_token_id=None,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():  # one direction that every position shares, and only those tokens look along
        model.model.embed_tokens.weight[:, 0] = 5.0
        model.lm_head.weight[[*map(tokenizer.convert_tokens_to_ids, LETTERS), tokenizer.eos_token_id], 0] = 2.0
    model.save_pretrained(home)
    return home


class Policy(ThreadingHTTPServer):
    """The endpoints of vLLM that the trainer and its rollout worker call, over a model that takes new weights while paused."""

    daemon_threads = True

    def __init__(self, home: Path) -> None:
        from transformers import AutoModelForCausalLM

        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = AutoModelForCausalLM.from_pretrained(home)
        self.calls: Counter[str] = Counter()
        self.running = threading.Event()
        self.running.set()
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def complete(self, prompt: list[int], max_tokens: int, temperature: float, seed: int) -> tuple[list[int], list[float]]:
        """Sampled token ids, and the log probability of each."""
        self.running.wait()
        random = torch.Generator().manual_seed(seed)
        ids, logprobs = list(prompt), []
        with self.lock, torch.no_grad():
            while len(logprobs) < max_tokens and (not logprobs or ids[-1] != self.model.config.eos_token_id):
                row = (self.model(torch.tensor([ids])).logits[0, -1] / temperature).log_softmax(-1)
                ids.append(int(torch.multinomial(row.exp(), 1, generator=random)))
                logprobs.append(float(row[ids[-1]]))
        return ids[len(prompt) :], logprobs

    def take(self, weights: Iterable[tuple[str, Any]]) -> None:
        """New weights; the server has to be paused."""
        assert not self.running.is_set()
        with self.lock:
            self.model.load_state_dict({name: weight.clone() for name, weight in weights}, strict=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Policy

    def do_GET(self) -> None:
        self.answer({})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"] or 0)) or "{}")
        match self.path.partition("?")[0]:
            case "/pause":
                self.server.running.clear()
                self.answer({})
            case "/resume":
                self.server.running.set()
                self.answer({})
            case "/v1/completions":
                ids, logprobs = self.server.complete(body["prompt"], body["max_tokens"], body["temperature"], body["seed"])
                self.answer({"choices": [{"token_ids": ids, "logprobs": {"token_logprobs": logprobs}}]})

    def answer(self, content: dict[str, Any]) -> None:
        self.server.calls[self.path.partition("?")[0]] += 1
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class Sync:
    """TRL's protocol for how weights reach the server: paused and resumed over HTTP, handed over in this process, not by NCCL."""

    def __init__(self, policy: Policy) -> None:
        from trl.experimental.async_grpo.vllm_client import VLLMClient

        self.policy, self.client = policy, VLLMClient(policy.url)

    def init_weight_transfer(self) -> None:
        self.client.wait_for_server_ready()

    def pause(self) -> None:
        self.client.pause()

    def send_weights(self, iterator: Iterator[tuple[str, Any]]) -> None:
        self.policy.take(iterator)

    def resume(self) -> None:
        self.client.resume()

    def destroy(self) -> None:
        pass


class FlashAttention:
    """What TRL calls of the flash attention 3 kernel, in plain torch."""

    @staticmethod
    def flash_attn_varlen_func(
        query: Any, key: Any, value: Any, starts_q: Any, starts_k: Any, *_: int, softmax_scale: float, **options: Any
    ) -> Any:
        """Query [N, heads, D], key and value [K, kv heads, D]; segment i sees its own keys, its last query all of them."""
        assert options == {"causal": True, "window_size": (-1, -1)}
        parts = []
        for (q0, q1), (k0, k1) in zip(pairwise(starts_q.tolist()), pairwise(starts_k.tolist()), strict=True):
            seen = torch.ones(q1 - q0, k1 - k0, dtype=torch.bool).tril((k1 - k0) - (q1 - q0))
            one = (rows.transpose(0, 1)[None] for rows in (query[q0:q1], key[k0:k1], value[k0:k1]))
            part = scaled_dot_product_attention(*one, attn_mask=seen, scale=softmax_scale, enable_gqa=True)
            parts.append(part[0].transpose(0, 1))
        return torch.cat(parts)
