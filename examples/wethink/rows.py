"""Rows in WeThink's schema as the data set that TRL's trainers take: messages and a picture that is read when it is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from datasets import Dataset, Image

__all__ = ["COLUMNS", "load_rows", "messages"]

COLUMNS = ("problem", "answer", "category", "reward")
"""What the reward function sees of a row besides prompt and completion."""


def messages(problem: str, system: str | None) -> list[dict[str, str]]:
    """The prompt of a row; the trainer puts the picture into the user's turn."""
    turns = [] if system is None else [{"role": "system", "content": system}]
    return [*turns, {"role": "user", "content": problem}]


def load_rows(
    path: str | Path, images: str | Path, system: str | None, *, demonstrations: bool = False, limit: int | None = None
) -> Dataset:
    """The rows of a JSONL file: `prompt`, `image` and `COLUMNS`, with `demonstrations` also the `completion` to imitate.

    Raises `ValueError` with the line for a row without a needed field, and for a picture that is not there.
    """
    rows: list[dict[str, Any]] = []
    needed = (*COLUMNS, "image_path", *(("refined_cot",) if demonstrations else ()))
    with Path(path).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            missing = [name for name in needed if not str(row.get(name) or "").strip()]
            picture = Path(images) / str(row.get("image_path"))
            if missing or not picture.is_file():
                message = f"{path}:{number}: " + (f"{missing} missing or empty" if missing else f"no picture at {picture}")
                raise ValueError(message)
            kept: dict[str, Any] = {name: str(row[name]) for name in COLUMNS}
            kept |= {"prompt": messages(row["problem"], system), "image": str(picture)}
            if demonstrations:
                kept["completion"] = [{"role": "assistant", "content": row["refined_cot"]}]
            rows.append(kept)
            if len(rows) == limit:
                break
    return Dataset.from_list(rows).cast_column("image", Image())
