"""Whether an English sentence is the question with its answer put in: in the question's order, with nothing left out or added.

"Who shot Lincoln?" is answered by "Booth shot Lincoln." and "Lincoln was shot by Booth.", and not by "It was Booth whom Lincoln
shot."; "Where did the ship sail from?" not by "The ship sailed to Lisbon.". Words, signs and digits are compared as they are
written, prepositions and tense among them; only articles are free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rewardkit.prose.carriers import languages, plain
from rewardkit.prose.pieces import valued

__all__ = ["affirmed", "is_put_in", "words_of"]

KEPT = 2048  # questions and references
_ARTICLES = frozenset({"a", "an", "the", "any"})
_BE = frozenset({"is", "are", "was", "were"})
_MODAL = frozenset({"has", "have", "had", "can", "could", "will", "would", "should", "must", "may", "might"})
_DO = frozenset({"do", "does", "did"})
_ASKS = frozenset({"who", "whom", "what", "which", "where", "when"})
_PLACES = frozenset({"in", "on", "at"})
_POINTS = frozenset({"it", "he", "she", "they", "this", "that", "these", "those"})
# A denial of these is none of the whole.
_SHARES = frozenset(
    ["some", "many", "most", "few", "all", "every", "each", "both", "several", "half", "everyone", "somebody", "only"]
)
_CALLED = (("called",), ("named",), ("known", "as"))
# What a work may be called before its name: "The song “Hallelujah” was written by".
_KINDS = frozenset(
    ["song", "book", "novel", "film", "movie", "phrase", "poem", "play", "word", "painting", "series", "show", "album"]
)
_OPPOSITES = (
    ("more", "fewer"), ("more", "less"), ("larger", "smaller"), ("bigger", "smaller"), ("taller", "shorter"),
    ("longer", "shorter"),
    ("higher", "lower"), ("older", "younger"), ("faster", "slower"), ("heavier", "lighter"), ("greater", "smaller"),
)  # fmt: skip
_SHORT = re.compile(r"\b(is|are|was|were|do|does|did|has|have|had|could|would|should|must)n['’]t\b", re.IGNORECASE)
_COUNTS = frozenset({"more", "fewer", "less"})
LEEWAY = 100  # characters by which a sentence may be longer than the question and the answer that it puts together
_RIM = '.,;:!?"“”‘’()[]*_'


@lru_cache(maxsize=KEPT)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, with all their signs, without articles and punctuation around them."""
    text = _SHORT.sub(r"\1 not", text).replace("can't", "can not").replace("cannot", "can not")
    found = (valued(plain(word.strip(_RIM))) for word in text.split())
    return tuple(word for word in found if word and word not in _ARTICLES)


def is_put_in(question: str, sentence: str, answer: str) -> bool:
    """Whether a sentence is the question with the answer in the place of what it asks for."""
    if len(sentence) > len(question) + len(answer) + LEEWAY:
        return False
    asked, said, given = words_of(question), words_of(sentence), words_of(answer)
    if not given or len(said) <= len(given):
        return said == given
    if "or" in asked:
        return _is_chosen(asked, said, given)
    for first in (True, False):
        rest = said[len(given) :] if first else said[: -len(given)]
        if (said[: len(given)] if first else said[-len(given) :]) == given and _fits(asked, rest, first):
            return True
    return False


def _is_chosen(asked: Sequence[str], said: Sequence[str], given: Sequence[str]) -> bool:
    """Whether "The car is blue" takes one of two things that "Is the car red or blue?" offers at its end."""
    at = asked.index("or")
    size = len(asked) - at - 1
    if asked[0] not in _BE or asked.count("or") > 1 or len(given) != size or at - size < 2:
        return False
    if tuple(given) not in (tuple(asked[at + 1 :]), tuple(asked[at - size : at])):
        return False
    return tuple(said) == (*asked[1 : at - size], asked[0], *given)


