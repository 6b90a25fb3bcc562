"""What never reaches a judge's model: the final answer alone goes on, and only when no rule settles it first.

Everything here is caused by the policy's text, so a settled row is a score, not an abstention. The rules by name, in their
order; `Guard(without=…)` leaves some out, which is how their effect is measured (`rewardkit bench-judge`):

| rule | what it sees | settled as |
|---|---|---|
| `extraction` | no final answer, or several that differ | 0 `no_answer`, 0 `ambiguous` |
| `over_long` | an answer longer than `max_answer` and four times the longest reference | 0 `too_complex` |
| `same_text` | the reference itself, by the letter | 1 `match` |
| `symbols` | nothing to be seen; no letter, no digit, no symbol that means something by itself | 0 `no_answer` |
| `markup` | tags, comments, fences and headings around nothing | 0 `no_answer` |
| `control_token` | tokens of a chat format, other than those that end a turn | 0 `mismatch` |
| `role_marker` | turns of a conversation, fields of a judge's prompt | 0 `mismatch` |
| `command` | orders to whoever reads it | 0 `mismatch` |
| `verdict` | a verdict, or a claim to be right, in place of an answer or beside it | 0 `mismatch` |
| `stuffing` | many answers in the hope that one is right | 0 `ambiguous` |
| `master_key` | words that announce an answer and give none, in many languages | 0 `no_answer` |
| `gibberish` | letters in an order that no language has, see `letters` | 0 `mismatch` |
| `denied` | a few words that name an accepted answer only to deny it | 0 `mismatch` |

The first three and the last need more than the text and stand here; the others are the rows of `rules.TABLE`. Those say
nothing when the reference itself looks so to them, or when the words they found stand in the question: then they may be the
answer. What is left is cleaned of control characters, invisible characters, tokens that end a turn, and comments.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rewardkit.conversation import Message, called
from rewardkit.errors import BadParameter, UnknownName
from rewardkit.extract import extract, outside_think
from rewardkit.judges.guard.rules import TABLE, Rule
from rewardkit.judges.guard.text import LETTER, Text, clean, is_unseen, word_count
from rewardkit.prose.stance import Stance, evidence
from rewardkit.types import Sample, Verdict

__all__ = ["RULES", "Guard", "Guarded"]

MAX_ANSWER = 2_000
MAX_NAMED = 200  # characters of a reference that is looked for in the answer
MAX_BESIDE = 6  # words beside a denied answer and its denial; in a longer text the denial may be of something else
MAX_QUESTION = 20_000  # characters of a question that are read: of a long document it stands at the end
CHAT = next(rule for rule in TABLE if rule.name == "control_token")
MOST_STEPS, MAX_STEPS = 256, 100_000  # steps, and characters of them all
MOST_TURNS, MAX_TURNS = 64, 40_000  # turns before the answer, and characters of those that the policy wrote
OF_TURNS = ("control_token", "command")  # of turns before the answer, which may have fields and lists as they please
SHOWN = 4_000  # characters at the end of a text in which tokens of a chat are looked for
RULES = {
    **{"extraction": "no_answer", "over_long": "too_complex", "same_text": "match"},
    **{rule.name: rule.reason for rule in TABLE},
    "denied": "mismatch",
}
"""Every rule by name, in order, and the reason it settles with."""


@dataclass(frozen=True)
class Guarded:
    """An answer that may be judged, or the verdict that settles it and the rule that gave it.

    `answer` is the text found, cleaned; None when there is none. `steps` are set where steps were looked at.
    """

    answer: str | None
    verdict: Verdict | None = None
    steps: tuple[str, ...] = ()


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
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are on and read the text."""
        return tuple(rule for rule in TABLE if rule.name not in self.without)

    def look(self, sample: Sample, *, compares: bool = True) -> Guarded:
        """The answer to judge, or the verdict that settles the row.

        Without `compares` there is nothing to be the same as, and offering several things may be right.
        """
        answer = self._answer(sample)
        # Extraction takes the tokens of a chat away, and what came behind them; that they stood there is what counts.
        shown = Text(clean(outside_think(sample.text)[-SHOWN:]))
        if CHAT.name not in self.without and (found := _chat(shown, sample)):
            return _settled(shown.raw[:200], CHAT.name, found)
        if isinstance(answer, Verdict):
            return Guarded(None, answer) if "extraction" not in self.without else Guarded(clean(sample.text)[: self.max_answer])
        return self.settle(answer, sample.question, sample.references, compares=compares)

    def look_at_steps(self, sample: Sample, steps: Sequence[str], tag: str) -> Guarded:
        """The steps to judge, or the verdict that settles the row: nothing there, too many, tokens of a chat, the tag itself."""
        size = sum(map(len, steps))
        if "over_long" not in self.without and (len(steps) > MOST_STEPS or size > MAX_STEPS):
            return _settled(
                None, "over_long", f"{len(steps)} steps of {size} characters, of at most {MOST_STEPS} and {MAX_STEPS}"
            )
        told = tuple(filter(None, map(clean, steps)))
        if not any(map(str.isalnum, "".join(told))):
            return _settled(None, "symbols", "")
        whole = "\n".join(told)
        found = tag.strip() if tag.strip() and tag.strip() in whole else _chat(Text(whole), sample)
        if CHAT.name not in self.without and found:
            return _settled(told[-1], CHAT.name, found)
        return Guarded(told[-1], steps=told)

    def look_at_turns(self, sample: Sample, turns: Sequence[Message]) -> Verdict | None:
        """The verdict that turns before the answer settle a row with: too much of them, tokens of a chat, orders to the judge."""
        own = [f"{turn.text}\n{called(turn)}" for turn in turns if turn.own]
        size = sum(map(len, own))
        if "over_long" not in self.without and (len(turns) > MOST_TURNS or size > MAX_TURNS):
            found = f"{len(turns)} turns, of at most {MOST_TURNS}, with {size} characters of its own, of at most {MAX_TURNS}"
            return _settled(None, "over_long", found).verdict
        asked, cleaned = _asked(sample.question), tuple(map(_cleaned, sample.references))
        for rule in (rule for rule in self.rules if rule.name in OF_TURNS):
            found = next(filter(None, (rule.settles(Text(clean(text)), asked, cleaned) for text in own)), "")
            if found:
                return _settled(None, rule.name, found).verdict
        return None

    def settle(self, answer: str, question: str, references: Sequence[str], *, compares: bool = True) -> Guarded:
        """The same for an answer that has been extracted."""
        if "over_long" not in self.without:
            most = max(self.max_answer, 4 * max(map(len, references), default=0))
            if len(answer) > most:
                return _settled(answer[:200], "over_long", f"{len(answer)} characters, of at most {most}")
        given, answer = answer.strip(), clean(answer)
        if compares and "same_text" not in self.without and _same(given, answer, references):
            return _settled(answer or given, "same_text", answer or given)
        if not answer and "symbols" not in self.without:
            return _settled(None, "symbols", "")  # even where the reference is marks alone
        text, asked, cleaned = Text(answer), _asked(question), tuple(map(_cleaned, references))
        for rule in self.rules:
            if (compares or not rule.one_only) and (found := rule.settles(text, asked, cleaned)):
                return _settled(answer, rule.name, found)
        asks_for_it = _plain(answer).lower() in _plain(question[-MAX_QUESTION:]).lower()  # an option such as "(B) no"
        if compares and "denied" not in self.without and not asks_for_it and (denial := _denial(answer, references)):
            return _settled(answer, "denied", denial)
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


