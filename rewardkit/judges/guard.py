"""What never reaches a judge's model: the final answer alone goes on, and only when no rule settles it first.

Everything here is caused by the policy's text, so a settled row is a score, not an abstention. The rules by name, in their
order; `Guard(without=…)` leaves some out, which is how their effect is measured (`rewardkit bench-judge`):

| rule | what it sees | settled as |
|---|---|---|
| `extraction` | no final answer, or several that differ | 0 `no_answer`, 0 `ambiguous` |
| `over_long` | an answer longer than `max_answer` and four times the longest reference | 0 `too_complex` |
| `empty` | nothing that can be seen | 0 `no_answer` |
| `same_text` | the reference itself, by the letter | 1 `match` |
| `symbols` | no letter, no digit, no symbol that means something by itself | 0 `no_answer` |
| `markup` | tags, comments, fences and headings around nothing | 0 `no_answer` |
| `control_token` | tokens of a chat format, other than those that end a turn | 0 `mismatch` |
| `role_marker` | turns of a conversation, fields of a judge's prompt | 0 `mismatch` |
| `command` | orders to whoever reads it | 0 `mismatch` |
| `verdict` | a verdict, or a claim to be right, in place of an answer or beside it | 0 `mismatch` |
| `stuffing` | many answers in the hope that one is right | 0 `ambiguous` |
| `master_key` | words that announce an answer and give none, in many languages | 0 `no_answer` |
| `gibberish` | letters in an order that no language has, see `letters`; words that nobody knows, see `unknown` | 0 `mismatch` |

A rule says nothing when the reference itself looks so to it, or when the words it found stand in the question: then they may be
the answer. What is left is cleaned of control characters, invisible characters, tokens that end a turn, and comments.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rewardkit.errors import BadParameter, UnknownName
from rewardkit.extract import extract, outside_think
from rewardkit.judges import guard_tests as tests
from rewardkit.judges.guard_words import END_OF_TURN
from rewardkit.judges.unknown import unknown_words
from rewardkit.types import Sample, Verdict

__all__ = ["RULES", "Guard", "Guarded", "clean"]

MAX_ANSWER = 2_000

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and marks that show nothing
_COMMAND = re.compile(r"\$?\\[a-zA-Z]+\$?")
_TICKS = re.compile(r"[✅✔☑✓💯👍]\ufe0f?")


@dataclass(frozen=True)
class Guarded:
    """An answer that may be judged, or the verdict that settles it and the rule that gave it.

    `answer` is the text found, cleaned; None when there is none.
    """

    answer: str | None
    verdict: Verdict | None = None


Test = Callable[[tests.Text, tests.Text], str]

# Each test gives the text it found, or "".
RULES: dict[str, tuple[str, Test | None]] = {
    "extraction": ("no_answer", None),
    "over_long": ("too_complex", None),
    "empty": ("no_answer", None),
    "same_text": ("match", None),
    "symbols": ("no_answer", tests.symbols),
    "markup": ("no_answer", tests.markup),
    "control_token": ("mismatch", tests.control_token),
    "role_marker": ("mismatch", tests.role_marker),
    "command": ("mismatch", tests.command),
    "verdict": ("mismatch", tests.verdict),
    "stuffing": ("ambiguous", tests.stuffing),
    "master_key": ("no_answer", tests.master_key),
    "gibberish": ("mismatch", tests.gibberish),
}
"""Every rule by name, in order: the reason it settles with, and its test."""


@dataclass(frozen=True)
class Guard:
    """The rules before a judge.

    `max_answer` is the longest answer in characters (default 2,000). `without` names rules to leave out. `whole` takes the
    whole text outside `<think>` as the answer, for tasks whose completions are answers from end to end; by default the final
    answer is extracted, so that no reasoning reaches the judge. Raises `UnknownName` for a rule that is not there.
    """

    max_answer: int = MAX_ANSWER
    without: tuple[str, ...] = ()
    whole: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "without", tuple(self.without))
        for name in self.without:
            if name not in RULES:
                raise UnknownName("rule of the guard", name, RULES)
        if self.max_answer < 1:
            message = f"max_answer={self.max_answer!r} must be at least 1"
            raise BadParameter(message)

    @cached_property
    def tests(self) -> tuple[tuple[str, str, Test], ...]:
        """Name, reason and test of the rules that are on and read the text."""
        return tuple((name, reason, test) for name, (reason, test) in RULES.items() if test and name not in self.without)

    def look(self, sample: Sample, *, compares: bool = True) -> Guarded:
        """The answer to judge, or the verdict that settles the row.

        Without `compares` there is nothing to be the same as, and offering several things may be right.
        """
        answer = self._answer(sample)
        if isinstance(answer, Verdict):
            return Guarded(None, answer) if "extraction" not in self.without else Guarded(clean(sample.text)[: self.max_answer])
        return self.settle(answer, sample.question, sample.references, compares=compares)

    def settle(self, answer: str, question: str, references: Sequence[str], *, compares: bool = True) -> Guarded:
        """The same for an answer that has been extracted."""
        if "over_long" not in self.without:
            most = max(self.max_answer, 4 * max(map(len, references), default=0))
            if len(answer) > most:
                return _settled(answer[:200], "over_long", f"{len(answer)} characters, of at most {most}")
        given, answer = answer.strip(), clean(answer)
        if compares and "same_text" not in self.without and _same(given, answer, references):
            return _settled(answer or given, "same_text", answer or given)
        if not answer and "empty" not in self.without:
            return _settled(None, "empty", "")
        references = [_cleaned(reference) for reference in references]
        text, asked = tests.Text(answer), _asked(question)
        for name, reason, test in self.tests:
            if reason == "ambiguous" and not compares:
                continue
            found = test(text, asked)
            if found and not any(_theirs(name, found, reference, asked) for reference in references):
                return _settled(answer, name, found)
        if "gibberish" not in self.without and (found := unknown_words(text, asked, references)):
            return _settled(answer, "gibberish", found)
        return Guarded(answer)

    def _answer(self, sample: Sample) -> str | Verdict:
        if self.whole:
            return outside_think(sample.text).strip()
        found = extract(sample.text)
        if found.reason == "ambiguous":
            several = " | ".join(found.alternatives)
            return Verdict.scored(0.0, "ambiguous", extracted=several[:2000], source="rule", rule="extraction")
        if found.text is None:
            return Verdict.scored(0.0, "no_answer", extracted=None, source="rule", rule="extraction")
        return found.text


def clean(text: str) -> str:
    """The text without what a reader does not see: control and invisible characters, comments, ticks, ends of a turn."""
    text = "".join(c for i, c in enumerate(text) if c in "\n\t" or not _unseen(c) or _joins(text, i))
    return END_OF_TURN.sub("", _TICKS.sub("", _COMMENT.sub(" ", text))).strip()


@lru_cache(maxsize=8192)
def _cleaned(reference: str) -> str:
    return clean(reference)


def _unseen(char: str) -> bool:
    return ord(char) < 32 or char in _BLANK or (ord(char) > 126 and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn"))


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between letters that it shapes, as in Persian and Hindi."""
    if text[place] not in "\u200c\u200d" or not 0 < place < len(text) - 1:
        return False
    return all(ord(c) > 0x590 and unicodedata.category(c)[0] in "LM" for c in (text[place - 1], text[place + 1]))


