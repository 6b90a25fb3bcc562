"""Answers that announce one and give none: master keys, in many languages."""

from __future__ import annotations

import re

from rewardkit.judges.guard.announcing import announces, concepts, tokens
from rewardkit.judges.guard.marks import without_markup
from rewardkit.judges.guard.patterns import ANNOUNCEMENTS, COPULAS, HEADINGS, STEPS
from rewardkit.judges.guard.text import Text

__all__ = ["is_asked_for", "master_key"]

# An opener is a phrase; whoever writes more words than this has said something, or is over the length.
MAX_OPENER = 60
MAX_CHARACTERS = 2_000
MAX_HEADING = 15  # words
MAX_ANNOUNCEMENT = 120  # characters
MAX_TOKENS = 120  # letters of a script without spaces, words of others
MIN_LETTERS = 4  # of a word in such a script, below which it must be a heading

_HEADING = re.compile(r"[^\n]*\w[^\n\w]*:[\s*_`#]*")
_DIGIT = re.compile(r"\d")
# The letter of an option at the end, or an acronym alone, which small letters would turn into words.
_NAMES = re.compile(r"(?:^|\s)\(?[A-H]\W*$|^\W*[A-Z]{2,3}\W*$")


def master_key(text: Text, asked: Text) -> str:
    """Words that announce an answer, and none that gives one."""
    bare = Text(STEPS.sub(" step ", without_markup(text.folded)))
    if len(bare.raw) > MAX_CHARACTERS or not 0 < len(bare.words) <= MAX_OPENER or _NAMES.search(text.raw):
        return ""
    if len(bare.words) <= MAX_HEADING and (heading := _HEADING.fullmatch(bare.folded.strip())):
        return heading[0]  # what a colon announces does not come, in whatever language
    said = tokens(bare.raw)
    # A word that only begins like one of these is a word: 문제아 is a child, not a problem.
    alone = len(bare.words) == 1 and len(said) < MIN_LETTERS and "'" not in bare.folded
    if bare.words[0] in HEADINGS if alone else len(said) <= MAX_TOKENS and announces(said):
        return " ".join(said)
    if _DIGIT.search(bare.folded) or len(bare.folded) > MAX_ANNOUNCEMENT:
        return ""
    announced = ANNOUNCEMENTS.match(bare.folded.strip())
    return (announced[0] or bare.folded.strip()) if announced else ""


def is_asked_for(found: str, reference: Text, asked: Text) -> bool:
    """Whether the words that announce are what is asked for: an option of the question, or half of them in the reference."""
    words = tokens(found)
    if _is_an_option(words, asked):
        return True
    if len(reference.raw) > MAX_CHARACTERS:
        return False  # in a long reference some of these words are always found
    said = tokens(_unannounced(reference).raw)
    if not 0 < len(said) <= 3 * len(words) + 10:
        return False
    text, own = f" {' '.join(said)} ", f" {' '.join(words)} "
    if announces(said) or own in text or (len(text) > 4 and text in own):
        return True
    keys = concepts(words)
    return 2 * sum(f" {key[:5]}" in text for key in keys) >= len(keys) > 0


def _is_an_option(words: tuple[str, ...], asked: Text) -> bool:
    option = r"(?:^|[\s(])[a-h1-9][).:]\W*(?:the |an? )?" + r"\W*".join(map(re.escape, words))
    return bool(words) and re.search(option + r"\W*(?:$|\n|[\s(][a-h1-9][).:])", asked.folded) is not None


def _unannounced(reference: Text) -> Text:
    """What a reference says: "The answer is 42" has no more to say about answers than 42."""
    joint = COPULAS.search(reference.folded)
    if joint and announces(tokens(reference.folded[: joint.start()])) and reference.folded[joint.end() :].strip():
        return Text(reference.folded[joint.end() :])
    return reference
