"""TensorBoard, Weights & Biases and MLflow behind the real TRL: what each wrote to its own files, read back by its own reader."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S

import rewardkit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    # These packages deprecate one another's names.
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

NAMES = [
    "rewards/auto/mean",
    "auto/abstained",
    "auto/abstained/choice",
    "auto/errors",
    "auto/errors/choice",
    "auto/reward/choice",
]
Curves = dict[str, list[tuple[int, float]]]


def needs(package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(package) is None, reason=f"needs {package}: make test-adapters")


def train(trainer_of: Callable[..., Any], tracker: str, **settings: Any) -> tuple[Any, Curves]:
    """Two steps, and the numbers that the trainer logged in them, by name."""
    trainer = trainer_of(rewardkit.load("auto"), report_to=[tracker], **settings)
    trainer.train()
    logged = [entry for entry in trainer.state.log_history if "reward" in entry]
    curves = {name: [(entry["step"], entry[name]) for entry in logged if name in entry] for name in NAMES}
    assert [step for step, _ in curves["rewards/auto/mean"]] == [1, 2]
    assert 0 < curves["auto/reward/choice"][-1][1] < 1
    assert sum(share for _, share in curves["auto/abstained"]) == 1  # half of the rows have no reference
    return trainer, curves


def same(found: Curves, logged: Curves) -> None:
    assert found.keys() == logged.keys()
    for name, points in logged.items():
        assert [step for step, _ in found[name]] == [step for step, _ in points]
        assert [value for _, value in found[name]] == pytest.approx([value for _, value in points], rel=1e-6), name


@needs("tensorboard")
def test_tensorboard(trainer_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "events"))
    _, logged = train(trainer_of, "tensorboard")
    events = EventAccumulator(str(tmp_path / "events")).Reload()
    same({name: [(event.step, event.value) for event in events.Scalars(f"train/{name}")] for name in NAMES}, logged)


@needs("mlflow")
def test_mlflow(trainer_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "grpo")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow  # sends statistics on its import unless told not to

    _, logged = train(trainer_of, "mlflow")
    client = mlflow.MlflowClient(store)
    [run] = client.search_runs([client.get_experiment_by_name("grpo").experiment_id])
    assert run.info.status == "FINISHED"
    same({name: [(m.step, m.value) for m in client.get_metric_history(run.info.run_id, name)] for name in NAMES}, logged)


@needs("wandb")
def test_wandb(trainer_of: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"MODE": "offline", "DIR": str(tmp_path), "SILENT": "true", "ERROR_REPORTING": "false"}
    for name, value in settings.items():
        monkeypatch.setenv(f"WANDB_{name}", value)
    import wandb

    trainer, logged = train(trainer_of, "wandb", log_completions=True)
    wandb.finish()
    [folder] = (tmp_path / "wandb").glob("offline-run-*")
    steps = [record["history"]["item"] for record in records_of(folder) if record["type"] == "history"]
    same({name: [(s["train/global_step"], s[f"train/{name}"]) for s in steps if f"train/{name}" in s] for name in NAMES}, logged)
    table = json.loads((folder / "files" / steps[-1]["completions.path"]).read_text())
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["data"]]
    assert [row["auto_reason"] for row in rows] == list(trainer._logs["extra"]["auto_reason"])
    assert [row["auto_extracted"] for row in rows] == list(trainer._logs["extra"]["auto_extracted"])
    unscored = [row["auto_reason"] for row in rows if math.isnan(row["auto"])]
    assert unscored == ["no_reference"] * (len(rows) // 2)


def records_of(folder: Path) -> list[Any]:
    """A run's log of transactions, by W&B's own program for reading it."""
    command = [sys.executable, "-m", "wandb", "leet", "inspect", "--json", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=HANG_S)
    return [json.loads(line) for line in done.stdout.splitlines()]
