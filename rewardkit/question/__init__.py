"""What a prompt asks for, read once for all of its completions, and each thing only when a rule needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rewardkit.answers.equality.asked import Asked
from rewardkit.answers.equality.rounding import Places
from rewardkit.prose.carriers import Language, folded, language_of, languages
from rewardkit.question.asks import Cue, Field, cues_in
from rewardkit.question.digits import asked_places
from rewardkit.question.manner import Form, Order, alternatives_of, asked_form, asked_order, count_of, is_polar, parts_of
from rewardkit.question.measure import Measure, Sentences, asked_measure
from rewardkit.question.small_words import code_of

__all__ = ["DECIMAL_COMMA", "Form", "Measure", "Order", "Places", "Question", "read_question", "stem"]

# A longer prompt is a document with a question behind it.
TAIL = 20_000
ALIKE = 3  # letters in which a word and its other forms agree
KEPT = 512  # questions, since the completions of a group share theirs

# Of the languages that are told apart here, those whose decimals have a comma by CLDR.
DECIMAL_COMMA = frozenset(["de", "es", "fr", "id", "it", "nl", "pl", "pt", "ru", "sv", "tr"])

_WORD = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NUMBER = re.compile(r"\d[\d.,]*(?<=\d)")


@dataclass(frozen=True)
class Question:
    """A prompt's text, and what is read in it when it is asked for; everything linear in the text."""

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """The prompt's own words, as stems."""
        return frozenset(map(stem, _WORD.findall(self.text)))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The prompt's own numbers, as they are written."""
        return frozenset(_NUMBER.findall(self.text))

    @cached_property
    def years(self) -> frozenset[int] | None:
        """The years that it speaks of; None where it asks for a year or date, so that one may be the answer."""
        return None if self.time else frozenset(int(text) for text in self.numbers if _YEAR.fullmatch(text))

    def names(self, word: str) -> bool:
        """Whether the prompt has the word, in the singular or plural."""
        return stem(word) in self.words

    def counts(self, thing: str) -> bool:
        """Whether it has the word for a thing in whatever form, or the character, and no mere word of grammar."""
        if len(thing) == 1:
            return thing in self.text
        language = self.language
        if language is not None and language.roles_of(folded(thing)):
            return False
        return self.names(thing) or any(word[:ALIKE] == thing[:ALIKE].casefold() for word in self.words if len(word) > ALIKE)

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        """The phrases by which it asks."""
        return cues_in(self.text)

    @cached_property
    def _measure(self) -> tuple[Measure | None, bool]:
        return asked_measure(self.text, self.cues, Sentences(self.text, self.cues))

    @cached_property
    def _places(self) -> tuple[Places | None, bool]:
        return asked_places(self.text, self.cues, self.measure)

    @property
    def measure(self) -> Measure | None:
        """The unit, scale and currency that a bare number is in; `percent` is a unit with the scale of a hundredth."""
        return self._measure[0]

    @property
    def places(self) -> Places | None:
        """How the answer is to be rounded."""
        return self._places[0]

    @cached_property
    def asked(self) -> Asked | None:
        """What a comparison needs to know of it; None where it asks for no unit, scale or rounding."""
        measure = self.measure
        if measure is None and self.places is None:
            return None
        unit, scale, written = measure or Measure()
        return Asked(unit, scale, self.places, written)

    @cached_property
    def decimal_comma(self) -> bool:
        """Whether it is in a language that writes decimals with a comma."""
        return self.language is not None and self.language.code in DECIMAL_COMMA

    @cached_property
    def language(self) -> Language | None:
        """The language it is in, where its words tell: those that carry an answer, or else its small words."""
        words = [folded(word) for word in _WORD.findall(self.text)]
        return language_of(words) or languages().get(code_of(words) or "")

    @cached_property
    def share(self) -> bool:
        """Whether it wants a share of one: "as a decimal", "what fraction"."""
        return self.has(Field.SHARE)

    @cached_property
    def time(self) -> bool:
        """Whether it asks for a year, a date or a time."""
        return self.has(Field.TIME)

    @cached_property
    def letter_only(self) -> bool:
        """Whether it wants the letter of an option and nothing else."""
        return self.has(Field.LETTER)

    @cached_property
    def polar(self) -> bool:
        """Whether yes or no, true or false, is the answer."""
        return is_polar(self.text, self.cues)

    @cached_property
    def either(self) -> tuple[str, ...]:
        """The two things between which it lets choose."""
        return alternatives_of(self.text)

    @cached_property
    def count(self) -> int | None:
        """How many answers it asks for by number."""
        return count_of(self.text, self.cues)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The labels of its parts."""
        return parts_of(self.text)

    @cached_property
    def order(self) -> Order | None:
        """The order that it wants a list in; what it says of other lists is none."""
        sentences = Sentences(self.text, self.cues)
        return asked_order([cue for cue in self.cues if cue.field is Field.ORDER and sentences.may_ask(cue.begin)])

    @cached_property
    def form(self) -> Form:
        """The form that it demands."""
        return asked_form(self.text, self.cues)

    @property
    def unread(self) -> tuple[str, ...]:
        """What it speaks of in a way that cannot be read as one thing: `unit`, `rounding`."""
        return tuple(name for name, (_, doubtful) in (("unit", self._measure), ("rounding", self._places)) if doubtful)

    def has(self, field: Field) -> bool:
        """Whether one of its phrases asks for that."""
        return any(cue.field is field for cue in self.cues)


@lru_cache(maxsize=KEPT)
def read_question(text: str) -> Question:
    """What a prompt's text asks for: its unit, scale, digits, options, how many answers, and more.

    Args:
        text: The prompt; of more than 20,000 characters the end is read.
    """
    return Question(text[-TAIL:])


def stem(word: str) -> str:
    """A word in small letters without a plural's ending."""
    word = word.casefold()
    for ending, kept in (("ies", "y"), ("es", ""), ("s", "")):
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)] + kept
    return word
