"""Multiple choice: which option a completion settles on, and whether it is the reference's.

The answer is looked for only where a completion states its conclusion, and the first of these that chooses decides:

1. an answer tag, a box, `####` or a JSON "answer";
2. the last sentence that concludes ("the answer is B", "so (B)", "option B is correct"), read from the end;
3. "the answer is" in Chinese and other languages;
4. the last line, the first line or closing bold text, when nothing but a letter or an option's text stands there.

Nothing is guessed: a letter in passing, under a negation or in a formula chooses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rewardkit.extract import Method, Reason, Statement, extract, outside_think
from rewardkit.prose.announced import announced, chosen
from rewardkit.prose.stance import Stance, stance
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.choice.letters import NOUN, mentions
from rewardkit.verifiers.choice.options import NO_OPTIONS, Options, read_options
from rewardkit.verifiers.choice.reading import Reading, named, read, reference_letters

__all__ = ["option"]

MARKED = ("answer_tag", "correction", "boxed", "json", "hash")
# Conclusions stand at the end, or in the first line with the reasons after it.
WINDOW = 16_000
HEAD = 400
SENTENCES = 60
SENTENCE = 1_500
CUES = 4


class Found(NamedTuple):
    """What a completion chose, the text it stood in and the step that found it."""

    reading: Reading | None
    text: str | None
    how: str


_SENTENCE_END = re.compile(r"(?<=[\w)\]\"'*}$][\w)\]\"'*}$])[.!](?=\s|$)|[?？。！\n]+")
# "A resposta é a B"
_ARTICLE = re.compile(r"\s*(?:[ao]|la|el|le|il|die|das|den)\s+(?=[*(\[]{0,3}[A-Z](?![^\W_]))")
_RIGHT = re.compile(
    r"\s(?:is|are|must be|would be|seems)\s+(?:\w+\s+){0,3}?"
    r"(?P<kind>correct|right|best|true|answer|choice|option|solution|one)\b(?P<noun>\s+(?:answer|choice|option|solution|one)\b)?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:^\s*|[,;]\s+(?:and\s+)?)(?:so|therefore|thus|hence|in conclusion|to conclude|in summary|overall|finally"
    r"|this (?:means|leaves|is)|conclusion|consequently|accordingly)\b",
    re.IGNORECASE,
)
_ARRIVES = re.compile(
    r"(?:\b(?:is|are|be|was|namely|choose|select|with|to|matches|fits|leaves|as|by|in)|[:：=→])\s*"
    r"(?:the\s+|only\s+|that of\s+)*$",
    re.IGNORECASE,
)
_IS = re.compile(r"\b(?:is|are|was|were|be|equals)\b[:：]?", re.IGNORECASE)
_COPULA = re.compile(r"\b(?:is|be|leaves|leaving|only)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_WORDY = re.compile(r"\w")
_BULLET = re.compile(r"^\s*[-*#>•]+\s*")
_LABELLED = re.compile(rf"^[^\w\n]{{0,6}}(?:(?i:{NOUN})\s)?([A-Z])(?:[)\].:]|\*{{0,2}}:|[^\S\n]*$)", re.MULTILINE)
_HEAD = re.compile(r"([^,;.]{1,200}?)(?:[,;.]\s|\s(?:because|since|as)\s)")
_FENCE = re.compile(r"^[^\S\n]*```\w*[^\S\n]*$", re.MULTILINE)
_NUMBERED = re.compile(r"^[^\S\n]*\d{1,2}[.)]\s", re.MULTILINE)


@verifier("choice.option", requires=("answer",))
def option(sample: Sample) -> Verdict:
    """Whether a completion settles on the option that the reference names.

    The reference may be a letter, several letters, the number of a numbered option or an option's text, and so may
    the completion's answer, or an option's place ("the second one"). Options come from the column `choices` (or
    `options`), else from the prompt. Scores 1 `match` or 0 `mismatch`; 0 `no_answer` when nothing is chosen; 0
    `ambiguous` when several are chosen where one is asked for, or a letter contradicts the text beside it. Abstains with
    `gold_unparseable` when the reference is none of the options, with `out_of_scope` when there are neither options nor
    letters. `info` holds `extracted`, `expected`,
    `options` (how many) and `how`.
    """
    options = read_options(sample)
    accepted, options = _accepted(sample.references, options)
    if not accepted:
        return Verdict.abstained("gold_unparseable" if options.texts else "out_of_scope", options=len(options))
    several = max(len(letters) for letters in accepted) > 1
    found = _choose(sample.text, options, several)
    expected = [", ".join(sorted(letters)) for letters in accepted]
    info = {"extracted": found.text, "expected": expected, "options": len(options), "how": found.how}
    reading = found.reading
    if reading is None:
        decided = found.text is not None and options.telling
        return Verdict.scored(0.0, "mismatch" if decided else "no_answer", **info)
    info["extracted"] = ", ".join(sorted(reading.letters))
    if reading.open or (len(reading.letters) > 1 and not several):
        return Verdict.scored(0.0, "ambiguous", **info)
    return Verdict.scored(1.0 if reading.letters in accepted else 0.0, **info)


def _accepted(references: tuple[str, ...], options: Options) -> tuple[list[frozenset[str]], Options]:
    """What each reference accepts, and the options to read the completion by.

    Options found in a prompt that do not hold the reference's letter are some other list of the prompt.
    """
    accepted = [letters for r in references if (letters := reference_letters(r, options))]
    if not accepted and options.texts and not options.stated:
        accepted = [letters for r in references if (letters := reference_letters(r, NO_OPTIONS))]
        if accepted:
            options = NO_OPTIONS
    if not accepted:
        said = [extract(r, order=("phrase",)).text or "" for r in references]
        accepted = [letters for r in said if (letters := reference_letters(r, options))]
    return list(dict.fromkeys(accepted)), options


def _choose(text: str, options: Options, several: bool) -> Found:
    marked = extract(text, order=MARKED)
    found = _from_mark(marked, options, several)
    if found.reading is None and marked.method is Method.CORRECTION:
        marked = extract(text, order=MARKED[2:])
        found = _from_mark(marked, options, several)
    # What stands in an answer tag is the answer, whatever else the text says; a box may hold a value on the way.
    if found.reading is not None or marked.reason is Reason.AMBIGUOUS or marked.method is Method.ANSWER_TAG:
        return found
    visible = outside_think(text)
    if "```" in visible:
        visible = _FENCE.sub("", visible)
    for later in (_conclusion(visible, options), _foreign(visible, options), _lines(visible, options)):
        if later is not None:
            return later
    return found


def _from_mark(marked: Statement, options: Options, several: bool) -> Found:
    if marked.text is not None:
        reading = read(marked.text, options) or _concluded(marked.text, 0, len(marked.text), options, last=True)[0]
        how = f"{marked.how}/{reading.how}" if reading else marked.how
        return Found(reading, marked.text, how)
    readings = [read(text, options) for text in marked.alternatives]
    if marked.reason is not Reason.AMBIGUOUS:
        return Found(None, None, "none")
    shown = " | ".join(marked.alternatives)
    chosen = [r for r in readings if r is not None]
    letters = frozenset(letter for r in chosen for letter in r.letters)
    settled = len(chosen) == len(readings) and (several or len(letters) == 1)
    return Found(Reading(letters, "letters", open=not settled or any(r.open for r in chosen)), shown, marked.how)


def _conclusion(text: str, options: Options) -> Found | None:
    """The choice of the last sentence that concludes; one under a condition counts where no other does."""
    window = text[-WINDOW:]
    qualified: Found | None = None
    for place, (begin, end) in enumerate(_sentences_backwards(window)):
        sentence = window[max(begin, end - SENTENCE) : end]
        reading, how = _concluded(window, end - len(sentence), end, options, last=place == 0)
        if reading is None:
            continue
        found = Found(reading, sentence.strip(), f"statement/{reading.how}")
        if how is Stance.STATED:
            return found
        qualified = qualified or found
    return qualified


def _sentences_backwards(window: str) -> Iterator[tuple[int, int]]:
    """Where the last sentences begin and end; a question concludes nothing."""
    end = len(window)
    marks = [m.span() for m in _SENTENCE_END.finditer(window)]
    count = 0
    for start, after in reversed([(0, 0), *marks]):
        if window[after:end].strip() and window[end : end + 1] not in ("?", "？"):
            yield after, end
            count += 1
        end = start
        if count == SENTENCES:
            return


def _concluded(text: str, begin: int, end: int, options: Options, *, last: bool) -> tuple[Reading | None, Stance]:
    """What the sentence from `begin` to `end` of the text chooses, and how it says so."""
    sentence = text[begin:end]
    qualified: Reading | None = None
    for cue in sorted([*announced(sentence), *chosen(sentence)], key=lambda cue: cue.end)[: -CUES - 1 : -1]:
        how = stance(text, begin + cue.end, end)
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
    lead = next(iter(_last(_LEAD, sentence)), None)
    if lead and (reading := read(sentence[lead.end() :].lstrip(" ,:"), options, strict=True)):
        return reading, stance(text, begin + lead.end(), end)
    reading = _called_right(sentence, options, bool(lead) or last) or (
        _arrived(sentence, options, bool(lead)) if lead or last else None
    )
    return reading, Stance.STATED


def _next_line(text: str, end: int) -> str:
    """The line behind a sentence that ends with an announcement."""
    return text[end : end + SENTENCE].lstrip(" \n").split("\n", 1)[0]


def _last(cue: re.Pattern[str], sentence: str) -> list[re.Match[str]]:
    """The last matches of a cue, from the end; more in one sentence are a loop, not a conclusion."""
    return list(cue.finditer(sentence))[: -CUES - 1 : -1]


def _called_right(sentence: str, options: Options, closing: bool) -> Reading | None:
    """Reads "option B is correct", "(B) is the right answer", "so A is correct"."""
    for cue in _last(_RIGHT, sentence):
        start = max(0, cue.start() - 200)
        groups = mentions(peeled := sentence[start : cue.start()], options)
        if not groups or (len(groups) > 1 and peeled[groups[-1].end :].strip()) or groups[-1].hedged:
            continue
        group = groups[-1]
        settled = group.dressed or closing or cue["noun"] or cue["kind"].lower() in ("answer", "choice", "option", "solution")
        if settled and stance(sentence, start + group.start, start + group.end).offers:
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
    said = _IS.split(sentence)[-1] if options.telling else ""
    at = len(sentence) - len(said)
    same = named(said, options) if said and at and stance(sentence, at, len(sentence)).offers else frozenset()
    return Reading(same, "text") if len(same) == 1 else None


def _foreign(text: str, options: Options) -> Found | None:
    for step in ("phrase",):
        found = extract(text, order=(step,))
        reading = read(found.text, options) if found.text else None
        if reading is not None:
            return Found(reading, found.text, f"{found.how}/{reading.how}")
    return None


def _lines(text: str, options: Options) -> Found | None:
    """A line that holds an answer and nothing else."""
    stripped = text.strip()
    lines = {"last_line": stripped[-WINDOW:].rsplit("\n", 1)[-1], "first_line": stripped[:HEAD].split("\n", 1)[0]}
    bold = extract(text, order=("bold",)).text
    if bold:
        lines["bold"] = bold
    if len(stripped) <= HEAD and options.telling and not _SENTENCE_END.search(stripped.rstrip(" .!*")):
        reading = read(stripped, options)
        if reading is not None:
            return Found(reading, stripped, f"sentence/{reading.how}")
    listed = bool(options.labels) or len(_NUMBERED.findall(text[-WINDOW:])) > 1
    labels = {m[1]: m[0] for m in _LABELLED.finditer(text[-WINDOW:])}
    lone = sum(not mark.endswith((")", "]", ".", ":")) for mark in labels.values())
    for how, line in lines.items():
        # "1. B" alone is a choice; among other numbered lines it is a part of a list.
        line = _BULLET.sub("", line if listed else _NUMBERED.sub("", line))
        if lead := _LEAD.match(line):
            line = line[lead.end() :].lstrip(" ,:")
        reading = read(line, options, strict=True) or _opens(line, options)
        if reading is not None and len(labels) > 1 and (how != "last_line" or len(line) > 5 or lone > 1):
            # Among lines that go through the options, one of them is no choice.
            continue
        if reading is not None:
            return Found(reading, line, f"{how}/{reading.how}")
    return None


def _opens(line: str, options: Options) -> Reading | None:
    """Reads a line such as "(D) Spending will fall." or "No, because it is odd." by what opens it."""
    line = line[:SENTENCE]
    groups = mentions(line, options)
    if groups and groups[0].dressed and not _WORDY.search(line, 0, groups[0].start):
        return read(line, options)
    head = _HEAD.match(line)
    if head is None or not stance(line, head.start(1), head.end(1)).offers:
        return None
    same = named(head[1], options)
    return Reading(same, "text") if len(same) == 1 else None
