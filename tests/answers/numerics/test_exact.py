from __future__ import annotations

import pytest
from flint import arb, ctx, fmpq
from patience import least_cpu_s

from rewardkit.answers.numerics.agree import agree, ratio_is_constant
from rewardkit.answers.numerics.balls import NotNumeric, evaluate, precision
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.read import read


def tree(text: str):  # type: ignore[no-untyped-def]
    found = read(text).tree
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2^{10}", fmpq(1024)), (r"\frac{3}{4}-\frac14", fmpq(1, 2)), ("5!", fmpq(120)), (r"\binom{5}{2}", fmpq(10)),
        (r"\sqrt{\frac{9}{4}}", fmpq(3, 2)), ("8^{2/3}", fmpq(4)), (r"\lfloor -7/2\rfloor", fmpq(-4)),
        (r"-7 \bmod 3", fmpq(2)), ("204_5", fmpq(54)), (r"\gcd(12,18)", fmpq(6)),
        (r"\operatorname{lcm}(4,6)", fmpq(12)), ("33.5\\%", fmpq(67, 200)), (r"\sqrt{2}", None), ("x", None),
        ("1/0", None), ("(10^{12})!", None), ("2^{10^{12}}", None), (r"\binom{10^9}{2}", None), ("0^0", None),
        ("209_5", None),
    ],
)  # fmt: skip
def test_exact_values(text: str, value: object) -> None:
    assert rational(tree(text)) == value
    assert least_cpu_s(lambda: rational(tree(text)), within=0.05) < 0.05


def test_real_odd_roots_and_domains() -> None:
    with precision(128):
        assert evaluate(tree(r"\sqrt[3]{x}"), {"x": fmpq(-8)}).contains(-2)
        assert not evaluate(tree(r"\ln x"), {"x": fmpq(-1)}).is_finite()
        assert evaluate(tree("(-1)^n"), {"n": fmpq(3)}) == arb(-1)
        with pytest.raises(NotNumeric):
            evaluate(tree("x+y"), {"x": fmpq(1)})


def test_precision_is_put_back() -> None:
    before = ctx.prec
    with precision(500), precision(900):
        assert ctx.prec == 900
    assert ctx.prec == before


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (r"\sin^2 x+\cos^2 x", "1", True),
        (r"e^{\pi\sqrt{163}}", "262537412640768744", False),
        (r"\frac{1}{2004!}", r"\frac{1}{2006!}", False),
        (r"\frac{1}{2004!}", "0", False),
        (r"\sin(10^{50})", "0", False),
        (r"\sqrt{x^2}", "-x", False),
        (r"\sqrt{1-x^2}", r"\sqrt{(1-x)(1+x)}", True),
        (r"\arcsin 2", r"\arcsin 2+0", True),
        ("10^{10^{10^{10}}}", "3", None),
        (r"i^2", "-1", True),
    ],
)
def test_agreement(left: str, right: str, verdict: bool | None) -> None:
    assert agree(tree(left), tree(right))[0] is verdict
    assert agree(tree(right), tree(left))[0] is verdict


def test_constant_ratios() -> None:
    assert ratio_is_constant(tree("2x+4y"), tree("-x-2y")) is True
    assert ratio_is_constant(tree("2x+4y"), tree("-x-2y"), positive=True) is False
    assert ratio_is_constant(tree("2x+4y"), tree("x(x+2y)")) is False
