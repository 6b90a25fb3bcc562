"""Which options a short text chooses, after the place has been found.

A text chooses by letter ("(B)", "B. Paris", "option B", "A and C"), or by an option's own words or value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.glue import AND, INTERJECTION, PERHAPS, any_of
from rewardkit.prose.phrases import Meaning, Reach
from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.labels import relabelled
from rewardkit.verifiers.choice.letters import MENTION, NOUN, Group, is_dressed, is_leading, letter_of, mentions
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.placed import whole_place
from rewardkit.verifiers.choice.texts import LIMIT, fold, peel, quantity, same_formula

__all__ = ["Found", "Reading", "is_option_reference", "labelled", "named", "read", "reference_letters", "said_in"]

# An answer has no more parts than this; a longer list is no answer.
PARTS = 6
LISTED = 400  # characters of a list of options
WORDY = 300  # characters in which an option's own words are looked for
SHORT_WORDS = 3  # letters; shorter words may stand anywhere
KEPT = 1024  # options


@dataclass(frozen=True, slots=True)
class Reading:
    """The letters a text chooses and the rule that read them; `open` is True when it leaves the choice open."""

    letters: frozenset[str]
    how: str
    open: bool = False


class Found(NamedTuple):
    """What a completion chose, the text it stood in and the step that found it."""

    reading: Reading | None
    text: str | None
    how: str


_LABEL = re.compile(r"\s?[.:：)、．]|\s+[-=]\s")
_HEDGE = re.compile(rf"{PERHAPS}|\b(?:might|could)\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(rf"\W{{1,4}}(?:{INTERJECTION}\W+)?(?:no|wait|sorry|actually)\s*[,.:;!—–-]", re.IGNORECASE)
# "B; alternatively C", "B, but C is also right"
_ANOTHER = re.compile(
    rf"\W{{1,4}}(?:(?i:{PERHAPS})\s+(?:the |(?i:{NOUN})\s)*\W?[A-Z](?![A-Za-z])"
    r"|[^.;]{0,60}\b(?:also|equally) (?:correct|right|acceptable|possible|valid|plausible)\b)"
)
_SUPPOSED = re.compile(r"\W{0,3}\s(?:only |but only )?(?:if|unless)\b", re.IGNORECASE)
# A reference such as "A Peter": a letter, and the name it stands for.
_NAMED_BY = re.compile(r"\s*([A-Z])\s+[A-Z]")
_GLUED = re.compile(r"[\s(\[{\"']*([A-Z]{2,10})[\s)\]}\"'.。]*")
_ALONE = re.compile(r"[\s(\[{\"'<«]*([A-Za-z])[\s)\]}\"'>».:,;!。、]*")
_NUMBER_CHOICE = re.compile(
    rf"[\s(\[]*(?:(?:the|number|no\.?)\s+)?(?:{NOUN}\s*[:：#]?\s*)?[(\[]?(\d{{1,2}})[)\].:\s]*", re.IGNORECASE
)
_NUMBER_LABEL = re.compile(r"[\s(\[]*(\d{1,2})\s?[)\].:、]\s*(?=\S)")
_LABEL_BEHIND = re.compile(r"(.{1,300}?)\s*[(\[]([A-Z])[)\]]\W*", re.DOTALL)
_BARE_LETTERS = re.compile(r"\s*[(\[{]?\s*[A-J]\s*(?:[)\]}.]|(?:\s*[,、]\s*[A-J])*[)\]}]?)?\s*")
# A dash behind a label; a minus stands right before its number.
_DASH = re.compile(r"^-+(?!\d|\.\d|\w)\s*")
_QUOTES = str.maketrans("", "", "\"'")
_JOINED = rf"(?:{AND}|\bor\b)"
_LISTED = re.compile(rf"\s*(?:[,;/\n]+\s*{_JOINED}?|{_JOINED})\s*", re.IGNORECASE)
_PROSE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{4,}")
_LAST_EQUALS = re.compile(r".*(?:=|≈|\\approx)", re.DOTALL)
_SYMBOL = re.compile(r"[^\w\s'\"]+|_")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1)
@first_use
def _clause_end() -> re.Pattern[str]:
    """What ends a clause: a sign, or a word for a reason or for more that is said."""
    words = "|".join(any_of(Meaning.PARTS, reach=reach) for reach in (Reach.ADJACENT, Reach.TOUCHING))
    return re.compile(rf"[,;.!?](?=\s|$)|\s(?:{words})\s|\s[-(]\s?|，|。|；|\n", re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def _parts() -> re.Pattern[str]:
    return re.compile(any_of(Meaning.PARTS, reach=Reach.SENTENCE), re.IGNORECASE)


def read(text: str, options: Options, *, strict: bool = False) -> Reading | None:
    """The options that a final answer chooses; None when it chooses none.

    `strict` is for places that may hold prose: there the whole text must be letters or an option's text.
    """
    if not text.strip() or len(text) > LIMIT:
        return None
    plain = peel(text)
    if plain[:1] in "[{" and plain[1:2] in ("'", '"'):
        plain = plain.translate(_QUOTES)
    found = _whole(plain, text, options) or _label_and_text(plain, options) or _text_and_label(plain, options)
    if found is None and not strict:
        found = _by_mentions(plain, options) or _by_words(plain, options)
    return found


def reference_letters(reference: str, options: Options) -> frozenset[str]:
    """The letters a reference stands for; empty when it is no option of the row."""
    reference = relabelled(reference, options.labels)
    whole = read(reference, options, strict=True)
    named_by = _NAMED_BY.match(reference) if whole is None and not options.telling else None
    if named_by:
        return frozenset(named_by[1])
    if whole is None and not (options.stated and options.telling):
        groups = mentions(peel(reference), options)
        whole = Reading(frozenset(groups[0].letters), "letter") if groups else None
    return whole.letters if whole and not whole.open else frozenset()


def is_option_reference(reference: str, options: Options) -> bool:
    """Whether a reference names options: by letter, number, "(B) text", several letters or an option's text.

    `options` is what `read_options` gives. Without options only letters A to J count, alone, in brackets or several
    with commas, because a longer string may be any kind of answer.
    """
    if not options.texts:
        return _BARE_LETTERS.fullmatch(reference) is not None
    return bool(reference_letters(reference, options.as_stated))


def named(text: str, options: Options) -> frozenset[str]:
    """The letters of the options whose text or value this is: usually one, none when it is something else."""
    same = _same_text(text, options)
    if same:
        return same
    number = quantity(text)
    if number is not None:
        return frozenset(letter for letter, other in options.quantities.items() if number.same(other))
    return frozenset(letter for letter, other in options.texts.items() if same_formula(other, text))


def _same_text(text: str, options: Options) -> frozenset[str]:
    if not options.texts:
        return frozenset()
    key = fold(text)
    return frozenset(letter for letter, other in options.folded.items() if other == key)


def _whole(plain: str, text: str, options: Options) -> Reading | None:
    """The text is a letter, an option's text or number, or several letters, and nothing else."""
    alone = _ALONE.fullmatch(plain)
    if alone and (letter := letter_of(alone[1], options)):
        # A small letter may be an option's own text, a name in a formula; a capital is a label.
        other = named(plain, options) if alone[1].islower() else frozenset()
        return Reading(other, "text") if len(other) == 1 else Reading(frozenset(letter), "letter")
    number = _NUMBER_CHOICE.fullmatch(plain) if options.labels else None
    if number and number[1] in options.labels:
        return Reading(frozenset(options.labels[number[1]]), "number")
    same = _same_text(text, options)
    if same:
        return Reading(same, "text", open=len(same) > 1)
    if options.texts and (place := whole_place(plain, options)):
        return Reading(frozenset(place[0]), "place", open=place[1])
    group = _only_group(plain, options)
    if group:
        return Reading(frozenset(group.letters), "letter" if len(group.letters) == 1 else "letters", group.hedged)
    texts = _texts(plain, options)
    if texts:
        return texts
    label = MENTION.match(plain)
    # Behind a label a value is that option's to state.
    labelled = label is not None and is_dressed(label, plain) and bool(letter_of(label["letter"], options))
    same = frozenset() if labelled else named(text, options)
    if same:
        return Reading(same, "text", open=len(same) > 1)
    glued = _GLUED.fullmatch(plain)
    if glued and len(set(glued[1])) == len(glued[1]) and all(letter_of(c, options) for c in glued[1]):
        return Reading(frozenset(glued[1]), "letters")
    return None


