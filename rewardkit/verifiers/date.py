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
    """Whether the final answer is the date that the reference is, in any usual form of twenty-six languages.

    An answer that tells less than the reference, or leaves open which figure is the month, is a mismatch. `out_of_scope` are a
    reference that is no date, an answer that tells a day of the month that is asked for, and one in a sentence or with a weekday
    that does not fit, which rules for text or a judge decide.
    """
    references = [reference for reference in sample.references if read_date(reference)]
    if not references:
        return Verdict.abstained("out_of_scope", reference=list(sample.references)[:8])
    found = extract(sample.text)
    if found.text is None:
        reason = "no_answer" if found.reason is Reason.FOUND else found.reason.value
        offered = " | ".join(found.alternatives)[:2000] or None
        return Verdict.scored(0.0, reason, extracted=offered, alternatives=list(found.alternatives), how=found.how)
    info = {"extracted": found.text, "how": found.how}
    if read_date(found.text) is None and kind_of_text(found.text) != "date":
        return Verdict.abstained("out_of_scope", **info)
    verdicts = {reference: compare(reference=reference, answer=found.text).equal for reference in references}
    if any(verdicts.values()):
        return Verdict.scored(1.0, "match", **info)
    if any(verdict is None and _tells_more(found.text, reference) for reference, verdict in verdicts.items()):
        return Verdict.abstained("out_of_scope", **info)
    return Verdict.scored(0.0, "mismatch", **info)


def _tells_more(answer: str, reference: str) -> bool:
    """Whether an answer tells a day within the month or year that is asked for, which may be right."""
    given, wanted = read_date(answer), read_date(reference)
    if given is None or wanted is None or given.either:
        return False
    return all(field is not None for field, asked in zip(given[:3], wanted[:3], strict=True) if asked is not None)
