"""Scored records, read from a file and cut down to what the page embeds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from rewardkit.data.files import unpacked
from rewardkit.data.raw import bad_byte
from rewardkit.errors import UsageError
from rewardkit.report.parts import told_parts
from rewardkit.report.values import Text, chat_of, json_of, number_of, shorten, text_of
from rewardkit.types import Status

__all__ = ["COLUMNS", "ReportRow", "Spent", "read_records"]

COLUMNS = (
    "number",
    "id",
    "reward",
    "status",
    "reason",
    "verifier",
    "route",
    "seconds",
    "answer",
    "extracted",
    "prompt",
    "completion",
    "parts",
    "info",
)
"""Order of the values in an embedded row."""

SPENT = ("calls", "controls", "prompt_tokens", "completion_tokens", "cost")


def read_records(path: str | Path) -> Iterator[dict[str, Any]]:
    """Read what `rewardkit score` wrote, one record a line, also as .gz or .zst.

    A line that cannot be read, as the last one of an interrupted run may be, becomes an `error` record that
    gives its number, so that it is counted. Raises `UsageError` for a file of another kind.
    """
    with unpacked(path) as (lines, _):
        for number, data in enumerate(lines, start=1):
            if not data.strip():
                continue
            line = data.decode("utf-8", errors="replace")
            if problem := bad_byte(data):
                yield _unreadable(number, line, problem)
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as cause:
                yield _unreadable(number, line, str(cause) or type(cause).__name__)
                continue
            if not isinstance(record, dict):
                yield _unreadable(number, line, f"a JSON object was expected, not {type(record).__name__}")
            elif "status" not in record or "reward" not in record:
                message = (
                    f"{path}, line {number}: no 'status' and 'reward', so this is not a scored file. "
                    f"Score it first: rewardkit score {path} -o scored.jsonl"
                )
                raise UsageError(message)
            else:
                yield record


def _unreadable(number: int, line: str, message: str) -> dict[str, Any]:
    info = {"line": number, "message": message, "text": line[:200]}
    return {"id": f"line {number}", "reward": None, "status": "error", "reason": "bad_row", "verifier": "", "info": info}


class Spent(NamedTuple):
    """What a judge's requests about a row were and cost; 0 where the record does not say."""

    calls: float = 0
    tokens: float = 0
    cost: float = 0.0

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> Spent:
        """From a record's `info`; requests about controls are among the calls."""
        calls, controls, prompt, completion, cost = (number_of(info.get(name)) or 0 for name in SPENT)
        return cls(calls + controls, prompt + completion, cost)


@dataclass(slots=True)
class ReportRow:
    """One record with every value in the type that the page expects."""

    number: int
    id: str
    reward: float | None
    status: str
    reason: str
    verifier: str
    route: str
    seconds: float
    answer: str | None
    extracted: str | None
    prompt: str | None
    completion: str | None
    info: Any
    spent: Spent

    @classmethod
    def of(cls, number: int, record: Mapping[str, Any]) -> ReportRow:
        """The row of a record; a value of a strange type is shown as text, never refused."""
        reward = number_of(record.get("reward"))
        fallback = Status.SCORED if reward is not None else Status.ERROR
        info = record.get("info")
        return cls(
            number=number,
            id=text_of(record.get("id")) or str(number),
            reward=reward,
            status=str(getattr(status := record.get("status") or fallback, "value", status)),
            reason=text_of(record.get("reason")) or "unstated",
            verifier=text_of(record.get("verifier")) or "none",
            route=text_of(record.get("route")) or "",
            seconds=number_of(record.get("seconds")) or 0.0,
            answer=text_of(record.get("answer")),
            extracted=text_of(record.get("extracted")),
            prompt=chat_of(record.get("prompt")),
            completion=chat_of(record.get("completion")),
            info=info,
            spent=Spent.of(info) if isinstance(info, Mapping) else Spent(),
        )

    def cut(self, limit: int) -> list[float | Text]:
        """The values in the order of `COLUMNS`, no text longer than `limit` characters."""
        info = json_of(self.info) if self.info else None
        values = (*_plain_values(self), told_parts(self.info), info)
        return [shorten(value, limit) if isinstance(value, str) and len(value) > limit else value for value in values]


_plain_values = attrgetter(*COLUMNS[:-2])
