"""One answer, one completion, one verdict: for a notebook, a test or a question."""

from __future__ import annotations

from typing import Any

from rewardkit import dispatch
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

    `answer` is the reference, or a list of accepted ones. `verifier` is a verifier or a registered name; by default the `auto`
    recipe picks one from the shape of the reference. `columns` are what the verifier needs besides, such as `choices`.
    """
    if verifier is None:
        from rewardkit.recipes import build

        verifier = build("auto")
    sample = Sample(0, prompt, completion, {"answer": answer, **columns})
    return dispatch.run(as_verifier(verifier), [sample])[0]
