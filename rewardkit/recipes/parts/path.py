"""A path of reasoning as Insight-V writes it: JSON objects, each a step with a title and a content, and the answer at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Path", "read_path"]

READ = 200_000  # characters
MOST_OBJECTS = 64


@dataclass(frozen=True)
class Path:
    """The steps of a path in words, and its answer; None where the path ends without one."""

    steps: tuple[str, ...]
    answer: str | None

    @property
    def text(self) -> str:
        """All of it, a step a line."""
        lines = [f"{place}. {step}" for place, step in enumerate(self.steps, start=1)]
        return "\n".join(lines if self.answer is None else [*lines, f"Answer: {self.answer}"])


def read_path(text: str) -> Path | None:
    """The path that a text is, its objects one after another or in one list; None where it is none.

    A step has a `next_action`, the answer has none and stands last.
    """
    if len(text) > READ or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        objects = list(_objects(text))
    except (ValueError, RecursionError):
        return None
    if not objects or len(objects) > MOST_OBJECTS or not all(isinstance(one.get("content"), str) for one in objects):
        return None
    answer = None if "next_action" in objects[-1] else objects[-1]["content"].strip()
    steps = objects if answer is None else objects[:-1]
    if not all("next_action" in step for step in steps):
        return None
    return Path(tuple(_in_words(step) for step in steps), answer)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at] in " \t\r\n":
            at += 1
            continue
        found, at = decoder.raw_decode(text, at)
        for one in found if isinstance(found, list) else [found]:
            if not isinstance(one, dict):
                message = "no step"
                raise ValueError(message)
            yield one


def _in_words(step: dict[str, Any]) -> str:
    return ": ".join(str(part).strip() for part in (step.get("title", ""), step["content"]) if str(part).strip())
