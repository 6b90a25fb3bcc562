"""General-Reasoner: −0.5 without an answer, else 1 less 0.05 for each token of difference in length where it is right.

Source: arXiv 2505.14652 and its released `verifier.py`. In the code a completion without an answer is still shown to the verifier
as "None", and may be paid; here it is not asked. Its tokens are those of the model's tokenizer; here they are words and signs,
unless `tokens` counts them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rewardkit import dispatch
from rewardkit.compose import waits
from rewardkit.errors import BadParameter
from rewardkit.extract import extract
from rewardkit.recipes.auto import build as accuracy
from rewardkit.types import Sample, Status, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["Shaped", "build"]

NO_ANSWER = -0.5
A_TOKEN = 0.05
MOST_TOKENS = 10
_TOKEN = re.compile(r"\w+|[^\w\s]")


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    tokens: Callable[[str], int] | None = None,
) -> Verifier:
    """The `general_reasoner` reward of a row, from −0.5 to 1.

    Args:
        judge: What decides where rules cannot, such as a client of TIGER-Lab/general-verifier; a judge, a client or a spec.
            Default None: such rows abstain.
        judge_on: As in `auto`; "always" is the paper's way, whose verifier is a model.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        tokens: Counts the tokens of a text, such as `lambda text: len(tokenizer.encode(text))`; default words and signs.

    Raises:
        BadParameter: For `tokens` that cannot be called.
    """
    if tokens is not None and not callable(tokens):
        message = f"tokens={tokens!r} cannot be used; wanted a function from a text to the number of its tokens"
        raise BadParameter(message)
    return Shaped(accuracy(judge, judge_on, judge_cache, judge_canaries), tokens or _words)


def _words(text: str) -> int:
    return len(_TOKEN.findall(text))


class Shaped:
    """A verifier's accuracy with General-Reasoner's penalties."""

    name = "general_reasoner"

    def __init__(self, accuracy: Verifier, tokens: Callable[[str], int]) -> None:
        self.accuracy = accuracy
        self.tokens = tokens
        self.remote = waits(accuracy)

    def __repr__(self) -> str:
        return f"Shaped({self.accuracy!r})"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order; a completion without an answer reaches no judge."""
        found = [extract(sample.text) for sample in samples]
        asked = [sample for sample, one in zip(samples, found, strict=True) if one.text is not None]
        verdicts = iter(dispatch.run(self.accuracy, asked))
        return [
            Verdict(NO_ANSWER, Status.SCORED, "no_answer", {"extracted": None}, self.name)
            if one.text is None
            else self._shaped(sample, one.text, next(verdicts))
            for sample, one in zip(samples, found, strict=True)
        ]

    def _shaped(self, sample: Sample, answer: str, verdict: Verdict) -> Verdict:
        if not verdict.score:
            return verdict
        lengths = [abs(self.tokens(answer) - self.tokens(reference)) for reference in sample.references]
        apart = min(MOST_TOKENS, min(lengths, default=0))
        info = {**verdict.info, "tokens_apart": apart}
        return Verdict(verdict.score - A_TOKEN * apart, Status.SCORED, verdict.reason, info, self.name, verdict.seconds)
