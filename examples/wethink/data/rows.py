"""A row of WeThink's data: how it is read, written and tidied up.

The released set (`yangjie-cv/WeThink_Multimodal_Reasoning_120K`) has `problem`, `answer`, `category` (the type of question),
`abilities`, `refined_cot`, `image_path` and `reward` (how the answer is to be rewarded).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rewardkit.errors import UsageError

__all__ = ["Row", "completion_of", "read_rows", "tidy_chain", "write_rows"]

FIELDS = ("problem", "answer", "category", "abilities", "refined_cot", "image_path", "reward")

_MEDIA = re.compile(r"</?(?:image|img|video|audio)\b[^<>]{0,200}>|<\|(?:image|video|vision)_\w{1,20}\|>", re.IGNORECASE)
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Row:
    """One question about one image. `extra` holds whatever else the file has, such as where the row came from."""

    problem: str
    answer: str
    category: str
    abilities: tuple[str, ...]
    refined_cot: str
    image_path: str
    reward: str
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: dict[str, Any], *, where: str) -> Row:
        """Read one object. Raises `UsageError` naming `where` and what is missing."""
        missing = [name for name in FIELDS if name not in value]
        if missing:
            message = f"{where}: no {', '.join(missing)}; a row of WeThink's data has {', '.join(FIELDS)}"
            raise UsageError(message)
        abilities = value["abilities"]
        if isinstance(abilities, str):
            abilities = [part.strip() for part in re.split(r"[,;]", abilities) if part.strip()]
        return cls(
            problem=_MEDIA.sub("", str(value["problem"])).strip(),
            answer=str(value["answer"]).strip(),
            category=str(value["category"]).strip(),
            abilities=tuple(map(str, abilities or ())),
            refined_cot=tidy_chain(str(value["refined_cot"] or "")),
            image_path=str(value["image_path"] or ""),
            reward=str(value["reward"]).strip(),
            extra={name: kept for name, kept in value.items() if name not in FIELDS},
        )

    def to_json(self) -> dict[str, Any]:
        """The object as the released files have it, with `extra` after the fields."""
        value = asdict(self)
        return {**{name: value[name] for name in FIELDS}, **self.extra}


def read_rows(path: str | Path) -> Iterator[Row]:
    """The rows of a JSON-lines file, one at a time. Raises `UsageError` with the line of one that cannot be read."""
    with Path(path).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as cause:
                message = f"{path}, line {number}: no JSON ({cause})"
                raise UsageError(message) from None
            if not isinstance(value, dict):
                message = f"{path}, line {number}: wanted an object, saw {type(value).__name__}"
                raise UsageError(message)
            yield Row.from_json(value, where=f"{path}, line {number}")


def write_rows(rows: Iterable[Row], path: str | Path) -> int:
    """Write JSON lines; returns how many."""
    count = 0
    with Path(path).open("w", encoding="utf-8", errors="backslashreplace") as sink:
        for row in rows:
            sink.write(json.dumps(row.to_json(), ensure_ascii=False) + "\n")
            count += 1
    return count


def tidy_chain(chain: str) -> str:
    """The bare reasoning of a `refined_cot`: without wrappers, without a final answer block, without media tags.

    The released chains come bare, inside `<think>`, followed by `<answer>`, or empty; whoever trains on them wraps them once.
    """
    text = _MEDIA.sub("", chain).strip()
    if "<think>" in text:
        text = text.split("<think>", 1)[1]
    text = text.split("</think>", 1)[0].split("<answer>", 1)[0]
    for tag in ("<think>", "</think>", "</answer>"):
        text = text.replace(tag, "")
    return _BLANKS.sub("\n\n", _TRAILING.sub("", text)).strip()


def completion_of(row: Row) -> str | None:
    """What a model should write for this row: the chain, then the answer; None where the row has no chain."""
    if not row.refined_cot or not row.answer:
        return None
    return f"<think>{row.refined_cot}</think>\n<answer>{row.answer}</answer>"
