from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.prose.names import LONGEST, says_answer

ANSWERS = (
    "answer",
    "final_answer",
    "finalAnswer",
    "FINAL-ANSWER",
    "Result",
    "Final Answer",
    "答案",
    "正确答案",
    "정답",
    "Antwort",
    "respuesta",
)
OTHERS = (
    "wrong_answer",
    "not_the_answer",
    "rejected",
    "draftAnswer",
    "seed",
    "first_guess",
    "错误答案",
    "干扰项",
    "falsche Antwort",
)
UNKNOWN = ("x", "step", "类别", "name", "", "the_weather", "answerable", "resulting", "x" * (LONGEST + 1))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_name_made_of_words_for_answers_says_answer(name: str) -> None:
    assert says_answer(name) is True


@pytest.mark.parametrize("name", OTHERS)
def test_one_word_for_something_else_says_that_it_is_not(name: str) -> None:
    assert says_answer(name) is False


@pytest.mark.parametrize("name", UNKNOWN)
def test_any_other_name_says_neither(name: str) -> None:
    assert says_answer(name) is None


@given(st.text(max_size=60))
def test_no_name_raises(name: str) -> None:
    assert says_answer(name) in (True, False, None)


@given(st.sampled_from(ANSWERS[:6]), st.sampled_from(("not", "wrong", "rejected", "draft")))
def test_a_denied_name_is_none(name: str, word: str) -> None:
    assert says_answer(f"{word}_{name}") is False