@lru_cache(maxsize=8192)
def _cleaned(reference: str) -> str:
    return clean(reference)


def _chat(shown: Text, sample: Sample) -> str:
    """The tokens of a chat in a text, unless reference or question have such too."""
    asked, cleaned = _asked(sample.question), tuple(map(_cleaned, sample.references))
    return CHAT.settles(shown, asked, cleaned)


@lru_cache(maxsize=1024)
def _asked(question: str) -> Text:
    return Text(question[-MAX_QUESTION:])


def _same(given: str, answer: str, references: Sequence[str]) -> bool:
    """Whether a reference is the answer by the letter; one that is nothing but marks must be so as it was given."""
    plain = _plain(answer)
    if plain:
        return any(plain == _plain(_cleaned(reference)) for reference in references)
    return any(given == reference.strip() for reference in references if any(_is_shown(c) for c in given))


def _denial(answer: str, references: Sequence[str]) -> str:
    """The words that deny every accepted answer in a short text; empty where one is not denied, or none is in it."""
    low, denial = answer.lower(), ""
    if len(low) != len(answer):
        return ""
    for reference in references:
        wanted = _plain(_cleaned(reference)).lower()
        for at in _places(low, wanted):
            found = evidence(answer, at, at + len(wanted))
            if found.stance is not Stance.DENIED or _is_number_sign(found.words, wanted):
                return ""
            if word_count(low) - word_count(wanted) - word_count(found.words) > MAX_BESIDE:
                return ""
            denial = denial or found.words
    return denial


def _places(text: str, wanted: str) -> list[int]:
    """Where it stands in a text as words of its own."""
    if not 0 < len(wanted) <= MAX_NAMED:
        return []
    return [found.start() for found in re.finditer(rf"(?<!{LETTER}){re.escape(wanted)}(?!{LETTER})", text)]


def _is_number_sign(denial: str, wanted: str) -> bool:
    """Whether a "no" may be short for "number": No 10 Downing Street."""
    return denial.lower() == "no" and wanted[:1].isdigit()


def _is_shown(char: str) -> bool:
    return not is_unseen(char) and not char.isspace()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).strip("*_` ").removesuffix(".").rstrip()


def _settled(answer: str | None, rule: str, found: str) -> Guarded:
    reason = RULES[rule]
    info = {"extracted": answer, "source": "rule", "rule": rule, "found": found[:200]}
    return Guarded(answer, Verdict.scored(float(reason == "match"), reason, **info))
