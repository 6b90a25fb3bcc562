"""Whether a sentence says again what a question of yes or no asks, in its own words and order, or denies it.

"Ist ein Wal ein Fisch?" is answered by "Ein Wal ist also kein Fisch, sondern …": the question's words in their order,
its first word, the verb, wherever it belongs in a statement, without articles, with or without one word that denies and those
that conclude. What has a word more or less, or another order, says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.asked import Asked
from rewardkit.prose.carriers import Language, Role, folded
from rewardkit.prose.glue import BUT
from rewardkit.prose.meanings import phrases_in
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.prose.pieces import UNSPACED, pieces, same_word
from rewardkit.prose.sentences import QUESTION_MARKS

__all__ = ["Repeated", "repeated", "speaks_of"]

LONGEST = 40  # words of a question
LEEWAY = 100  # characters by which a sentence that may answer is longer than its question
LEAST = 3  # words that a sentence says behind a word that stands for what the question asks about
TELLING = 4  # letters of a word that tells something, though it may also carry
SHARE = 0.5  # of the question's telling words in a sentence that may answer it
# Where a remark begins that a clause may have behind it.
_UNSURE = frozenset({"as", "since"})  # which begin other remarks than reasons too
_GAP = re.compile(r"\s*[,;:—–]\s+|\s[-—–(]\s?")


class Repeated(NamedTuple):
    """Whether what is asked is so, and whether the sentence says it as its conclusion."""

    value: bool
    concludes: bool


class _Form(NamedTuple):
    """The words of a statement in order, and the verb that may stand anywhere in it; without one there is none to be moved."""

    told: tuple[str, ...]
    verb: str


def repeated(question: Asked, sentence: str) -> Repeated | None:
    """What a sentence says of a question of yes or no; None where it says anything else than just that."""
    language = question.language
    if language is None or sentence.rstrip(" \"'”»*_").endswith(tuple(QUESTION_MARKS)):
        return None
    forms = _forms(question)
    for clause, remark in _clauses(sentence) if forms else ():
        concluding = _words_in(clause, Meaning.CONCLUDES, Reach.CLAUSE)
        found = [piece.word for piece in pieces(clause, None)]
        words = [word for word in found if word not in concluding or any(word in form.told for form in forms)]
        denying = [word for word in words if Role.DENIES in language.roles_of(word)]
        words = [word for word in words if word not in denying and word not in _articles(language.code)]
        if not any(_is_said(form, words, language) for form in forms) or not _is_one_denial(denying, language):
            continue
        if denying and any(word in _shares() for form in forms for word in form.told):
            return None
        if not remark or (_turns() if denying else _reasons()).match(remark):
            return Repeated(not denying, len(words) + len(denying) < len(found) and not concluding.isdisjoint(found))
    return None


def speaks_of(question: Asked, sentence: str) -> bool:
    """Whether a sentence has two words that a question tells something with, and half of them at least."""
    language = question.language
    if len(sentence) > len(question.text) + LEEWAY:
        return False
    lead = _whether().match(question.text)
    asked = pieces(question.text[lead.end() if lead else 0 :], None)
    telling = (p.word for p in asked if len(p.word) >= TELLING or (language and not language.roles_of(p.word)))
    wanted = {word for word in telling if len(word) > 1 and word.isalpha()}
    words = {piece.word for piece in pieces(sentence, None)}
    if language and any(Role.SUPPOSES in language.roles_of(word) for word in words):
        return False
    held = sum(any(same_word(word, other) for other in words) for word in wanted)
    return held > 1 and held >= SHARE * len(wanted)


@lru_cache(maxsize=1024)
def _forms(question: Asked) -> tuple[_Form, ...]:
    """The statements that a question of yes or no asks for; none where it asks for anything else, or denies or chooses."""
    language = question.language
    text = question.text
    if language is None or UNSPACED.search(text) or not text.endswith(tuple(QUESTION_MARKS)):
        return ()
    lead = _whether().match(text)
    found = [piece.word for piece in pieces(text[lead.end() if lead else 0 :], None)]
    other = frozenset({Role.ASKS, Role.OR, Role.DENIES})
    if not 2 < len(found) <= LONGEST or any(not language.roles_of(word).isdisjoint(other) for word in found):
        return ()
    words = tuple(word for word in found if word not in _articles(language.code))
    last = (_Form(words[:-1], words[-1]),) if lead and language.code in ("de", "nl") else ()
    return (_Form(words, ""), *(last if lead else (_Form(words[1:], words[0]),)))


def _clauses(sentence: str) -> Iterator[tuple[str, str]]:
    """A sentence as a whole, and its first clause with the remark behind it."""
    yield sentence, ""
    if gap := _GAP.search(sentence):
        yield sentence[: gap.start()], sentence[gap.end() :]


def _is_said(form: _Form, words: Sequence[str], language: Language) -> bool:
    """Whether words are those of a statement, or end it behind a word that stands for what they are said of."""
    if not form.verb:
        return tuple(words) == form.told
    for at, word in enumerate(words):
        said = (*words[:at], *words[at + 1 :])
        if word != form.verb or not said:
            continue
        stands = len(said) > LEAST and Role.POINTS in language.roles_of(said[0]) and len(said) <= len(form.told)
        if said == form.told or (stands and form.told[1 - len(said) :] == said[1:]):
            return True
    return False


def _is_one_denial(denying: Sequence[str], language: Language) -> bool:
    """Whether nothing is denied, or only once; in French in two words."""
    two = language.code == "fr" and len(denying) == 2 and denying[0] in ("ne", "n")
    return len(denying) < 2 or two


def _words_in(text: str, meaning: Meaning, reach: Reach) -> frozenset[str]:
    return frozenset(folded(word) for phrase in phrases_in(text, meaning, reach) for word in phrase.split())


@lru_cache(maxsize=64)
@first_use
def _articles(code: str) -> frozenset[str]:
    found = (row for row in phrases(Meaning.ARTICLE, Side.BEFORE, Reach.CLAUSE).rows if row.language == code)
    return frozenset(folded(word) for row in found for word in row.alternatives)


@lru_cache(maxsize=1)
@first_use
def _shares() -> frozenset[str]:
    """Words of which a denial is none of the whole: "not all", "some do not"."""
    return frozenset(folded(word) for row in phrases(Meaning.SHARES, Side.BEFORE, Reach.CLAUSE).rows for word in row.alternatives)


@lru_cache(maxsize=1)
@first_use
def _whether() -> re.Pattern[str]:
    """What opens a question of yes or no and is no word of the statement."""
    return re.compile(rf"\W*(?:{phrases(Meaning.WHETHER, Side.BEFORE, Reach.ADJACENT).source})\s*", re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def _turns() -> re.Pattern[str]:
    return re.compile(BUT, re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def _reasons() -> re.Pattern[str]:
    found = (word for row in phrases(Meaning.PARTS, Side.BEFORE, Reach.ADJACENT).rows for word in row.alternatives)
    return re.compile("|".join(rf"{word}\b" for word in found if word not in _UNSURE), re.IGNORECASE)
