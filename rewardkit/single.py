"""One answer, one completion, one verdict: for a notebook, a test or a question."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rewardkit import dispatch, recipes, registry
from rewardkit.columns import answer_problem, plain
from rewardkit.compose import as_verifier
from rewardkit.types import Sample, Verdict, Verifier

__all__ = ["verify"]


def verify(
    *,
    answer: Any,
    completion: Any,
    prompt: Any = None,
    verifier: Verifier | str | None = None,
    **columns: Any,
) -> Verdict:
    """The verdict on one completion; keywords only, because a reversed pair is the field's classic bug.

    Args:
        answer: The reference, or a list of accepted ones. One that is neither text nor numbers is the error `bad_row`.
        completion: What the model wrote, a text or a list of chat messages.
        prompt: What it was asked; rules read units, options and rounding in it.
        verifier: A verifier or a registered name; by default the `auto` recipe picks one from the shape of the reference.
        **columns: What the verifier needs besides, such as `choices`.
    """
    answer = plain(answer)
    if verifier is None and (problem := answer_problem(answer)):
        return Verdict.error("bad_row", message=problem)
    chosen = _kept(verifier, registry.edition()) if verifier is None or isinstance(verifier, str) else as_verifier(verifier)
    return dispatch.run(chosen, [Sample(0, prompt, completion, {"answer": answer, **columns})])[0]


@lru_cache(maxsize=64)
def _kept(name: str | None, edition: int) -> Verifier:
    """The verifier of that name, or `auto`, as this edition of the registry has it: making one takes as long as many verdicts."""
    return recipes.build("auto") if name is None else as_verifier(name)
