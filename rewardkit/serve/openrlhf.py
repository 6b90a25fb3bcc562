"""The protocol of OpenRLHF's remote reward model: `query, prompts, labels` in; `rewards, scores, extra_logs` out.

As its client in openrlhf 0.11 sends and reads it (`openrlhf/utils/agent.py`). A query is the prompt with the completion behind
it, as the tokenizer decodes them: special tokens may stand before the prompt, and a prompt that is too long has lost its head.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rewardkit.commands.rows import Row, to_row
from rewardkit.serve.wire import Refused, check_rows, only
from rewardkit.types import Sample, Status, Verdict

__all__ = ["answer", "completion_of", "read_batch"]

FIELDS = ("query", "prompts", "labels")
# What chat templates write after the text: <|im_end|>, <|eot_id|>, </s>, <eos>, <end_of_turn>, <｜end▁of▁sentence｜> and so on.
_END = re.compile(r"(?:\s*(?:<[|｜][^<>|｜\s]{1,40}[|｜]>|</s>|<eos>|<end_of_turn>|<pad>|\[PAD\]))+\s*\Z")
_START = re.compile(r"(?:<[|｜][^<>|｜\s]{1,40}[|｜]>|<s>|<bos>)\s?")


def completion_of(query: str, prompt: str) -> str | None:
    """The part of `query` behind `prompt`, without special tokens at its end; None when it does not begin with the prompt."""
    for text in (query, query[found.end() :] if (found := _START.match(query)) else None):
        if text is not None and text.startswith(prompt):
            return _END.sub("", text[len(prompt) :])
    # The head of a prompt that is too long is cut off; what is left of it must be a good part to be recognised.
    size = _longest_overlap(prompt, query)
    return _END.sub("", query[size:]) if size >= min(64, len(prompt)) and size else None


def _longest_overlap(prompt: str, query: str) -> int:
    """The length of the longest end of `prompt` that `query` begins with, in linear time (Knuth, Morris and Pratt, 1977)."""
    head = query[: len(prompt)]
    fails = [0] * len(head)
    length = 0
    for place in range(1, len(head)):
        while length and head[place] != head[length]:
            length = fails[length - 1]
        length += head[place] == head[length]
        fails[place] = length
    matched = 0
    for sign in prompt:
        while matched and (matched == len(head) or sign != head[matched]):
            matched = fails[matched - 1]
        matched += bool(head) and sign == head[matched]
    return matched


def read_batch(body: Any, most: int) -> list[Row]:
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


def _row(query: str, prompt: str, label: Any, place: int) -> Row:
    completion = completion_of(query, prompt)
    if completion is None:
        problem = f"the query does not begin with its prompt: {query[:60]!r} and {prompt[:60]!r}"
        return Row(place, place, Sample(place, prompt, "", {"answer": label}), problem)
    return to_row({"prompt": prompt, "completion": completion, "answer": label}, {}, number=place, index=place)


def answer(verdicts: Sequence[Verdict], undecided: float | None) -> dict[str, Any]:
    """What OpenRLHF reads: lists of one number a row; `undecided` stands where there is no score, and `decided` is 0 there."""
    rewards = [undecided if verdict.score is None else verdict.score for verdict in verdicts]
    shares = {"decided": Status.SCORED, "abstained": Status.ABSTAINED, "errors": Status.ERROR}
    extra_logs = {name: [float(verdict.status is status) for verdict in verdicts] for name, status in shares.items()}
    return {"rewards": rewards, "scores": rewards, "extra_logs": extra_logs}
