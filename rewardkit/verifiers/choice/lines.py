"""A line of a completion that is a choice and nothing else."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.extract import extract
from rewardkit.first_use import first_use
from rewardkit.prose.announced import announced, chosen
from rewardkit.prose.carriers import folded, language_of
from rewardkit.prose.glue import BECAUSE, any_of
from rewardkit.prose.phrases import Meaning, Reach, Side
from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.conclusion import leads
from rewardkit.verifiers.choice.letters import MENTION, NOUN, letter_of, mentions
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found, Reading, labelled, named, read, said_in
from rewardkit.verifiers.choice.sentences import SENTENCE, SENTENCE_END, WINDOW
from rewardkit.verifiers.choice.settled import heads

__all__ = ["lone_line", "option_lines"]

HEAD = 400  # characters of a text that is short enough to be a choice as a whole
SHORT = 5  # characters of a letter in its dress
_WORDY = re.compile(r"\w")
_BULLET = re.compile(r"^\s*(?:[-*#>•]+|[=-]>|[→⇒➜➡👉✅✔☑]+\ufe0f?)\s*")
_LABELLED = re.compile(rf"^[^\w\n]{{0,6}}(?:(?i:{NOUN})\s)?([A-Z])(?:[)\].:]|\*{{0,2}}:|[^\S\n]*$)", re.MULTILINE)
_OPENING = re.compile(rf"\W*(?:(?i:{NOUN})\s+)?[(\[]?([A-Z])[)\]]?(?=\s)")
# What else is said of a letter than that it is right, or than its own words.
_PREDICATE = re.compile(
    r"\s+is\s+(?!(?:the(?!\s+(?:last|first|second|third|fourth|next|worst|least|other|same|opposite|wrong|weakest)\b)|right|correct|true|best|my|our|your|it|also|clearly|definitely|obviously|certainly|therefore|indeed"
    r"|what|this|one|most|supported|consistent)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\W*(?:is|are|was|can|could|should|would)\s", re.IGNORECASE)
_SIGNED = re.compile(r"(?:(?<!\b[Ff]ig)\.|!)\s+[*_(]*([A-Z])[*_)]*\.?\s*$")
_LAST_LETTER = re.compile(r"[.!。]\s.{0,200}(?<![^\W_])([A-Z])[)\].*_!\s]*$")
_LISTED = re.compile(r"[,;.!?]|\s(?:\w{1,3}|&)\s")  # "Java, Ruby and Perl": a list goes on behind a short word
_NUMBERED = re.compile(r"^[^\S\n]*\d{1,2}[.)]\s", re.MULTILINE)


@lru_cache(maxsize=1)
@first_use
def _speaks_of() -> re.Pattern[str]:
    """What a sentence says of an option without choosing it: "A talks about …"."""
    return re.compile(rf"\s+{any_of(Meaning.SPEAKS, Side.BEHIND, Reach.TOUCHING)}", re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def _head() -> re.Pattern[str]:
    """What stands before the first sign of a line, or before its reason."""
    return re.compile(rf"([^,;.]{{1,200}}?)(?:[,;.]\s|\s{BECAUSE}\s)")


def option_lines(text: str, options: Options) -> Found | None:
    """Several options on lines of their own that end the text, behind a line that announces them or behind nothing."""
    lines = [line for line in text[-WINDOW:].splitlines() if line.strip()]
    letters: set[str] = set()
    while lines and (found := _option_of(lines[-1], options)):
        letters |= found
        lines.pop()
    if len(letters) < 2 or (not lines and letters == set(options.texts)):
        return None
    if lines:
        at = text.rfind(lines[-1]) + len(lines[-1])
        heads = lines[-1].rstrip("*_ ").endswith((":", "：")) and (announced(lines[-1]) or chosen(lines[-1]))
        if not heads or not stance(text, at, at).offers:
            return None
    return Found(Reading(frozenset(letters), "letters"), text.strip(), "lines")


def _option_of(line: str, options: Options) -> frozenset[str]:
    reading = read(_NUMBERED.sub("", _BULLET.sub("", line)), options, strict=True)
    return reading.letters if reading and not reading.open and len(reading.letters) == 1 else frozenset()


def lone_line(text: str, options: Options) -> Found | None:
    """A line that holds an answer and nothing else."""
    stripped = text.strip()
    lines = {"last_line": stripped[-WINDOW:].rsplit("\n", 1)[-1], "first_line": stripped[:HEAD].split("\n", 1)[0]}
    bold = extract(text, order=("bold",)).text
    if bold:
        lines["bold"] = bold
    if len(stripped) <= HEAD and options.telling and not SENTENCE_END.search(stripped.rstrip(" .!*")):
        reading = read(stripped, options)
        if reading is not None and (
            reading.open
            or (
                _is_stated(stripped, stripped, reading.how)
                and not _only_named(stripped, reading, options)
                and not _is_subject(stripped, reading, options)
                and not _ends_in_another(stripped, reading, options)
            )
        ):
            return Found(reading, stripped, f"sentence/{reading.how}")
    listed = bool(options.labels) or len(_NUMBERED.findall(text[-WINDOW:])) > 1
    marked = [(m[1], m[0]) for m in _LABELLED.finditer(text[-WINDOW:])]
    labels = dict(marked)
    first_alone = sum(letter == marked[0][0] for letter, _ in marked) == 1 if marked else False
    lone = sum(not mark.endswith((")", "]", ".", ":")) for mark in labels.values())
    for how, line in lines.items():
        # "1. B" alone is a choice; among other numbered lines it is a part of a list.
        line = _BULLET.sub("", line if listed else _NUMBERED.sub("", line))
        if lead := leads()[0].match(line):
            line = line[lead.end() :].lstrip(" ,:")
        reading = read(line, options, strict=True) or _opens(line, options)
        # A letter alone and then what is said of the others is one.
        answers = how == "first_line" and len(line) <= SHORT and lone == 1 and first_alone
        if reading is not None and len(labels) > 1 and not answers and (how != "last_line" or len(line) > SHORT or lone > 1):
            # Among lines that go through the options, one of them is no choice.
            continue
        if reading is not None and (reading.open or _is_stated(stripped, line, reading.how)):
            return Found(reading, line, f"{how}/{reading.how}")
    return _signed(stripped, options) or _with_reasons(text, options)


def _with_reasons(text: str, options: Options) -> Found | None:
    """The one line that is an option with its label and text, at the head or behind a colon, whatever reasons follow."""
    if not options.telling:
        return None
    found: dict[str, tuple[str, int, bool]] = {}
    at, above = 0, ""
    for line in text[-WINDOW:].splitlines(keepends=True):
        bare = _BULLET.sub("", line).strip()
        letters = labelled(bare, options) if bare and len(bare) <= HEAD else frozenset()
        for letter in letters:
            found.setdefault(letter, (line.strip(), at, _leads_on(above)))
        at, above = at + len(line), bare.rstrip("*_ ") or above
    if len(found) != 1:
        return None
    letter, (line, at, heads) = next(iter(found.items()))
    at += max(0, len(text) - WINDOW)
    stated = heads and stance(text, at, at + len(line)).offers
    return Found(Reading(frozenset(letter), "letter"), line, "option_line") if stated else None


def _leads_on(line: str) -> bool:
    """Whether a line ends with a colon and is more than a heading of options; so does the beginning of the text."""
    return not line or (line.endswith((":", "：")) and (len(line.split()) > 2 or bool(announced(line) or chosen(line))))


def _signed(text: str, options: Options) -> Found | None:
    """A letter alone behind sentences that state its option's words and no other's: "Earth is smaller; it is Jupiter. B"."""
    signed = _SIGNED.search(text) if len(text) <= HEAD and options.telling else None
    if signed is None or not (letter := letter_of(signed[1], options)):
        return None
    before = text[: signed.start() + 1]
    held = {other for other, words in options.texts.items() if said_in(before, words)}
    return Found(Reading(frozenset(letter), "letter"), text, "last_letter") if held == {letter} else None


def _only_named(text: str, reading: Reading, options: Options) -> bool:
    """Whether a sentence only speaks of the letter that opens it ("B comes after A"), denies it though read by words, or asks."""
    opening = _OPENING.match(text)
    if opening is None:
        inside = next((group for group in mentions(text, options) if group.dressed), None)
        told = inside is not None and _PREDICATE.match(text, inside.end) is not None
        return reading.how == "letter" and (told or _ASKS.match(text) is not None)
    if reading.how == "words":
        return not stance(text, opening.start(1), opening.end(1)).offers
    if reading.how != "letter" or _speaks_of().match(text, opening.end()):
        return reading.how == "letter"
    return _PREDICATE.match(text, opening.end()) is not None and not said_in(text, options.texts.get(opening[1], ""))


def _is_subject(text: str, reading: Reading, options: Options) -> bool:
    """Whether an option's words open a sentence that goes on to say something else of it: "Mars, a god, has two moons"."""
    own = options.texts.get(min(reading.letters, default=""), "") if reading.how == "text" and len(reading.letters) == 1 else ""
    if not own or not text.casefold().startswith(own.casefold()):
        return False
    return not _heads(text, len(own))


