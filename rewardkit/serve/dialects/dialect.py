"""What a protocol is to the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewardkit.batch.columns import InputRow
from rewardkit.serve.schema import Schema
from rewardkit.types import Verdict

__all__ = ["Asked", "Dialect"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its verdicts, one a row, in order."""

    body: Any
    rows: Sequence[InputRow]
    verdicts: Sequence[Verdict]
    unscored: float | None

    @property
    def scores(self) -> list[float | None]:
        """One number a row; what the service sends instead where there is no score."""
        return [self.unscored if verdict.score is None else verdict.score for verdict in self.verdicts]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One protocol.

    Args:
        paths: Where it is spoken.
        summary: One line for the service's pages.
        read: The rows of a body, at most so many; raises `Refused` with 422.
        answer: What goes back, as JSON.
        request: The body's JSON schema, for at most so many rows.
        response: The answer's JSON schema.
        example: A body to try.
    """

    paths: tuple[str, ...]
    summary: str
    read: Callable[[Any, int], list[InputRow]]
    answer: Callable[[Asked], Mapping[str, Any]]
    request: Callable[[int], Schema]
    response: Schema
    example: Mapping[str, Any]
