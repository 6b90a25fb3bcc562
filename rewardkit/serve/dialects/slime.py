"""The protocol of slime's and miles's `--rm-url`: `prompt, response, label` of one sample in; what becomes its reward out.

As `remote_rm` of slime/rollout/rm_hub/__init__.py posts it. The whole answer is kept as the sample's reward, and `--reward-key
score` says which part of it is the number; the rest says what happened.
"""

from __future__ import annotations

from typing import Any

from rewardkit.adapters.mask import label_columns, numbers
from rewardkit.batch.columns import InputRow, to_row
from rewardkit.serve.bodies import Refused, only
from rewardkit.serve.dialects.dialect import Asked, Dialect
from rewardkit.serve.schema import ANY, NUMBER_OR_NULL, Schema, closed

__all__ = ["DIALECT"]

FIELDS = ("prompt", "response", "label")
SHARE: Schema = {"type": "number"}


def _read(body: Any, most: int) -> list[InputRow]:
    """One row; a label that is a JSON object with `answer` holds the columns of the row."""
    fields = only(body, FIELDS)
    response = fields.get("response")
    if not isinstance(response, str) or not isinstance(fields.get("prompt"), (str, list, type(None))):
        message = '"response" must be a string, "prompt" a string or a list of messages, and "label" the reference answer'
        raise Refused(422, message)
    label = label_columns(fields["label"]) if "label" in fields else {}
    return [to_row({**label, "prompt": fields.get("prompt"), "completion": response}, {}, number=0, index=0)]


def _answer(asked: Asked) -> dict[str, Any]:
    (verdict,) = asked.verdicts
    return {"score": asked.scores[0], **numbers(verdict), "reason": verdict.reason}


def _request(_: int) -> Schema:
    prompt = {"anyOf": [{"type": "string"}, {"type": "array"}, {"type": "null"}]}
    found = closed({"prompt": prompt, "response": {"type": "string"}, "label": ANY}, "One sample.")
    return {**found, "required": ["response", "label"]}


RESPONSE = closed(
    {"score": NUMBER_OR_NULL, "scored": SHARE, "abstained": SHARE, "error": SHARE, "reason": {"type": "string"}},
    "Kept as the sample's reward; with --reward-key score.",
)

DIALECT = Dialect(
    ("/slime",),
    "Score one sample in the protocol of slime's and miles's --rm-url",
    _read,
    _answer,
    _request,
    RESPONSE,
    {"prompt": "6 · 7?", "response": "It is 42.", "label": "42"},
)
