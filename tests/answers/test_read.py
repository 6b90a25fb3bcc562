from __future__ import annotations

import pytest

from rewardkit.answers.read import read
from rewardkit.answers.tree import names, show, size


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (r"\frac{1}{2}x+3", "add(mul(div(1, 2), x), 3)"),
        (r"\frac12", "div(1, 2)"),
        ("3 1/2", "7/2"),
        (r"2\frac58", "21/8"),
        ("-x^2", "neg(pow(x, 2))"),
        ("x^10", "pow(x, 10)"),
        ("2**-1", "pow(2, -1)"),
        (r"\sin^2 x", "pow(sin(x), 2)"),
        (r"\sin 2x\cos y", "mul(sin(mul(2, x)), cos(y))"),
        (r"\log_2 8", "log(8, 2)"),
        (r"\sqrt[3]{x}^2", "pow(root(x, 3), 2)"),
        ("f(x)=2x", "=(call(f, x), mul(2, x))"),
        ("a(b+c)", "mul(a, add(b, c))"),
        ("a_{n+1}", "index(a, add(n, 1))"),
        ("x_1'", "x_1'"),
        ("v^2_0", "pow(v_0, 2)"),
        ("4210_7", "base(4210, 7)"),
        ("C_n^3", "binom(n, 3)"),
        (r"|x-3|", "abs(add(x, -3))"),
        (r"\{x|-1<x<1\}", "setof(x, chain(-1, '<', x, '<', 1))"),
        (r"(-\infty,3)\cup[2,5)", "cup(tuple(neg(inf), 3), span('[)', 2, 5))"),
        ("1,234", "1234"),
        ("(1,234)", "tuple(1, 234)"),
        ("1, 2 and 3", "list(1, 2, 3)"),
        ("x<1 or x>3", "or(<(x, 1), >(x, 3))"),
        (r"12\text{ cm}^2", "quantity(12, 'cm^2')"),
        ("60^\\circ 42'", "degree(add(60, div(42, 60)))"),
        (r"0.1\overline{6}", "1/6"),
        (r"S_{MBCN}:S=7:32", "=(ratio(S_MBCN, S), ratio(7, 32))"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "matrix(row(1, 2), row(3, 4))"),
        (r"\begin{cases}x,&x>0\\0,&\text{otherwise}\end{cases}", "cases(case(x, >(x, 0)), case(0, 'otherwise'))"),
        (r"\sum_{k=1}^{n} k^2", "sum(pow(k, 2), k, 1, n)"),
        ("1 1/2 hours", "quantity(3/2, 'hours')"),
        ("Minimum: 1", "named('Minimum', 1)"),
        (r"f(x)=1 \text{ for all } x", "where(=(call(f, x), 1), 'for all x')"),
        ("12:30", "time(12, 30, 0, '')"),
        ("twenty-five", "25"),
        ("三十二", "32"),
    ],
)
def test_reads(text: str, tree: str) -> None:
    reading = read(text)
    assert reading.tree is not None, reading
    assert show(reading.tree) == tree


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("$$", "empty"),
        ("(" * 200, "too_complex"),
        ("x" * 30_000, "too_complex"),
        ("1+" * 5000, "too_complex"),
        ("9" * 7000, "too_complex"),
        ("the answer", "unreadable"),
        (r"\frac{1}{", "unreadable"),
        ("1 2", "unreadable"),
        ("cat", "unreadable"),
        ("+", "unreadable"),
    ],
)
def test_says_why_it_cannot_read(text: str, problem: str) -> None:
    reading = read(text)
    assert reading.tree is None
    assert reading.problem == problem
    assert reading.detail


def test_other_readings() -> None:
    assert show(read("1/2x").tree) == "mul(div(1, 2), x)"  # type: ignore[arg-type]
    assert show(read("1/2x", tight=True).tree) == "div(1, mul(2, x))"  # type: ignore[arg-type]
    assert show(read("1,234", grouped=False).tree) == "list(1, 234)"  # type: ignore[arg-type]
    assert read("1/2x").slash
    assert read("1,234").grouped


def test_names_are_the_free_ones() -> None:
    tree = read(r"\sum_{k=1}^{n} kx + f(y)").tree
    assert tree is not None
    assert names(tree) == {"n", "x", "y"}
    assert size(tree) > 8
