"""Number tokens as exact rationals: integers, decimals, scientific notation and recurring decimals."""

from __future__ import annotations

from flint import fmpq

from rewardkit.answers.grammar.cursor import Cursor, Unreadable
from rewardkit.answers.notation.tokens import Token, TooComplex
from rewardkit.answers.tree import Number

__all__ = ["numeral"]

MAX_DIGITS = 6000
# Python turns no longer text of digits into an integer.
_AT_ONCE = 4000


def numeral(cursor: Cursor, token: Token) -> Number:
    """The number that a token already taken stands for, with recurring digits that may follow."""
    text = token.value
    if text.isdigit():
        if len(text) > MAX_DIGITS:
            raise TooComplex(f"a number of more than {MAX_DIGITS} digits")
        if len(text) < _AT_ONCE:
            return Number(fmpq(int(text)))
    if text[-1] == "." or (cursor.kind in ("overline", "dot") and "." in text):
        return _recurring(cursor, text)
    return _decimal(text)


def _recurring(cursor: Cursor, text: str) -> Number:
    start = _decimal(text + "0" if text[-1] == "." else text)
    if not (cursor.accept("overline") or cursor.accept("dot")):
        return start
    digits = _digits(cursor)
    places = len(text.partition(".")[2])
    return Number(start.value + fmpq(int(digits), (10 ** len(digits) - 1) * 10**places))


def _digits(cursor: Cursor) -> str:
    braced = cursor.accept("{")
    token = cursor.take()
    if token.kind != "num" or not token.value.isdigit() or len(token.value) > 50:
        raise Unreadable("recurring digits that are no digits")
    if braced:
        cursor.expect("}")
    return token.value


def _decimal(text: str) -> Number:
    """A decimal or scientific literal, exactly, with the worth of its last digit."""
    mantissa, _, power = text.replace("E", "e").partition("e")
    mantissa = "".join(c for c in mantissa if c.isdigit() or c == ".")
    whole, point, after = mantissa.partition(".")
    if len(whole) + len(after) > MAX_DIGITS or len(power) > 6 or abs(int(power or 0)) > MAX_DIGITS:
        raise TooComplex(f"a number of more than {MAX_DIGITS} digits")
    places = len(after) - int(power or 0)
    step = fmpq(1, 10**places) if places >= 0 else fmpq(10**-places)
    digits = whole + after
    value = (
        step * int(digits)
        if len(digits) < _AT_ONCE
        else step * (int(digits[:3000]) * 10 ** (len(digits) - 3000) + int(digits[3000:]))
    )
    return Number(value, step if (point and after) or power else None)
