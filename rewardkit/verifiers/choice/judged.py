"""Options that a text calls right or wrong: "A: wrong. B: right.", "A、C正确，B、D错误。", "All statements are correct."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.announced import announced
from rewardkit.prose.glue import AND, ARTICLE, BUT, FOREIGN_ARTICLE, any_of
from rewardkit.prose.lexicon import Lexicon, lowered
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.inverted import is_inverted
from rewardkit.verifiers.choice.letters import letter_of
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found, Reading

__all__ = ["judged", "reviewed"]

LIMIT = 2_000
_AND = rf"(?:[,，、/&+]|{AND})"
# A point behind a capital letter alone is that of a label, and a comma between two of them joins them. The class in front lets a
# search jump from sign to sign.
_SIGN = (
    r"[.;；。！!\n,，、b](?:(?<=[;；。！!\n])|(?<=\.)(?<!\b[A-Z].)|(?<=[A-Z]\.)(?=\s+(?:[A-Z][a-z]+|\d+\.)(?:\s\w+)?:)"
    rf"|(?<=[,，、])(?:(?<![A-Z].)|(?!\s?(?:{AND}\s)?[A-Z](?![A-Za-z])))|(?<=\bb)ut\b)"
)
_GAP = re.compile(rf"{_SIGN}(?:{_SIGN})*")
_MARKS = "✓✔✅✗✘❌✖"
_MARKED_GAP = re.compile(rf"{_GAP.pattern}|(?<=[{_MARKS}])\ufe0f?\s+(?=[A-Z]\b)")
_TOO = re.compile(rf"\s*(?i:(?:{AND}\s+)?so is) (?P<letters>[A-Z])[\s.]*")
_LETTER = re.compile(r"[A-Z]")
CLAUSE = 120  # characters of a clause that is no more than a judgement
# A letter by itself, or the beginning of a word for all or the others, which stands in every judgement.
_MAY_JUDGE = re.compile(
    rf"(?=.{{1,{CLAUSE}}}$)(?:.{{0,40}}?(?<![A-Za-z])[A-ZＡ-Ｚ]{{1,6}}(?![A-Za-z])|\W*[a-zà-ÿа-я]|\W*[AETaet]|.{{0,8}}[^\x00-\x7f])",
    re.DOTALL,
)


class Verdicts(NamedTuple):
    """The letters called right and wrong, in how many clauses, and whether the others say nothing of an option."""

    right: set[str]
    wrong: set[str]
    clauses: int
    alone: bool


class _Patterns(NamedTuple):
    """A clause that names options and calls them right or wrong; one with the judgement before them; all options but some."""

    judges: re.Pattern[str]
    heads: re.Pattern[str]
    but: re.Pattern[str]


@lru_cache(maxsize=1)
@first_use
def _patterns() -> _Patterns:
    right = phrases(Meaning.JUDGES_RIGHT, Side.BEHIND, Reach.END).source
    wrong = phrases(Meaning.JUDGES_WRONG, Side.BEHIND, Reach.END).source
    every = phrases(Meaning.ALL, Side.BEFORE, Reach.TOUCHING).source
    but = phrases(Meaning.ALL, Side.BEHIND, Reach.TOUCHING).source
    noun = any_of(Meaning.OPTION)
    letter = r"[(（\[]?[A-ZＡ-Ｚ](?![A-Za-z])[)）\]]?[*_]*"
    letters = rf"(?P<letters>{letter}(?:\s*{_AND}\s*{letter}){{0,9}}|(?-i:[A-Z]{{2,6}})(?![A-Za-z]))"
    rest = r"(?P<rest>(?:all\s+)?(?:the\s+)?(?:others?|rest)(?:\s+are)?|(?:其余|其他|其它)(?:选项)?(?:都|均|皆)?)\s*"
    lead = rf"[\s*_>•-]*(?:(?:{BUT}|综上所述|综上|故)\s*[,，:：]?\s*|(?:{AND}|both|only|just|the|仅|只有)\s+){{0,3}}"
    article = rf"(?:(?:{ARTICLE}|{FOREIGN_ARTICLE})\s+)?"
    option = rf"(?:{article}{noun}\s*)?{letters}\s*(?:选项|選項|两项|三项|项|項|şıkkı)?\s*[.:：–—=-]?[*_\s]*"
    called = rf"(?:are\s+(?:both\s+|all\s+)?)?(?:(?P<right>{right})|(?P<wrong>{wrong}))(?:です|だ)?[*_\s]*"
    head = rf"[\s*_>•-]*(?:(?P<right>{right})|(?P<wrong>{wrong}))[*_]*\s*[:：][*_]*\s*{letters}[*_\s.]*"
    return _Patterns(
        re.compile(rf"{lead}(?:{option}|{rest}|(?P<every>{every})\s*){called}", re.IGNORECASE),
        re.compile(head, re.IGNORECASE),
        re.compile(rf"\W*(?:{every})\s*(?:{but})\s*{letters}\W*", re.IGNORECASE),
    )


@lru_cache(maxsize=1)
@first_use
def _judgements() -> Lexicon[Meaning]:
    every = [row for m in (Meaning.JUDGES_RIGHT, Meaning.JUDGES_WRONG) for row in phrases(m, Side.BEHIND, Reach.END).rows]
    return Lexicon(every, lambda row: row.meaning)


def _clauses(text: str) -> Iterator[str]:
    """The clauses of a text that say something, one by one, as most texts are done with after the first."""
    at, gaps = 0, _GAP if text.isascii() or not any(mark in text for mark in _MARKS) else _MARKED_GAP
    while (gap := gaps.search(text, at)) is not None:
        if text[at : gap.start()].strip(" *_-"):
            yield text[at : gap.start()]
        at = gap.end()
    if text[at:].strip(" *_-"):
        yield text[at:]


def _verdicts(text: str, options: Options, *, whole: bool) -> Verdicts | None:
    """What the clauses of a text say of options; None for one of which a clause judges none, where all of them have to."""
    right: set[str] = set()
    wrong: set[str] = set()
    believed, clauses, judgements = False, 0, 0
    for clause in _clauses(text):
        clauses += 1
        if not _MAY_JUDGE.match(clause) or not (_TOO.fullmatch(clause) or _judgements().may_hold(lowered(clause))):
            if whole:
                return None
            continue
        found = _patterns().judges.fullmatch(clause) or _patterns().heads.fullmatch(clause)
        if found is not None and found.re is _patterns().heads and announced(clause):
            found = None
        named = found or _TOO.fullmatch(clause)
        if named is None:
            if whole:
                return None
            continue
        groups = named.groupdict()
        letters = (
            set(options.texts)
            if groups.get("every")
            else {letter_of(c, options) for c in _LETTER.findall(groups.get("letters") or "")}
        )
        if groups.get("rest"):
            judgements += groups.get("wrong") is not None
            continue
        if not letters or "" in letters:
            continue
        judgements += 1
        believed = found["right"] is not None if found else believed
        (right if believed else wrong).update(letters)
    return Verdicts(right, wrong, clauses, judgements == clauses)


def judged(text: str, options: Options, prompt: str) -> Found | None:
    """The options that a text calls right, where every clause of it judges an option; None for any other text.

    Where the prompt asks for what is not so it cannot be told whether the statement is called right or the choice of it.
    """
    if len(text) > LIMIT:
        return None
    if (but := _patterns().but.fullmatch(text)) and options.texts and not is_inverted(prompt, options):
        kept = set(options.texts) - set(_LETTER.findall(but["letters"]))
        return _found(kept, text, "judged") if kept else None
    said = _verdicts(text, options, whole=True)
    if said is None or not said.alone or _are_words_of(options):
        return None
    inverted = is_inverted(prompt, options)
    if inverted and said.clauses == 1:
        return None
    if inverted or not said.right:
        return Found(None, None, "judged") if said.clauses else None
    return _found(said.right, text, "judged")


def reviewed(text: str, options: Options, prompt: str) -> Found | None:
    """The options that a text calls right among reasons, where it takes none of it back and asks nothing."""
    if len(text) > LIMIT or not options.texts or "?" in text or "？" in text or is_inverted(prompt, options):
        return None
    said = _verdicts(text, options, whole=False)
    if said is None or not said.right or _are_words_of(options):
        return None
    stated = all(
        stance(text, found.start(), found.end()).offers
        for found in _LETTER.finditer(text)
        if found[0] in said.right and _is_alone(text, found)
    )
    return _found(said.right, text, "reviewed", open_choice=bool(said.right & said.wrong)) if stated else None


def _is_alone(text: str, letter: re.Match[str]) -> bool:
    around = text[letter.start() - 1 : letter.start()] + text[letter.end() : letter.end() + 1]
    return not any(char.isascii() and char.isalpha() for char in around)


def _are_words_of(options: Options) -> bool:
    """Whether "no" or the like is the text of an option, so that "B: no" calls nothing wrong."""
    return any(_patterns().judges.fullmatch(f"A {words}") for words in options.texts.values())


def _found(letters: set[str], text: str, how: str, *, open_choice: bool = False) -> Found:
    return Found(Reading(frozenset(letters), "letter" if len(letters) == 1 else "letters", open_choice), text.strip(), how)
