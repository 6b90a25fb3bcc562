"""A plugin as small as one can be: installing it is enough for `rewardkit.get("moon.phase")` to work."""

from rewardkit import Sample, verifier


@verifier("moon.phase", requires=("answer",))
def phase(sample: Sample, *, case: bool = False) -> bool:
    """Whether the completion names the phase of the moon."""
    fold = str if case else str.casefold
    return fold(sample.references[0]) in fold(sample.text)
