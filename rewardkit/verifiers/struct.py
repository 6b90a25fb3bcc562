"""Structured answers: whether the value that a completion gives in JSON, YAML or Python's spelling is the reference's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from rewardkit.answers.equality.structures import same_structure
from rewardkit.answers.forms.structures import (
    MAX_DEPTH,
    TooLarge,
    Unstructured,
    Value,
    found_in,
    read_scalar,
    read_structure,
)
from rewardkit.errors import MissingExtra
from rewardkit.extract import Method, Reason, extract, told
from rewardkit.first_use import loading
from rewardkit.prose.stance import stance
from rewardkit.question.references import unwrapped
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["equal"]

Notation = Literal["json", "yaml"]

KEPT = 1024  # references
MAX_YAML = 20_000  # characters, as its reader is slow
_FENCE = re.compile(r"^[^\S\n]*```[^\n]*$", re.MULTILINE)
_OPENS = frozenset("{[")
_TRUTHS = {"true": True, "false": False}
_EMPTY = frozenset(["", "~", "null"])


def _check_notation(*, notation: Notation) -> None:
    if notation == "yaml":
        _yaml()


@verifier("struct.equal", requires=("answer",), validate=_check_notation)
def equal(sample: Sample, *, notation: Notation = "json") -> Verdict:
    """Whether the answer is the reference as a structured value: a list or mapping of the same items and keys.

    The order of keys, the spelling of numbers (`1`, `1.0`, `1e0`), quotes, spaces and fences do not matter; the order of a list,
    the case of a text and the type of a value do: `true`, `"true"` and `1` are three things. JSON and Python's literals are read
    by a reader of our own that evaluates nothing; with `notation="yaml"` YAML too, without aliases and tags. The value is the
    whole answer, or its last fenced block, or the last list or mapping that it states.

    Scored 0 as `no_answer` where there is no such value, as `mismatch` where it is another, a key stands twice or a number is
    none (NaN), and as `too_complex` past 100,000 characters or 40 levels. A reference that cannot be read abstains with
    `gold_unparseable`, one that is neither a list nor a mapping with `out_of_scope`.

    Raises:
        MissingExtra: When it is built for YAML and the package `yaml` is not installed.
    """
    references = [_reference(reference, notation) for reference in sample.references]
    readable = [value for value in references if not isinstance(value, Unstructured)]
    wanted = [value for value in readable if isinstance(value, (tuple, dict))]
    if not wanted:
        return Verdict.abstained("out_of_scope" if readable else "gold_unparseable", reference=list(sample.references)[:8])
    keyed = any(isinstance(value, dict) and "answer" in value for value in wanted)
    text, reason = _answer(sample.text, keyed=keyed)
    if reason:
        return Verdict.scored(0.0, reason)
    problem: Unstructured | None = None
    for candidate in _candidates(text):
        try:
            value = _read(candidate, notation)
        except Unstructured as cause:
            problem = problem or cause
            if isinstance(cause, TooLarge) and candidate.lstrip()[:1] in _OPENS:
                break
            continue
        if not isinstance(value, (tuple, dict)):
            continue
        return Verdict.scored(float(any(same_structure(one, value) for one in wanted)), extracted=candidate[:500])
    if isinstance(problem, TooLarge):
        return Verdict.scored(0.0, "too_complex", problem=str(problem))
    if problem is not None and text.lstrip()[:1] in _OPENS:
        return Verdict.scored(0.0, "mismatch", extracted=text[:500], problem=str(problem)[:200])
    return Verdict.scored(0.0, "no_answer", extracted=None)


@lru_cache(maxsize=KEPT)
def _reference(text: str, notation: Notation) -> Value | Unstructured:
    """The value of a reference, or why it has none; kept, as a group of completions shares it."""
    try:
        return _read(_unfenced(text), notation)
    except Unstructured as cause:
        bare = unwrapped(text)
        if bare == text:
            return cause
    try:
        return _read(_unfenced(bare), notation)
    except Unstructured as cause:
        return cause


def _answer(text: str, *, keyed: bool) -> tuple[str, str]:
    """The text in which the value is looked for, or why there is none; `keyed` where `answer` is a key of the value."""
    found = extract(text)
    if found.method is Method.JSON and keyed:
        return told(text), ""
    if found.reason is Reason.AMBIGUOUS:
        return "", "ambiguous"
    if found.marked:
        return (found.text, "") if found.text else ("", "no_answer")
    return told(text), ""


def _candidates(text: str) -> Iterator[str]:
    """The texts that may be the value, the likeliest first: the whole, the last fenced block, the last one that is stated."""
    yield text
    fences = list(_FENCE.finditer(text))
    if len(fences) > 1:
        opening, closing = fences[-2:] if len(fences) % 2 == 0 else fences[-3:-1]
        if stance(text, opening.start(), closing.end()).offers:
            yield text[opening.end() : closing.start()]
            return
    for place in reversed(list(found_in(text))):
        if stance(text, place.begin, place.end).offers:
            yield text[place.begin : place.end]
            return


def _unfenced(text: str) -> str:
    fences = list(_FENCE.finditer(text))
    return text[fences[0].end() : fences[1].start()] if len(fences) == 2 else text


def _read(text: str, notation: Notation) -> Value:
    try:
        return read_structure(text)
    except TooLarge:
        raise
    except Unstructured:
        if notation != "yaml":
            raise
    return _read_yaml(text)


def _yaml() -> Any:
    try:
        with loading:
            import yaml
    except ImportError as cause:
        raise MissingExtra("pyyaml", "yaml", "struct.equal for YAML") from cause
    return yaml


def _read_yaml(text: str) -> Value:
    """One YAML document by its events, so that nothing is built but plain values, and no alias is followed."""
    if len(text) > MAX_YAML:
        raise TooLarge(f"more than {MAX_YAML} characters of YAML")
    yaml = _yaml()
    stack: list[list[Value]] = [[]]
    kinds: list[bool] = []
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
                raise Unstructured("aliases, anchors and tags are not read")
            if isinstance(event, yaml.ScalarEvent):
                stack[-1].append(_scalar(event.value) if event.implicit[0] else event.value)
            elif isinstance(event, yaml.CollectionStartEvent):
                stack.append([])
                kinds.append(isinstance(event, yaml.MappingStartEvent))
                if len(stack) > MAX_DEPTH:
                    raise TooLarge(f"nested deeper than {MAX_DEPTH} levels")
            elif isinstance(event, yaml.CollectionEndEvent):
                items = stack.pop()
                stack[-1].append(_mapping(items) if kinds.pop() else tuple(items))
    except yaml.YAMLError as cause:
        raise Unstructured(f"not YAML: {cause}"[:200]) from None
    if len(stack[0]) != 1:
        raise Unstructured("wanted one YAML document")
    return stack[0][0]


def _mapping(items: list[Value]) -> Value:
    keys = items[::2]
    pairs: dict[Value, Value] = {
        key: value for key, value in zip(keys, items[1::2], strict=True) if isinstance(key, (str, Fraction))
    }
    if len(pairs) != len(keys):
        raise Unstructured("a key stands twice, or is no text")
    return pairs


def _scalar(word: str) -> Value:
    if word in _EMPTY:
        return None
    if word.lower() in _TRUTHS:
        return _TRUTHS[word.lower()]
    try:
        return read_scalar(word)
    except TooLarge:
        raise
    except Unstructured:
        return word