def _texts(plain: str, options: Options) -> Reading | None:
    """Several options by their texts: "Red and Blue", or "Yes or No", which leaves the choice open."""
    most = min(len(options), PARTS) if options.telling and len(plain) < LISTED else 0
    parts = _parts_of(plain, most) if most > 1 else []
    if len(parts) < 2:
        return None
    chosen: set[str] = set()
    for part in parts:
        same = named(part, options) or labelled(part, options)
        if len(same) != 1:
            return None
        chosen |= same
    return Reading(frozenset(chosen), "texts", open=_HEDGE.search(plain) is not None)


def _parts_of(plain: str, most: int) -> list[str]:
    """The parts of a list; none of one that has more parts than that."""
    parts: list[str] = []
    at = 0
    for gap in _LISTED.finditer(plain):
        if gap.start() > at:
            parts.append(plain[at : gap.start()])
        at = gap.end()
        if len(parts) > most:
            return []
    if at < len(plain):
        parts.append(plain[at:])
    return parts if len(parts) <= most else []


def labelled(part: str, options: Options) -> frozenset[str]:
    """The option of a label with its own text, as one of a list."""
    found = _label_and_text(part.lstrip("-*•> "), options)
    return found.letters if found and not found.open else frozenset()


def _only_group(plain: str, options: Options) -> Group | None:
    """The letters of a text that is letters and nothing else but words such as "it must be"."""
    groups = mentions(plain, options) if len(plain) < 80 else ()
    if len(groups) != 1 or _WORD.search(plain, groups[0].end) or plain[groups[0].end :].lstrip().startswith(("?", "？")):
        return None
    return groups[0] if is_leading(_SYMBOL.sub(" ", plain[: groups[0].start])) else None


