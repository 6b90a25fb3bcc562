"""Machine-made rewritings of answers that keep their value: almost all must be accepted."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

SUMS = (
    ("3x", "5"), ("x^2", "-4x", "7"), ("a^2b", "-3ab^2"), (r"\frac{1}{x}", r"\frac{2}{y}"), (r"\sqrt{5}", "-2"), ("e^{2x}",
    "-3e^{x}"),
    (r"2\sin x", r"-\cos y", "1"), (r"\ln(x+5)", "3"), ("n!", "-2^n"), (r"5\pi", "-1"), ("2i", "4"), ("x^3", "-2x^2", "x",
    "-9"), ("7a", "-b", "2c"),
    (r"\frac{3}{4}", "t^2"), (r"\sqrt{x+1}", "-x"), ("p^2q", "-q^3"), (r"\tan x", "-4"), ("k^2", "k", "1"), (r"|x-3|", "x"),
    (r"\log_2 5", "6"),
    ("r^2", r"-2r\cos t", "1"), ("m", "-n", "-3"), (r"\frac{\pi}{6}", "-x"), ("u_1", "u_2", "-u_3"), ("10^{n}", "-1"),
)  # fmt: skip
PRODUCTS = (
    ("(x+2)(x-5)", "x^2-3x-10"), ("(a-b)^2", "a^2-2ab+b^2"), ("3(x+4)", "3x+12"), ("x(x+1)(x+2)", "x^3+3x^2+2x"),
    ("(2x-3)(2x+3)", "4x^2-9"),
    ("-2(n-1)", "2-2n"), (r"\frac{x+6}{3}", r"\frac{x}{3}+2"), ("(p+q)^3", "p^3+3p^2q+3pq^2+q^3"), (r"(1+\sqrt{2})^2",
    r"3+2\sqrt{2}"), ("(3-i)^2", "8-6i"),
    ("2^n\\cdot 2", "2^{n+1}"), (r"\sqrt{8}x", r"2\sqrt{2}x"), (r"\frac{1}{\sqrt{3}}", r"\frac{\sqrt{3}}{3}"), ("x^2-y^2",
    "(x-y)(x+y)"), (r"\frac{a}{b}-1", r"\frac{a-b}{b}"),
    ("n(n-1)", "n^2-n"), (r"e^{-x}", r"\frac{1}{e^x}"), (r"2\ln 3", r"\ln 9"), (r"1-\sin^2 x", r"\cos^2 x"),
    (r"\frac{n!}{(n-2)!}", "n(n-1)"),
)  # fmt: skip
WHOLE_NUMBERS = (1234, 56789, 100000, 2500000, 987654321, 4096, 13000, 72500, 1000001, 33333333)
RANGES = (
    ("-3", "5"),
    ("0", r"\frac{7}{2}"),
    (r"\sqrt{2}", "9"),
    ("-8", "-1"),
    (r"-\frac{1}{3}", r"\pi"),
    ("1", "100"),
    ("-a", "a"),
)
FIXED = (
    r"\frac{3}{7}", r"-\frac{x+1}{2}", r"\frac{\sqrt{3}}{4}", r"(3, \frac{1}{2})", r"\{1, 4, 8\}",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "2, 5, 9",
    r"x=\frac{5}{6}", r"f(x)=\frac{x}{x+2}", "(1,2),(3,4)", r"\sqrt{\frac{2}{3}}", r"\left[\frac{1}{4}, 2\right)",
    r"\frac{\pi}{4}", r"y=-\frac{2}{3}x+1",
    r"\frac{a+b}{a-b}", r"\binom{n}{2}", r"2x+3y=\frac{7}{2}", r"\frac{1}{2}\sin x", "45^\\circ", "12\\text{ cm}",
    "a=1, b=\\frac{1}{2}", "37\\%",
)  # fmt: skip


def rewritings() -> Iterator[tuple[str, str, str]]:
    """Reference, rewritten answer and the kind of rewriting, in the same order in every run."""
    for first, second, kind in itertools.chain(_sums(), _products(), _whole_numbers(), _ranges(), _collections()):
        yield first, second, kind
        for name, dress in DRESSES.items():
            dressed = dress(second)
            if dressed != second:
                yield first, dressed, f"{kind}, {name}"
    for text in FIXED:
        for (name, dress), (other, again) in itertools.product(DRESSES.items(), repeat=2):
            dressed = again(dress(text))
            if dressed != text:
                yield text, dressed, f"{name}, {other}"


def _join(terms: tuple[str, ...]) -> str:
    return "".join(t if i == 0 or t.startswith("-") else f"+{t}" for i, t in enumerate(terms))


def _sums() -> Iterator[tuple[str, str, str]]:
    for terms in SUMS:
        for order in itertools.islice(itertools.permutations(terms), 1, 6):
            yield _join(terms), _join(order), "commuted sum"
        yield _join(terms), f"({_join(terms)})", "bracket"
        yield _join(terms), f"w={_join(terms)}", "name"


def _products() -> Iterator[tuple[str, str, str]]:
    for left, right in PRODUCTS:
        yield left, right, "expanded product"
        yield right, left, "factored"


def _whole_numbers() -> Iterator[tuple[str, str, str]]:
    for value in WHOLE_NUMBERS:
        plain = str(value)
        for separated in (
            f"{value:,}",
            f"{value:,}".replace(",", "{,}"),
            f"{value:,}".replace(",", r",\!"),
            f"{value:,}".replace(",", " "),
            f"{plain}.0",
        ):
            yield plain, separated, "separators"
        yield plain, f"{value}.00", "decimals"
        yield plain, f"{plain[0]}.{plain[1:]}\\times 10^{{{len(plain) - 1}}}", "scientific"


def _ranges() -> Iterator[tuple[str, str, str]]:
    for low, high in RANGES:
        forms = {
            "()": (f"({low},{high})", f"{low}<x<{high}", f"{high}>x>{low}", rf"\{{x \mid {low}<x<{high}\}}",
            rf"x\in({low},{high})", f"x>{low} \\text{{ and }} x<{high}"),
            "[)": (f"[{low},{high})", rf"{low}\le x<{high}", rf"\{{x: {low}\leq x<{high}\}}",
            rf"x\in\left[{low},{high}\right)", rf"{high}>x\ge {low}"),
            "[]": (f"[{low},{high}]", rf"{low}\le x\le {high}", rf"{low}\leqslant x\leqslant {high}", f"{low}≤x≤{high}"),
        }  # fmt: skip
        for kind, notations in forms.items():
            for first, second in itertools.permutations(notations, 2):
                yield first, second, f"interval {kind}"
        for first, second in itertools.permutations(
            (f"({low},\\infty)", f"x>{low}", f"{low}<x", rf"\left({low},+\infty\right)"), 2
        ):
            yield first, second, "half line"


def _collections() -> Iterator[tuple[str, str, str]]:
    for items in (("1", "4", "8"), ("-2", r"\frac{1}{2}", "6"), (r"\sqrt{2}", "3"), ("x", "y+1", "2z")):
        for order in itertools.permutations(items):
            yield ", ".join(items), ",".join(order), "list order"
            yield ", ".join(items), r"\{" + ", ".join(order) + r"\}", "as a set"
            yield ", ".join(items), r"\text{ and }".join(order), "and"
        yield f"({','.join(items)})", f"({';'.join(items)})", "semicolons"


def _spaced(text: str) -> str:
    return re.sub(r"(?<=[\w)}])\s*([-+=<])\s*(?=[\w(\\])", r" \1 ", text) if "{-" not in text and "text" not in text else text


def _thin(text: str) -> str:
    return (
        re.sub(r",\s*(?=[-\w\\(])", r",\\ ", text)
        if "\\!" not in text and "{," not in text and not re.search(r"\d,\d{3}", text)
        else text
    )


def _sized(text: str) -> str:
    return (
        text
        if "left" in text
        else re.sub(r"(?<![\\a-z])\(", r"\\left(", re.sub(r"(?<!\\)\)", r"\\right)", text))
        if re.fullmatch(r"[^()\[\]]*(\([^()\[\]]*\)[^()\[\]]*)+", text)
        else text
    )


DRESSES: dict[str, Callable[[str], str]] = {
    "dollars": lambda text: f"${text}$",
    "boxed": lambda text: rf"\boxed{{{text}}}",
    "displayed": lambda text: rf"\[ {text} \]",
    "dfrac": lambda text: text.replace("\\frac", "\\dfrac"),
    "tfrac": lambda text: text.replace("\\frac", "\\tfrac"),
    "spaces": _spaced,
    "thin spaces": _thin,
    "sized brackets": _sized,
    "full stop": lambda text: f"{text}.",
    "minus sign": lambda text: text.replace("-", "−"),
    "doubled backslash": lambda text: text if "begin" in text or "\\!" in text or "\\{" in text else text.replace("\\", "\\\\"),
}
