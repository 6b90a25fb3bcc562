"""Dates: the final answer as the day, month or year that the reference is."""

from __future__ import annotations

from rewardkit.answers import compare, kind_of_text
from rewardkit.answers.notation.dates import read_date
from rewardkit.extract import Reason, extract
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["equal"]


@verifier("date.equal", requires=("answer",))
def equal(sample: Sample) -> Verdict:
    """Whether the final answer is the date that the reference is, in any usual form of twenty-eight languages.

    An answer that tells less or more than the reference, or leaves open which figure is the month, is a mismatch, as is a
    weekday that does not fit. A reference that is no date is `out_of_scope`; so is an answer in a sentence, which rules for text
    decide.
    """
    references = [reference for reference in sample.references if read_date(reference)]
    if not references:
        return Verdict.abstained("out_of_scope", reference=list(sample.references)[:8])
    found = extract(sample.text)
    if found.text is None:
        reason = "no_answer" if found.reason is Reason.FOUND else found.reason.value
        return Verdict.scored(0.0, reason, extracted=None, alternatives=list(found.alternatives), how=found.how)
    info = {"extracted": found.text, "how": found.how}
    if read_date(found.text) is None and kind_of_text(found.text) != "date":
        return Verdict.abstained("out_of_scope", **info)
    equal = any(compare(reference=reference, answer=found.text).equal for reference in references)
    return Verdict.scored(float(equal), "match" if equal else "mismatch", **info)
