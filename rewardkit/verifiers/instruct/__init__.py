"""Whether a response follows the instructions of its prompt: the 29 constraints of IFEval and the 58 of IFBench.

A row names its constraints by their published ids, with the arguments of each, and every one is checked by a rule. The
rules are ours; where the reference implementation has a bug, `docs/guide/instruct.md` lists it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from rewardkit.extract import outside_think
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.instruct.arguments import Unreadable
from rewardkit.verifiers.instruct.constraint import Check, asked
from rewardkit.verifiers.instruct.response import Response

__all__ = ["ifeval", "names_instructions"]

MAX_CHARACTERS = 400_000
"""A longer response is too complex to be checked."""


@verifier("instruct.ifeval", requires=("instruction_id_list",))
def ifeval(
    sample: Sample,
    *,
    reading: Literal["strict", "loose"] = "strict",
    credit: Literal["all", "share"] = "all",
    compat: Literal["google"] | None = None,
) -> Verdict:
    """How well a response keeps to the constraints that its row names.

    The ids are those of IFEval (arXiv 2311.07911) and IFBench (arXiv 2507.02833). An id that is not known and an argument that
    is unknown, missing or of the wrong kind abstain as `gold_unparseable`, and never pass. Text inside `<think>` is no part of
    the response; one without a letter or digit follows nothing. `info["followed"]` has one truth value an id, in order.

    Args:
        sample: The sample. The column `instruction_id_list` holds ids, `kwargs` as many mappings from argument to value, in
            which nulls are passed over; both may be JSON. No `answer` is read.
        reading: "strict" checks the response itself; "loose" also takes what passes without the first line, the last line
            or the asterisks, which lets through an opening such as "Sure!".
        credit: "all" scores 1 when every constraint is kept, else 0. "share" scores the share of them that is.
        compat: "google" keeps the bugs of the reference implementation that are known, for numbers to be compared with
            published ones. Default None: they are mended.

    Raises:
        MissingExtra: When a constraint on language or syllables is asked for and its package is not installed.
    """
    if not names_instructions(sample):
        return Verdict.abstained("no_reference", problem="the row names no constraint")
    whole = sample.text
    text = outside_think(whole)
    if text != whole:
        text = text.strip()
    if len(text) > MAX_CHARACTERS:
        return Verdict.scored(0.0, "too_complex", characters=len(text))
    try:
        checks = asked(sample.columns["instruction_id_list"], sample.columns.get("kwargs"), compat)
        followed = _followed(_readings(text, reading, compat), [check for _, check in checks])
    except Unreadable as cause:
        return Verdict.abstained("gold_unparseable", problem=str(cause)[:500])
    missed = [identifier for (identifier, _), kept in zip(checks, followed, strict=True) if not kept]
    score = float(not missed) if credit == "all" else sum(followed) / len(followed)
    return Verdict.scored(score, followed=followed, missed=missed)


def names_instructions(sample: Sample) -> bool:
    """Whether the row has a column `instruction_id_list` that holds something."""
    ids = sample.columns.get("instruction_id_list")
    return ids is not None and (not hasattr(ids, "__len__") or len(ids) > 0)


def _readings(text: str, reading: str, compat: str | None) -> Iterator[Response]:
    """The response, and for the loose reading what it may also be taken for; none that is empty."""
    response = Response(text)
    for one in (response, *(response.looser() if reading == "loose" else ())):
        if one.stripped if compat == "google" else one.says_something:
            yield one


def _followed(readings: Iterable[Response], checks: Sequence[Check]) -> list[bool]:
    """Whether each check is kept by one of the readings, in order."""
    followed = [False] * len(checks)
    for response in readings:
        followed = [kept or check(response) for kept, check in zip(followed, checks, strict=True)]
        if all(followed):
            break
    return followed
