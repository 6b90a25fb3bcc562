"""Every row of `carriers.toml` means what it says: its example answers its question, and its counter-example does not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from rewardkit.prose.carriers import Role, folded, language_of, languages
from rewardkit.prose.tables import read_table
from rewardkit.registry import get
from rewardkit.testing import sample

TABLE = read_table("carriers.toml")
ANSWERS = {"zh": "巴黎", "ja": "パリ", "ko": "파리"}
BY_ROLE = {"months": "31 March 1889", "eras": "the 15th century"}


def rows(kind: str) -> list[Any]:
    return [
        pytest.param(row, id=f"{row['language']}-{row.get('role', row['words'][0])}-{i}") for i, row in enumerate(TABLE[kind])
    ]


@pytest.mark.parametrize("row", [*rows("carrier"), *rows("same")])
def test_the_example_answers_the_question_and_the_counter_example_does_not(row: dict[str, Any]) -> None:
    answer = BY_ROLE.get(row.get("role", "")) or ANSWERS.get(row["language"], "Vera Kalin")
    for text, paid in ((row["example"], True), (row["counter"], False)):
        assert "{X}" in text or not paid
        question = row["question"].replace("{X}", answer)
        one = sample(prompt=question, completion=text.replace("{X}", answer), answer=answer)
        assert (get("text.restated", reading="loose").verify([one])[0].score == 1) is paid, text


def test_no_word_is_listed_twice_in_a_row_or_contradicts_itself() -> None:
    for row in TABLE["carrier"]:
        words = [folded(word) for word in row["words"].split()]
        assert [word for word, count in Counter(words).items() if count > 1] == [], row["role"]
    for language in languages().values():
        both = [word for word, roles in language.roles.items() if Role.DENIES in roles and len(roles) > 1]
        assert both == []


def test_a_language_is_told_by_most_of_its_words_and_a_tie_tells_nothing() -> None:
    assert language_of(["die", "hauptstadt", "von", "frankreich", "ist"]) is languages()["de"]
    assert language_of(["the", "capital", "of"]) is languages()["en"]
    assert language_of(["xyzzy"]) is None
    assert language_of([]) is None
