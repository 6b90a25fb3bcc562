"""A plugin as small as one can be: installing it is enough for `rewardkit.get("moon.phase")` to work."""

from rewardkit import Sample, compare, verifier
from rewardkit.extract import extract


@verifier("moon.phase", requires=("answer",))
def phase(sample: Sample, *, case: bool = False) -> bool:
    """Whether the completion answers with the phase of the moon; with `case` its letters must be those of the reference."""
    reference, answer = sample.references[0], extract(sample.text).text or ""
    return answer == reference if case else compare(reference=reference, answer=answer).equal is True