def _heads(text: str, at: int) -> bool:
    """Whether the sentence of words that end at a place leaves them alone there."""
    end = SENTENCE_END.search(text, at)
    rest = text[at : end.start() if end else len(text)].lstrip("\"'”» ")
    return heads(rest, language_of(folded(word) for word in text.split()))


def _ends_in_another(text: str, reading: Reading, options: Options) -> bool:
    """Whether a text goes on to another letter and ends in it: "Es la C. Es la B."."""
    last = _LAST_LETTER.search(text)
    other = letter_of(last[1], options) if last else ""
    return bool(last and other and other not in reading.letters and stance(text, last.start(1), last.end(1)).offers)


def _is_stated(text: str, line: str, how: str) -> bool:
    """Whether a text states what a line of it holds: its first letter of an option, or else all of it."""
    at = text.rfind(line)
    letter = MENTION.search(line) if how not in ("place", "text") else None
    begin = letter.start("open" if letter["open"] else "letter") if letter and letter["letter"].isupper() else 0
    return at < 0 or stance(text, at + begin, at + len(line)).offers


def _opens(line: str, options: Options) -> Reading | None:
    """Reads a line such as "(D) Spending will fall." or "No, because it is odd." by what opens it."""
    line = line[:SENTENCE]
    first = MENTION.search(line)
    groups = mentions(line, options) if first and not _WORDY.search(line, 0, first.start()) else ()
    if groups and groups[0].dressed and not _WORDY.search(line, 0, groups[0].start):
        reading = read(line, options)
        return None if reading is None or _only_named(line, reading, options) else reading
    head = _head().match(line)
    same = named(head[1], options) if head else frozenset()
    if head is None or len(same) != 1 or not stance(line, head.start(1), head.end(1)).offers:
        return None
    listed = _LISTED.split(line[head.end(1) :].lstrip(" ,"), maxsplit=1)[0]
    if named(listed, options) - same or not _heads(line, head.end(1)):
        return None
    return Reading(same, "text")
