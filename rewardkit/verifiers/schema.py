"""Whether a completion holds valid JSON, and whether that fits a JSON Schema.

JSON is found by one pass over strings and brackets, and its depth is known before it is parsed, so that
neither a flood of brackets nor deep nesting can break the parser.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rewardkit.errors import BadParameter, MissingExtra
from rewardkit.extract import Method, extract, outside_think
from rewardkit.first_use import loading
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["json_schema"]

# A string left open takes the rest of its line and no more, so that this always matches and never goes back.
_TOKEN = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|[{}\[\]]')
_FENCE = re.compile(r"^[ \t]*```[ \t]*(\w*)[^\n]*$", re.MULTILINE)
_LONGEST_INTEGER = 400
_OPENS = ("{", "[")
_CLOSES = {"}": "{", "]": "["}


class _Unusable(Exception):
    """A schema that is none, or needs something that is not there."""


def _check_schema(*, schema: Mapping[str, Any] | None, max_depth: int, max_characters: int, **_: Any) -> None:
    if not 1 <= max_depth <= 200 or max_characters < 1:
        message = f"schema.json: wanted 1 <= max_depth <= 200 and max_characters >= 1, not {max_depth} and {max_characters}."
        raise BadParameter(message)
    if schema is not None:
        try:
            _validator(_canonical(schema))
        except _Unusable as cause:
            message = f"schema.json: schema={str(schema)[:200]} cannot be used: {cause}"
            raise BadParameter(message) from cause


@verifier("schema.json", isolated=True, validate=_check_schema)
def json_schema(
    sample: Sample,
    *,
    schema: Mapping[str, Any] | None = None,
    max_depth: int = 64,
    max_characters: int = 1_000_000,
) -> Verdict:
    """The final answer is valid JSON, of the form a JSON Schema asks for where there is one.

    The JSON is the whole answer, or its last fenced block, or its last balanced object or array; the answer is the
    content of the `<answer>` block, or all text outside think. A value that the JSON standard does not know
    (NaN, an integer of more than 400 digits, a number too large for a float) or a key that stands twice is invalid. Without a
    schema only an object or an array counts. There is no partial credit. Scored 0 as `no_answer` when there is no
    JSON, `mismatch` when it is invalid or does not fit, `too_complex` over a limit; `info["problem"]` says why.

    It runs in worker processes, because a `pattern` or `uniqueItems` in a schema can take very long on the
    text of a model; remote references in a schema are not fetched.

    Args:
        sample: The sample; a column `schema` (a mapping or its JSON) goes before the parameter, and a row whose
            schema cannot be used abstains as `gold_unparseable`.
        schema: JSON Schema; its `$schema` names the draft, 2020-12 by default.
        max_depth: Deepest nesting of objects and arrays, up to 200.
        max_characters: Longest JSON text.

    Raises:
        BadParameter: When the verifier is built with a schema or limits that cannot be used.
        MissingExtra: When there is a schema and the package `jsonschema` is not installed.
    """
    asked = sample.columns.get("schema")
    asked = schema if asked is None else asked
    try:
        check = None if asked is None else _validator(_canonical(asked))
    except _Unusable as cause:
        return Verdict.abstained("gold_unparseable", problem=str(cause)[:500])
    answer, reason = _answer(sample.text)
    if reason:
        return Verdict.scored(0.0, reason)
    refused: list[Verdict] = []
    for candidate in _candidates(answer):
        depth = _depth(candidate, max_depth)
        extracted = candidate[:500]
        if len(candidate) > max_characters or depth > max_depth:
            refused.append(Verdict.scored(0.0, "too_complex", extracted=extracted, characters=len(candidate), depth=depth))
            continue
        try:
            value = _loads(candidate)
        except ValueError as cause:
            if candidate[:1] in _OPENS:
                refused.append(Verdict.scored(0.0, extracted=extracted, problem=f"not valid JSON: {cause}"[:300]))
        else:
            return _fits(value, check, extracted)
    return refused[0] if refused else Verdict.scored(0.0, "no_answer")


def _fits(value: Any, check: Any, extracted: str) -> Verdict:
    if check is None:
        if isinstance(value, (dict, list)):
            return Verdict.scored(1.0, extracted=extracted)
        return Verdict.scored(0.0, extracted=extracted, problem="neither an object nor an array")
    with loading:
        from referencing.exceptions import Unresolvable

    try:
        fault = next(iter(check.iter_errors(value)), None)
    except (Unresolvable, re.error, RecursionError) as cause:
        return Verdict.abstained("gold_unparseable", problem=f"the schema cannot be followed: {cause}"[:500])
    if fault is None:
        return Verdict.scored(1.0, extracted=extracted)
    return Verdict.scored(0.0, extracted=extracted, problem=fault.message[:300], at=fault.json_path[:200])


def _answer(text: str) -> tuple[str, str]:
    """The text JSON is looked for in, or the reason that there is none."""
    tagged = extract(text, order=("answer_tag",))
    visible = outside_think(text)
    if tagged.how is Method.ANSWER_TAG:
        if tagged.text is None:
            return "", tagged.reason.value
        visible = tagged.text
    elif tagged.method is not Method.NONE:
        # A box or a phrase inside the block is data here, so the block is wanted and not what stands in it.
        visible = visible[visible.rfind("<answer>") + len("<answer>") :].split("</answer>")[0]
    visible = visible.strip()
    return visible, "" if visible else "no_answer"


def _candidates(answer: str) -> Iterator[str]:
    """Where the JSON may stand: everything, the last fenced block, the last balanced object or array."""
    yield answer
    fences = list(_FENCE.finditer(answer))
    for opening, closing in reversed(list(zip(fences[::2], fences[1::2], strict=False))):
        if opening[1].lower() in ("", "json"):
            yield answer[opening.end() : closing.start()].strip()
            break
    balanced = _last_balanced(answer)
    if balanced is not None and balanced != answer:
        yield balanced


def _last_balanced(text: str) -> str | None:
    opened: list[int] = []
    last: tuple[int, int] | None = None  # the bracket closed last is also the outermost of those inside it
    for token in _TOKEN.finditer(text):
        bracket = token[0]
        if bracket in _OPENS:
            opened.append(token.start())
        elif bracket in _CLOSES and opened:
            start = opened.pop()
            if text[start] != _CLOSES[bracket]:
                opened.clear()
                continue
            last = start, token.end()
    return text[slice(*last)] if last else None


def _depth(text: str, limit: int) -> int:
    """How deep brackets nest; counting stops past the limit."""
    depth = deepest = 0
    for token in _TOKEN.finditer(text):
        bracket = token[0]
        if bracket in _OPENS:
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest > limit:
                    break
        elif bracket in _CLOSES:
            depth -= 1
    return deepest


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object)


def _integer(digits: str) -> int:
    # Python's own limit may be switched off, and the time to read digits grows with their square.
    if len(digits) > _LONGEST_INTEGER:
        message = f"an integer of {len(digits)} digits"
        raise ValueError(message)
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        message = f"{digits[:50]} is too large"
        raise ValueError(message)
    return number


def _constant(name: str) -> Any:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        message = "a key stands twice in one object"
        raise ValueError(message)
    return value


def _canonical(schema: Any) -> str:
    try:
        return json.dumps(json.loads(schema) if isinstance(schema, str) else schema, sort_keys=True)
    except (TypeError, ValueError, RecursionError) as cause:
        message = f"not JSON: {cause}"
        raise _Unusable(message) from cause


@functools.lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    try:
        with loading:
            import jsonschema
            import referencing
    except ImportError as cause:
        raise MissingExtra("jsonschema", "schema", "JSON Schema validation") from cause
    parsed = json.loads(schema)
    if not isinstance(parsed, (dict, bool)):
        message = "a schema is an object"
        raise _Unusable(message)
    kind = jsonschema.validators.validator_for(parsed, default=jsonschema.Draft202012Validator)
    try:
        kind.check_schema(parsed)
    except jsonschema.SchemaError as cause:
        raise _Unusable(cause.message) from cause
    # An empty registry keeps a row's schema from making this process fetch addresses.
    return kind(parsed, registry=referencing.Registry())
