"""The smallest useful thing: score three completions, then write a verifier of your own. No GPU, key or download."""

import rewardkit
from rewardkit import RewardFunction, Router, Sample, Verdict, verifier

for completion in ["<answer>3/4</answer>", "It is 0.75.", "Either 0.75 or 0.8."]:
    verdict = rewardkit.verify(answer="0.75", completion=completion)
    print(
        f"{completion:28} reward {verdict.score}  {verdict.reason}  by {verdict.verifier}, read {verdict.info.get('extracted')!r}"
    )


@verifier("colour.name", requires=("answer",))
def colour(sample: Sample) -> Verdict:
    """Whether the completion names the reference colour and no other."""
    named = [c for c in ("red", "green", "blue") if c in sample.text.lower()]
    if len(named) > 1:
        return Verdict.scored(0.0, "ambiguous", alternatives=named)
    return Verdict.scored(named == [sample.references[0]], extracted=named[0] if named else None)


reward = RewardFunction(Router({"colour": "colour.name", "number": "number.equal"}, by="kind"))
rewards = reward(
    prompts=["Which colour?", "Which colour?", "How many?"],
    completions=["A red ball.", "Red or blue.", "There are 12."],
    answer=["red", "red", "12"],
    kind=["colour", "colour", "number"],
)
print(rewards)
