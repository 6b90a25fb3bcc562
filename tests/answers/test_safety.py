from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from patience import least_cpu_s

from rewardkit import answers
from rewardkit.answers import understand
from rewardkit.answers.equality import algebra


def compare(reference: str, answer: str, **options: object) -> answers.Comparison:
    return answers.compare(reference=reference, answer=answer, **options)  # type: ignore[arg-type]


def settle(reference: str, answer: str) -> bool | None:
    return algebra.settle(reference=reference, answer=answer)


CODE = (
    "__import__('os').system('false')",
    "eval('1+1')",
    "exec('x=1')",
    "(lambda: __import__('os'))()",
    "().__class__.__bases__[0].__subclasses__()",
    "f'{1}'",
    "import os; os.system('false')",
    "{{7*7}}",
    "${7*7}",
    "sympify('1')",
    "S('1')",
    r"\input{/etc/passwd}",
    r"\write18{ls}",
    "lambda x: x",
    "print(1)",
    "1 if True else 2",
    "[x for x in range(10)]",
    "5 __import__('os')",
    r"5\text{ __import__('os').system('false') }",
)
HOSTILE = {
    "power tower": "10^{10^{10^{10^{10}}}}",
    "code tower": "9**9**9**9**9**9",
    "factorial": "(10^{12})!",
    "factorials": "100000!!!!!!!!!!",
    "binomial": r"\binom{10^9}{5\cdot 10^8}",
    "rational power": r"(\frac{3}{2})^{10^{10}}",
    "exponent": "1e999999999",
    "powers of powers": "10^{10}^" * 240,
    "brackets": "(" * 100_000,
    "closed brackets": "(" * 9000 + "1" + ")" * 9000,
    "braces": "{" * 19_000,
    "fractions": r"\frac{" * 3000,
    "roots": r"\sqrt" * 3000,
    "amounts": "5 cents " * 1000,
    "squares of squares": "5 " + "平方" * 5000 + "米",
    "units below": "5 kg/(" + "m " * 3000 + ")",
    "minus signs": "-" * 15_000 + "1",
    "carets": "x^" * 6000 + "2",
    "subscripts": "x_{" * 4000,
    "a megabyte": "1+" * 500_000,
    "a word": "x" * 1_000_000,
    "digits": "1" * 19_000,
    "decimals": "0." + "1" * 19_000,
    "open text": r"\text{" * 2500,
    "boxes": r"\boxed{" * 2500,
    "dollars": "$1" * 9000,
    "commas": "1," * 9000,
    "groups": "100," * 4900,
    "bars": "|x" * 5000,
    "signs": "(" + ",".join([r"\pm 1"] * 500) + ")",
    "long sum": r"\sum_{k=1}^{10^9} k",
    "nested sums": r"\sum_{a=1}^{100}\sum_{b=1}^{100}\sum_{c=1}^{100} abc",
    "sine": r"\sin(10^{50})",
    "gamma": r"\Gamma(10^{300})",
    "union": r"\cup ".join(f"(\\sqrt{{{i}}},\\sqrt{{{i + 1}}})" for i in range(300)),
    "list": ",".join(rf"\sqrt{{{i}}}" for i in range(600)),
    "matrix": r"\begin{pmatrix}" * 900,
    "polynomial": "+".join(f"x^{{{i}}}" for i in range(700)),
    "nulls": "\x00" * 10_000,
    "surrogates": "\ud800" * 100,
    "functions": "f(" * 3000,
    "powers": "2^{-" * 3000,
    "words": "the " * 4000,
    "unit": "5 " + "m/s" * 3000,
}  # fmt: skip


@contextmanager
def _no_code() -> Iterator[list[str]]:
    """Collect every event by which text could become code, or code could be brought in."""
    seen: list[str] = []
    watching = [True]

    def hook(event: str, args: tuple[object, ...]) -> None:
        if watching[0] and event in ("compile", "exec", "import", "os.system", "subprocess.Popen", "open", "pickle.find_class"):
            seen.append(f"{event}: {args!r:.100}")

    sys.addaudithook(hook)
    try:
        yield seen
    finally:
        watching[0] = False


def test_no_text_becomes_code() -> None:
    for text in (*CODE, "5 cm", r"\frac12"):
        compare(text, "1")
    compare("12 cm", "0.12\\text{ m}")
    with _no_code() as seen:
        for text in (*CODE, *HOSTILE.values()):
            compare(text, "1", cache=False)
            compare("1", text, cache=False)
            compare("x+1", text, cache=False)
            understand(text)
    assert seen == []


def test_computer_algebra_sees_trees_and_no_text() -> None:
    settle("x+1", "1+x")
    with _no_code() as seen:
        for text in CODE:
            settle(text, "1")
            settle("x+1", text)
    assert not [event for event in seen if any(mark in event for mark in ("os.system", "subclasses", "7*7", "etc/passwd"))]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_in_time(name: str) -> None:
    text = HOSTILE[name]
    for reference, answer in ((text, "42"), ("42", text), ("x+1", text), ("(1,2)", text), (text, text + "2")):
        found = compare(reference, answer, cache=False)
        spent = least_cpu_s(partial(compare, reference, answer, cache=False), within=0.2)
        assert found.equal is not True
        assert found.reason
        assert spent < 0.2, (reference[:20], answer[:20], spent)
    understand(text)
