"""When two option texts are the same: one folded form for words and formulas, and the number a text states."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers import compare
from rewardkit.answers.equality.words import is_mere_words
from rewardkit.answers.equality.written import is_written
from rewardkit.answers.forms.formulas import read_formula
from rewardkit.answers.notation.plain_number import read_number
from rewardkit.prose.glue import ARTICLE

__all__ = ["Quantity", "fold", "peel", "quantity", "same_formula"]

# Longer texts are prose, in which nothing is looked for.
LIMIT = 2_000
KEPT = 256  # texts, as the readings of one row ask for the same
FORMULA = 200
NESTED = 3  # fonts around one another

_WRAPPER = re.compile(
    r"\\(?:text(?:bf|it|rm|sf|tt|normal)?|math(?:rm|bf|sf|it|tt)|operatorname|mbox|hbox|emph|underline|f?box(?:ed)?)\s*\{([^{}]*)\}"
)
# Tags of markup by their usual names, in small letters; "<B>" may be a letter in angle brackets.
_MARKUP = re.compile(
    r"</?(?:b|i|u|s|p|em|strong|br|hr|div|span|sub|sup|code|pre|center|font|small|big|mark|h[1-6]|li|ul|ol|td|tr|th|table)"
    r"(?:\s[^<>]{0,80})?/?>"
)
_DELIMITERS = re.compile(r"\\[()\[\]]|\$|\\(?:left|right|displaystyle|bf|rm)(?![a-zA-Z])")
_SPACING = re.compile(r"\\(?:[,;:! ]|q?quad(?![a-zA-Z]))|~")
_MARKDOWN = str.maketrans("", "", "*`")
# What NFKC would flatten into ordinary digits.
_RAISED = str.maketrans({"²": "^2", "³": "^3", "⁴": "^4"})
_VULGAR = re.compile(r"(\d)([¼-¾⅐-⅞])")
_SYMBOLS = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "π": r"\pi", "≤": r"\le", "≥": r"\ge", "∞": r"\infty",
        "⁄": "/", "’": "'", "‘": "'", "“": '"', "”": '"', "А": "A", "В": "B", "С": "C", "Е": "E", "\u200b": "", "\ufeff": "",
    }
)  # fmt: skip
# What is rewritten, where a text holds the sign.
_REWRITES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("frac", re.compile(r"\\[dt]frac"), r"\\frac"),
    ("\\frac", re.compile(r"\\frac\s*(\d)\s*(\d)"), r"\\frac{\1}{\2}"),
    ("\\frac", re.compile(r"(\d)\s*\\frac\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}"), r"\1+\2/\3"),
    ("/", re.compile(r"(\d)\s+(\d+/\d)"), r"\1+\2"),
    ("\\frac", re.compile(r"\\frac\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}"), r"\1/\2"),
    ("\\sqrt", re.compile(r"\\sqrt\s*(\w)"), r"\\sqrt{\1}"),
    ("√", re.compile(r"√\s*\(?(\w+)\)?"), r"\\sqrt{\1}"),
    ("\\", re.compile(r"\\(?:cdot|times)(?![a-zA-Z])"), "*"),
    ("\\", re.compile(r"\\(le|ge|ne)q(?![a-zA-Z])"), r"\\\1"),
    ("circ", re.compile(r"\^\s*\{?\s*\\circ\s*\}?"), "°"),
    ("degree", re.compile(r"\\degree|\bdegrees?\b"), "°"),
    ("^", re.compile(r"\^\s*(\d+|\w)"), r"^{\1}"),
    ("_", re.compile(r"_\s*(\d+|\w)"), r"_{\1}"),
    ("\\", re.compile(r"\\([%$#&_{}])"), r"\1"),
    (",", re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
)
_ARTICLE = re.compile(rf"{ARTICLE}\s+(?=\S)")
_LEAD_IN = re.compile(
    r"(?:it(?:'s| is)?|so|thus|hence|therefore|approximately|about|around|roughly|exactly|just|only|equal to)\b[,:\s]*"
)
_RATIO = re.compile(r"(\d{1,9}):(\d{1,9})")
_MATHS = re.compile(r"[\\^=+*/]|\d")


class Quantity(NamedTuple):
    """A number and the unit written behind it, if any."""

    value: Fraction
    unit: str

    def same(self, other: Quantity) -> bool:
        """Equal values whose units agree, or of which one is left out."""
        return self.value == other.value and (self.unit == other.unit or not self.unit or not other.unit)


def peel(text: str) -> str:
    r"""The text without markdown, markup, math delimiters and fonts, in NFKC: `\textbf{(A)}` and `（Ａ）` become `(A)`."""
    text = text[:LIMIT]
    if "<" in text:
        text = _MARKUP.sub("", text)
    if not text.isascii():
        text = _VULGAR.sub(r"\1 \2", text).translate(_RAISED)
        text = unicodedata.normalize("NFKC", text).translate(_SYMBOLS)
    if "\\" in text or "$" in text:
        text = _DELIMITERS.sub("", _SPACING.sub(" ", text))
        for _ in range(NESTED):
            text, unwrapped = _WRAPPER.subn(r"\1", text)
            if not unwrapped:
                break
    return text.replace("__", "").translate(_MARKDOWN).strip()


def fold(text: str) -> str:
    """The form in which option texts are compared: peeled, without case, articles, spaces and outer punctuation."""
    return _folded(text[:LIMIT])


@lru_cache(maxsize=KEPT)
def _folded(text: str) -> str:
    text = peel(text).casefold()
    for sign, pattern, replacement in _REWRITES:
        if sign in text:
            text = pattern.sub(replacement, text)
    text = text.strip(" .,;:!?\"'")
    text = _LEAD_IN.sub("", text, count=1) if _LEAD_IN.match(text) else text
    text = _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text
    return "".join(text.split())


def quantity(text: str) -> Quantity | None:
    """The number a text states, with its unit; None when it states anything else. A ratio is read as a fraction."""
    if len(text) > 100 or not any(map(str.isdigit, text)):
        return None
    number = read_number(text)
    if number is not None:
        return Quantity(number.value * 100, "%") if number.percent else Quantity(number.value, (number.unit or "").casefold())
    ratio = _RATIO.fullmatch(fold(text))
    return Quantity(Fraction(int(ratio[1]), int(ratio[2])), "") if ratio and int(ratio[2]) else None


@lru_cache(maxsize=KEPT)
def same_formula(reference: str, answer: str) -> bool | None:
    """Whether two texts are one formula, such as a factored and an expanded one; None when that cannot be told."""
    if max(len(reference), len(answer)) > FORMULA or not (_MATHS.search(reference) and _MATHS.search(answer)):
        return None
    if is_mere_words(answer) and not (is_written(reference) or read_formula(reference)):
        return None  # which is found once for all options
    found = compare(reference=reference, answer=answer)
    # Words around a formula say nothing here: which of them count is for the reader of the sentence.
    return None if found.step in ("words", "sentence") else found.equal
