"""Mathematics: what kind of answer it is, and whether two are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rewardkit.extract import DEFAULT_ORDER, Extraction, extract
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["equal", "symbolic"]

ORDER = (*DEFAULT_ORDER[:-1], "last_math", "last_line")

Rounding = Literal["exact", "reference", "significant"]


@verifier("math.equal", requires=("answer",))
def equal(sample: Sample, *, rounding: Rounding = "significant", units: Literal["lenient", "strict"] = "lenient") -> Verdict:
    """Whether the final answer is mathematically the reference, by exact arithmetic and rigorous numerics.

    `rounding` and `units` are the policies of `rewardkit.answers.equal.compare`. What it can read but not settle abstains with
    `needs_symbolic`; `math.symbolic` is the last resort. `info` names the step that decided and both shapes.
    """
    found = extract(sample.text, order=ORDER)
    candidates = _candidates(sample, found)
    if not candidates:
        return Verdict.scored(0.0, found.reason, extracted=None, alternatives=list(found.alternatives), how=found.method)
    from rewardkit.answers.equal import compare

    unread = 0
    pending: dict[str, object] | None = None
    last = None
    for reference in sample.references:
        for candidate in candidates:
            result = compare(reference=reference, answer=candidate, rounding=rounding, units=units)
            info = {
                "extracted": candidate,
                "how": found.method,
                "step": result.step,
                "shape": result.answer_shape,
                "reference_shape": result.reference_shape,
            }
            if result.equal:
                return Verdict.scored(1.0, result.reason, **info)
            if result.reason == "gold_unparseable":
                unread += 1
                break
            if result.equal is None and result.info.get("symbolic"):
                pending = pending or {**info, "reference": reference}
            last = (result, info)
    if last is None:
        return Verdict.abstained("gold_unparseable", extracted=candidates[0], reference=list(sample.references)[:8])
    if pending is not None:
        return Verdict.abstained("needs_symbolic", **pending)
    result, info = last
    return Verdict.scored(0.0, "too_complex" if result.reason == "too_complex" else "mismatch", **info)


def _candidates(sample: Sample, found: Extraction) -> Sequence[str]:
    """The readings of what was extracted: itself; a bare answer over several lines; boxes side by side as one list."""
    if found.text is not None:
        text = sample.text.strip()
        if found.method in ("last_line", "last_math") and "\n" in text and len(text) <= 600:
            return (found.text, text)
        if found.method == "last_line":
            return (found.text,)
        return (found.text,)
    if found.method.endswith("boxed") and found.alternatives:
        return (", ".join(found.alternatives),)
    return ()


@verifier("math.symbolic", requires=("answer",), isolated=True)
def symbolic(sample: Sample) -> Verdict:
    """Whether sympy can show that the final answer equals the reference; the last resort, in a worker process.

    Only answers that were read as mathematics come this far. What cannot be shown is scored 0 as `undecided`, because a completion
    could bring that about with text alone.
    """
    from rewardkit.answers.symbolic import settle

    found = extract(sample.text, order=ORDER)
    for candidate in _candidates(sample, found):
        for reference in sample.references:
            decided = settle(reference, candidate)
            if decided is not None:
                return Verdict.scored(float(decided), extracted=candidate, step="symbolic")
    return Verdict.scored(0.0, "undecided", extracted=found.text)
