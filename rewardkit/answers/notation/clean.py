"""Repair and normalise text before it is tokenized: damage undone, Unicode spelled as LaTeX, delimiters removed.

Every repair is of a kind that real pipelines produce: JSON escapes read once too often or too seldom, Markdown,
dollar signs, boxes, full-width characters. Linear in the length of the text.
"""

from __future__ import annotations

import re

from rewardkit.answers.notation.boxes import boxes
from rewardkit.answers.notation.characters import IN_LATEX, SUBSCRIPTS, SUPERSCRIPTS, ascii_digits

__all__ = ["MAX_LENGTH", "clean"]

MAX_LENGTH = 20_000

_SUPER_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ]+")
_SUB_RUN = re.compile("[₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎]+")
_CIRCLED = re.compile(r"(?<=[①-⑨])\s*(?=[①-⑨])")

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f]|\t(?=ext|imes|heta|an|o\b|au|frac|ilde)|\n(?=eq\b|e\b(?= )|abla|u\b|mid\b)|\r(?=ight|ho|angle)"
)
_ESCAPED = {"\x0c": "\\f", "\t": "\\t", "\x08": "\\b", "\r": "\\r", "\n": "\\n", "\x07": "\\a", "\x0b": "\\v"}
_COMMAND = (
    r"(?:[dtc]?frac|sqrt|text|mathrm|mathbf|mathbb|left|right|pi|times|cdot|infty|begin|end|le|leq|ge|geq|neq?|boxed|sin|cos|tan|ln|log|"
    r"circ|theta|alpha|beta|lambda|pm|cup|cap|in|quad|binom|lfloor|rfloor|lceil|rceil|sum|prod|int|approx|overline|angle|degree)"
)
_DOUBLED = re.compile(r"(?<!\\)\\\\(?=" + _COMMAND + r"(?![a-zA-Z]))")
_DOUBLED_ANY = re.compile(r"(?<!\\)\\\\(?=[a-zA-Z,;:!{}()\[\]])|(?<=,)\\\\(?= )")
_SINGLE_ENVIRONMENT = re.compile(r"(?<!\\)\\begin\{")
_LITERAL_NEWLINE = re.compile(r"\\n(?![a-zA-Z])")
_DELIMITERS = re.compile(r"(?<!\\)\\[()\[\]](?!\d*(?:pt|em|ex)\])")
_UNIT_VECTOR = re.compile(r"\\(?:wide)?hat\s*\{?\s*\\?(?:(?:math)?bf\s*)?\{?([ijk])(?:math)?\s*\}{1,2}")
_LOST = re.compile(r"^\s*((?:left|[dt]?frac|begin|text|boxed)(?=\s*[({\[\\]))")
_QUAD = re.compile(r"(=[^,;=&{}]{1,80}?)\s*\\q?quad\s*(?=[^,;=&]{1,80}=)")
# What stands behind a sign of money.
_AMOUNT = re.compile(r"\s?\d[\d.,]*(?:\s?[^\W\d_]+)?[\s.,;]*")
_TRAIL = " \t\r\n.,;:^_。"


def clean(text: str) -> str:
    """The text ready for the lexer: ASCII and LaTeX, without delimiters, boxes, Markdown and trailing punctuation."""
    if "boxed" in text or "\\fbox" in text:
        text = boxes(text)
    return _trimmed(_undressed(_repaired(text)))


def _repaired(text: str) -> str:
    """Without the damage of a journey: escapes read once too often, backslashes lost or doubled."""
    if not text.isprintable():
        text = _CONTROL.sub(lambda m: _ESCAPED.get(m.group(), " "), text)
    if "hat" in text:
        text = _UNIT_VECTOR.sub(r"\\mathbf{\1}", text)
    if lost := _LOST.match(text):
        text = f"\\{lost[1]}{text[lost.end() :]}"
    return _undouble(text) if "\\\\" in text else text


def _undressed(text: str) -> str:
    """In ASCII, without delimiters of mathematics, Markdown and line breaks."""
    if "\\" in text:
        text = _DELIMITERS.sub(" ", text)
        if "\\n" in text:
            text = _LITERAL_NEWLINE.sub(" ", text)
    if not text.isascii():
        text = _unicode(text)
    if "$" in text:
        text = _dollars(text)
    if "*" in text or "`" in text or "__" in text:
        text = _markdown(text)
    if "\n" in text and "begin" not in text:
        text = _lines(text)
    return _QUAD.sub(r"\1, ", text) if "quad" in text else text


def _trimmed(text: str) -> str:
    """Without punctuation and a lone backslash at the end."""
    text = text.strip()
    if text.endswith("...") and text[-4:-3].isdigit():
        text = text[:-3] + "\\ldots"
    while text and text[-1] in _TRAIL:
        text = text[:-1].rstrip()
    if text.endswith("\\") and not text.endswith("\\\\"):
        text = text[:-1].rstrip()
    return text


def _markdown(text: str) -> str:
    text = text.strip().strip("`").strip()
    while len(text) > 4 and text[:2] == text[-2:] and text[:2] in ("**", "__"):
        text = text[2:-2].strip()
    return text


def _lines(text: str) -> str:
    """Lines that are all relations as one list; other line breaks are white space."""
    lines = [line.strip(" ,;") for line in text.split("\n") if line.strip(" ,;")]
    if len(lines) > 1 and all("=" in line or "<" in line or ">" in line for line in lines):
        return ", ".join(lines)
    return text


def _undouble(text: str) -> str:
    r"""Doubled backslashes made single, but for the row breaks of a matrix that is not doubled itself."""
    if "begin" not in text:
        return _DOUBLED_ANY.sub(r"\\", text)
    if _DOUBLED.search(text):
        return _DOUBLED.sub(r"\\", text) if _SINGLE_ENVIRONMENT.search(text) else text.replace("\\\\", "\\")
    return text


def _unicode(text: str) -> str:
    text = _CIRCLED.sub(",", text).replace("°C", "℃").replace("°F", "℉")
    text = _SUPER_RUN.sub(lambda m: "^{" + m.group().translate(SUPERSCRIPTS) + "}", text)
    text = _SUB_RUN.sub(lambda m: "_{" + m.group().translate(SUBSCRIPTS) + "}", text)
    return ascii_digits(text.translate(IN_LATEX))


def _dollars(text: str) -> str:
    """Dollar signs that delimit mathematics become spaces; a lone one before a digit, or an amount behind a label, is money."""
    marks = re.split(r"(?<!\\)\$+", text)
    if len(marks) == 2 and (_AMOUNT.fullmatch(marks[1]) or (not marks[0].strip() and marks[1].lstrip()[:1].isdigit())):
        before, minus = (marks[0].rstrip()[:-1], "-") if marks[0].rstrip().endswith("-") else (marks[0], "")
        return f"{before}\\${minus}{marks[1]}"
    return " ".join(marks)
