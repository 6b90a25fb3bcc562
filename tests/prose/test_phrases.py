"""Every row of the tables of phrases means what it says: its example, its counter-example, and each of its phrases by itself."""

from __future__ import annotations

import re

import pytest

from rewardkit.prose.announced import announced, chosen
from rewardkit.prose.lexicon import WORD, Hit, Lexicon, lowered
from rewardkit.prose.phrases import Meaning, Reach, Row, Side, openings_of, rows
from rewardkit.prose.stance import Stance, evidence

ROWS = [
    pytest.param(row, id=f"{row.meaning.value}-{row.side.value}-{row.reach.value}-{row.language}-{i}")
    for i, row in enumerate(rows())
]
REFUSES = {
    Meaning.DENIES: Stance.DENIED,
    Meaning.ASKS: Stance.ASKED,
    Meaning.SUPPOSES: Stance.SUPPOSED,
    Meaning.COMPARES: Stance.COMPARED,
    Meaning.HEDGES: Stance.HEDGED,
    Meaning.REPORTS: Stance.REPORTED,
    Meaning.DOUBTS: Stance.DOUBTED,
    Meaning.NAMES: Stance.NAMED,
    Meaning.QUALIFIES: Stance.QUALIFIED,
}
SAMPLES = {"_": "word", "#": "42", "¤": "42", "…": "some words", "§": ":", "¶": ".", "▸": " 42", "◂": " C."}


def shown(template: str) -> Stance:
    at = template.index("{X}")
    return evidence(template.replace("{X}", "42"), at, at + 2).stance


def hits(row: Row, text: str) -> list[Hit[Meaning]]:
    low = lowered(text)
    words = [(found.start(), found[0]) for found in WORD.finditer(low)]
    return list(Lexicon([row], lambda one: one.meaning).hits(text, words, low))


@pytest.mark.parametrize("row", ROWS)
def test_the_example_has_the_meaning_and_the_counter_example_has_not(row: Row) -> None:
    if row.meaning in REFUSES:
        assert shown(row.example) is not Stance.STATED
        assert shown(row.counter) is not REFUSES[row.meaning]
        assert hits(row, row.example.replace("{X}", "42")), "the example holds none of the row's phrases"
    elif row.meaning in (Meaning.AFFIRMS, Meaning.TURNS):
        assert shown(row.example).offers
        assert not shown(row.counter).offers or row.meaning is Meaning.TURNS
    elif row.meaning is Meaning.FILLS:
        assert not shown(row.example).offers
        assert shown(row.counter).offers
    elif row.meaning is Meaning.CONFIRMS and row.reach is Reach.NEXT:
        assert shown(row.example).offers
        assert shown(row.counter) is Stance.ASKED
    elif row.meaning in (Meaning.ANNOUNCES, Meaning.CHOOSES) and row.reach in (Reach.TOUCHING, Reach.NEXT):
        find = announced if row.meaning is Meaning.ANNOUNCES else chosen
        assert leads_up(find, row.example)
        assert not leads_up(find, row.counter)
    else:
        assert hits(row, row.example.replace("{X}", "42"))
        assert not hits(row, row.counter.replace("{X}", "42"))


def leads_up(find: object, template: str) -> bool:
    """Whether an announcement ends where the value begins, but for white space and signs."""
    at = template.index("{X}")
    cues = find(template.replace("{X}", "C"))  # type: ignore[operator]
    return any(cue.end <= at and not re.search(r"\w", template[cue.end : at]) for cue in cues)


@pytest.mark.parametrize("row", ROWS)
def test_every_phrase_is_found_by_the_words_it_begins_with(row: Row) -> None:
    missed = [phrase for phrase in row.alternatives if not hits(row, f"x {written(phrase)}")]
    assert missed == []


def written(phrase: str) -> str:
    """A text that says a phrase: the first of each choice, without what may be left out."""
    phrase = re.sub(r"\[[^\]]*\]", "", phrase)
    phrase = re.sub(r"\(([^|()]*)(?:\|[^()]*)?\)", r"\1", phrase)
    words = [
        SAMPLES.get(word, word.rstrip("*") + ("s" if word.endswith("*") and len(word) > 1 else "")) for word in phrase.split()
    ]
    glue = "" if re.search(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", phrase) and " " not in phrase.strip() else " "
    return glue.join(words)


def test_no_phrase_begins_with_an_open_word() -> None:
    open_heads = [
        phrase for row in rows() for phrase in row.alternatives for head, _ in openings_of(phrase) if head in SAMPLES or not head
    ]
    assert open_heads == []


def test_the_table_speaks_many_languages() -> None:
    languages = {row.language for row in rows()}
    assert {"en", "de", "fr", "es", "it", "pt", "zh", "ja", "other", "mixed"} <= languages


def test_each_refusing_meaning_stands_on_both_sides_or_says_why_not() -> None:
    sides = {meaning: {row.side for row in rows() if row.meaning is meaning} for meaning in REFUSES}
    one_sided = {meaning for meaning, found in sides.items() if found != set(Side)}
    assert one_sided <= {Meaning.NAMES, Meaning.QUALIFIES}
