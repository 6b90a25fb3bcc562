"""Rows of WeThink's data as the data set that TRL's trainers take: messages and a picture that is read when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasets import Dataset, Image

from examples.wethink.data.rows import Row, completion_of, read_rows

__all__ = ["COLUMNS", "demonstration_of", "load_rows", "messages"]

COLUMNS = ("problem", "answer", "category", "reward")
"""What the reward function sees of a row besides prompt and completion."""


def messages(problem: str, system: str | None) -> list[dict[str, str]]:
    """The prompt of a row; the trainer puts the picture into the user's turn."""
    turns = [] if system is None else [{"role": "system", "content": system}]
    return [*turns, {"role": "user", "content": problem}]


def demonstration_of(row: Row) -> str | None:
    """What SFT imitates: the row's own `demonstration` as it stands where there is one, else its chain and answer in tags."""
    return row.extra.get("demonstration") or completion_of(row)


def load_rows(
    path: str | Path, images: str | Path, system: str | None, *, demonstrations: bool = False, limit: int | None = None
) -> Dataset:
    """The rows of a JSONL file: `prompt`, `image` and `COLUMNS`, with `demonstrations` also the `completion` to imitate.

    Of rows without a chain, which the released set has, `demonstrations` leaves out all. Raises `ValueError` for a row
    without problem or answer, a picture that is not there, and a file that leaves no row.
    """
    kept: list[dict[str, Any]] = []
    for number, row in enumerate(read_rows(path), start=1):
        picture = Path(images) / row.image_path
        if not (row.problem and row.answer and picture.is_file()):
            what = f"no picture at {picture}" if row.problem and row.answer else "no problem or no answer"
            message = f"{path}, row {number}: {what}"
            raise ValueError(message)
        entry: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS}
        entry |= {"prompt": messages(row.problem, system), "image": str(picture)}
        if demonstrations:
            said = demonstration_of(row)
            if said is None:
                continue
            entry["completion"] = [{"role": "assistant", "content": said}]
        kept.append(entry)
        if len(kept) == limit:
            break
    if not kept:
        message = f"{path}: no row to train on" + (" has a chain" if demonstrations else "")
        raise ValueError(message)
    return Dataset.from_list(kept).cast_column("image", Image())