def _fits(asked: Sequence[str], rest: Sequence[str], first: bool) -> bool:
    """Whether what remains of a sentence without its answer is what the question says; `first` where the answer stood first."""
    if not first and len(rest) == 2 and rest[0] in _POINTS and rest[1] in ("is", "was"):
        return True  # "It is Lisbon."
    if len(asked) < 2 or asked[0] not in _ASKS:
        return False
    where = asked[0] in ("where", "when")
    verb, told = asked[1], asked[2:]
    led = rest[:-1] if not first and where and rest[-1] in _PLACES else rest
    if verb in _BE and not first:
        for called in _CALLED:
            if tuple(led[-len(called) :]) == called:
                led = led[: -len(called)]
    if verb in _BE or verb in _MODAL:
        return any(_same(told, kept) for kept in _without(led, verb)) and (not first or rest[0] == verb)
    if verb in _DO:
        return not first and _inflected(told, led)
    for kind in (1, 2, 3) if asked[0] in ("which", "what") else (1,):
        told = asked[kind:]
        if len(told) > 1 and ((first and _same(told, rest)) or (not first and _is_passive(told, rest))):
            return True
    return False


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    return bool(one) and tuple(one) == tuple(other)


def _without(words: Sequence[str], word: str) -> Iterator[Sequence[str]]:
    """The words without one of the places where a word stands."""
    for at, one in enumerate(words):
        if one == word:
            yield (*words[:at], *words[at + 1 :])


def _inflected(base: Sequence[str], said: Sequence[str]) -> bool:
    """Whether two runs of words are one but for a verb's ending: "ship sail from" and "ship sailed from"."""
    other = [(a, b) for a, b in zip(base, said, strict=False) if a != b]
    return len(base) == len(said) and len(other) == 1 and _is_form(*other[0])


def _is_form(base: str, said: str) -> bool:
    """Whether a word is a verb's form of the present or the past."""
    regular = {base + "s", base + "es", base + "ed", base + base[-1:] + "ed"}
    regular |= {base + "d"} if base.endswith("e") else set()
    regular |= {base[:-1] + "ies", base[:-1] + "ied"} if base.endswith("y") else set()
    return said in regular or _are_forms(base, said)


def _are_forms(one: str, other: str) -> bool:
    """Whether two words are forms of one irregular verb."""
    same = languages()["en"].same
    return not same.get(one, frozenset()).isdisjoint(same.get(other, frozenset()))


def _is_passive(told: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether "wrote Emma" is turned about, "Emma was written by"."""
    verb, thing = told[0], tuple(told[1:])
    if rest[0] in _KINDS and thing[0] not in _KINDS:
        rest = rest[1:]
    if len(rest) != len(thing) + 3 or tuple(rest[: len(thing)]) != thing or rest[-1] != "by" or rest[-3] not in _BE:
        return False
    return rest[-2] == verb or _are_forms(verb, rest[-2])


def affirmed(question: str, sentence: str) -> bool | None:
    """Whether a sentence says that what a question of yes or no asks is so; None where it does not say just that."""
    if len(sentence) > len(question) + LEEWAY:
        return None
    asked, said = words_of(question), list(words_of(sentence))
    if len(asked) < 3 or asked[0] not in _BE | _MODAL | _DO or "or" in asked:
        return None
    verb, told = asked[0], asked[1:]
    denied = _take_denial(said, verb)
    if denied and any(word in _SHARES or word.isdigit() for word in told[:4]):
        return None
    bare = next((kept for kept in _without(said, verb) if said[0] != verb), None)
    if bare is not None and (turned := _turned(told, bare)) is not None:
        return None if denied and turned else not (denied or turned)
    if verb in _DO and not denied and _inflected(told, said):
        return True
    return None


def _take_denial(said: list[str], verb: str) -> bool:
    """Take the denial of the whole out of a sentence: "not" behind its verb, "no" behind "there is"."""
    at = said.index(verb) + 1 if verb in said[:-1] else 0
    if at and (said[at] == "not" or (said[at] == "no" and said[at - 2 : at - 1] == ["there"])):
        del said[at]
        return True
    return False


def _turned(told: Sequence[str], said: Sequence[str]) -> bool | None:
    """False for the same words, True where the word that "than" belongs to is the opposite one; None for anything else."""
    other = [at for at, (a, b) in enumerate(zip(told, said, strict=False)) if a != b]
    if len(told) != len(said) or len(other) > 1:
        return None
    if not other:
        return False
    one, two = told[other[0]], said[other[0]]
    return True if ((one, two) in _OPPOSITES or (two, one) in _OPPOSITES) and _compares(told, other[0]) else None


def _compares(words: Sequence[str], at: int) -> bool:
    """Whether "than" belongs to a comparative: "heavier than", "more red cars than", and not "the larger is heavier than"."""
    rest = words[at + 1 :]
    between = rest[: rest.index("than")] if "than" in rest else None
    if not between:
        return between is not None
    return words[at] in _COUNTS and not any(word in _COUNTS or word.endswith("er") for word in between)
