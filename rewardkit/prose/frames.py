"""Whether an English sentence is the question with its answer put in: all of its words, in an order that grammar allows.

A question is turned into frames, the words before and behind an answer: "Who shot Lincoln?" gives "… shot Lincoln" and "Lincoln
was shot by …", and none that "It was Booth whom Lincoln shot" would fit; "Where did the ship sail from?" gives none for "The ship
sailed to Lisbon". Words, signs and digits are compared as they are written, prepositions among them; only articles are free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.prose.carriers import languages, plain
from rewardkit.prose.pieces import valued

__all__ = ["BE", "DO", "LEEWAY", "MODAL", "is_form", "is_put_in", "words_of"]

KEPT = 2048  # questions and references
WORDS = 16_384
LEEWAY = 100  # characters by which a sentence may be longer than the question and the answer that it puts together
LONGEST = 60  # words of a question
STRANGERS = 4  # words that a frame may add to those of the question
BE = frozenset({"is", "are", "was", "were"})
MODAL = frozenset({"has", "have", "had", "can", "could", "will", "would", "should", "must", "may", "might"})
DO = frozenset({"do", "does", "did"})
_PRESENT = {"was": "is", "were": "are"}
_RELATIVE = ("who", "that", "which")
_ARTICLES = frozenset({"a", "an", "the", "any"})
_ASKS = frozenset({"who", "whom", "what", "which", "where", "when"})
_PLACES = ((), ("in",), ("on",), ("at",))  # what may lead to a place or a time
_LEADS = frozenset({"in", "on", "at", "from", "to", "by", "with", "for", "of", "under", "during"})
# What begins the circumstances of a question, which may stand first, or behind the answer.
_SETTINGS = frozenset({"in", "on", "at", "during", "under", "before", "after", "since"})
_POINTS = ("it", "he", "she", "they", "this", "that", "these", "those")
_CALLED = ((), ("called",), ("named",), ("known", "as"))
# What a work may be called before its name: "The song “Hallelujah” was written by".
_KINDS = frozenset(
    ["song", "book", "novel", "film", "movie", "phrase", "poem", "play", "word", "painting", "series", "show", "album"]
)
_TITLED = re.compile(rf"\b(?:{'|'.join(sorted(_KINDS))})\s+(?=[\"“«*_])", re.IGNORECASE)
_NOUNS = 3  # words of "what kind of thing", at most
_SHORT = re.compile(r"\b(is|are|was|were|do|does|did|has|have|had|could|would|should|must)n['’]t\b", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")
_BLANK = re.compile(r"_{2,}")
_LABEL = re.compile(r"[^.:?!\n]{1,120}:\s+(?=\S)")
_RIM = '.,;:!?"“”‘’()[]*_'


class Verb(NamedTuple):
    """A place that any form of a verb fills: "sail", "sails", "sailed"."""

    base: str


class Frame(NamedTuple):
    """The words before and behind an answer."""

    before: tuple[str | Verb, ...]
    after: tuple[str | Verb, ...] = ()

    def holds(self, said: Sequence[str], given: Sequence[str]) -> bool:
        """Whether words, as many as those of the frame and the answer, are the frame with the answer in it."""
        at, behind = len(self.before), len(self.before) + len(given)
        if tuple(said[at:behind]) != tuple(given):
            return False
        return _agree(self.before, said[:at]) and _agree(self.after, said[behind:])


@lru_cache(maxsize=KEPT)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, with all their signs, without articles, hyphens and the punctuation around them."""
    text = _SHORT.sub(r"\1 not", text).replace("can't", "can not").replace("cannot", "can not")
    return tuple(word for word in map(_word, _HYPHEN.sub(" ", text).split()) if word)


@lru_cache(maxsize=WORDS)
def _word(written: str) -> str:
    """A word as it is compared; empty for an article."""
    word = valued(plain(written.strip(_RIM)))
    return "" if word in _ARTICLES else word


def is_put_in(question: str, sentence: str, answer: str) -> bool:
    """Whether a sentence is the question with the answer in the place of what it asks for."""
    if len(sentence) > 2 * len(question) + len(answer) + LEEWAY:
        return False
    asked, given = words_of(question), words_of(answer)
    for said in _spellings(sentence, asked):
        if not given or len(said) <= len(given):
            return said == given
        # Quick looks: the answer stands in it; a frame adds a few small words to the question's own, and may change its verb.
        if given[0] not in said or not any(said[at : at + len(given)] == given for at in range(len(said))):
            continue
        if sum(word not in asked and word not in given for word in said) > STRANGERS:
            continue
        frames = _frames_of(question).get(len(said) - len(given), ())
        if any(frame.holds(said, given) for frame in frames) or _is_chosen(asked, said, given):
            return True
    return False


