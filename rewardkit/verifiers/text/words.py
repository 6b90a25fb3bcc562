"""Words of free text: the form in which they are compared, and the references that words alone can decide."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

__all__ = ["answers_both_ways", "is_closed_form", "normalised", "polarity", "spoken_polarity", "symbols", "tokens"]

# Longer prompts are documents; a task that rearranges words states them near its end.
PROMPT_TAIL = 20_000

_WRAPPER = re.compile(
    r"\\(?:text(?:bf|it|rm|sf|tt)?|math(?:rm|bf|it|sf|tt)|operatorname|variable|mbox|emph)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
)
_MATHS_RIM = re.compile(r"\\[()\[\]]|\$(?!\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# A point, sign or slash that belongs to a number, and marks that belong to a name (C++, C#), are part of the word.
_TOKEN = re.compile(
    r"(?:(?<![\w.])-)?\d+(?:[./:]\d+)*(?:(?:st|nd|rd|th)\b|%)?|(?:[^\W_]|(?<=\w)['’](?=\w))+(?:\+\+|#)?|[+=<>≤≥≠°€£¥$%^|~]+"
)
_ARTICLES = frozenset({"a", "an", "the"})

YES, NO = frozenset({"yes", "true", "yeah", "yep"}), frozenset({"no", "false", "nope"})
_OPENERS = "*_\"'([ \t\r\n"
_DECISIVE = re.compile(r"(?<![\w-])(yes|no|true|false|yeah|yep|nope)(?![\w-])", re.IGNORECASE)
# "No idea" and "no way" say no more than that; "no, it is" and "no because" answer.
_OF_SOMETHING = re.compile(
    r"\s+(?!(?:it|its|this|that|these|those|they|there|the|he|she|we|i|you|because|since|as|if|for|not)\b)[^\W_]", re.IGNORECASE
)
_JOINED = re.compile(r"\s+(?:or|and|other|matter|longer|doubt|need|more)\b", re.IGNORECASE)
# "True/False" and "No. Wait, yes." answer both ways.
_OTHER_WAY = re.compile(
    r"[\s,./;:|!?…*_\"'()-]{1,8}(?:(?:or|and|wait|actually|sorry|hmm+|oh|rather|maybe)\b[\s,.:;!…]*){0,3}"
    r"(yes|no|true|false|yeah|yep|nope)(?=\W*(?:$|[,.;:!\n]))",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?:\b(?:not|never|neither|nor|cannot|isn't|wasn't)|n't)\s+(?:\w+\s+)?$", re.IGNORECASE)
_DENIED_TRUTH = re.compile(r"\b(?:is|are|was)(?:\s+not|n't)\s+(true|false)\W*$", re.IGNORECASE)
_RESULT = re.compile(
    r"(?:\b(?:is|are|be|was|therefore|thus|so|hence|conclusion|answer|statement)|[:：])[\s,\"'*]*$", re.IGNORECASE
)


def tokens(text: str) -> list[str]:
    """The words and numbers of a text in NFKC and small letters, without articles and punctuation."""
    if "\\" in text or "$" in text:
        text = _MATHS_RIM.sub(" ", _WRAPPER.sub(r"\1", text))
    text = (
        unicodedata.normalize("NFKC", text).casefold().replace("−", "-").replace("&", " and ").replace("*", "").replace("_", " ")
    )
    found = [word.replace("'", "").replace("’", "") for word in _TOKEN.findall(_THOUSANDS.sub("", text))]
    return [word for word in found if word not in _ARTICLES] or found


def normalised(text: str) -> str:
    """The text in the form that exact comparison uses: its `tokens` with single spaces."""
    return " ".join(tokens(text))


def symbols(text: str) -> str:
    """The text without white space when it holds symbols only, such as brackets; else empty."""
    bare = "".join(text.split())
    return "" if any(c.isalnum() for c in bare) else bare


def polarity(text: str) -> bool | None:
    """True for a bare yes or true, False for a bare no or false, else None."""
    word = text.strip(" \t\r\n.!,;:\"'*`()[]{}").casefold()
    return True if word in YES else False if word in NO else None


def spoken_polarity(text: str, *, brief: bool) -> bool | None:
    """Yes or no as an answer states it: by its first word, or by the last "is true" of its last line.

    `brief` is for an answer that was marked as one: there a single yes or no anywhere decides.
    """
    stripped = text.strip().lstrip(_OPENERS)
    first = _DECISIVE.match(stripped)
    if first and not _is_of_something(first) and not _JOINED.match(stripped, first.end()):
        return None if answers_both_ways(stripped) else first[1].casefold() in YES
    line = stripped if brief else stripped.rsplit("\n", 1)[-1]
    denied = _DENIED_TRUTH.search(line[-2000:])
    if denied and len(_DECISIVE.findall(line[-2000:])) == 1:
        return denied[1].casefold() not in YES
    line = line[-2000:]
    found = [
        m
        for m in _DECISIVE.finditer(line)
        if not _is_of_something(m) and not _NOT.search(line, max(0, m.start() - 30), m.start())
    ]
    if not brief:
        found = [m for m in found if _RESULT.search(line, max(0, m.start() - 30), m.start())]
    stated = {m[1].casefold() in YES for m in found}
    return stated.pop() if len(stated) == 1 else None


def answers_both_ways(text: str) -> bool:
    """Whether a text opens with yes and no, as in "True/False" or "No. Wait, yes."."""
    first = _DECISIVE.match(text := text.lstrip(_OPENERS))
    other = _OTHER_WAY.match(text, first.end()) if first else None
    return first is not None and other is not None and (first[1].casefold() in YES) is not (other[1].casefold() in YES)


def _is_of_something(word: re.Match[str]) -> bool:
    return word[1].casefold() == "no" and _OF_SOMETHING.match(word.string, word.end()) is not None


def is_closed_form(reference: str, prompt: str) -> bool:
    """Whether a reference is right only as written, so that a rule may also say no.

    True for symbols only (`] ) }`), for yes, no, true and false, for words that put a run of the prompt's own words into
    another order, and for four or more single words in alphabetical order. Any other text may be said in other words.
    """
    if not any(c.isalnum() for c in reference):
        return bool(reference.strip())
    if polarity(reference) is not None:
        return True
    words = _plain_words(reference)
    if len(words) < 2:
        return False
    if len(words) > 3 and words in (sorted(words), sorted(words, reverse=True)):
        return True
    return _rearranges(words, _plain_words(prompt[-PROMPT_TAIL:]))


def _plain_words(text: str) -> list[str]:
    return [word.strip("'") for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*|'\w+", text.casefold())]


def _rearranges(words: Sequence[str], prompt: Sequence[str]) -> bool:
    """Whether some run of the prompt holds just these words, in another order or as the whole prompt."""
    size = len(words)
    if len(prompt) < size:
        return False
    wanted, run = Counter(words), Counter(prompt[:size])
    wrong = sum(1 for word in {*wanted, *run} if wanted[word] != run[word])
    for end in range(size, len(prompt) + 1):
        if wrong == 0:
            start = end - size
            return list(prompt[start:end]) != list(words) or size == len(prompt)
        if end < len(prompt):
            for word, step in ((prompt[end], 1), (prompt[end - size], -1)):
                before = run[word] == wanted[word]
                run[word] += step
                wrong += int(before) - int(run[word] == wanted[word])
    return False
