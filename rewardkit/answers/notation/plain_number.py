"""The fast path: text that is one plain number, read into an exact fraction in microseconds.

Most references are plain numbers, so this is tried before the tokenizer and the parser. Nothing is rounded:
`0.1` is one tenth. Text that is not exactly one number, with perhaps a sign, a currency, a percent sign or a
unit around it, is left to the parser.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.characters import IN_NUMBERS, SUPERSCRIPTS, ascii_digits
from rewardkit.answers.notation.money import with_currency_behind
from rewardkit.answers.units import is_unit_word, normal_unit, split_scale

__all__ = ["PlainNumber", "forget_numbers", "is_whole", "read_number"]

MAX_LENGTH = 200
MAX_EXPONENT = 400


class PlainNumber(NamedTuple):
    """A number and how it was written.

    `value` is exact, and already divided by 100 when `percent` is set. `decimals` counts the digits written
    after the point; None when the number is no decimal. `significant` counts the significant digits of a decimal
    or of scientific notation; None for integers and fractions. `step` is what one unit of the last written digit is
    worth in the scale of `value`, so a rounding may be off by half of it; None for fractions. `currency` and
    `unit` are the texts as written, None without. `comma` is set when a lone comma was read as the decimal point.
    """

    value: Fraction
    decimals: int | None = None
    percent: bool = False
    currency: str | None = None
    unit: str | None = None
    significant: int | None = None
    step: Fraction | None = None
    comma: bool = False


_ONE = Fraction(1)
THOUSANDS = 3  # digits of a group
_WITHOUT_CENTS = frozenset(["IDR", "VND", "KRW", "JPY"])  # by CLDR, in cash
_GROUPED_BY_POINT = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?!\d)")
DIGITS = 30
_NEGATIVE = re.compile(rf"-[1-9]\d{{0,{DIGITS - 1}}}", re.ASCII)
_SIMPLE = re.compile(r"-?\d{1,30}")

# No plain number holds any of these, and most other answers hold one of them.
_NEVER = re.compile(r"[=<>_&|]|\\(?!frac|[dt]frac|text|math|times|cdot|circ|degree|left|right|mbox|rm|q?quad|[^a-zA-Z])")

_RAISED = re.compile(r"(?<=10)[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")

# Each LaTeX dress is undone before the number is matched, so that the patterns below can stay plain.
_DRESS = (
    (re.compile(r"\{,\}|,\\!\s*|(?<=\d)\\[,;: ](?=\d{3})"), ","),
    (re.compile(r"\\(?:left|right|displaystyle)(?![a-zA-Z])|\\[!,;: ]|~|\\q?quad\b"), " "),
    (re.compile(r"\\(?:text|textnormal|textbf|textrm|textit|mathrm|mathbf|mbox|rm)\s*\{([^{}]*)\}"), r" \1"),
    (re.compile(r"\^\s*\{?\s*\\(?:circ|degree|textcirc)\s*\}?|\\degree\b"), "°"),
    (re.compile(r"\\[dtc]?frac\s*\{\s*(-?\d+)\s*\}\s*\{\s*(\d+)\s*\}"), r" \1/\2"),
    (re.compile(r"\\[dtc]?frac\s*(\d)\s*(\d)(?!\d)"), r" \1/\2"),
    (re.compile(r"\\(?:times|cdot)(?![a-zA-Z])"), "x"),
)
_SHELL = re.compile(r"\s*(?:\$\$?|\\\(|\\\[)(.*?)(?:\$\$?|\\\)|\\\])\s*(.*)", re.DOTALL)

_HEAD = re.compile(r"\s*([-+]?)\s*(\\?\$|[€£¥₹₩₽₴₺₫₪₱])?\s*([-+]?)\s*")
_MIXED = re.compile(r"(\d{1,9})\s+(\d{1,9})\s*/\s*(\d{1,9})")
_FRACTION = re.compile(r"(-?\d[\d,]*)\s*/\s*(-?\d[\d,]*)")
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:, ?\d{3})+|[1-9]\d{0,2}(?:[ '_]\d{3})+)(?:\.(\d+))?(?!\d)")
_EUROPEAN = re.compile(r"(\d{1,3}(?:\.\d{3})+),(\d+)(?!\d)|(\d{1,3}(?:\.\d{3}){2,})(?![\d.])")
_DECIMAL = re.compile(r"(\d*)(?:([.,])(\d+)|\.(?!\d))?")
_POWER = re.compile(r"[eE]([-+]?\d{1,4})(?![\w.])|\s*[x*]\s*10\s*(?:\^|\*\*)\s*([{(]?)\s*([-+]?\d{1,4})\s*[)}]?")
_PERCENT = re.compile(r"\s*(?:\\?%|per\s?cent(?:age)?\b(?!\s+points?\b)|pct\b)", re.IGNORECASE)
_MONEY = re.compile(r"\s*(\\?\$|[€£¥₹₩₽₴₺₫₪₱¢])")
_UNIT = re.compile(r"\s*(°|[^\W\d_][^\d,;=<>+()\[\]{}\\$|!?:&]{0,60}(?:\^\{?-?\d\}?|[²³])?)?\s*[.。,;]?\s*")
# "million是错误的" is no word
_TWO_SCRIPTS = re.compile(r"[A-Za-z][\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PROSE = re.compile(r"\b(?:or|and|to|is|are|because|if|then|when|where|than|x|pi|mod)\b|π", re.IGNORECASE)


def is_whole(text: str) -> bool:
    """Whether a text is a whole number of at most 30 digits in its usual spelling, so that equal texts are equal numbers."""
    if text.isdecimal() and text.isascii():
        return (text[0] != "0" or text == "0") and len(text) <= DIGITS
    return _NEGATIVE.fullmatch(text) is not None


def read_number(text: str) -> PlainNumber | None:
    r"""Read text that is one number, or return None when it is anything else.

    Understood are integers, decimals, fractions (`3/4`, `\frac{3}{4}`), mixed numbers (`3 1/2`), separators
    (`1,234`, `1 234`, `1'234`, `12{,}000`), scientific notation, Unicode signs and digits, a percent sign, a
    currency and a trailing unit. Text over 200 characters and exponents over 400 give None. Never raises.
    """
    return _read(text) if len(text) <= MAX_LENGTH else None


def forget_numbers() -> None:
    """Empty the cache of read numbers, as a benchmark of cold speed needs."""
    _read.cache_clear()


@lru_cache(maxsize=4096)
def _read(text: str) -> PlainNumber | None:
    """Kept for a while: one verdict asks for the same text several times, and a group shares its reference."""
    if _SIMPLE.fullmatch(text):
        return PlainNumber(Fraction(int(text)), None, False, None, None, None, _ONE)
    if _NEVER.search(text):
        return None
    text = _undress(with_currency_behind(text))
    head = _HEAD.match(text)
    assert head is not None
    negative = (head[1] == "-") != (head[3] == "-")
    if head[1] and head[3]:
        return None
    body = _read_body(text, head.end())
    if body is None:
        return None
    number, end = body
    return _read_tail(number._replace(currency=head[2]), negative, text, end)


def _undress(text: str) -> str:
    if not text.isascii():
        text = _RAISED.sub(lambda m: "^" + m[0].translate(SUPERSCRIPTS), text)
        text = ascii_digits(text.translate(IN_NUMBERS))
    if "$" in text or "\\" in text:
        shell = _SHELL.fullmatch(text)
        if shell and "$" not in shell[1].replace("\\$", ""):
            text = f"{shell[1]} {shell[2]}"
    if "\\" in text or "{" in text or "~" in text:
        for pattern, plain in _DRESS:
            text = pattern.sub(plain, text)
        text = text.strip()
        if text.startswith("{") and text.endswith("}") and "," not in text:  # {1,250} is a set
            text = text[1:-1]
    return text


def _read_body(text: str, at: int) -> tuple[PlainNumber, int] | None:
    if match := _MIXED.match(text, at):
        whole, top, bottom = int(match[1]), int(match[2]), int(match[3])
        if 0 < top < bottom:
            return PlainNumber(Fraction(whole * bottom + top, bottom)), match.end()
    if match := _FRACTION.match(text, at):
        bottom = int(match[2].replace(",", ""))
        if bottom == 0:
            return None
        return PlainNumber(Fraction(int(match[1].replace(",", "")), bottom)), match.end()
    if match := _GROUPED.match(text, at):
        return _decimal(re.sub(r"\D", "", match[1]), match[2], text, match.end())
    if match := _EUROPEAN.match(text, at):
        return _decimal((match[1] or match[3]).replace(".", ""), match[2], text, match.end())
    match = _DECIMAL.match(text, at)
    if not match or not (match[1] or match[3]):
        return None
    return _decimal(match[1], match[3], text, match.end(), comma=match[2] == ",")


def _decimal(whole: str, after: str | None, text: str, end: int, *, comma: bool = False) -> tuple[PlainNumber, int] | None:
    decimals = len(after) if after else None
    places = decimals or 0
    digits = whole + (after or "")
    power = _POWER.match(text, end)
    if power:
        places -= int(power[1] or power[3])
        end = power.end()
    if abs(places) > MAX_EXPONENT:
        return None
    step = Fraction(1, 10**places) if places > 0 else Fraction(10**-places)
    significant = len(digits.lstrip("0")) if after or power else None
    return PlainNumber(int(digits) * step, decimals, False, None, None, significant, step, comma), end


def _read_tail(number: PlainNumber, negative: bool, text: str, end: int) -> PlainNumber | None:
    value, step, percent, currency, unit = number.value, number.step, False, number.currency, None
    if negative:
        value = -value
    if end < len(text):
        if match := _PERCENT.match(text, end):
            value, step, percent, end = value / 100, step and step / 100, True, match.end()
        elif match := _MONEY.match(text, end):
            currency, end = match[1], match.end()
        tail = _UNIT.fullmatch(text, end)
        if tail is None:
            return None
        unit = tail[1].strip() if tail[1] else None
        if unit:
            first, _, rest = unit.partition(" ")
            if scaled := split_scale(first):
                scale, glued = scaled
                value, step, unit = value * scale, step and step * scale, f"{glued} {rest}".strip() or None
            elif not _reads_as_unit(text, end, unit, first):
                return None
            elif normal_unit(unit) == "percent":
                value, step, percent, unit = value / 100, step and step / 100, True, None
    found = number._replace(value=value, step=step, percent=percent, currency=currency, unit=unit)
    behind = currency is not None and number.currency is None
    return _in_thousands(found, behind=behind) if number.decimals == THOUSANDS and _GROUPED_BY_POINT.search(text) else found


def _in_thousands(number: PlainNumber, *, behind: bool) -> PlainNumber:
    """`Rp800.000` and `2.704 €` in full.

    Nobody counts thousandths of a money that has no coins below one, and where the sign stands behind the amount (by CLDR's
    patterns) a point stands between thousands.
    """
    if number.step != Fraction(1, 1000) or not (behind or normal_unit(number.unit or number.currency or "") in _WITHOUT_CENTS):
        return number
    return number._replace(value=number.value * 1000, decimals=None, significant=None, step=_ONE)


def _reads_as_unit(text: str, at: int, unit: str, first: str) -> bool:
    """Whether words after a number name what is counted, where `2x`, `0.64N` and `5 or 6` are something else."""
    if _PROSE.search(unit) or unit.count(" ") > 3 or _TWO_SCRIPTS.search(first):
        return False
    if not text[at].isspace():
        return (
            len(first) > 3
            or first in ("°", "th", "st", "nd", "rd")
            or ((len(unit) > 1 or not unit.isascii()) and is_unit_word(first.split("/")[0].rstrip("^{}23²³")))
        )
    return len(first) > 3 or not first.isascii() or is_unit_word(first.split("/")[0].rstrip("^{}23²³")) or is_unit_word(unit)