def _label_and_text(plain: str, options: Options) -> Reading | None:
    """A label followed by the option's own text; by the text of another option, it contradicts itself."""
    number = _NUMBER_LABEL.match(plain) if options.labels else None
    if number and number[1] in options.labels:
        letter, rest = options.labels[number[1]], plain[number.end() :]
    else:
        label = MENTION.match(plain)
        if label is None or not letter_of(label["letter"], options):
            return None
        letter, rest = label["letter"].upper(), plain[label.end() :]
        if any(set(group.letters) != {letter} for group in mentions(plain, options) if group.dressed):
            return None
        if not (label["close"] or label["noun"] or _LABEL.match(rest)) and not label["letter"].isupper():
            return None
    said = _said(rest, options)
    if not said:
        # A formula that is not the option's own is a contradiction, even when no other option states it.
        stated = _clause_end().split(rest.strip(" .:)"), maxsplit=1)[0]
        differs = not _PROSE.search(stated) and same_formula(options.texts.get(letter, ""), stated) is False
        return Reading(frozenset(letter), "letter", open=True) if differs else None
    return Reading(frozenset(letter), "letter", open=letter not in said)


def _text_and_label(plain: str, options: Options) -> Reading | None:
    """An option's text with its label in brackets behind it."""
    match = _LABEL_BEHIND.fullmatch(plain)
    if match is None or not letter_of(match[2], options):
        return None
    said = named(match[1], options)
    return Reading(frozenset(match[2]), "letter", open=match[2] not in said) if said else None


