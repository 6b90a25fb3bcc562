"""The log of a run: one JSON object a line, appended, so that a resumed run goes on in the same file."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

__all__ = ["Book", "read_book"]


class Book(TrainerCallback):
    """Writes what the trainer logs (`kind` "train") and what others give it to `path`, from the first process only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """One line: kind, step, time and the values."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"kind": kind, "step": step, "time": round(time.time(), 1), **values}) + "\n")

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, float] | None = None, **kwargs: Any) -> None:
        """What the trainer logs."""
        if state.is_world_process_zero and logs:
            self.write("train", state.global_step, logs)


def read_book(path: Path, kind: str) -> list[dict[str, Any]]:
    """The lines of a kind, those of one step as one; of a step that was run again after a resume, the later values."""
    by_step: dict[int, dict[str, Any]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["kind"] == kind:
            by_step.setdefault(entry["step"], {}).update(entry)
    return [by_step[step] for step in sorted(by_step)]
