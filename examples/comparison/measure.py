"""What a model does on held-out questions, by rules that are the same for all, whatever it was paid for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rewardkit

__all__ = ["MEASURED", "WORDS", "measured"]

MEASURED = ("accuracy", "form", "observed", "explained", "words", "tokens")
WORDS = frozenset(("wait", "but", "mistake"))


def measured(completions: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Means over the rows.

    `accuracy` is that of the recipe `auto`, in whatever form. `form` is think and answer, `observed` observe, think and answer,
    each once and nothing else; `explained` has text between thoughts and answer. `words` counts ReVisual's words a completion.
    """
    columns = {name: [row[name] for row in rows] for name in ("prompt", "answer", "choices")}
    right = rewardkit.load("auto")(completions=list(completions), **columns)
    form, observed = (
        rewardkit.load(name)(completions=list(completions)) for name in ("format.think_answer", "format.observe_think_answer")
    )
    said = [text.split() for text in completions]
    sums = {
        "accuracy": sum(score or 0.0 for score in right),
        "form": sum(score or 0.0 for score in form),
        "observed": sum(score or 0.0 for score in observed),
        "explained": sum(map(_explained, completions)),
        "words": sum(word in WORDS for words in said for word in words),
        "tokens": sum(map(len, said)),
    }
    return {name: value / len(rows) for name, value in sums.items()}


def _explained(text: str) -> bool:
    _, found, rest = text.rpartition("</think>")
    between, answered, _ = rest.partition("<answer>")
    return bool(found and answered and between.strip())