def _said(rest: str, options: Options) -> frozenset[str]:
    """Options whose text follows a label: the whole rest, or its first clause."""
    rest = _DASH.sub("", rest.lstrip(" \t\n.:：)]、,，(=\"'")).rstrip(")\"' ")
    if not rest or not options.texts:
        return frozenset()
    whole = named(rest, options)
    if whole:
        return whole
    clause = _clause_end().split(rest, maxsplit=1)[0]
    return named(clause, options) if clause != rest else frozenset()


def _said_before(before: str, options: Options) -> frozenset[str]:
    """Options with whose text a sentence begins that has a label in brackets behind it: "The second image (B) is …"."""
    said = fold(before.rstrip(" (,:")) if options.telling and len(before) < WORDY else ""
    return frozenset(letter for letter, key in options.folded.items() if len(key) > SHORT_WORDS and said == key)


def _by_mentions(plain: str, options: Options) -> Reading | None:
    groups = mentions(plain, options)
    if not groups:
        return None
    first = groups[0]
    letters, open_choice, end = set(first.letters), first.hedged, first.end
    for group in groups[1:]:
        gap = plain[end : group.start].lstrip(" .:)")
        told = _parts().search(gap) or any(c in gap for c in ".;!?。；")
        if _HEDGE.search(gap) and not told:
            open_choice = True
        if told or not (group.dressed and first.dressed):
            break
        letters.update(group.letters)
        end = group.end
    if _SUPPOSED.match(plain, first.end):
        return None
    if _TAKEN_BACK.match(plain, end) or _ANOTHER.match(plain, end):
        open_choice = True
    if len(letters) == 1 and not open_choice:
        said = _said(plain[first.end :], options) or _said_before(plain[: first.start], options)
        open_choice = bool(said) and not said & letters
    return Reading(frozenset(letters), "letter" if len(letters) == 1 else "letters", open_choice)


def _by_words(plain: str, options: Options) -> Reading | None:
    """An option's words or value at the head or after the last equals sign."""
    if not options.folded:
        return None
    tail = _LAST_EQUALS.sub("", plain)
    clauses = [clause for clause in _clause_end().split(tail, maxsplit=PARTS) if clause.strip()]
    head = _clause_end().split(plain.lstrip(), maxsplit=1)[0]
    for part in (tail, head, *clauses[:1]):
        if part and part != plain and len(same := named(part, options)) == 1:
            if part is head and not stance(plain, plain.find(head), plain.find(head) + len(head)).offers:
                return Reading(same, "text", open=True)
            told = (_HEDGE.sub(" ", clause).strip(" ()") for clause in clauses[1:])
            others = [other for clause in told if (other := named(clause, options)) and other != same]
            return Reading(same.union(*others), "text", open=bool(others))
    return None


def said_in(plain: str, option: str) -> tuple[int, int] | None:
    """Where a text says an option's words in one run without denying them or the like; None where it does not."""
    words = _words_of(option)
    spoken, spans = _spoken(plain)
    if not words or words[0] not in spoken:
        return None
    at = next((at for at, word in enumerate(spoken) if word == words[0] and spoken[at : at + len(words)] == words), None)
    if at is None:
        return None
    begin, end = spans[at][0], spans[at + len(words) - 1][1]
    return (begin, end) if stance(plain, begin, end).offers else None


@lru_cache(maxsize=KEPT)
def _words_of(option: str) -> tuple[str, ...]:
    """The words of an option; none of one that is too short to be told from other words, or only a number."""
    words = tuple(_WORD.findall(peel(option).casefold()))
    return () if len("".join(words)) <= SHORT_WORDS or (len(words) == 1 and words[0].isdigit()) else words


@lru_cache(maxsize=2)
def _spoken(plain: str) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """The words of a text and where they stand; each of its options is looked for in it."""
    said = list(_WORD.finditer(plain))
    return tuple(word[0].casefold() for word in said), tuple(word.span() for word in said)
