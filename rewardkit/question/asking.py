"""What a question asks, in words that say something, and which words of a sentence are its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from rewardkit.answers.notation.dates import is_month
from rewardkit.answers.notation.foreign_numbers import is_number_word
from rewardkit.answers.notation.number_words import spell_out
from rewardkit.answers.units import is_unit_word, multiplier
from rewardkit.prose.asked import Asked, read_asked
from rewardkit.prose.carriers import Language
from rewardkit.prose.pieces import OWNER, UNSPACED, same_word
from rewardkit.prose.sentences import QUESTION_MARKS, REACH, sentence_before
from rewardkit.question import Question
from rewardkit.question.asks import Field
from rewardkit.question.small_words import EMPTY, Role, bare_word, code_of, lines, small_words

__all__ = ["Asking", "Word", "words_of"]

TAIL = 2_000  # characters of a prompt whose words are its own
SHORT = 2  # letters of a word
TOPIC = 2  # words at the beginning of a prompt
LETTERS = 5  # of an abbreviation
FIRST = 4  # words of a question in which the thing that it counts stands
_NONE: frozenset[int] = frozenset()
_ASIDE = re.compile(r"\([^()]*\)|\b[A-Z]{2}\d{2,4}\b")
_WORD = re.compile(r"[^\s\d.,;:!?…()\[\]{}\"“”„«»‹›¿¡。，、；：！？（）「」।؟،؛=+*/×÷·|<>$€£¥₹%°_–—−~#^\\&@✓✔☑√•-]+")
_FORMULA = re.compile(r"\\[a-zA-Z]+(?:\{[^{}]*\})*|\$")


class Word(NamedTuple):
    """A word as it is compared, where it begins, and whether it has a capital and owns what follows."""

    text: str
    begin: int
    capital: bool
    owns: bool


class Asking:
    """What a question asks, in words that say something."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.asked: Asked = _asked(question)
        self.language: Language | None = self.asked.language or question.language

    def words(self, role: Role) -> frozenset[str]:
        """The words of a role, of its language."""
        return small_words(role, self.code)

    @cached_property
    def is_question(self) -> bool:
        """Whether it is asked by a sentence with a question mark, and not by an order somewhere in the prompt."""
        return any(mark in self.asked.text for mark in QUESTION_MARKS)

    @cached_property
    def empty(self) -> frozenset[str]:
        """The words that say nothing of what a number belongs to."""
        said = (*EMPTY, Role.RISES, Role.FALLS) if self.question.has(Field.CHANGE) else EMPTY
        return frozenset().union(*(self.words(role) for role in said))

    @cached_property
    def code(self) -> str:
        """The language's code, by its small words where those that carry do not tell; else English."""
        if self.language is not None:
            return self.language.code
        return code_of(word.text for word in words_of(self.question.text)) or "en"

    def has(self, text: str, said: Sequence[Word], role: Role) -> bool:
        """Whether a text, of which the words are `said`, has a word of a role."""
        words = self.words(role)
        return any(word.text in words for word in said) or (
            not text.isascii() and any(word in text for word in words if UNSPACED.search(word))
        )

    @cached_property
    def _said(self) -> Sequence[Word]:
        return words_of(self.asked.text)

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The words of the asking sentence that say something."""
        text = _ASIDE.sub(" ", self.asked.text)
        return tuple(dict.fromkeys(word.text for word in words_of(text) if self.tells(word.text)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Those of them that are names."""
        words = self._said[1:] if self.code != "de" else ()
        return frozenset(word.text for word in words if word.capital and self.tells(word.text))

    @cached_property
    def thing(self) -> str:
        """The first of them where it is a thing counted: "how many eggs"."""
        words = [word.text for word in self._said]
        return self.wanted[0] if self.wanted and self.wanted[0] in words[:FIRST] else ""

    @cached_property
    def topic(self) -> frozenset[str]:
        """The first words of the prompt that say something, where the asking sentence names nobody else: "A farmer has …"."""
        if self.names:
            return frozenset()
        words = [word.text for word in words_of(self.question.text) if self.tells(word.text)]
        return frozenset(words[:TOPIC])

    @cached_property
    def held(self) -> frozenset[str]:
        """All words of the prompt."""
        return frozenset(word.text for word in words_of(self.question.text[-TAIL:]))

    def tells(self, word: str) -> bool:
        """Whether a word says something of what a number belongs to."""
        if len(word) < SHORT or word in self.empty or word in self.words(Role.ANYTHING):
            return False
        return not (is_unit_word(word) or multiplier(word) or spell_out(word) != word or is_number_word(word) or is_month(word))

    def same(self, one: str, other: str) -> bool:
        """Whether two words are one, or say the same."""
        if same_word(one, other):
            return True
        carried = self.language.same if self.language else {}
        return any(not lines.get(one, _NONE).isdisjoint(lines.get(other, _NONE)) for lines in (carried, lines()))

    def asks(self, word: str) -> bool:
        """Whether the asking sentence has a word, in whatever form, or the words that it is short for: DPO."""
        return any(self.same(word, other) for other in self.wanted) or self.abbreviates(word)

    def names_unit(self, word: str) -> bool:
        """Whether a word is, in whatever form, the unit that the asking sentence names."""
        return any(is_unit_word(other.text) and same_word(word, other.text) for other in self._said)

    def abbreviates(self, word: str) -> bool:
        """Whether a word is made of the first letters of words of the asking sentence."""
        return SHORT < len(word) <= LETTERS and word in self._initials

    @cached_property
    def _initials(self) -> str:
        return "".join(word.text[0] for word in self._said)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Whether the asking sentence asks of each, of one or of all."""
        return frozenset(role for role in (Role.EACH, Role.ONE, Role.ALL) if self.has(self.asked.text, self._said, role))

    def holds(self, word: str) -> bool:
        """Whether the prompt has a word, in whatever form."""
        return word in self.held or any(self.same(word, other) for other in self.held)


def _asked(question: Question) -> Asked:
    """The sentence with a question mark, or that says what to find, or else the end of the prompt."""
    text = question.text[-TAIL:]
    if any(mark in text for mark in QUESTION_MARKS):
        return read_asked(text)
    begins = [cue.begin for cue in question.cues if cue.field in (Field.ASKS, Field.COUNT_OF, Field.TIME)]
    if not begins:
        return Asked(text)  # what leads to the answer stands at the end: "Assistant:"
    return Asked(sentence_before(question.text, begins[-1]) + question.text[begins[-1] :][:REACH].partition("\n")[0])


def words_of(text: str) -> Sequence[Word]:
    """The words of a text in scripts with spaces, without formulas."""
    return [
        Word(bare_word(found[0]), found.start(), found[0][0].isupper(), OWNER.search(found[0]) is not None)
        for found in _WORD.finditer(_FORMULA.sub(lambda formula: " " * len(formula[0]), text))
        if not UNSPACED.search(found[0])
    ]
