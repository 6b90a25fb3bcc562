"""A sentence that is the question with an option's text put in: "Ottawa is the capital." for "Which city is the capital?"."""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit.prose.asked import read_asked
from rewardkit.prose.frames import is_put_in, words_of
from rewardkit.prose.sentences import sentences
from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.inverted import is_inverted
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found, Reading

__all__ = ["put_in", "restated"]

LIMIT = 400  # characters; a longer text reasons


def restated(text: str, options: Options, prompt: str) -> Found | None:
    """The option whose text a short text puts into the question; open where it does so with several."""
    if not options.telling or len(text) > LIMIT or is_inverted(prompt, options):
        return None
    stated = list(put_in(text, options, prompt))
    if not stated:
        return None
    letters = frozenset(letter for letter, _ in stated)
    return Found(Reading(letters, "words", open=len(letters) > 1), stated[0][1], "restated")


def put_in(text: str, options: Options, prompt: str) -> Iterator[tuple[str, str]]:
    """The options that the sentences of a text put into the question, each with its sentence; its text alone is no such."""
    asked = read_asked(prompt).text
    if not asked.endswith(("?", "？")):
        return
    given = {letter: (words, words_of(words)) for letter, words in options.texts.items()}
    for begin, sentence in sentences(text):
        said = sentence.strip()
        if said and not said.endswith("?"):
            end, told = begin + len(sentence.rstrip(" .!\n")), words_of(said)
            for letter, (words, own) in given.items():
                # A quick look: most sentences have not even the first word of an option.
                may_be = own != told and (not own or own[0] in told)
                if may_be and is_put_in(asked, said, words) and stance(text, end, end).offers:
                    yield letter, said
