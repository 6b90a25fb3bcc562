"""Questions that offer several things: which of them a sentence takes."""

from __future__ import annotations

import pytest

from rewardkit.prose.alternatives import offered, taken
from rewardkit.prose.asked import read_asked
from rewardkit.prose.pieces import pieces, root

ROWS = [
    ("Is it red or blue?", "blue", "It is blue.", True),
    ("Is it red or blue?", "blue", "It is red.", False),
    ("Is it red or blue?", "blue", "It is red or blue.", None),
    ("Is it red or blue?", "blue", "It is not blue.", None),
    ("Is the camera moving left or right?", "right", "The camera is moving to the right.", True),
    ("Is the camera moving left or right?", "right", "The camera is moving to the left.", False),
    ("Which is bigger, the red ball or the blue ball?", "the blue ball", "The blue ball is bigger.", True),
    ("Which is bigger, the red ball or the blue ball?", "the blue ball", "The blue ball is bigger than the red ball.", True),
    ("Which is bigger, the red ball or the blue ball?", "the blue ball", "The red ball is bigger than the blue ball.", False),
    ("Which is bigger, the red ball or the blue ball?", "the blue ball", "The blue ball is smaller than the red ball.", None),
    ("Who is taller, Tom or Ann?", "Ann", "Ann is taller than Tom.", True),
    ("Who is taller, Tom or Ann?", "Ann", "Tom is taller.", False),
    ("who came out first batman or spider man", "Batman", "Batman came out first.", True),
    ("Is it red, green or blue?", "green", "It is green.", True),
    ("Is it red, green or blue?", "green", "It is red.", False),
    ("Is it red, green or blue?", "green", "It is red and green.", None),
    (
        "Is parallax more pronounced with nearby stars or with distant stars",
        "nearby",
        "Parallax is more pronounced with nearby stars than with distant stars.",
        True,
    ),
    ("Ist es rot oder blau?", "blau", "Es ist blau.", True),
    ("¿Es rojo o azul?", "azul", "Es azul.", True),
    ("Did Tom or Ann win the race?", "Ann", "Ann won the race.", True),
    ("Did Tom or Ann win the race?", "Ann", "Tom won the race.", False),
    ("Did Tom or Ann win the race?", "Ann", "Tom and Ann won the race.", None),
]


@pytest.mark.parametrize(("question", "reference", "text", "wanted"), ROWS)
def test_a_sentence_takes_the_reference_another_thing_or_neither(
    question: str, reference: str, text: str, wanted: bool | None
) -> None:
    asked = read_asked(question)
    sides = offered(asked)
    assert sides is not None
    side, given = sides.of([root(piece.word) for piece in pieces(reference, asked.language)]), taken(text, asked)
    assert side is not None
    assert (None if given is None else given == side) is wanted


@pytest.mark.parametrize("question", ["Is it red?", "Who wrote it?", "or", "", "It is red or", "Tea or tea?"])
def test_a_question_that_offers_nothing(question: str) -> None:
    assert offered(read_asked(question)) is None
    assert taken("It is red.", read_asked(question)) is None
