"""Whether a sentence that chooses an option goes on to another: "B with 40 %, A with 60 %", "C is a trap; B is right".

In which words it does so, and in which language, does not matter: a rule cannot tell which of the two is meant. A reason may
speak of the others, and what is denied or only compared is no rival.
"""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit.prose.asked import spoken
from rewardkit.prose.reasons import REASON
from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found
from rewardkit.verifiers.choice.settled import Place, letters_at
from rewardkit.verifiers.choice.spoken import question_of, spoken_of

__all__ = ["goes_on_to_a_rival"]

LIMIT = 400  # characters of a sentence
_STEPS = ("sentence", "last_line", "statement")
_POINT = (". ", ".* ", ".** ")
_DRESS = " .:,、)]）*_-–—«“\"'"


def goes_on_to_a_rival(found: Found, letter: str, options: Options, prompt: str) -> bool:
    """Whether another option is offered behind the one that was chosen, in the sentence that chose it."""
    if found.text is None or not found.how.startswith(_STEPS) or len(found.text) > LIMIT or "\n" in found.text:
        return False
    if found.text.rstrip("*_ ").endswith((":", "：")):
        return False  # the choice stands on the next line
    text = REASON.split(found.text, maxsplit=1)[0]
    letters = list(letters_at(text, options))
    words = list(_in_words(text, options, prompt))
    own = [place for place in (*letters, *words) if place.letter == letter]
    if not own:
        return False
    last = max(place.end for place in own)
    closed = any(_is_closed(text, one, options) for one in letters if one.letter == letter)
    others = [one for one in letters if text[one.begin] in "([（"] if closed else [*letters, *words]
    return any(one.begin >= last and one.letter != letter and stance(text, one.begin, one.end).offers for one in others)


def _in_words(text: str, options: Options, prompt: str) -> Iterator[Place]:
    """Where a text speaks of options in words."""
    if options.telling:
        asked = question_of(prompt, options)
        places = spoken_of(text, options, asked, spoken(asked, text))
        yield from (Place(place.begin, place.end, place.letter) for place in places if place.whole)


def _is_closed(text: str, letter: Place, options: Options) -> bool:
    """Whether a letter is closed by a point, or an option's own words stand right behind it, as a label with its text."""
    own, rest = options.texts.get(letter.letter, "").casefold(), text[letter.end :]
    return rest.startswith(_POINT) or (bool(own) and rest.lstrip(_DRESS).casefold().startswith(own))
