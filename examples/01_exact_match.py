"""The smallest useful thing: score three completions, then write a verifier of your own. No GPU, key or download."""

import rewardkit
from rewardkit import RewardFunction, Router, Sample, Verdict, compare, verifier
from rewardkit.extract import extract

for completion in ["<answer>3/4</answer>", "It is 0.75.", "Either 0.75 or 0.8."]:
    verdict = rewardkit.verify(answer="0.75", completion=completion)
    print(
        f"{completion:28} reward {verdict.score}  {verdict.reason}  by {verdict.verifier}, read {verdict.info.get('extracted')!r}"
    )


@verifier("colour.name", requires=("answer",))
def colour(sample: Sample) -> Verdict:
    """Whether the completion answers with the reference colour; that it is named is not enough, as in "It is not red."."""
    found = extract(sample.text)
    if found.text is None:
        return Verdict.scored(0.0, found.reason.value, extracted=None)
    equal = compare(reference=sample.references[0], answer=found.text).equal is True
    return Verdict.scored(float(equal), extracted=found.text)


reward = RewardFunction(Router({"colour": "colour.name", "number": "number.equal"}, by="kind"))
rewards = reward(
    prompts=["Which colour?", "Which colour?", "How many?"],
    completions=["The answer is red.", "It is not red.", "There are 12."],
    answer=["red", "red", "12"],
    kind=["colour", "colour", "number"],
)
print(rewards)
