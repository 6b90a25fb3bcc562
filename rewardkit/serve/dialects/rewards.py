"""The service's own protocol: rows or columns in; rewards, and why, out."""

from __future__ import annotations

from typing import Any

from rewardkit.serve import bodies
from rewardkit.serve.dialects.dialect import Asked, Dialect
from rewardkit.serve.schema import ANY, NUMBER_OR_NULL, Schema
from rewardkit.types import Status

__all__ = ["DIALECT"]

ROW: Schema = {
    "type": "object",
    "description": "One completion. Without a completion, or with an answer of another kind, it gets an error verdict.",
    "properties": {
        "id": {**ANY, "description": "Comes back with the verdict; default: the place of the row, from 0."},
        "prompt": {**ANY, "description": "A string or a list of chat messages."},
        "completion": {**ANY, "description": "A string or a list of chat messages."},
        "answer": {**ANY, "description": "The reference: a string, a number, or a list of the accepted ones."},
        "completion_ids": {**ANY, "description": "The completion's token ids, for verifiers that count them."},
    },
    "additionalProperties": True,
}
VERDICT: Schema = {
    "type": "object",
    "properties": {
        "id": ANY,
        "reward": NUMBER_OR_NULL,
        "status": {"enum": [status.value for status in Status]},
        "reason": {"type": "string"},
        "verifier": {"type": "string"},
        "extracted": ANY,
        "seconds": {"type": "number"},
        "route": ANY,
        "error": {"type": "string"},
        "steps": {"type": "array", "items": {"type": "number"}, "description": "Scores of the completion's steps."},
    },
    "required": ["id", "reward", "status", "reason", "verifier", "extracted", "seconds", "route"],
    "additionalProperties": False,
}
RESPONSE: Schema = {
    "type": "object",
    "properties": {
        "rewards": {
            "type": "array",
            "items": NUMBER_OR_NULL,
            "description": "One a row, in order; null where nothing was decided.",
        },
        "rows": {"type": "array", "items": VERDICT},
    },
    "required": ["rewards", "rows"],
    "additionalProperties": False,
}


def _request(most: int) -> Schema:
    rows = {"type": "array", "items": ROW, "maxItems": most}
    column: Schema = {"type": "array", "maxItems": most}
    columns = {"type": "object", "additionalProperties": column, "description": "Lists of one entry a row, all equally long."}
    forms = [
        {"type": "object", "properties": {name: form}, "required": [name], "additionalProperties": False}
        for name, form in (("rows", rows), ("columns", columns))
    ]
    return {"description": "Completions to score, by row or by column.", "oneOf": forms}


def _answer(asked: Asked) -> dict[str, Any]:
    return bodies.answer(asked.rows, asked.verdicts)


DIALECT = Dialect(
    ("/v1/rewards",),
    "Score a batch of completions, given by row or by column",
    bodies.read_batch,
    _answer,
    _request,
    RESPONSE,
    {"rows": [{"prompt": "6 · 7?", "completion": "It is 42.", "answer": "42"}]},
)
