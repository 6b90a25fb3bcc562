"""Questions of yes or no, answered by saying them again."""

from __future__ import annotations

import pytest

from rewardkit.prose.propositions import affirms

ROWS = [
    ("Are there more jets than buses?", "There are fewer jets than buses.", False),
    ("Are there more jets than buses?", "There are more jets than buses.", True),
    ("Are there more jets than buses?", "There are more buses than jets.", False),
    ("Are there more jets than buses?", "There are fewer buses than jets.", True),
    ("Are there more jets than buses?", "There are not fewer jets than buses.", None),
    ("Is there a dog in the image?", "The image does not show a dog.", False),
    ("Is there a dog in the image? Please answer yes or no.", "There is a dog in the image.", True),
    ("Is there a dog in the image? Please answer yes or no.", "There is a cat in the image.", None),
    ("Is there a dog in the image?", "There is no dog.", False),
    ("Is there a dog in the image?", "There may be a dog in the image.", None),
    ("Is there a dog in the image?", "There is a dog in the image. That is not true.", None),
    ("Is there a dog in the image?", "There is a dog in the image. There is no dog in the image.", None),
    ("Is there a dog in the image?", "There is a dog in the image?", None),
    ("Is there a dog in the image?", "If there is a dog in the image", None),
    ("Is there a dog in the image?", "The image does not show a dog. It shows a cat on a mat.", False),
    ("Is the cat in the box?", "The cat is on the box.", None),
    ("Is the cat in the box?", "The cat is not in the box.", False),
    ("Is the dog brown?", "It is brown.", True),
    ("Is the dog brown?", "The dog isn't brown.", False),
    ("Is the dog brown?", "The dog is brown and white.", None),
    ("Does the dog chase the cat?", "The cat chases the dog.", None),
    ("Does the dog chase the cat?", "The dog chases the cat.", True),
    ("Is the red line longer than the blue line?", "The red line is shorter than the blue line.", False),
    ("Is the red line longer than the blue line?", "The blue line is shorter than the red line.", True),
    ("Are all birds able to fly?", "Not all birds are able to fly.", False),
    ("Is the dog to the left of the tree?", "The dog is to the right of the tree.", False),
    ("图中有狗吗?", "图中没有狗。", False),
    ("图中有狗吗?", "图中有一只狗。", True),
    ("图中有狗吗?", "图中有一只猫。", None),
    ("Ist auf dem Bild ein Hund?", "Auf dem Bild ist kein Hund.", False),
    ("Gibt es einen Hund auf dem Bild?", "Auf dem Bild gibt es einen Hund.", True),
    ("¿Hay un perro en la imagen?", "No hay ningún perro en la imagen.", False),
    ("¿Hay un perro en la imagen?", "Hay un perro en la imagen.", True),
    ("Y a-t-il un chien sur l'image ?", "Il n'y a pas de chien sur l'image.", False),
    ("Y a-t-il un chien sur l'image ?", "Il y a un chien sur l'image.", True),
    ("Is it red or blue?", "It is red or blue.", None),
    ("Is 17 a prime number?", "17 is a prime number.", True),
    ("Is 17 a prime number?", "17 is not a prime number.", False),
    ("Did Rome fall in 476?", "Rome did not fall in 476.", False),
    ("Did Rome fall in 476?", "Rome fell in 476.", None),
    ("Is this a photo of Paris?", "This is not a photo of Paris.", False),
    ("Is this a photo of Paris?", "This is a photo of London.", None),
]


@pytest.mark.parametrize(("question", "text", "wanted"), ROWS)
def test_a_text_affirms_denies_or_does_neither(question: str, text: str, wanted: bool | None) -> None:
    assert affirms(text, question) is wanted


@pytest.mark.parametrize(("question", "text", "wanted"), [row for row in ROWS if row[2] is not None])
@pytest.mark.parametrize("dress", ["If {}", "{} That is not true.", "Maybe {}", "{} However, I am not sure."])
def test_what_is_supposed_or_taken_back_is_neither(question: str, text: str, wanted: bool | None, dress: str) -> None:
    assert affirms(dress.format(text), question) is None


def test_without_a_question_and_in_a_long_text_nothing_is_read() -> None:
    assert affirms("There is a dog in the image.", "") is None
    assert affirms("There is a dog in the image. " * 50, "Is there a dog in the image?") is None
