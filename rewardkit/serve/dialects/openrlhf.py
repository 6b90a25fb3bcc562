"""The protocol of OpenRLHF's remote reward model: `query, prompts, labels` in; `rewards, scores, extra_logs` out.

As its client in openrlhf 0.11 sends and reads it (`openrlhf/utils/agent.py`). A query is the prompt with the completion behind
it, as the tokenizer decodes them: special tokens may stand before the prompt, and a prompt that is too long has lost its head.
"""

from __future__ import annotations

from typing import Any

from rewardkit.adapters.mask import columns_of, label_columns, numbers
from rewardkit.adapters.queries import completion_of
from rewardkit.batch.columns import InputRow, to_row
from rewardkit.serve.bodies import Refused, check_rows, only
from rewardkit.serve.dialects.dialect import Asked, Dialect
from rewardkit.serve.schema import NUMBER_OR_NULL, Schema
from rewardkit.types import Sample

__all__ = ["DIALECT"]

FIELDS = ("query", "prompts", "labels")
NUMBERS: Schema = {"type": "array", "items": NUMBER_OR_NULL}
RESPONSE: Schema = {
    "type": "object",
    "properties": {
        "rewards": NUMBERS,
        "scores": NUMBERS,
        "extra_logs": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "number"}}},
    },
    "required": ["rewards", "scores", "extra_logs"],
    "additionalProperties": False,
}


def _read(body: Any, most: int) -> list[InputRow]:
    """The rows of a request; a query that does not begin with its prompt is an error row."""
    fields = only(body, FIELDS)
    queries, prompts, labels = (fields.get(name) for name in FIELDS)
    texts = isinstance(queries, list) and all(isinstance(query, str) for query in queries)
    texts = texts and isinstance(prompts, list) and all(isinstance(prompt, str) for prompt in prompts)
    if not texts or not isinstance(queries, list) or not isinstance(prompts, list) or not isinstance(labels, list):
        message = '"query" and "prompts" must be lists of strings, and "labels" a list of reference answers'
        raise Refused(422, message)
    if not len(queries) == len(prompts) == len(labels):
        message = f"query has {len(queries)} entries, prompts {len(prompts)}, labels {len(labels)}; give one entry a row"
        raise Refused(422, message)
    check_rows(len(queries), most)
    return [_row(*fields, place) for place, fields in enumerate(zip(queries, prompts, labels, strict=True))]


def _row(query: str, prompt: str, label: Any, place: int) -> InputRow:
    completion = completion_of(query, prompt)
    if completion is None:
        problem = f"the query does not begin with its prompt: {query[:60]!r} and {prompt[:60]!r}"
        return InputRow(place, place, Sample(place, prompt, "", {"answer": label}), problem)
    return to_row({**label_columns(label), "prompt": prompt, "completion": completion}, {}, number=place, index=place)


def _answer(asked: Asked) -> dict[str, Any]:
    """Lists of one number a row; `scored` is 0 where there is no score."""
    logs = columns_of([numbers(verdict) for verdict in asked.verdicts])
    return {"rewards": asked.scores, "scores": asked.scores, "extra_logs": logs}


def _request(most: int) -> Schema:
    texts = {"type": "array", "items": {"type": "string"}, "maxItems": most}
    return {
        "type": "object",
        "description": "Three lists of one entry a row, all equally long. A query is its prompt with the completion behind it.",
        "properties": {"query": texts, "prompts": texts, "labels": {"type": "array", "maxItems": most}},
        "required": list(FIELDS),
        "additionalProperties": False,
    }


DIALECT = Dialect(
    ("/get_reward",),
    "Score a batch in the protocol of OpenRLHF's remote reward model",
    _read,
    _answer,
    _request,
    RESPONSE,
    {"query": ["6 · 7? It is 42."], "prompts": ["6 · 7?"], "labels": ["42"]},
)
