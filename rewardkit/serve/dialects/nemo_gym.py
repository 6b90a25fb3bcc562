"""The protocol of NeMo-Gym's resources servers: `/verify`, and the empty `/seed_session` before it.

As nemo_gym/base_resources_server.py has it (`BaseVerifyRequest`, `BaseVerifyResponse`): one rollout in, the same with its
reward out. The reward is always a number: a row without a verdict gets what the service sends for such rows, or 0, and
`mask_sample` says that it is no measurement; `failure_reason` says why.
"""

from __future__ import annotations

from typing import Any

from rewardkit.adapters.nemo_gym import failure_of
from rewardkit.adapters.responses import row_of
from rewardkit.batch.columns import InputRow, to_row
from rewardkit.serve.bodies import Refused
from rewardkit.serve.dialects.dialect import Asked, Dialect
from rewardkit.serve.schema import Schema

__all__ = ["SEED", "VERIFY"]

ROLLOUT: Schema = {
    "type": "object",
    "description": "One rollout: what the model was asked, its response, and the columns of the row.",
    "properties": {
        "responses_create_params": {
            "type": "object",
            "properties": {"input": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "object"}}]}},
        },
        "response": {
            "type": "object",
            "properties": {"output": {"type": "array", "items": {"type": "object"}}},
            "required": ["output"],
        },
    },
    "required": ["responses_create_params", "response"],
}
VERIFIED: Schema = {
    "type": "object",
    "description": "The request, with what it is worth.",
    "properties": {
        "reward": {"type": "number"},
        "mask_sample": {"type": "boolean", "description": "Whether the reward is no measurement, and to be left out."},
        "failure_reason": {"type": ["string", "null"]},
        "reason": {"type": "string"},
        "verifier": {"type": "string"},
    },
    "required": ["reward", "mask_sample", "failure_reason", "reason", "verifier"],
}


def _read(body: Any, most: int) -> list[InputRow]:
    asked, said = (body.get("responses_create_params"), body.get("response")) if isinstance(body, dict) else (None, None)
    prompt = asked.get("input", "") if isinstance(asked, dict) else None
    if not (isinstance(prompt, str) or _items(prompt)) or not isinstance(said, dict) or not _items(said.get("output")):
        message = (
            'the body must be an object with "responses_create_params", whose "input" is a string or a list of items, and '
            '"response", whose "output" is a list of items'
        )
        raise Refused(422, message)
    return [to_row(row_of(body), {}, number=0, index=0)]


def _items(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _answer(asked: Asked) -> dict[str, Any]:
    (verdict,) = asked.verdicts
    told = {
        "reward": asked.scores[0] or 0.0,
        "mask_sample": verdict.score is None,
        "failure_reason": failure_of(verdict),
        "reason": verdict.reason,
        "verifier": verdict.verifier,
    }
    return {**asked.body, **told}


VERIFY = Dialect(
    ("/verify",),
    "Score one rollout as a resources server of NeMo-Gym",
    _read,
    _answer,
    lambda _: ROLLOUT,
    VERIFIED,
    {
        "responses_create_params": {"input": "6 · 7?"},
        "response": {"output": [{"type": "message", "role": "assistant", "content": "It is 42."}]},
        "expected_answer": "42",
    },
)


def _read_nothing(body: Any, most: int) -> list[InputRow]:
    if not isinstance(body, dict):
        message = "the body must be an object; nothing in it is needed"
        raise Refused(422, message)
    return []


SEED = Dialect(
    ("/seed_session",),
    "Begin a rollout of NeMo-Gym; nothing is kept",
    _read_nothing,
    lambda _: {},
    lambda _: {"type": "object"},
    {"type": "object"},
    {},
)
