"""One engine a kind for the whole run, and a server that starts while the engines work."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ |= {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "RAY_worker_niceness": "0",  # else what shares the machine comes first, and engines take minutes to start
}

import models

from rewardkit.judges.clients.openai import OpenAIClient
from rewardkit.judges.clients.vllm import VLLMClient, VLLMRewardModel

SMALL: dict[str, Any] = {"dtype": "float32", "enforce_eager": True, "max_model_len": models.CONTEXT, "max_num_seqs": 32}
COMPACT = {"backend": "xgrammar", "disable_any_whitespace": True}  # a random model would write white space without end
STARTS_S = 240


@pytest.fixture(scope="session")
def writer(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(models.writer(tmp_path_factory.mktemp("writer")))


@pytest.fixture(scope="session")
def engine(writer: str, _server: Serving) -> VLLMClient:
    return VLLMClient(writer, structured_outputs_config=COMPACT, **SMALL)


@pytest.fixture(scope="session")
def reward_client(tmp_path_factory: pytest.TempPathFactory) -> VLLMRewardModel:
    """A reward model; its engine starts in this process, and in any other, when it is first asked there."""
    model = models.reward_model(tmp_path_factory.mktemp("reward_model"))
    return VLLMRewardModel(str(model), distributed_executor_backend="uni", **SMALL)


class Serving:
    """A server of a model that starts in a process of its own; `client` waits for it, `end` ends it."""

    def __init__(self, model: str, folder: Path, *, context: int = models.CONTEXT) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self.log = folder / "log"
        options = ["--model", model, "--served-model-name", "judge", "--host", "127.0.0.1", "--port", self.url.rpartition(":")[2]]
        options += ["--dtype", "float32", "--max-model-len", str(context), "--enforce-eager", "--max-num-seqs", "32"]
        options += ["--structured-outputs-config", json.dumps(COMPACT)]
        command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", *options]
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True)

    def client(self) -> OpenAIClient:
        end = time.monotonic() + STARTS_S  # a hang
        while True:
            assert self.process.poll() is None, f"the server ended: {self.log.read_text()[-3000:]}"
            if time.monotonic() > end:
                raise TimeoutError(f"the server did not start: {self.log.read_text()[-3000:]}")
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=1).close()
                return OpenAIClient(self.url)
            except OSError:
                time.sleep(0.2)

    def end(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)


@pytest.fixture(scope="session")
def _server(writer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    serving = Serving(writer, tmp_path_factory.mktemp("server"))
    yield serving
    serving.end()


@pytest.fixture(scope="session")
def server(_server: Serving) -> OpenAIClient:
    return _server.client()
