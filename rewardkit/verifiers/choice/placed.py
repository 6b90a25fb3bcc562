"""The option of a place: "The third one on the list.", "Die zweite Antwort stimmt.", "the second to last".

A place counts where an article or a noun for an option stands beside it, and nothing else is said of it than that it is right;
"the last digit of 13" is none, and "let me look at the second one" chooses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.announced import announced, chosen
from rewardkit.prose.asked import Asked, spoken
from rewardkit.prose.carriers import EMPTY, Language
from rewardkit.prose.ordinals import Place, Where, counted, places
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.prose.pieces import UNSPACED, pieces, same_word
from rewardkit.prose.stance import Stance, stance
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.spoken import question_of, spoken_of

__all__ = ["Placed", "option_at", "placed", "whole_place"]

LIMIT = 600  # characters; a longer text goes through its options
SHORT = 80  # characters of a text that is a place and nothing else
STRANGERS = 1  # words before a place that are none of the question's
_ELIDES = ("'", "’")  # behind the article of "l'avant-dernier"
_ENDS = re.compile(r"\s*(?:$|[.,;:!(—–\n]|-\s|[。，；：！])")
_SENTENCE = re.compile(r"[.!?。！？\n]+(?:\s|$)|[。！？\n]|[,;:，；：]\s")
_LETTER_BEHIND = re.compile(r"[\s,]*[(]?([A-Z])\b")


class Placed(NamedTuple):
    """The letter of the option at a place, and where its words begin and end."""

    letter: str
    begin: int
    end: int


@lru_cache(maxsize=1)
@first_use
def _words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Articles and the like right before a place; what calls it right; what settles on it from before."""
    fills = phrases(Meaning.FILLS, Side.BEFORE, Reach.ADJACENT).source
    right = phrases(Meaning.JUDGES_RIGHT, Side.BEHIND, Reach.END).source
    behind = phrases(Meaning.SETTLES, Side.BEHIND, Reach.TOUCHING).source
    before = phrases(Meaning.SETTLES, Side.BEFORE, Reach.ADJACENT).source
    leads = phrases(Meaning.CONCLUDES, Side.BEFORE, Reach.CLAUSE).source
    return (
        re.compile(rf"(?:{fills})[\s\"'“«(*_]*$|[ldLD]['’]$", re.IGNORECASE),
        re.compile(rf"\s*(?:{right}|{behind})", re.IGNORECASE),
        re.compile(rf"(?:{before}|{leads})[\s,\"'“«(*_]*$", re.IGNORECASE),
    )


def option_at(at: Where, options: Options, mentioned: Collection[str] = ()) -> str:
    """The letter of the option at a place; empty where there is none, or where that cannot be told."""
    letters, count = list(options.texts), len(options)
    if isinstance(at, int):
        return letters[at - 1 if at > 0 else at] if abs(at) <= count else ""
    if at == "middle":
        return letters[count // 2] if count % 2 else ""
    if at == "rest":
        left = [letter for letter in letters if letter not in mentioned]
        return left[0] if len(left) == 1 and count > 2 else ""
    return letters[0 if at == "former" else 1] if count == 2 else ""


def _places(text: str, options: Options) -> Sequence[Place]:
    """The places that a text names; a number that is an option's own text is none."""
    own = {quantity.value for quantity in options.quantities.values()}
    return [place for place in places(text) if not place.numbered or (place.at not in own)]


def whole_place(plain: str, options: Options) -> tuple[str, bool] | None:
    """The letter of a text that is a place and nothing else, and whether another letter behind contradicts it."""
    found = _places(plain, options) if len(plain) < SHORT else ()
    if len(found) != 1:
        return None
    named, end = _named(plain, found[0], None)
    before = plain[: found[0].begin]
    article, right, settles = _words()
    before = before[: cut.start()] if (cut := article.search(before)) else before
    letter = option_at(found[0].at, options)
    if not letter or not named or (before.strip(" \"'(*_") and not settles.search(before)):
        return None
    called = right.match(plain, end)
    end = called.end() if called else end
    behind = _LETTER_BEHIND.match(plain, end)
    end = behind.end() if behind else end
    return (letter, bool(behind and behind[1] != letter)) if not plain[end:].strip(" .!,;:)\"'*_。！") else None


def _named(text: str, place: Place, asked: Asked | None) -> tuple[bool, int]:
    """Whether a noun or a list stands behind a place, or the kind of thing that is asked for, and where that ends."""
    named, end = counted(text, place.end)
    if named or asked is None or place.numbered or UNSPACED.match(text[place.begin]):
        return named or place.numbered or UNSPACED.match(text[place.begin]) is not None, end
    next_word = next(iter(pieces(text[place.end : place.end + 40], None)), None)
    if next_word is None or next_word.gap.strip() or len(next_word.word) < 3:
        return False, place.end
    own = [piece.word for piece in asked.pieces]
    if any(same_word(next_word.word, word, inflected=False) for word in own):
        _, end = counted(text, place.end + next_word.end)
        return True, end
    return False, place.end


def placed(text: str, options: Options, prompt: str) -> Iterator[Placed]:
    """The places that a text states as its answer, in order."""
    if not options.texts or len(text) > LIMIT:
        return
    asked = question_of(prompt, options)
    language = spoken(asked, text)
    found = _places(text, options)
    mentioned = [one.letter for one in spoken_of(text, options, asked, language)] if any(p.at == "rest" for p in found) else ()
    for place in found:
        letter = option_at(place.at, options, mentioned)
        if letter and (end := _stated_to(text, place, asked, language)) and not _of_another(text, place, options):
            yield Placed(letter, place.begin, end)


def _of_another(text: str, place: Place, options: Options) -> bool:
    """Whether a place is said of an option, by its words or a letter: "Mars is the second one", "A would be the last"."""
    begin = max((gap.end() for gap in _SENTENCE.finditer(text, 0, place.begin)), default=0)
    before = pieces(text[begin : place.begin], None)
    words = [piece.word for texts in options.texts.values() for piece in pieces(texts, None) if len(piece.word) > 2]
    return any((piece.letters and len(piece.word) == 1) or any(same_word(piece.word, word) for word in words) for piece in before)


def _stated_to(text: str, place: Place, asked: Asked, language: Language | None) -> int:
    """Where a place that is stated ends with its noun; 0 where it is no place of an option, or more is said of it."""
    article, right, settles = _words()
    named, end = _named(text, place, asked)
    begin = max((gap.end() for gap in _SENTENCE.finditer(text, 0, place.begin)), default=0)
    led = article.search(text, begin, place.begin)
    if not named and not led and text[place.begin + 1 : place.begin + 2] not in _ELIDES:
        return 0
    if stance(text, place.begin, end) is not Stance.STATED:
        return 0
    if right.match(text, end):
        return end
    before = text[begin : led.start() if led else place.begin]
    own = any(cue.end >= begin and cue.end <= place.begin for cue in (*announced(text), *chosen(text)))
    if not _ENDS.match(text, end) and not UNSPACED.match(text[end : end + 1]):
        return end if place.at == "rest" and named else 0
    if own or settles.search(before) or len(list(_strangers(before, asked, language))) <= (STRANGERS if named else 0):
        return end
    return 0


def _strangers(before: str, asked: Asked, language: Language | None) -> Iterator[str]:
    """The words before a place that say something and are none of the question's."""
    own = [piece.word for piece in asked.pieces]
    for piece in pieces(before, None):
        small = len(piece.word) < 2 or (language is not None and not language.roles_of(piece.word).isdisjoint(EMPTY))
        if not small and not any(same_word(piece.word, word) for word in own):
            yield piece.word
