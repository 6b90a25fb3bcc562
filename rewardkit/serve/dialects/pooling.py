"""The bodies of vLLM's pooling routes, which reward models answer: `/score` for pairs of texts, `/pooling` for texts or a chat.

As vllm/entrypoints/pooling/scoring/protocol.py and vllm/entrypoints/pooling/pooling/protocol.py have them. A model needs no
reference, a rule does: fields that vLLM does not know are columns, a list of one entry a row or one value for all.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rewardkit.batch.columns import ALIASES, InputRow, to_row
from rewardkit.serve.bodies import Refused, check_rows
from rewardkit.serve.dialects.dialect import Asked, Dialect
from rewardkit.serve.schema import NUMBER_OR_NULL, Schema

__all__ = ["POOLING", "SCORE"]

PAIRS = (("queries", "documents"), ("queries", "items"), ("text_1", "text_2"), ("data_1", "data_2"))
SETTINGS = (
    *("model", "user", "request_id", "priority", "cache_salt", "task", "dimensions"),
    *("encoding_format", "embed_dtype", "endianness", "truncate_prompt_tokens", "truncation_side", "add_special_tokens"),
    *("use_activation", "softmax", "activation", "normalize", "mm_processor_kwargs", "add_generation_prompt"),
    *("continue_final_message", "chat_template", "chat_template_kwargs"),
)
"""What vLLM's models take beside the texts, and what has no meaning here."""


def _read_score(body: Any, most: int) -> list[InputRow]:
    fields = _object(body)
    pair = next((pair for pair in PAIRS if all(name in fields for name in pair)), None)
    if pair is None:
        message = f"send one of the pairs {', '.join(' and '.join(pair) for pair in PAIRS)}: the prompts, and their completions"
        raise Refused(422, message)
    prompts, completions = (_texts(fields[name], name) for name in pair)
    if len(prompts) not in (1, len(completions)):
        message = f"{pair[0]} has {len(prompts)} entries and {pair[1]} {len(completions)}; give one a row, or one prompt for all"
        raise Refused(422, message)
    prompts = prompts * len(completions) if len(prompts) == 1 else prompts
    return _rows(prompts, completions, fields, pair, most)


def _read_pooling(body: Any, most: int) -> list[InputRow]:
    fields = _object(body)
    chat = fields.get("messages")
    if isinstance(chat, list) and chat and all(isinstance(message, dict) for message in chat):
        return _rows([chat[:-1]], [chat[-1:]], fields, ("messages",), most)
    if "input" not in fields:
        message = 'send "messages", a chat whose last message is the completion, or "input", a completion or a list of them'
        raise Refused(422, message)
    completions = _texts(fields["input"], "input")
    return _rows([None] * len(completions), completions, fields, ("input",), most)


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        message = "the body must be an object, as vLLM's pooling routes take it"
        raise Refused(422, message)
    return body


def _texts(value: Any, name: str) -> list[Any]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        message = f"{name!r} must be a string or a list of strings"
        raise Refused(422, message)
    return found


def _rows(
    prompts: Sequence[Any], completions: Sequence[Any], fields: Mapping[str, Any], taken: Sequence[str], most: int
) -> list[InputRow]:
    size = len(completions)
    check_rows(size, most)
    columns = {name: value for name, value in fields.items() if name not in (*taken, *SETTINGS)}
    lists = {name: _column(name, value, size) for name, value in columns.items()}
    found = []
    for place, (prompt, completion) in enumerate(zip(prompts, completions, strict=True)):
        row = {**{name: values[place] for name, values in lists.items()}, "prompt": prompt, "completion": completion}
        found.append(to_row(row, {}, number=place, index=place))
    return found


def _column(name: str, value: Any, size: int) -> list[Any]:
    if isinstance(value, list) and len(value) == size:
        return value
    if size != 1 and (isinstance(value, list) or name in ALIASES["answer"]):
        message = f"{name!r} is no list of {size}, one entry a row; passed over are {', '.join(SETTINGS)}"
        raise Refused(422, message)
    return [value] * size


def _listed(asked: Asked, kind: str, datum: str) -> dict[str, Any]:
    data: list[dict[str, Any]] = []
    for place, (score, verdict) in enumerate(zip(asked.scores, asked.verdicts, strict=True)):
        why = {"status": verdict.status.value, "reason": verdict.reason}
        data.append({"index": place, "object": kind, datum: [score] if datum == "data" else score, **why})
    head = {"id": f"{kind}-rewardkit", "object": "list", "created": int(time.time()), "model": asked.body.get("model")}
    return {**head, "data": data, "usage": {"prompt_tokens": 0, "total_tokens": 0, "completion_tokens": 0}}


def _response(datum: str, values: Schema) -> Schema:
    row = {"type": "object", "properties": {"index": {"type": "integer"}, datum: values}, "required": ["index", "object", datum]}
    return {
        "type": "object",
        "properties": {"data": {"type": "array", "items": row}, "object": {"enum": ["list"]}},
        "required": ["id", "object", "created", "model", "data", "usage"],
    }


def _request(*forms: Mapping[str, Schema]) -> Schema:
    return {"anyOf": [{"type": "object", "properties": dict(form), "required": list(form)} for form in forms]}


def _texts_schema(most: int) -> Schema:
    return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "maxItems": most}]}


SCORE = Dialect(
    ("/score", "/v1/score"),
    "Score pairs of prompt and completion in the form of vLLM's score route",
    _read_score,
    lambda asked: _listed(asked, "score", "score"),
    lambda most: _request(*({name: _texts_schema(most) for name in pair} for pair in PAIRS)),
    _response("score", NUMBER_OR_NULL),
    {"model": "rewardkit", "queries": ["6 · 7?"], "documents": ["It is 42."], "answer": ["42"]},
)

CHAT = [{"role": "user", "content": "6 · 7?"}, {"role": "assistant", "content": "It is 42."}]
MESSAGES: Schema = {"type": "array", "items": {"type": "object"}, "minItems": 1}

POOLING = Dialect(
    ("/pooling",),
    "Score completions or a chat in the form of vLLM's pooling route",
    _read_pooling,
    lambda asked: _listed(asked, "pooling", "data"),
    lambda most: _request({"input": _texts_schema(most)}, {"messages": MESSAGES}),
    _response("data", {"type": "array", "items": NUMBER_OR_NULL}),
    {"model": "rewardkit", "messages": CHAT, "answer": "42"},
)