def _spellings(sentence: str, asked: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words of a sentence; without the kind of work that a name is; behind a heading of nothing but the question's words."""
    said = words_of(sentence)
    yield said
    if _KINDS.isdisjoint(asked) and (titled := _TITLED.search(sentence)) is not None:
        yield words_of(f"{sentence[: titled.start()]}{sentence[titled.end() :]}")
    label = _LABEL.match(sentence)
    if label is not None and set(words_of(label[0])) <= set(asked) and (behind := words_of(sentence[label.end() :])):
        yield behind


def _is_chosen(asked: Sequence[str], said: Sequence[str], given: Sequence[str]) -> bool:
    """Whether "The car is blue" takes one of two things that "Is the car red or blue?" offers at its end."""
    if asked[:1] == () or asked[0] not in BE or asked.count("or") != 1:
        return False
    at = asked.index("or")
    size = len(asked) - at - 1
    if len(given) != size or at - size < 2:
        return False
    if tuple(given) not in (tuple(asked[at + 1 :]), tuple(asked[at - size : at])):
        return False
    return tuple(said) == (*asked[1 : at - size], asked[0], *given)


@lru_cache(maxsize=KEPT)
def _frames_of(question: str) -> Mapping[int, Sequence[Frame]]:
    """The frames of a question by how many words they have."""
    found = {Frame((point, be)) for point in _POINTS for be in ("is", "was")}  # "It is Lisbon."
    blank, asked = _BLANK.search(question), words_of(question)
    if blank is not None:
        found.add(Frame(words_of(question[: blank.start()]), words_of(question[blank.end() :])))
    elif 1 < len(asked) <= LONGEST:
        found.update(_frames(asked))
        for at in range(3, len(asked) - 1):
            if asked[at] in _SETTINGS:
                found.update(placed for frame in _frames(asked[:at]) for placed in _with_setting(frame, asked[at:]))
    by_size: dict[int, list[Frame]] = {}
    for frame in found:
        by_size.setdefault(len(frame.before) + len(frame.after), []).append(frame)
    return by_size


def _with_setting(frame: Frame, setting: tuple[str, ...]) -> Iterator[Frame]:
    """A frame with the circumstances in front, behind the answer, and before its verb: "The library in York was opened"."""
    before, after = frame
    yield Frame((*setting, *before), after)
    yield Frame(before, (*after, *setting))
    verb = next((at for at, word in enumerate(before) if word in BE or word in MODAL), 0)
    if verb:
        yield Frame((*before[:verb], *setting, *before[verb:]), after)


def _frames(asked: Sequence[str]) -> Iterator[Frame]:
    """The frames of a question that is looked at as one piece."""
    leads: Sequence[tuple[str, ...]] = _PLACES if asked[0] in ("where", "when") else ((),)
    if asked[0] in _LEADS and asked[1] in ("what", "which", "whom"):
        leads, asked = (tuple(asked[:1]),), asked[1:]
    if asked[0] not in _ASKS:
        if asked[0] not in BE | MODAL | DO:
            yield from _named(asked)
        return
    for nouns in range(_NOUNS + 1 if asked[0] in ("what", "which") else 1):
        noun, verb, told = asked[1 : nouns + 1], asked[nouns + 1 : nouns + 2], asked[nouns + 2 :]
        if not verb or not told:
            return
        if verb[0] in BE or verb[0] in MODAL:
            yield from _copular(verb[0], told, leads)
            break
        if verb[0] in DO:
            yield from (
                Frame((*told[:at], Verb(told[at]), *told[at + 1 :], *lead)) for at in range(1, len(told)) for lead in leads
            )
            yield Frame(tuple(told))
            break
        if leads == ((),):
            yield from _active(noun, verb[0], told)


def _named(asked: Sequence[str]) -> Iterator[Frame]:
    """What is named, "the capital of Virginia", is or is called the answer; a sentence that breaks off goes on with it."""
    yield Frame(tuple(asked))
    for be in ("is", "are", "was", "were"):
        yield from _copular(be, asked, ((),))


def _copular(verb: str, told: Sequence[str], leads: Sequence[tuple[str, ...]]) -> Iterator[Frame]:
    """In "is the capital of Virginia" the verb goes where it belongs in a statement, before the answer or behind it."""
    forms = [verb]
    if verb in _PRESENT and not set(_RELATIVE).isdisjoint(told):
        forms.append(_PRESENT[verb])  # "Who was the actor who played": "The actor who played is"
    subjects = [tuple(told)]
    if tuple(told[:2]) == ("name", "of") and len(told) > 2:
        subjects.append(tuple(told[2:]))
    yield Frame(tuple(told))
    for form in forms:
        for subject in subjects:
            yield Frame((), (form, *subject))
            yield from (Frame((*subject, form, *called)) for called in _CALLED if form in BE)
        yield from (Frame((*told[:at], form, *told[at:], *lead)) for at in range(1, len(told) + 1) for lead in leads)


def _active(noun: Sequence[str], verb: str, told: Sequence[str]) -> Iterator[Frame]:
    """From "wrote Emma": "… wrote Emma", "Emma was written by …", "It was … who wrote Emma", "… is the poet that wrote Emma"."""
    present = verb.endswith("s") and not verb.endswith("ss")
    base = verb[:-3] + "y" if verb.endswith("ies") else verb.removesuffix("s") if present else verb
    for form in {verb, base + "s"}:
        yield Frame((), (form, *told))
        for link in _RELATIVE:
            yield from (Frame(("it", be), (link, form, *told)) for be in ("is", "was"))
            yield from (Frame((), (be, *noun, link, form, *told)) for be in BE if noun)
    for be in ("is", "are") if present else BE:
        yield Frame((*told, be, Verb(base), "by"))


def _agree(wanted: Sequence[str | Verb], said: Sequence[str]) -> bool:
    return all(
        one == word or (isinstance(one, Verb) and (one.base == word or is_form(one.base, word)))
        for one, word in zip(wanted, said, strict=True)
    )


def is_form(base: str, said: str) -> bool:
    """Whether a word is a verb's form of the present or the past."""
    regular = {base + "s", base + "es", base + "ed", base + base[-1:] + "ed"}
    regular |= {base + "d"} if base.endswith("e") else set()
    regular |= {base[:-1] + "ies", base[:-1] + "ied"} if base.endswith("y") else set()
    return said in regular or _are_forms(base, said)


def _are_forms(one: str, other: str) -> bool:
    """Whether two words are forms of one irregular verb."""
    same = languages()["en"].same
    return not same.get(one, frozenset()).isdisjoint(same.get(other, frozenset()))
