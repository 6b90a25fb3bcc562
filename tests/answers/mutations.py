"""Machine-made changes of answers that change their value: none may be accepted.

Every source is written so that each digit, sign, bracket, element, function and name in it counts.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

SEED = 20261120

SOURCES = (
    # numbers
    "42", "-17", "3.7", "1024", r"\frac{3}{7}", r"-\frac{12}{35}", "5/8", r"2\frac{3}{5}", "6.2e23", r"1.6\times 10^{-19}",
    "37\\%",
    r"2^{31}", r"7!", r"\binom{n+1}{4}", r"3\sqrt{5}", r"\sqrt[3]{17}", r"\frac{1+\sqrt{5}}{2}", r"5\pi", r"\frac{3\pi}{4}",
    r"e^{3}", r"\ln 7",
    r"\log_2 5", r"\sin 1", r"\cos\frac{\pi}{7}", r"\tan 2", r"4-3i", r"\arctan 3", r"\frac{\sqrt{3}-1}{\sqrt{2}}",
    r"11^{1/3}", r"45^\circ",
    # expressions
    "3x+5", "x^2-4x+7", "(x-2)(x+9)", r"\frac{x+1}{x-3}", r"\sqrt{x^2+4}", r"2\sin x\cos y", r"e^{2x}-3e^{x}", r"\ln(x+5)",
    r"a^2b-3ab^2",
    r"\frac{n(n+1)(2n+1)}{6}", r"n!-2^n", r"\binom{n}{3}", r"x^{2/3}+y", r"\frac{2p-3q}{p+4q}", r"3^n-2",
    r"\frac{1}{x}+\frac{2}{y}", r"|x-3|+x",
    r"r^2\sin 2t", r"\tan^2 x-5", r"\frac{a}{b}-\frac{c}{d}", r"\sum_{k=1}^{n} k^3", r"(a-b)^3", r"\sqrt{ab+7}",
    # named
    "x=6", "y=3x-8", "f(x)=x^2+5", "p=3, q=8", "a=1, b=4, c=9", "(x,y)=(2,7)", "S_n=n^2+3n", "AB=13", "z=2+5i",
    # collections
    "2, 5, 9", r"\{1, 4, 8\}", "(3, -6)", "(1, 2, 5)", "(1,4),(3,8)", r"-3, \frac{1}{4}, 6", r"\sqrt{2}, \sqrt{7}", "3:5",
    "2:3:7", r"7\pm\sqrt{3}",
    # ranges
    "(2,9)", "[-3,5)", r"(-\infty,4)", r"[6,\infty)", "x>7", r"x\le -2", r"3<x\le 8", r"(-\infty,1)\cup(4,\infty)",
    r"[0,2)\cup(5,9]", "2x+3<11",
    r"\{x \mid 2<x<7\}", r"x<1 \text{ or } x>6",
    # equations
    "2x+3y=7", "x^2+y^2=25", r"\frac{x^2}{9}+\frac{y^2}{4}=1", "y^2=8x", "3x-4y+5z=6",
    # matrices
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{pmatrix}5\\-2\\7\end{pmatrix}", r"\begin{bmatrix}2&0\\1&6\end{bmatrix}",
    # units
    "0.8", "-6.5", "19683", r"\frac{22}{7}", r"7\sqrt{2}-3\sqrt{5}", r"\frac{5\pi}{12}+1", r"2^{7}\cdot 3^{5}", r"9!-8!",
    "4x^3-7x^2+2x-9",
    r"\frac{x^2-5x+6}{x+4}", r"\sqrt{3x-8}", r"e^{-3x}\sin 4x", r"\frac{7}{n+2}", r"(2m+9)(m-4)", r"5\ln 3-2\ln 7",
    "u=4, v=7, w=2", "m=12",
    r"[-7,-2)\cup(3,8]", "(4, 9, 13, 26)", r"\{2, 7, 31\}", "5x-2y=11", "x^2=16y", r"g(x)=3x^2-8x",
    r"\begin{pmatrix}7&-3&2\\4&5&9\end{pmatrix}",
    r"x\ge\frac{5}{2}", r"\frac{3+2i}{5}", r"\cos 5t-\sin 3t", "8:21", r"\sum_{k=2}^{n} k^2", r"13\frac{2}{9}",
    "(6,2),(9,5),(14,3)", r"\lfloor 2x\rfloor+3",
    r"12\text{ cm}", r"9.8\text{ m/s}^2", "25 kg", "14:35", "213_5", r"3 \pmod{8}",
)  # fmt: skip

SWAPS = {"sin": "cos", "cos": "sin", "tan": "cot", "ln": "exp", "sqrt": "ln", "cup": "cap", "arctan": "arcsin", "binom": "frac"}
UNITS = {"cm": "mm", "kg": "g", "m/s": "km/s"}
NAMES = {"x": "u", "y": "v", "p": "r", "a": "s", "f": "g", "S": "T", "A": "C", "n": "m", "t": "w", "z": "v"}
# left out, these leave a dress of the same value: a caret before a degree sign, a percent sign, the name of a vector's part
UNTOUCHED = (r"\mid", r"\infty", r"\cup", r"\times", r"\circ", "%", "^", "y", "kg")
INFORMATIVE = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]+|\d|.", re.DOTALL)


def mutations() -> Iterator[tuple[str, str, str]]:
    """Reference, changed answer and the kind of change, in the same order in every run."""
    for source in SOURCES:
        seen = {source}
        for kind, change in KINDS.items():
            for changed in change(source):
                if changed not in seen:
                    seen.add(changed)
                    yield source, changed, kind


def digits(text: str) -> Iterator[str]:
    for match in re.finditer(r"\d", text):
        for step in (1, 2, 4, 5, 7):
            digit = str((int(match.group()) + step) % 10)
            yield text[: match.start()] + digit + text[match.end() :]


def longer(text: str) -> Iterator[str]:
    for match in re.finditer(r"\d(?!\d)", text):
        yield text[: match.end()] + "3" + text[match.end() :]


def signs(text: str) -> Iterator[str]:
    for match in re.finditer(r"[-+<>]|\\le|\\pm", text):
        other = {"-": "+", "+": "-", "<": ">", ">": "<", r"\le": r"\ge", r"\pm": "+"}[match.group()]
        yield text[: match.start()] + other + text[match.end() :]
    if re.match(r"[\d\\]", text) and ":" not in text:
        yield (
            "-" + text
            if "," not in text
            and "=" not in text
            and "<" not in text
            and "\\{" not in text
            and "begin" not in text
            and "cup" not in text
            else text
        )


def brackets(text: str) -> Iterator[str]:
    if re.fullmatch(r"[\[(].*[\])]", text) and "infty" not in text and text.count(",") == 1:
        yield ("[" if text[0] == "(" else "(") + text[1:]
        yield text[:-1] + ("]" if text[-1] == ")" else ")")
    if "<" in text and "\\le" not in text:
        yield text.replace("<", r"\le ", 1)
    if "\\le" in text:
        yield text.replace("\\le", "<", 1)
    if "cup(" in text or "cup[" in text:
        at = text.index("cup") + 3
        yield text[:at] + ("[" if text[at] == "(" else "(") + text[at + 1 :]


def dropped(text: str) -> Iterator[str]:
    outer = re.fullmatch(r"(\(|\\\{|)(.*?)(\)|\\\}|)", text)
    assert outer is not None
    if "begin" in text or "infty" in text or "[" in text:
        return
    parts = outer[2].split(",")
    if len(parts) > 1 and text.count("(") < 2:
        for i in range(len(parts)):
            yield outer[1] + ",".join(parts[:i] + parts[i + 1 :]).strip() + outer[3]
        yield outer[1] + outer[2] + ", 77" + outer[3]


def functions(text: str) -> Iterator[str]:
    for name, other in SWAPS.items():
        for match in re.finditer(rf"\\{name}(?![a-z])", text):
            if name == "ln" or "[" not in text[match.end() : match.end() + 1]:
                gap = " " if text[match.end() : match.end() + 1].isalnum() else ""
                yield f"{text[: match.start()]}\\{other}{gap}{text[match.end() :]}"


def renamed(text: str) -> Iterator[str]:
    for name, other in NAMES.items():
        spots = [m for m in re.finditer(rf"(?<![a-zA-Z\\]){name}(?![a-zA-Z])", text)]
        if spots and other not in text and "mid" not in text and "text" not in text:
            changed = re.sub(rf"(?<![a-zA-Z\\]){name}(?![a-zA-Z])", other, text)
            if not (name == "x" and text.startswith(("f(", "g("))) and not (name == "n" and text.startswith("S_")):
                yield changed
            if len(spots) > 1:
                yield text[: spots[0].start()] + other + text[spots[0].end() :]


def units(text: str) -> Iterator[str]:
    for unit, other in UNITS.items():
        if unit in text:
            yield text.replace(unit, other)


def tokens(text: str) -> Iterator[str]:
    """Any one letter, digit or sign left out, where what is left can still be read."""
    if "begin" in text or "text" in text or "pmod" in text:
        return
    for match in INFORMATIVE.finditer(text):
        if match.group() in "{}()[] \\,:" or match.group() in UNTOUCHED:
            continue
        rest = text[: match.start()] + text[match.end() :]
        if rest.startswith("=") or rest == ".8" or rest.count("floor") == 1:
            continue
        if (match.group() in "=" and "=" in text) or not rest.strip("{}()[] ="):
            continue
        yield rest


KINDS: dict[str, Callable[[str], Iterator[str]]] = {
    "digit": digits,
    "longer": longer,
    "sign": signs,
    "bracket": brackets,
    "element": dropped,
    "function": functions,
    "name": renamed,
    "unit": units,
    "left out": tokens,
}


def sample(count: int) -> list[tuple[str, str, str]]:
    """So many mutations, drawn the same way in every run."""
    found = list(mutations())
    return random.Random(SEED).sample(found, min(count, len(found)))