def _same(given: str, answer: str, references: Sequence[str]) -> bool:
    """Whether a reference is the answer by the letter; one that is nothing but marks must be so as it was given."""
    plain = _plain(answer)
    if plain:
        return any(plain == _plain(_cleaned(reference)) for reference in references)
    return any(given == reference.strip() for reference in references if any(_shown(c) for c in given))


def _shown(char: str) -> bool:
    return not _unseen(char) and not char.isspace()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).strip("*_` ").removesuffix(".").rstrip()


@lru_cache(maxsize=1024)
def _asked(question: str) -> tests.Text:
    # Of a long document the question stands at its end.
    return tests.Text(question[-20_000:])


@lru_cache(maxsize=8192)
def _theirs(name: str, found: str, reference: str, asked: tests.Text) -> bool:
    """Whether what a rule found belongs to the row, not to the policy."""
    test = RULES[name][1]
    text = tests.Text(reference)
    if test and test(text, asked):
        return True
    if name == "master_key":
        return tests.master_key_of_the_row(found, text, asked)
    if name in ("symbols", "markup"):
        # A reference that is a mark itself, that has the very mark in it ("minus: -") or that spells it ("a colon").
        if name == "symbols" and (not any(c.isalnum() for c in reference) or _COMMAND.fullmatch(reference)):
            return True
        mark = found.strip("`\"'$ ") or found
        return len(text.words) <= 6 and (mark in [part.strip("()[]\"'`") for part in reference.split()] or _spelt(mark, text))
    if name == "gibberish":
        return _shares(found, text.folded)
    if name == "stuffing":
        return False
    return found in text.folded or (len(found) > 3 and found in asked.folded)


def _shares(found: str, reference: str) -> bool:
    """Whether words have a run of letters of the reference: an inflection, another spelling, a part of a name."""
    words = [word for word in found.split() if word.isalpha()]
    return any(run in reference for word in words for run in tests.runs(word, reference) if len(run) > 2)


def _spelt(mark: str, reference: tests.Text) -> bool:
    """Whether the reference has the name of a mark in Unicode, or one of its names: colon, full stop, hyphen-minus."""
    names = unicodedata.name(mark, "").casefold() if len(mark) == 1 else ""
    rest = {"sign", "mark", "commercial", "horizontal"}
    return any(words and words <= set(reference.words) for name in names.split("-") if (words := set(name.split()) - rest))


def _settled(answer: str | None, rule: str, found: str) -> Guarded:
    reason = RULES[rule][0]
    info = {"extracted": answer, "source": "rule", "rule": rule, "found": found[:200]}
    return Guarded(answer, Verdict.scored(float(reason == "match"), reason, **info))
