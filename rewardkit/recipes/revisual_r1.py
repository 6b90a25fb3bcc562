"""ReVisual-R1: 0.8 · accuracy, and 0.05 each for self-critic words, for looking at the image again, and for not repeating itself.

Source: arXiv 2506.04207 and its released `math.py`, and `text.py` for the last stage, on text. The terms on words pay for phrases
that a policy can stuff: ten times "wait" and "mistake" earn all of the first. They are kept for comparison, with a warning;
`words=False` leaves them out. Of the released lists only three words and their weights are known here, so the lists are
parameters; pairs of words, a bonus for structure and circular phrases, which the code pays or takes off for too, are left out.

In the code an answer outside of a box is always wrong, because its extraction gives the text "None"; here every dress is read,
unless `compat=True`. PAD, its choice of rows, is `rewardkit.advantages.PadPower` and `PadSoftmax`; the weight of its entropy is
`rewardkit.schedules.Exponential(0.02, 0.985, after=20)`.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rewardkit import registry
from rewardkit.compose import Rubric
from rewardkit.errors import BadParameter
from rewardkit.extract import Method, extract
from rewardkit.lifted import FunctionVerifier, Spec
from rewardkit.recipes.auto import build as accuracy
from rewardkit.recipes.parts.letters import is_equal
from rewardkit.types import Sample, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["CRITIC_WORDS", "REVISIT_PHRASES", "build"]

Stage = Literal["multimodal", "text"]


class Weights(NamedTuple):
    """What each term of a stage weighs, and the line of its length."""

    accuracy: float
    critic: float
    revisit: float
    repetition: float
    slope: float
    offset: float


STAGES: Mapping[str, Weights] = {
    "multimodal": Weights(0.80, 0.05, 0.05, 0.05, slope=0.005, offset=0.5),
    "text": Weights(0.85, 0.05, 0.0, 0.10, slope=0.001, offset=0.95),
}
LENGTH = 0.05
CRITIC_WORDS: Mapping[str, float] = {"mistake": 0.12, "wait": 0.06, "but": 0.04}
REVISIT_PHRASES: Sequence[str] = ("look at the image again", "in the image", "looking back at the image")
_WORD = re.compile(r"[a-z']+")
_SENTENCE = re.compile(r"[.!?。！？\n]+")
READ = 200_000  # characters


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    words: bool = True,
    critic_words: Mapping[str, float] = CRITIC_WORDS,
    revisit_phrases: Sequence[str] = REVISIT_PHRASES,
    budget: int | None = None,
    stage: Stage = "multimodal",
    compat: bool = False,
) -> Verifier:
    """The `revisual_r1` reward of a row, at most 0.95, or 1 with a length to keep to; of text 1, or 1.05.

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        words: Whether the two terms that pay for words and phrases are in it (default True, as published).
        critic_words: Each word and its weight; a repeated word earns weight · (1 + 0.5 · (times − 1)), all together at most 1.
        revisit_phrases: Phrases of which each one earns 0.2, two at most.
        budget: Tokens a completion should keep to; adds 0.05 · clip(0.005 · (budget − length) + 0.5, 0, 1), to wrong answers too.
        stage: "multimodal" (default) or "text", which weighs accuracy 0.85, not repeating itself 0.1 and the words 0.05, has no
            term for the image, and a flatter line for the length (0.001 and 0.95).
        compat: As the released code does: an answer outside of a box is wrong; no judge is asked.

    Raises:
        BadParameter: For another `stage`.
    """
    if stage not in STAGES:
        message = f"stage={stage!r} cannot be used; wanted {' or '.join(map(repr, STAGES))}"
        raise BadParameter(message)
    weights = STAGES[stage]
    boxed = FunctionVerifier(Spec("revisual_r1.accuracy", _boxed, ("answer",)))
    parts: dict[Any, float] = {boxed if compat else accuracy(judge, judge_on, judge_cache, judge_canaries): weights.accuracy}
    if words:
        message = "revisual_r1 pays for words that a policy can stuff (self-critic, image-revisit); words=False leaves them out"
        warnings.warn(message, UserWarning, stacklevel=4)
        critic, revisit = {"words": dict(critic_words)}, {"phrases": tuple(revisit_phrases)}
        parts[FunctionVerifier(Spec("revisual_r1.self_critic", _self_critic), critic)] = weights.critic
        if weights.revisit:
            parts[FunctionVerifier(Spec("revisual_r1.image_revisit", _image_revisit), revisit)] = weights.revisit
    parts[FunctionVerifier(Spec("revisual_r1.repetition", _repetition))] = weights.repetition
    if budget is not None:
        parts[registry.get("length.budget", budget=budget, slope=weights.slope, offset=weights.offset)] = LENGTH
    return Rubric(parts, name="revisual_r1")


def _boxed(sample: Sample) -> Verdict:
    """Whether the box holds the reference, as mathematics, or else by the letter."""
    found = extract(sample.text)
    if found.dress is not Method.BOXED:
        return Verdict.scored(0.0, "no_answer", extracted=found.text)
    same = (found.text or "").strip() in sample.references
    return Verdict.scored(float(same or bool(is_equal(sample))), extracted=found.text)


def _self_critic(sample: Sample, *, words: Mapping[str, float]) -> Verdict:
    counted = Counter(_WORD.findall(sample.text[-READ:].lower()))
    earned = sum(weight * (1 + 0.5 * (counted[word] - 1)) for word, weight in words.items() if counted[word])
    return Verdict.scored(min(1.0, earned))


def _image_revisit(sample: Sample, *, phrases: Sequence[str]) -> Verdict:
    text = sample.text[-READ:].lower()
    return Verdict.scored(min(0.4, 0.2 * sum(phrase in text for phrase in phrases)))


def _repetition(sample: Sample) -> Verdict:
    """1 less 0.1 for each sentence, and 0.05 for each five words, that have stood before; at most 0.5 and 0.3."""
    text = sample.text[-READ:].lower()
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE.split(text) if sentence.strip()]
    words = _WORD.findall(text)
    fives = list(zip(*(words[at:] for at in range(5)), strict=False))
    again = len(sentences) - len(set(sentences)), len(fives) - len(set(fives))
    return Verdict.scored(1 - min(0.5, 0.1 * again[0]) - min(0.3, 0.05 * again[1]))
