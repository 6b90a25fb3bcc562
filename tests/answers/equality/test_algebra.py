from __future__ import annotations

import pytest

from rewardkit.answers.equality import algebra


def settle(reference: str, answer: str) -> bool | None:
    return algebra.settle(reference=reference, answer=answer)


@pytest.mark.parametrize(
    ("reference", "answer", "equal"),
    [
        ("(x+1)^2", "x^2+2x+1", True),
        ("(x+1)^2", "x^2+2x+2", False),
        (r"\lim_{x\to 0}\frac{\sin x}{x}", "1", True),
        (r"\sum_{k=1}^{\infty} \frac{1}{k^2}", r"\frac{\pi^2}{6}", True),
        (r"\int_0^1 x^2 dx", r"\frac{1}{3}", True),
        (r"\int_0^1 x^2 dx", r"\frac{1}{2}", False),
        (r"\int_0^\infty e^{-x}\,dx", "1", True),
        (r"\int x dx", "x", None),
        ("2^{2^{2^{49}}}", "1", None),
        ("(10^{12})!", "1", None),
        ("1, 2", "2, 1", None),
        ("__import__('os')", "1", None),
    ],
)
def test_settles(reference: str, answer: str, equal: bool | None) -> None:
    assert settle(reference, answer) is equal
