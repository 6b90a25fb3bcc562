"""Text to final answer (interface; the body follows)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["DEFAULT_ORDER", "Extraction", "extract"]

DEFAULT_ORDER = ("answer_tag", "boxed", "json", "hash", "phrase", "chinese", "bold", "last_line")


@dataclass(frozen=True, slots=True)
class Extraction:
    """The final answer of a text, or why there is none.

    `text` is None unless `reason` is "found"; otherwise `reason` is "no_answer" or "ambiguous". `method` names
    the step of the order that decided. `alternatives` lists the answers offered when they are several.
    """

    text: str | None
    method: str
    reason: str = "found"
    alternatives: tuple[str, ...] = ()


def extract(text: str, *, order: Sequence[str] = DEFAULT_ORDER) -> Extraction:
    """Find the final answer of a completion."""
    raise NotImplementedError
