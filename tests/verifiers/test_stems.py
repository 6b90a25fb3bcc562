"""The quick looks that keep slow expressions off a text must let through everything those expressions would find."""

from __future__ import annotations

import importlib
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rewardkit.answers import sentence
from rewardkit.extract import refusals, stated

spoken = importlib.import_module("rewardkit.verifiers.number.spoken")

LOOKS = {
    **{
        f"refusals {i}": (pattern, lambda text, stems=stems: has(stems, text))
        for i, (stems, pattern) in enumerate(refusals._BEFORE)
    },
    "denials": (sentence._DENIED, lambda text: has(sentence._STEMS, text)),
    "the answer is": (stated._ENGLISH, lambda text: stated._ANSWER.search(text.lower()) is not None),
    "answers in other languages": (stated._OTHER_LANGUAGES, lambda text: has(stated._STEMS, text)),
    "number words": (
        spoken._IN_WORDS,
        lambda text: not spoken._COUNTING.isdisjoint(spoken._LETTERS.findall(text.lower())),
    ),
}


def has(stems: tuple[str, ...], text: str) -> bool:
    lowered = text.lower()
    return any(stem in lowered for stem in stems)


@pytest.mark.parametrize("name", LOOKS)
@given(data=st.data())
def test_what_an_expression_finds_passes_the_look_before_it(name: str, data: st.DataObject) -> None:
    pattern, look = LOOKS[name]
    found = pattern.search(data.draw(st.from_regex(pattern)))
    assume(found is not None)
    assume(not re.search("[ſİı]", found[0]))  # letters that only ignoring case makes others
    assert look(found[0]), found[0]


def test_a_number_far_from_the_end_is_found() -> None:
    text = "There are 5 of them. " + "It does not matter how they are placed on the table. " * 20
    found = importlib.import_module("rewardkit.extract").extract(text)
    assert spoken.spoken(text, found).text == "5"


@given(st.text(alphabet="12 ,.-and\nxé", max_size=60), st.integers(0, 40))
def test_looking_only_near_the_last_number_changes_nothing(tail: str, words: int) -> None:
    text = "So we go on to say that there is one thing more to say. " * words + tail
    end = max(map(text.rfind, "0123456789")) + 1
    assume(end)
    kept = spoken._closing(text)
    assert kept in text
    assert text[max(0, end - spoken.REACH) : end] in kept
