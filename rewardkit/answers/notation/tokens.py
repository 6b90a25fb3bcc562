"""The lexer: cleaned text to tokens, one master pattern, one pass.

A token has a kind and a value. Operators and brackets are their own kind; `num`, `name`, `func`, `const`, `word`
and `text` carry a value. What a run of letters means (a function, a product of variables, a unit, prose) is
decided here, so that the parser need not know spellings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.spellings import COMMANDS, ESCAPES, OPERATORS, PROSE, WORDS
from rewardkit.answers.units import is_unit_word

__all__ = ["MAX_TOKENS", "Token", "TooComplex", "currency", "is_known_word", "is_mere_word", "tokenize"]

MAX_TOKENS = 4000


class TooComplex(Exception):
    """The text exceeds a limit of size or depth; the message says which."""


class Token(NamedTuple):
    """Kind, value, and whether white space stands before it."""

    kind: str
    value: str
    spaced: bool


@lru_cache(maxsize=1024)
def _sign(kind: str, value: str, spaced: bool) -> Token:
    """A token of which there are few: signs, commands and letters."""
    return Token(kind, value, spaced)


_FENCE = r"[^{}]{0,400}(?:\{[^{}]{0,200}\}[^{}]{0,200}){0,8}"
_MASTER = re.compile(
    r"(?P<space>(?:\s|~|\\[,;:!> ]|\\q?quad(?![a-zA-Z])|\\(?:left|right|[bB]ig+[lrm]?|displaystyle|textstyle|limits|hline"
    r"|nolimits|middle|mathstrut|strut|hfill|hspace\{[^}]{0,20}\})(?![a-zA-Z])\.?)+)"
    r"|(?P<num>[1-9]\d{0,2}(?:(?:\s?\{,\s?\}|,\\!\s?|\\,|,\\ )\d{3})+(?:\.\d+)?(?!\d)"
    r"|(?P<grouped>[1-9]\d{0,2}(?:,\d{3}){1,6}(?:\.\d+)?(?![\d,.]\d|\d))"
    r"|[1-9]\d{0,2}(?: \d{3})+(?![\d.]|\s?/)"
    r"|(?:\d+\.\d+|\d*\.\d+|\d+)(?:E[-+]?\d+|e\d+|(?<=\.\d)e[-+]?\d+|e[-+]?\d\d+)(?![a-zA-Z.\d])"
    r"|\d+\.\d+|\.\d+|\d+\.(?=\\(?:overline|bar|dot)\b)|\d+)"
    r"|(?P<text>\\(?P<font>text(?:bf|rm|it|normal|tt|sf|sc)?|mathrm|mbox|operatorname\*?|mathbf|boldsymbol|mathit|rm)\s*"
    r"\{(?P<inner>" + _FENCE + r")\})"
    r"|(?P<cmd>\\[a-zA-Z]+\*?)"
    r"|(?P<esc>\\[{}%$#&_|\\])"
    r"|(?P<word>[A-Za-z]+|[^\W\d_]+)"
    r"|(?P<op>\*\*|<=>|<=|>=|!=|==|=>|<>|->|\.\.\.|…|\|\||.)",
    re.DOTALL,
)

_GLUED = re.compile(r"(?:arc)?(?:sin|cos|tan|cot|sec|csc)h?|ln|log|lg|sqrt|exp")
_FIRST = re.compile(r"[\s/^*·\\]")
_RATE = re.compile(r"\s*/\s*([a-zA-Z]+)")
_UPPER = re.compile(r"[A-Z]{2,5}")
_MATHS_INSIDE = re.compile(r"[^A-Za-z]*(?:[A-Za-z](?![A-Za-z])[^A-Za-z]*)*")


def tokenize(text: str, *, grouped: bool = True) -> list[Token]:
    """Split cleaned text into tokens; `grouped` reads `1,234` outside brackets as one number.

    Raises `TooComplex` past 4000 tokens. Linear in the length of the text.
    """
    tokens: list[Token] = []
    _scan(text, tokens, grouped, nested=False)
    return tokens


def currency(token: Token) -> str:
    """The unit that a currency sign stands for."""
    return "dollar" if token.value.endswith("$") else token.value


def is_known_word(word: str) -> bool:
    """Whether a run of letters is the name of a function, a constant or a conjunction, alone or glued to an argument."""
    return word in WORDS or word.lower() in WORDS or is_unit_word(word) or _GLUED.match(word) is not None or word.endswith("pi")


def is_mere_word(word: str) -> bool:
    """Whether a run of letters that stands first is a word token, not a function, unit or product of letters."""
    if len(word) <= 3:
        return word.lower() in PROSE and word not in WORDS and word.lower() not in WORDS
    return not (is_known_word(word) or _UPPER.fullmatch(word) or _GLUED.search(word))


def _scan(text: str, tokens: list[Token], grouped: bool, *, nested: bool) -> None:
    depth = 0
    spaced = False
    add = tokens.append
    for match in _MASTER.finditer(text):
        kind = match.lastgroup
        value = match.group()
        if kind == "space":
            spaced = True
            continue
        if kind == "num":
            if match["grouped"] and (depth or not grouped):
                first, *rest = value.split(",")
                add(Token("num", first, spaced))
                for part in rest:
                    add(Token(",", ",", False))
                    add(Token("num", part, False))
            else:
                add(Token("num", value, spaced))
        elif kind == "op":
            if value in "([":
                depth += 1
            elif value in ")]":
                depth -= 1
            add(_sign(OPERATORS.get(value, value), value, spaced))
        elif kind == "word":
            if value.isascii():
                rate = (
                    _RATE.match(text, match.end())
                    if len(value) == 1 and spaced and tokens and tokens[-1].kind in ("num", "}")
                    else None
                )
                if rate and is_unit_word(value) and is_unit_word(rate[1]):
                    add(Token("unit", value, spaced))
                else:
                    _add_word(value, spaced, tokens)
            else:
                add(Token("word", value, spaced))
        elif kind == "cmd":
            if value[-1] == "*":
                value = value[:-1]
            known = COMMANDS.get(value)
            add(_sign(known[0], known[1] or value, spaced) if known else Token("name", value[1:], spaced))
        elif kind == "text":
            if nested:
                add(Token("text", match["inner"].strip(), spaced))
            else:
                _add_text(match["font"], match["inner"], spaced, tokens, grouped)
        else:
            escape = ESCAPES[value]
            if escape == "\\{":
                depth += 1
            elif escape == "\\}":
                depth -= 1
            add(_sign(escape, value, spaced))
        spaced = False
        if len(tokens) > MAX_TOKENS:
            raise TooComplex(f"more than {MAX_TOKENS} tokens")


def _add_text(font: str, inner: str, spaced: bool, tokens: list[Token], grouped: bool) -> None:
    inner = inner.replace("$", " ").strip()
    word = inner.lower()
    if word in WORDS and word not in ("pi", "u", "oo", "inf"):
        tokens.append(Token(*WORDS[word], spaced))
    elif not inner:
        return
    elif (
        tokens
        and (tokens[-1].kind in ("num", "}") or tokens[-1].value == "pi")
        and font[0] in "tmr"
        and is_unit_word(_FIRST.split(inner)[0])
    ):
        tokens.append(Token("unit", inner, True))
    elif (
        "\\" in inner
        or _MATHS_INSIDE.fullmatch(inner)
        or (font.startswith(("operatorname", "mathbf", "boldsymbol")) and len(inner) < 4)
    ):
        before = len(tokens)
        _scan(inner, tokens, grouped, nested=True)
        if spaced and len(tokens) > before:
            tokens[before] = tokens[before]._replace(spaced=True)
    else:
        tokens.append(Token("text", inner, True))


def _add_word(word: str, spaced: bool, tokens: list[Token]) -> None:
    known = WORDS.get(word) or (WORDS.get(word.lower()) if len(word) > 2 else None)
    previous = tokens[-1] if tokens else None
    if known:
        if known[1] in ("sec", "min") and previous and previous.kind in ("num", "}"):
            tokens.append(Token("unit", word, spaced))
        else:
            tokens.append(_sign(*known, spaced))
        return
    if len(word) == 1:
        tokens.append(_letter(word, spaced))
        return
    if word == "in" and previous and previous.kind == "name":
        tokens.append(Token("in", word, spaced))
        return
    after_number = previous is not None and previous.kind in ("num", "}", "frac", ")", "unit", "/")
    if after_number and is_unit_word(word):
        tokens.append(Token("unit", word, spaced))
        return
    if previous and previous.kind == "num" and not spaced and word[:2] == "or" and word[2:].isupper():
        tokens.append(Token("or", "or", True))
        _split(word[2:], False, tokens)
        return
    if len(word) <= 3 and word.lower() not in PROSE:
        _split(word, spaced, tokens)
        return
    if _UPPER.fullmatch(word):
        _split(word, spaced, tokens)
        return
    glued = _GLUED.match(word)
    if glued and len(word) - glued.end() <= 2:
        tokens.append(Token(*WORDS[glued.group()], spaced))
        _split(word[glued.end() :], False, tokens)
        return
    tail = _GLUED.search(word)
    if tail and tail.start() <= 2 and len(word) - tail.end() <= 2:
        _split(word[: tail.start()], spaced, tokens)
        tokens.append(Token(*WORDS[tail.group()], False))
        _split(word[tail.end() :], False, tokens)
        return
    if word.endswith("pi") and len(word) <= 4:
        _split(word[:-2], spaced, tokens)
        tokens.append(Token("const", "pi", False))
        return
    if (
        previous
        and previous.kind == "num"
        and not spaced
        and len(word) <= 5
        and word.islower()
        and word not in ("th", "st", "nd", "rd")
    ):
        _split(word, spaced, tokens)
        return
    tokens.append(Token("word", word, spaced))


def _split(word: str, spaced: bool, tokens: list[Token]) -> None:
    if word in ("th", "st", "nd", "rd"):
        tokens.append(Token("unit", word, spaced))
        return
    for letter in word:
        tokens.append(_letter(letter, spaced))
        spaced = False


def _letter(letter: str, spaced: bool) -> Token:
    return _sign("const" if letter in "ei" else "name", letter, spaced)
