"""What travels: strict JSON in, rows out of it, and answers as JSON.

A body that is not JSON as the standard has it is refused whole, and so is a field nobody knows. A row that cannot be
scored is no reason to refuse its neighbours: it gets an `error` verdict, like a line that `rewardkit score` cannot read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rewardkit.batch.columns import ALIASES, InputRow, to_row
from rewardkit.errors import RewardKitError
from rewardkit.trace import encode, record
from rewardkit.types import Sample, Status, Verdict

__all__ = ["MAX_DEPTH", "Refused", "answer", "bad_row", "check_rows", "only", "parse", "read_batch", "sent_columns", "to_bytes"]

MAX_DEPTH = 64
FORMS = ("rows", "columns")
ROW_FIELDS = "completion, prompt, answer and whatever routes and verifiers use"


class Refused(RewardKitError):
    """A request that is answered with `status` and a sentence instead of rewards."""

    def __init__(self, status: int, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status, self.retry_after_s = status, retry_after_s


def parse(body: bytes) -> Any:
    """The value of a JSON text; `Refused` with 400 for NaN, infinities, a name given twice, bad UTF-8 or deep nesting."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
    except (ValueError, RecursionError) as cause:
        message = f"the body is not JSON: {cause or 'nested too deep'}"
        raise Refused(400, message) from None
    if _deeper(value, MAX_DEPTH):
        message = f"the body is nested more than {MAX_DEPTH} deep"
        raise Refused(400, message)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"the name {twice[:100]!r} is given twice in one object"
        raise ValueError(message)
    return fields


def _constant(token: str) -> None:
    message = f"{token} is no JSON number; send null where there is no value"
    raise ValueError(message)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        message = f"the number {text[:40]} is too large"
        raise ValueError(message)
    return value


def _deeper(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    return depth == 0 or any(_deeper(part, depth - 1) for part in (value.values() if isinstance(value, dict) else value))


def only(body: Any, known: Sequence[str]) -> dict[str, Any]:
    """The body as an object without fields that nobody knows."""
    if not isinstance(body, dict):
        message = f"the body must be an object with {' or '.join(known)}"
        raise Refused(422, message)
    strange = [name for name in body if name not in known]
    if strange:
        message = f"unknown field {', '.join(repr(name[:100]) for name in strange[:5])}; known: {', '.join(known)}"
        raise Refused(422, message)
    return body


def read_batch(body: Any, most: int) -> list[InputRow]:
    """The rows of `{"rows": [{…}, …]}` or `{"columns": {name: […], …}}`; `Refused` with 422."""
    fields = only(body, FORMS)
    if len(fields) != 1:
        message = 'send either "rows", a list of objects, or "columns", an object of lists'
        raise Refused(422, message)
    objects = _from_columns(fields["columns"], most) if "columns" in fields else _from_rows(fields["rows"], most)
    return [_row(one, place) for place, one in enumerate(objects)]


def check_rows(count: int, most: int) -> None:
    """`Refused` with 422 for more rows than one request may have."""
    if count > most:
        message = f"{count:,} rows in one request; the limit is {most:,}. Send several requests"
        raise Refused(422, message)


def _from_rows(rows: Any, most: int) -> list[dict[str, Any]]:
    if not isinstance(rows, list):
        message = f'"rows" must be a list of objects with {ROW_FIELDS}'
        raise Refused(422, message)
    check_rows(len(rows), most)
    for place, row in enumerate(rows):
        if not isinstance(row, dict):
            message = f"rows[{place}] is a JSON {type(row).__name__}; it must be an object with {ROW_FIELDS}"
            raise Refused(422, message)
    return rows


def _from_columns(columns: Any, most: int) -> list[dict[str, Any]]:
    if not isinstance(columns, dict) or not all(isinstance(values, list) for values in columns.values()):
        message = f'"columns" must be an object of lists of one entry a row: {ROW_FIELDS}'
        raise Refused(422, message)
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        message = f"the columns are not equally long: {', '.join(f'{n[:100]!r} {c}' for n, c in list(lengths.items())[:20])}"
        raise Refused(422, message)
    check_rows(next(iter(lengths.values()), 0), most)
    names = list(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _row(fields: dict[str, Any], place: int) -> InputRow:
    row = to_row(fields, {}, number=place, index=place, hint="")
    ids = fields.get("completion_ids")
    if isinstance(ids, list) and all(type(one) is int for one in ids):
        sample = row.sample
        sample = Sample(sample.index, sample.prompt, sample.completion, sample.columns, ids)
        row = InputRow(row.line, row.id, sample, row.problem, row.keys)
    return row


def sent_columns(rows: list[InputRow]) -> list[InputRow]:
    """The rows of a request, without the column `answer` when no row names a reference.

    A verifier that needs one then refuses the request, as it refuses a batch without the column; null is a row's own affair.
    """
    if not any(name in row.keys for row in rows for name in ALIASES["answer"]):
        for row in rows:
            sample = row.sample
            row.sample = replace(sample, columns={k: v for k, v in sample.columns.items() if k != "answer"})
    return rows


def bad_row(row: InputRow) -> Verdict:
    """The error verdict of a row that cannot be scored."""
    return Verdict.error("bad_row", message=f"rows[{row.line}]: {row.problem}")


def answer(rows: Sequence[InputRow], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """`{"rewards": […], "rows": […]}`: what a trainer wants, and why."""
    return {
        "rewards": [verdict.score for verdict in verdicts],
        "rows": [_explained(row, verdict) for row, verdict in zip(rows, verdicts, strict=True)],
    }


def _explained(row: InputRow, verdict: Verdict) -> dict[str, Any]:
    line = record(row.sample, verdict, row_id=row.id)
    line["route"] = verdict.info.get("route")
    if "steps" in verdict.info:
        line["steps"] = verdict.info["steps"]
    if verdict.status is Status.ERROR:
        kind, message = verdict.info.get("error"), str(verdict.info.get("message", ""))
        line["error"] = (f"{kind}: {message}" if kind else message)[:500]
    return line


def to_bytes(value: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8; half a surrogate pair is written as JSON spells it."""
    return encode(value).encode("utf-8", errors="backslashreplace")
