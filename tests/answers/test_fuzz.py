from __future__ import annotations

import pytest
from patience import examples

from .closed import Refused, parse, same
from .fuzz import GROWTH_MB, Pairs, run


@pytest.mark.slow
def test_thousands_of_pairs() -> None:
    pairs = examples(20_000)
    found = run(pairs)
    assert found.failures == []
    assert found.pairs == pairs
    assert found.confirmed > pairs // 20
    assert found.memory_mb[-1] - found.memory_mb[0] < GROWTH_MB


def test_a_pair_follows_from_its_number() -> None:
    first, second = Pairs(texts=200), Pairs(texts=200)
    assert [first(number) for number in range(60)] == [second(number) for number in reversed(range(60))][::-1]


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("\\frac{1}{2}", "0.5", True), ("2x+1", "1+2*x", True), ("\\sqrt[3]{8}", "2", True), ("x^2-1", "(x-1)(x+1)", True),
        ("\\ln(2)", "0.6931471805599453", False), ("x", "x+10^{-30}", False), ("\\cos(\\pi)", "-1", True), ("-2^2", "4", False),
    ],
)  # fmt: skip
def test_the_second_opinion_is_right(left: str, right: str, equal: bool) -> None:
    assert same(parse(left), parse(right), sharp=True)[0] is equal


@pytest.mark.parametrize(
    "text", ["1/2x", "3 1/2", "3\\frac{1}{2}", "2e5", "f(x", "x(2)", "5%", "1,2", "\\sin 2", "3 4", "", "x^23"]
)
def test_the_second_opinion_refuses_what_has_two_readings(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)
