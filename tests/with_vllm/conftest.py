"""One engine a kind for the whole run, and a server that starts while the engines work."""

from __future__ import annotations

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
def engine(writer: str, _server: subprocess.Popen[bytes]) -> VLLMClient:
    return VLLMClient(writer, structured_outputs_config=COMPACT, **SMALL)


@pytest.fixture(scope="session")
def reward_client(tmp_path_factory: pytest.TempPathFactory) -> VLLMRewardModel:
    """A reward model; its engine starts in this process, and in any other, when it is first asked there."""
    model = models.reward_model(tmp_path_factory.mktemp("reward_model"))
    return VLLMRewardModel(str(model), distributed_executor_backend="uni", **SMALL)


@pytest.fixture(scope="session")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def _server(writer: str, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[bytes]]:
    log = tmp_path_factory.mktemp("server") / "log"
    options = ["--model", writer, "--served-model-name", "judge", "--host", "127.0.0.1", "--port", str(port)]
    options += ["--dtype", "float32", "--max-model-len", str(models.CONTEXT), "--enforce-eager", "--max-num-seqs", "32"]
    options += ["--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}']
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", *options]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True)
    process.log = log  # type: ignore[attr-defined]
    yield process
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


@pytest.fixture(scope="session")
def server(_server: subprocess.Popen[bytes], port: int) -> OpenAIClient:
    end = time.monotonic() + STARTS_S  # a hang
    while True:
        log: Path = _server.log  # type: ignore[attr-defined]
        assert _server.poll() is None, f"the server ended: {log.read_text()[-3000:]}"
        if time.monotonic() > end:
            raise TimeoutError(f"the server did not start: {log.read_text()[-3000:]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).close()
            return OpenAIClient(f"http://127.0.0.1:{port}")
        except OSError:
            time.sleep(0.2)
