"""Free text against one or more accepted texts.

A yes from these rules is meant to be safe. A no is safe only where a text cannot be said in other words
(`is_closed_form`); elsewhere a miss abstains with `needs_judge`, unless the route passes `on_miss="mismatch"`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Literal, NamedTuple

from rewardkit.errors import BadParameter
from rewardkit.extract import Reason, Statement, extract, told
from rewardkit.first_use import loading
from rewardkit.prose.asked import read_asked
from rewardkit.prose.frames import LEEWAY, is_put_in
from rewardkit.prose.pairs import pair_of, pairs
from rewardkit.prose.sentences import sentences
from rewardkit.prose.stance import stance
from rewardkit.question.references import references_of
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.text.claims import states
from rewardkit.verifiers.text.decided import bears, one_of_two
from rewardkit.verifiers.text.names import same_names
from rewardkit.verifiers.text.restating import restates
from rewardkit.verifiers.text.words import (
    is_closed_form,
    joined,
    normalised,
    symbols,
    tokens,
    written,
)

__all__ = ["anls", "contains", "exact", "f1", "is_closed_form", "ratio", "restated"]

OnMiss = Literal["abstain", "mismatch"]

# Without a mark, a text up to this length is an answer as a whole; of a longer one only the closing paragraph is.
SHORT = 1_200
LONG = 10_000
MORE = 24  # words of an answer that may be nothing but articles and signs


@verifier("text.exact", requires=("answer",))
def exact(sample: Sample, *, on_miss: OnMiss = "abstain") -> Verdict:
    """Equality with an accepted text after normalisation of case, Unicode, punctuation, articles and spaces.

    `on_miss` says what a no is on text that could be said in other words: "abstain" (the default) or "mismatch".
    Yes and no references are compared with the answer's decisive word, symbols by the symbols alone, and names listed in
    Chinese in any order.
    """
    question = sample.question

    def same(reference: str, answer: str) -> float:
        return float(_equal(reference, answer) or same_names(reference, answer, question))

    return _check(sample, on_miss, same)


@verifier("text.contains", requires=("answer",))
def contains(sample: Sample, *, on_miss: OnMiss = "abstain") -> Verdict:
    """Whether the answer states an accepted text, as whole words, neither denied nor offered as one of several.

    "Not Paris", "Paris or London", a question and a list that names more than was asked do not match. `on_miss` is as
    in `text.exact`.
    """
    question, accepted = sample.question, references_of(sample)

    def stated(reference: str, answer: str) -> float:
        return float(
            _equal(reference, answer) or (not is_closed_form(reference, question) and states(answer, reference, accepted))
        )

    return _check(sample, on_miss, stated, holding=True)


@verifier("text.restated", requires=("answer",))
def restated(sample: Sample, *, reading: Literal["strict", "loose"] = "strict", on_miss: OnMiss = "abstain") -> Verdict:
    """Whether a sentence is the question with an accepted text put in, and neither more nor less than that.

    "Who wrote Emma?" is answered by "Jane Austen wrote Emma." and "Emma was penned by Jane Austen.", in the question's order and
    with every word of it or one that says the same. "Is it red or blue?" and questions of yes or no are read as well. What has
    anything left over, stands in another order, is denied or is hedged is a miss, and `on_miss` is as in `text.exact`.

    `reading="loose"` also takes what remains of a sentence in any order, in some fifteen languages, with titles, a place, a date
    or a remark beside it. It finds half as many right answers again, and pays for roles that are changed over ("It was Booth
    whom Lincoln shot."), for other things of the same name and for other prepositions: take it to sort rows, not to train on.
    """
    given = _given(sample)
    if isinstance(given, Verdict):
        return given
    found, visible, references, info = given
    passage = (found.text or "") if found.marked else visible
    asked = read_asked(sample.question if sample.prompt else "")
    only = _only_sentence(passage) if reading == "strict" else None
    # The frame is a quick look beside what remains of a sentence.
    framed = only is not None and _is_framed(only, references, asked.text)
    if reading == "loose" or framed or (only is not None and sample.prompt and _may_restate(passage, references, asked.text)):
        answer = restates(passage, references, asked, strict=reading == "strict" and not framed)
        if answer is not None:
            matched = {} if answer.reference is None else {"matched": answer.reference}
            return Verdict.scored(float(bool(matched)), **info, **matched)
    return _missed(sample, references, on_miss, info)


def _only_sentence(passage: str) -> str | None:
    """The sentence that a passage is; None where it has several."""
    told = list(islice(_sentences(passage), 2))
    return told[0] if len(told) == 1 else None


def _may_restate(passage: str, references: Sequence[str], asked: str) -> bool:
    """A quick look: whether a passage is no longer than the question with an accepted text put in may be."""
    return len(passage) <= 2 * len(asked) + max(map(len, references), default=0) + LEEWAY


def _is_framed(sentence: str, references: Sequence[str], asked: str) -> bool:
    """Whether a sentence is the question with an accepted text put in."""
    return not sentence.endswith("?") and any(is_put_in(asked, sentence, reference) for reference in references)


def _threshold_fits(*, threshold: float, **_: Any) -> None:
    if not 0 < threshold <= 1:
        message = f"threshold={threshold!r} cannot be used; wanted a number above 0 and at most 1"
        raise BadParameter(message)


@verifier("text.f1", requires=("answer",), validate=_threshold_fits)
def f1(sample: Sample, *, threshold: float = 0.5, raw: bool = True, on_miss: OnMiss = "abstain") -> Verdict:
    """Token F1 with the best accepted text, as SQuAD defines it.

    From `threshold` (0.5) on the score is F1 itself, or 1 with `raw=False`; below it the row is a miss, and `on_miss` is
    as in `text.exact`. Source: Rajpurkar et al. 2016, the official evaluation.
    """
    return _check(sample, on_miss, _f1, threshold, raw)


@verifier("text.anls", requires=("answer",), validate=_threshold_fits)
def anls(sample: Sample, *, threshold: float = 0.5, raw: bool = True, on_miss: OnMiss = "abstain") -> Verdict:
    """Normalised Levenshtein similarity with the best accepted text (ANLS).

    From `threshold` (0.5) on the score is the similarity itself, or 1 with `raw=False`; below it the row is a miss, and
    `on_miss` is as in `text.exact`. Source: Biten et al. 2019, scene-text VQA.
    """
    return _check(sample, on_miss, _anls, threshold, raw)


@verifier("text.ratio", requires=("answer",), validate=_threshold_fits)
def ratio(sample: Sample, *, threshold: float = 0.9, raw: bool = False, on_miss: OnMiss = "abstain") -> Verdict:
    """Insertions-and-deletions similarity with the best accepted text (rapidfuzz's ratio, from 0 to 1).

    From `threshold` (0.9) on the score is 1, or the similarity itself with `raw=True`; below it the row is a miss, and
    `on_miss` is as in `text.exact`.
    """
    return _check(sample, on_miss, _ratio, threshold, raw)


def _check(
    sample: Sample,
    on_miss: OnMiss,
    measure: Callable[[str, str], float],
    threshold: float = 1.0,
    raw: bool = False,
    holding: bool = False,
) -> Verdict:
    """The best measure over the accepted texts and the places an answer may stand, as a verdict.

    `holding` is set when an answer needs only to hold the accepted text.
    """
    given = _given(sample)
    if isinstance(given, Verdict):
        return given
    found, visible, references, info = given
    whole = visible if len(visible) <= SHORT else ""
    best, matched = next(((1.0, r) for r in references if _equal(r, whole)), (0.0, ""))
    places = dict.fromkeys(_places(found, visible, whole, holding))
    for reference in () if best == 1.0 else references:
        for answer in places:
            # What is that much longer is no answer of this kind, and need not be measured.
            if len(answer) <= LONG + 4 * len(reference) and (value := measure(reference, answer)) > best:
                best, matched = value, reference
    if matched and not found.marked and not _is_stated(visible, matched):
        return Verdict.scored(0.0, "no_answer", **info)
    info["similarity"] = round(best, 6)
    if best >= threshold:
        return Verdict.scored(best if raw else 1.0, matched=matched, **info)
    return _missed(sample, references, on_miss, info)


def _missed(sample: Sample, references: Sequence[str], on_miss: OnMiss, info: dict[str, Any]) -> Verdict:
    """The verdict on an answer that is none of the accepted texts."""
    if on_miss == "mismatch" or all(is_closed_form(r, sample.question) for r in references):
        return Verdict.scored(0.0, "mismatch", **info)
    return Verdict.abstained("needs_judge", **info)


class _Given(NamedTuple):
    """What a completion offers, all that it tells, the accepted texts, and what a verdict notes of it."""

    found: Statement
    visible: str
    references: tuple[str, ...]
    info: dict[str, Any]


def _given(sample: Sample) -> _Given | Verdict:
    """What a completion offers; the verdict where that is nothing, too much, or one of a pair of words."""
    found = extract(sample.text)
    visible = told(sample.text).strip()
    if found.reason is Reason.AMBIGUOUS:
        return Verdict.scored(0.0, "ambiguous", extracted=" | ".join(found.alternatives)[:2000])
    if found.text is None:
        return Verdict.scored(0.0, "no_answer", extracted=None)
    info: dict[str, Any] = {"extracted": found.text[:2000], "how": found.how}
    references = references_of(sample)
    accepted = [pair_of(reference) for reference in references]
    if accepted[0] and all(one and one[0] is accepted[0][0] for one in accepted):
        pair = accepted[0][0]
        asked = sample.question if sample.prompt and pair is pairs()[0] else ""
        decided = one_of_two(pair, {one[1] for one in accepted if one}, found, visible, asked, info)
        if decided is not None:
            return decided
        if pair is pairs()[0]:
            open_ = bears(visible, asked)
            return Verdict.abstained("needs_judge", **info) if open_ else Verdict.scored(0.0, "no_answer", **info)
    return _Given(found, visible, references, info)


def _is_stated(visible: str, accepted: str) -> bool:
    """Whether a text that names the accepted one as it is written states it, as far as that can be seen."""
    at = visible.rfind(accepted)
    return at < 0 or stance(visible, at, at + len(accepted)).offers


def _places(found: Statement, visible: str, whole: str, holding: bool) -> tuple[str, ...]:
    """The texts that may be the answer: the extracted one, and the whole of a short completion.

    Where the answer needs only to hold the accepted text, what stands around a marked answer is not looked at.
    """
    extracted = found.text or ""
    if holding and found.marked:
        return (extracted,)
    closing = visible[-4 * SHORT :].rsplit("\n\n", 1)[-1][-SHORT:] if holding else ""
    return (extracted, whole or closing)


def _sentences(text: str) -> Iterator[str]:
    return (sentence.strip() for _, sentence in sentences(text) if sentence.strip())


def _equal(reference: str, answer: str) -> bool:
    sign = symbols(reference)
    if sign:
        return symbols(answer) == sign
    if _has_more_words(answer, len(reference)):
        return False
    wanted, given = normalised(reference), normalised(answer)
    if not wanted or wanted == given:
        return bool(wanted) and _same_signs(reference, answer)
    # Joined, they differ by no more than spaces.
    return len(wanted) <= 2 * len(given) <= 4 * len(wanted) and joined(reference) == joined(answer)


def _has_more_words(answer: str, letters: int) -> bool:
    """A quick look: whether an answer has more words than all letters of a reference could make, articles and signs aside."""
    most = letters + MORE
    return len(answer) > 2 * most and len(answer.split()) > most


def _same_signs(reference: str, answer: str) -> bool:
    """Whether two texts of the same words have the same signs too: W = -ΔU and W = ΔU, π⁺ and π⁻, Co and CO."""
    wanted = written(reference)
    return not wanted or wanted == written(answer) or (wanted == reference.strip() and answer.strip().islower())


def _f1(reference: str, answer: str) -> float:
    wanted, given = tokens(reference), tokens(answer)
    shared = sum((Counter(wanted) & Counter(given)).values())
    return 2 * shared / (len(wanted) + len(given)) if shared else 0.0


def _anls(reference: str, answer: str) -> float:
    with loading:
        from rapidfuzz.distance import Levenshtein

    return Levenshtein.normalized_similarity(_plain(reference), _plain(answer))


def _ratio(reference: str, answer: str) -> float:
    with loading:
        from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(_plain(reference), _plain(answer))


def _plain(text: str) -> str:
    # Edit distances cost the product of the lengths.
    return " ".join(text[: 4 * LONG].casefold().split())
