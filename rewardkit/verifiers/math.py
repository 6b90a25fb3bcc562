"""Mathematics: what kind of answer it is, and whether two are the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from rewardkit.decide import Decision, decide
from rewardkit.extract import Reason, extract
from rewardkit.first_use import loading
from rewardkit.prose.stance import Stance, stance
from rewardkit.question.samples import on_conclusion, quantities_of
from rewardkit.question.settle import as_asked
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["equal", "symbolic"]

# What may stand around a formula and belongs to the sentence.
_RIM = " $\\()[].?!"
# Words in front of a relation, which may be part of its left side: "speed v = 3".
_LEADING_WORDS = re.compile(r"(?:[^\W\d_]{2,40}\s{1,4}){1,8}(?=[^\n]{0,40}[=<>≤≥≠])")


@verifier("math.equal", requires=("answer",))
def equal(
    sample: Sample,
    *,
    rounding: Literal["exact", "reference", "significant", "asked"] = "asked",
    units: Literal["lenient", "strict"] = "lenient",
) -> Verdict:
    """Whether the final answer is mathematically the reference, by exact arithmetic and rigorous numerics.

    `rounding` and `units` are the policies of `rewardkit.answers.compare`; `asked`, the default, also rounds where the question
    asks for it, and a bare reference is in the unit and scale that the question asks for. What is read on both sides but not
    settled abstains with `needs_symbolic`, for `math.symbolic` to settle; a reference in words is `out_of_scope`.
    `info` holds the step that decided and both shapes.
    """
    references = quantities_of(sample)
    if not references:
        return Verdict.abstained("out_of_scope", reference=list(sample.references)[:8])

    def verdict_on(sample: Sample) -> Verdict:
        decision = decide(sample.text, references, rounding=rounding, units=units)
        verdict = _verdict(decision)
        settled = as_asked(sample, verdict, references, rounding)
        return verdict if settled.score and not verdict.score and _is_denied(decision.found.text, decision) else settled

    return _on_conclusion(sample, references, verdict_on)


def _on_conclusion(sample: Sample, references: Sequence[str], verdict_on: Callable[[Sample], Verdict]) -> Verdict:
    """The verdict on the conclusion, where an unmarked text gives a number; a formula with names says what it names."""
    if extract(sample.text).marked or any(map(str.isalpha, "".join(references))):
        return verdict_on(sample)
    return on_conclusion(sample, verdict_on)


def _verdict(decision: Decision) -> Verdict:
    """The verdict by the reference and the completion alone."""
    found, result = decision.found, decision.result
    if result is None:
        alternatives = list(found.alternatives)
        return Verdict.scored(
            0.0,
            "no_answer" if found.reason is Reason.FOUND else found.reason.value,
            extracted=" | ".join(alternatives)[:2000] or None,
            alternatives=alternatives,
            how=found.how,
        )
    info = {
        "extracted": decision.candidate,
        "how": found.how,
        "step": result.step,
        "shape": result.answer_shape,
        "reference_shape": result.reference_shape,
        "reference": decision.reference,
    }
    if result.equal and _is_denied(found.text, decision):
        return Verdict.scored(0.0, "no_answer", **info)
    if result.equal:
        return Verdict.scored(1.0, result.reason, **info)
    if result.reason == "gold_unparseable":
        return Verdict.abstained("gold_unparseable", **info)
    if decision.pending:
        return Verdict.abstained("needs_symbolic", **info)
    if result.reference_shape == "text":
        return Verdict.abstained("out_of_scope", **info)
    return Verdict.scored(0.0, result.reason if result.reason in ("too_complex", "undecided") else "mismatch", **info)


def _is_only_named(statement: str | None, candidate: str | None) -> bool:
    """Whether a formula taken out of a sentence is only denied, asked about or compared with there."""
    if not statement or not candidate or statement == candidate:
        return False
    at = statement.rfind(bare := candidate.strip(_RIM))
    return at >= 0 and not stance(statement, at, at + len(bare)).offers


def _is_denied(statement: str | None, decision: Decision) -> bool:
    """Whether a formula is only named, or words that a relation was read behind, as if they were its name, deny it: not x = 2."""
    candidate = decision.candidate or ""
    if _is_only_named(statement, candidate):
        return True
    words = _LEADING_WORDS.match(candidate)
    if words is None or (decision.reference or "").startswith(words[0]):
        return False
    return stance(candidate, words.end(), len(candidate)) is Stance.DENIED


@verifier("math.symbolic", requires=("answer",), isolated=True)
def symbolic(sample: Sample) -> Verdict:
    """Whether sympy can show that the final answer equals the reference; the last resort, in a worker process.

    Only answers that were read as mathematics come this far. What cannot be shown is scored 0 as `undecided`,
    because a completion could bring that about with text alone.
    """
    with loading:
        from rewardkit.answers.equality.algebra import settle

    references = quantities_of(sample)
    if not references:
        return Verdict.abstained("out_of_scope", reference=list(sample.references)[:8])

    def verdict_on(sample: Sample) -> Verdict:
        decision = decide(sample.text, references)
        if decision.candidate is not None and not _is_denied(decision.found.text, decision):
            for reference in references:
                decided = settle(reference=reference, answer=decision.candidate)
                if decided is not None:
                    return Verdict.scored(float(decided), extracted=decision.candidate, step="symbolic", reference=reference)
        return Verdict.scored(0.0, "undecided", extracted=decision.candidate)

    return _on_conclusion(sample, references, verdict_on)
