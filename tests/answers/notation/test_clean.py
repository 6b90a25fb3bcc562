from __future__ import annotations

import pytest

from rewardkit.answers.notation.boxes import boxes
from rewardkit.answers.notation.clean import clean
from rewardkit.answers.notation.folded import normal_text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x0crac{1}{2}", r"\frac{1}{2}"),
        (r"\\frac{\\pi}{2}", r"\frac{\pi}{2}"),
        (r"\begin{pmatrix}1\\ \frac12\end{pmatrix}", r"\begin{pmatrix}1\\ \frac12\end{pmatrix}"),
        ("$-1$,$2$", "-1 , 2"),
        ("$5.00", r"\$5.00"),
        ("**73**", "73"),
        ("x²+3⁻¹", "x^{2}+3^{-1}"),
        ("½π", r"\frac{1}{2}\pi"),
        (r"\boxed{3} and \boxed{4}.", "3, 4"),
        (r"\boxed{3} but \boxed{4}", "4"),
        ("x=1\ny=2", "x=1, y=2"),
        ("②③", "2,3"),
        ("٤٢", "42"),
        ("90^", "90"),
    ],
)
def test_repairs(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_boxes_stay_linear() -> None:
    assert boxes(r"\boxed{" * 3000) is not None
    assert boxes("no box") == "no box"


def test_words_and_formulas() -> None:
    assert normal_text(r"\text{The  Mean.}") == "mean"
    assert normal_text("^2b-3ab^2") != normal_text("a^2b-3ab^2")
