"""The protocol of OpenRLHF's remote reward model: `query, prompts, labels` in; `rewards, scores, extra_logs` out.

As its client in openrlhf 0.11 sends and reads it (`openrlhf/utils/agent.py`). A query is the prompt with the completion behind
it, as the tokenizer decodes them: special tokens may stand before the prompt, and a prompt that is too long has lost its head.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rewardkit.adapters.mask import columns_of, numbers
from rewardkit.adapters.queries import completion_of
from rewardkit.batch.columns import InputRow, to_row
from rewardkit.serve.bodies import Refused, check_rows, only
from rewardkit.types import Sample, Verdict

__all__ = ["answer", "read_batch"]

FIELDS = ("query", "prompts", "labels")


def read_batch(body: Any, most: int) -> list[InputRow]:
    """The rows of a request; a query that does not begin with its prompt is an error row. `Refused` with 422."""
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
    return to_row({"prompt": prompt, "completion": completion, "answer": label}, {}, number=place, index=place)


def answer(verdicts: Sequence[Verdict], undecided: float | None) -> dict[str, Any]:
    """What OpenRLHF reads: lists of one number a row; `undecided` stands where there is no score, and `scored` is 0 there."""
    rewards = [undecided if verdict.score is None else verdict.score for verdict in verdicts]
    return {"rewards": rewards, "scores": rewards, "extra_logs": columns_of([numbers(verdict) for verdict in verdicts])}
