"""Rivals of what a question asks for: every row of the table by its example and its counter-example."""

from __future__ import annotations

import pytest

from rewardkit.question import read_question
from rewardkit.question.rivals import Rivals, rivals, speaks_of_a_rival
from rewardkit.single import verify


@pytest.mark.parametrize("row", rivals(), ids=lambda row: row.question)
def test_a_rival_is_another_question_s(row: Rivals) -> None:
    question = read_question(row.question)
    assert speaks_of_a_rival(question, row.example.replace("{X}", "7"), "7")
    assert not speaks_of_a_rival(question, row.counter.replace("{X}", "7"), "7")


@pytest.mark.parametrize("row", rivals(), ids=lambda row: row.question)
def test_it_is_not_paid(row: Rivals) -> None:
    assert verify(prompt=row.question, answer="1907", completion=row.example.replace("{X}", "1907")).score != 1
    assert verify(prompt=row.question, answer="1907", completion=row.counter.replace("{X}", "1907")).score == 1


@pytest.mark.parametrize("row", rivals(), ids=lambda row: row.question)
def test_no_word_stands_in_two_groups(row: Rivals) -> None:
    words = [word for group in row.groups for word in group]
    assert len(set(words)) == len(words)
    assert len(row.groups) > 1


def test_a_question_of_two_rivals_has_none() -> None:
    question = read_question("What is the area of a circle with a radius of 3?")
    assert not speaks_of_a_rival(question, "Its diameter is 6.", "6")
