"""Calls of tools against the calls that were wanted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rewardkit.extract import outside_think
from rewardkit.registry import verifier
from rewardkit.types import Message, Sample, Verdict
from rewardkit.verifiers.calls.call import Call, Unreadable, from_object, loads
from rewardkit.verifiers.calls.dresses import calls_of

__all__ = ["match"]


@verifier("call.match", requires=("calls",))
def match(
    sample: Sample,
    *,
    ordered: bool = False,
    any_of: bool = False,
    partial: bool = False,
    extra_arguments: bool = False,
    turns: Literal["last", "all"] = "last",
) -> Verdict:
    """Whether the completion calls the tools that were wanted, with the arguments that were wanted, and no others.

    The column `calls` holds the calls wanted: a list of `{"name": …, "arguments": {…}}`, or its JSON; an empty list wants none,
    but something said. Arguments are compared by type: 1 is 1.0 and neither is "1" nor true; objects in any order of keys, lists
    in order. What is in the dress of a call and cannot be read as one scores 0, as do two dresses in one text. The dresses are
    those of common chat templates (Hermes, Qwen, Mistral, Llama, Python, message objects).

    Args:
        sample: The sample; its column `calls` is read.
        ordered: The calls must come in the order of the reference (default False: in any).
        any_of: Each argument of the reference is a list of accepted values, where "" says that it may be left out (BFCL's form).
        partial: Score the share of arguments that are right, over all that were wanted or given, a name counting as one; a
            call of another tool, or one too many, counts as wrong. Default False: all or nothing.
        extra_arguments: Accept arguments that the reference does not name (default False).
        turns: Which assistant turns of a completion of messages are read: the last (the default), or all of them, for a
            trajectory in which tools answer between the calls. Turns of the prompt are never read.
    """
    wanted = _wanted(sample.columns["calls"])
    if wanted is None:
        return Verdict.abstained("gold_unparseable", calls=repr(sample.columns["calls"])[:500])
    try:
        own = [message for message in sample.messages if message.own]
        given = calls_of(own if turns == "all" else own[-1:])
    except Unreadable as cause:
        return Verdict.scored(0.0, "no_answer", problem=str(cause)[:300])
    if not given and not any(map(_says_something, own)):
        return Verdict.scored(0.0, "no_answer")
    info = {"extracted": [call.name for call in given]}
    shares = _paired(wanted, given, ordered=ordered, any_of=any_of, extra=extra_arguments)
    if all(right == size for right, size in shares):
        return Verdict.scored(1.0, **info)
    if not given:
        return Verdict.scored(0.0, "no_answer", **info)
    share = sum(right for right, _ in shares) / sum(size for _, size in shares)
    return Verdict.scored(share if partial else 0.0, None if partial else "mismatch", **info)


def _says_something(turn: Message) -> bool:
    """Whether a turn has anything to see outside of its thoughts."""
    return any(not character.isspace() and character.isprintable() for character in outside_think(turn.text))


def _wanted(value: Any) -> list[Call] | None:
    """The calls of the column; None where it holds none that can be read."""
    try:
        value = loads(value) if isinstance(value, str) else value
        items = [value] if isinstance(value, Mapping) else value
        return [from_object(item) for item in items] if isinstance(items, Sequence) else None
    except Unreadable:
        return None


def _paired(wanted: Sequence[Call], given: Sequence[Call], *, ordered: bool, any_of: bool, extra: bool) -> list[tuple[int, int]]:
    """For each call wanted, and each one too many, how many of its pieces (name and arguments) are right, and of how many."""
    left = list(given)
    found: list[tuple[int, int]] = []
    for place, call in enumerate(wanted):
        options = list(given[place : place + 1]) if ordered else [one for one in left if one.name == call.name]
        pieces = [(_pieces(call, one, any_of=any_of, extra=extra), one) for one in options]
        best = max(pieces, key=lambda piece: piece[0][0] / piece[0][1], default=None)
        if best is None:
            found.append((0, 1 + len(call.arguments)))
            continue
        found.append(best[0])
        left = [one for one in left if one is not best[1]]
    return found + [(0, 1 + len(one.arguments)) for one in left]


def _pieces(wanted: Call, given: Call, *, any_of: bool, extra: bool) -> tuple[int, int]:
    if wanted.name != given.name:
        return 0, 1 + len(wanted.arguments.keys() | given.arguments.keys())
    right = size = 1
    for name, value in wanted.arguments.items():
        accepted = value if any_of and isinstance(value, list) else [value]
        if name not in given.arguments:
            optional = any_of and "" in accepted
            size += not optional
            continue
        size += 1
        right += any(_same(one, given.arguments[name]) for one in accepted)
    unknown = given.arguments.keys() - wanted.arguments.keys()
    return right, size + (0 if extra else len(unknown))


def _same(wanted: Any, given: Any) -> bool:
    """Equal values of one type, where whole and decimal numbers are one type and booleans are no numbers."""
    if isinstance(wanted, bool) or isinstance(given, bool):
        return wanted is given
    if isinstance(wanted, (int, float)) and isinstance(given, (int, float)):
        return wanted == given or (isinstance(wanted, float) and _is_near(wanted, given))
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        return wanted.keys() == given.keys() and all(_same(wanted[key], given[key]) for key in wanted)
    if isinstance(wanted, (list, tuple)) and isinstance(given, (list, tuple)):
        return len(wanted) == len(given) and all(map(_same, wanted, given))
    return type(wanted) is type(given) and wanted == given


def _is_near(wanted: float, given: float) -> bool:
    try:
        return math.isclose(wanted, given, rel_tol=1e-12)
    except OverflowError:  # a whole number beyond all decimal ones
        return False
