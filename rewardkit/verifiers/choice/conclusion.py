"""The sentence in which a completion concludes which option it chooses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.announced import Cue, announced, chosen
from rewardkit.prose.glue import AND, BUT, EQUALS, FOREIGN_ARTICLE, GRADES
from rewardkit.prose.phrases import Meaning, Phrases, Reach, Side, phrases
from rewardkit.prose.stance import Stance, stance
from rewardkit.verifiers.choice.letters import letter_of, mentions
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found, Reading, named, read
from rewardkit.verifiers.choice.sentences import SENTENCE, WINDOW, sentences_backwards

__all__ = ["concluded", "conclusion", "leads"]

CUES = 4
FEW = 4  # sentences from the end of which two tell something
SHORT = 200  # characters that are read at once
# "A resposta é a B"
_ARTICLE = re.compile(rf"\s*{FOREIGN_ARTICLE}\s+(?=[*(\[]{{0,3}}[A-Z](?![^\W_]))")
_LETTER = re.compile(r"[^\S\n:：]*[:：]?[\s*_(（\[\"']{0,4}(?:(?:option|choice)\s)?[*_(（\[]{0,3}[A-ZＡ-Ｚ](?![A-Za-z])")
_RIGHT = re.compile(
    r"\s(?:is|are|must be|would be|seems)\s+"
    rf"(?:{GRADES}\s+){{0,4}}?"
    r"(?P<kind>correct|right|best|true|answer|choice|option|solution|one)\b(?P<noun>\s+(?:answer|choice|option|solution|one)\b)?"
    r"(?!\s+(?:next|below|above|beside|before|after|behind|unless)\b)",
    re.IGNORECASE,
)
# "B is correct", with the letter where a clause begins
_BARE = re.compile(rf"(?:^\W*|[,;:，；]\s*|(?:{BUT}|{AND}|\bthat\b|\bonly\b)\s+)[*_]*([A-Z])[*_]*$")
# "A, C are correct" says it of both.
_LISTED_BEFORE = re.compile(rf"(?<![A-Za-z])[A-Z][)\]]?\s?,\s*(?:{AND}\s+)?$")
_ARRIVES = re.compile(
    r"(?:\b(?:is|are|be|was|namely|choose|select|with|to|matches|fits|leaves|as|by|in)|[:：=→])\s*"
    r"(?:the\s+|only\s+|that of\s+)*$",
    re.IGNORECASE,
)
_NOTHING = " \t\n:：*_()."
_COPULA = re.compile(r"\b(?:is|be|leaves|leaving|only)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def leads() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What opens a sentence, and a later clause of one, that concludes, in English: "so", "therefore"."""
    english = Phrases([row for row in phrases(Meaning.CONCLUDES, Side.BEFORE, Reach.CLAUSE).rows if row.language == "en"])
    opens = rf"(?:{english.source})"
    return re.compile(rf"\s*{opens}", re.IGNORECASE), re.compile(rf"[,;]\s+(?:{AND}\s+)?{opens}", re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def _equates() -> re.Pattern[str]:
    return re.compile(rf"{EQUALS}[:：]?", re.IGNORECASE)


def conclusion(text: str, options: Options) -> Found | None:
    """The choice of the last sentence that concludes; one under a condition counts where no other does."""
    window = text[-WINDOW:]
    spans = list(sentences_backwards(window))
    near = _near(window, spans)
    cues = _cues(window, near)
    if cues and not window[cues[-1].end :].strip(_NOTHING):
        return None  # "Answer:" at the end of a text, and no answer
    qualified: Found | None = None
    for place, (begin, end) in enumerate(spans):
        if begin < near:
            near, cues = 0, _cues(window)
        sentence = window[max(begin, end - SENTENCE) : end]
        reading, how = _concluded(window, end - len(sentence), end, cues, options, last=place == 0)
        if reading is None:
            continue
        found = Found(reading, sentence.strip(), f"statement/{reading.how}")
        if how is Stance.STATED:
            return found
        qualified = qualified or found
    return qualified


def concluded(text: str, options: Options) -> Reading | None:
    """What a text that is one sentence chooses."""
    return _concluded(text, 0, len(text), _cues(text), options, last=True)[0]


def _near(window: str, spans: Sequence[tuple[int, int]]) -> int:
    """Where the line of the last two sentences begins, in which most texts conclude, and the others are read for nothing."""
    telling = [begin for begin, end in spans[:FEW] if window[begin:end].strip(_NOTHING)]
    begin = window.rfind("\n", 0, telling[1]) if len(telling) > 1 else 0
    return begin if begin > SHORT else 0


def _cues(text: str, near: int = 0) -> list[Cue]:
    """Every announcement of an answer or a choice from a place on, in order."""
    tail = text[near:]
    return sorted([Cue(near + cue.begin, near + cue.end) for cue in (*announced(tail), *chosen(tail))], key=lambda cue: cue.end)


def _concluded(
    text: str, begin: int, end: int, cues: Sequence[Cue], options: Options, *, last: bool
) -> tuple[Reading | None, Stance]:
    """What the sentence from `begin` to `end` of the text chooses, and how it says so."""
    sentence = text[begin:end]
    own = [Cue(cue.begin - begin, cue.end - begin) for cue in cues if begin <= cue.begin and cue.end <= end]
    qualified: Reading | None = None
    for cue in own[: -CUES - 1 : -1]:
        how = stance(text, begin + cue.end, begin + _end_of_value(sentence, cue.end, options))
        if not how.offers:
            continue
        article = _ARTICLE.match(sentence, cue.end)
        rest = sentence[article.end() if article else cue.end :].lstrip(" :：*_")
        reading = read(rest or _next_line(text, end), options)
        if reading is not None and how is Stance.STATED:
            return reading, how
        qualified = qualified or reading
    if qualified is not None:
        return qualified, Stance.QUALIFIED
    lead = _lead_of(sentence)
    if lead and (reading := read(sentence[lead.end() :].lstrip(" ,:"), options, strict=True)):
        return reading, stance(text, begin + lead.end(), end)
    reading = _called_right(text, begin, end, options, closing=bool(lead) or last) or (
        _arrived(sentence, options, bool(lead)) if lead or last else None
    )
    return reading, Stance.STATED


def _end_of_value(sentence: str, at: int, options: Options) -> int:
    """Where the letter of an announcement ends, with the option's own text behind it; the sentence, where there is none."""
    letter = _LETTER.match(sentence, at)
    if letter is None or named(sentence[letter.end() :].strip(" .:：)]*\"'"), options):
        return len(sentence)
    return letter.end()


def _next_line(text: str, end: int) -> str:
    """The line behind a sentence that ends with an announcement."""
    return text[end : end + SENTENCE].lstrip(" \n").split("\n", 1)[0]


def _lead_of(sentence: str) -> re.Match[str] | None:
    """What opens the last clause of a sentence that concludes."""
    opens, goes_on = leads()
    first = opens.match(sentence)
    return next(reversed(list(goes_on.finditer(sentence, first.end() if first else 0))), first)


def _last(cue: re.Pattern[str], sentence: str) -> list[re.Match[str]]:
    """The last matches of a cue, from the end; more in one sentence are a loop, not a conclusion."""
    return list(cue.finditer(sentence))[: -CUES - 1 : -1]


def _called_right(text: str, begin: int, end: int, options: Options, *, closing: bool) -> Reading | None:
    """Reads "option B is correct", "(B) is the right answer", "so A is correct" in the sentence from `begin` to `end`."""
    sentence = text[begin:end]
    for cue in _last(_RIGHT, sentence):
        start = max(0, cue.start() - 200)
        before = _BARE.search(sentence, start, cue.start())
        listed = _LISTED_BEFORE.search(sentence, start, before.start(1)) if before else None
        if before and not listed and (letter := letter_of(before[1], options)) and (closing or cue["noun"]):
            if not stance(text, begin + before.start(1), begin + before.end(1)).offers:
                continue
            return Reading(frozenset(letter), "letter")
        groups = mentions(peeled := sentence[start : cue.start()], options)
        if not groups or (len(groups) > 1 and peeled[groups[-1].end :].strip()) or groups[-1].hedged:
            continue
        group = groups[-1]
        settled = group.dressed or closing or cue["noun"] or cue["kind"].lower() in ("answer", "choice", "option", "solution")
        if settled and stance(text, begin + start + group.letter, begin + start + group.end).offers:
            return Reading(frozenset(group.letters), "letter")
    return None


def _arrived(sentence: str, options: Options, lead: bool) -> Reading | None:
    """Reads a sentence that arrives at one option: "so the ratio is (B) 4", "this leaves option B"."""
    groups = mentions(sentence, options)
    if len(groups) == 1 and len(groups[0].letters) == 1:
        group, before = groups[0], sentence[: groups[0].start]
        ends = not sentence[group.end :].strip(" .*\"'$")
        if group.dressed and (_ARRIVES.search(before) or (lead and ends)):
            return read(sentence[group.start :], options)
        if lead and ends and not options.telling and _COPULA.search(before):
            return Reading(frozenset(group.letters), "letter")
    said = _equates().split(sentence)[-1] if options.telling else ""
    at = len(sentence) - len(said)
    same = named(said, options) if said and at else frozenset()
    return Reading(same, "text") if len(same) == 1 and stance(sentence, at, len(sentence)).offers else None
