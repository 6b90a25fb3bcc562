"""What the OpenAPI document says of requests and answers; `bodies` and `openrlhf` read and write the same."""

from __future__ import annotations

from typing import Any

from rewardkit.serve.limits import Limits
from rewardkit.types import Status

__all__ = ["ERROR", "openrlhf_call", "refusals", "rewards_call"]

Schema = dict[str, Any]

ANY: Schema = {}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
ERROR: Schema = {
    "type": "object",
    "properties": {"error": {"type": "string", "description": "What is wrong, and what to do."}},
    "required": ["error"],
    "additionalProperties": False,
}
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
    },
    "required": ["id", "reward", "status", "reason", "verifier", "extracted", "seconds", "route"],
    "additionalProperties": False,
}
ANSWER: Schema = {
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
EXAMPLE = {"rows": [{"prompt": "6 · 7?", "completion": "It is 42.", "answer": "42"}]}


def _json(schema: Schema, description: str, **more: Any) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema, **more}}}


def refusals(limits: Limits) -> dict[int | str, Schema]:
    """The answers that are no rewards."""
    meanings = {
        400: "The body is not JSON: NaN, a name given twice, bad UTF-8.",
        401: "Wrong or missing token.",
        408: f"The body did not arrive within {limits.body_s:g} s.",
        413: f"More than {limits.body_mb:g} MB.",
        415: "The body is not plain application/json.",
        422: f"The body is JSON, but not a request, or has more than {limits.rows:,} rows.",
        429: "Too much to do at the moment; Retry-After says when to come back.",
        500: "A verifier cannot be run at all; the log of the service says why.",
        503: "The service is starting, stopping, or out of worker processes.",
        504: f"Not done within {limits.timeout_s:g} s.",
    }
    found: dict[int | str, Schema] = {status: _json(ERROR, meaning) for status, meaning in meanings.items()}
    found[429]["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds."}}
    return found


def rewards_call(limits: Limits) -> tuple[Schema, Schema]:
    """Request and answer of `/v1/rewards`."""
    rows = {"type": "array", "items": ROW, "maxItems": limits.rows}
    column: Schema = {"type": "array", "maxItems": limits.rows}
    columns = {"type": "object", "additionalProperties": column, "description": "Lists of one entry a row, all equally long."}
    forms = [
        {"type": "object", "properties": {name: form}, "required": [name], "additionalProperties": False}
        for name, form in (("rows", rows), ("columns", columns))
    ]
    body = {"required": True, **_json({"oneOf": forms}, "Completions to score, by row or by column.", example=EXAMPLE)}
    return body, _json(ANSWER, "Rewards in the order of the rows.")


def openrlhf_call(limits: Limits) -> tuple[Schema, Schema]:
    """Request and answer of `/get_reward`."""
    texts = {"type": "array", "items": {"type": "string"}, "maxItems": limits.rows}
    labels = {"type": "array", "maxItems": limits.rows}
    numbers = {"type": "array", "items": NUMBER_OR_NULL}
    request = {
        "type": "object",
        "description": "Three lists of one entry a row, all equally long. A query is its prompt with the completion behind it.",
        "properties": {"query": texts, "prompts": texts, "labels": labels},
        "required": ["query", "prompts", "labels"],
        "additionalProperties": False,
    }
    found = {
        "type": "object",
        "properties": {
            "rewards": numbers,
            "scores": numbers,
            "extra_logs": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "number"}}},
        },
        "required": ["rewards", "scores", "extra_logs"],
        "additionalProperties": False,
    }
    return {"required": True, **_json(request, "What OpenRLHF's remote reward client posts.")}, _json(found, "What it reads.")
