"""The lexer: cleaned text to tokens, one master pattern, one pass.

A token has a kind and a value. Operators and brackets are their own kind; `num`, `name`, `func`, `const`, `word`
and `text` carry a value. What a run of letters means (a function, a product of variables, a unit, prose) is
decided here, so that the parser need not know spellings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.spellings import COMMANDS, ESCAPES, OPERATORS, PROSE, WORDS
from rewardkit.answers.units import is_unit_word

__all__ = ["MAX_TOKENS", "Token", "TooComplex", "currency", "is_known_word", "is_mere_word", "names_mathematics", "tokenize"]

MAX_TOKENS = 4000
MAX_REMEMBERED = 20  # letters


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


_ACCENTED = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
# Of India, which are no letters for `re`.
_VOWEL_SIGNS = "\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963\u0980-\u0983\u09bc-\u09cd\u200c\u200d"
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
    rf"|(?P<word>[A-Za-z]+(?![{_ACCENTED}])|[{_ACCENTED}]+|(?:[^\W\d_]|[{_VOWEL_SIGNS}])+)"
    r"|(?P<op>\*\*|<=>|<=|>=|!=|==|=>|<>|->|\.\.\.|…|\|\||.)",
    re.DOTALL,
)

_DEPTHS = {"(": 1, "[": 1, "\\{": 1, ")": -1, "]": -1, "\\}": -1}
_AMOUNT = frozenset(["num", "}"])
_BEFORE_UNIT = frozenset(["num", "}", "frac", ")", "unit", "/"])
_ORDINALS = frozenset(["th", "st", "nd", "rd"])
_OF_TIME = frozenset(["min", "sec"])  # behind an amount, where they are no functions
_SYMBOLS = frozenset(["pi", "u", "oo", "inf"])  # in a font they may be units and names
_GLUED = re.compile(r"(?:arc)?(?:sin|cos|tan|cot|sec|csc)h?|ln|log|lg|sqrt|exp")
_FIRST = re.compile(r"[\s/^*·\\]")
_RATE = re.compile(r"\s*/\s*([a-zA-Z]+)")
_UPPER = re.compile(r"[A-Z]{2,5}")
# What stands for no space between a function and its bracket.
_TIGHT = re.compile(r"(?:\\!|\\(?:left|right|[bB]ig+[lrm]?)\.?)+\s*")
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


def names_mathematics(word: str) -> bool:
    """Whether a word is the name of a function or constant: "pi", "factorial"."""
    token = WORDS.get(word) or WORDS.get(word.lower())
    return token is not None and token[0] in ("func", "sqrt", "const")


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
            spaced |= _TIGHT.fullmatch(value) is None
            continue
        if kind == "num":
            if match["grouped"] and (depth or not grouped):
                tokens += _parted(value, spaced)
            else:
                add(Token("num", value, spaced))
        elif kind == "op":
            depth += _DEPTHS.get(value, 0)
            add(_sign(OPERATORS.get(value, value), value, spaced))
        elif kind == "word":
            tokens += _meaning(value, spaced, tokens[-1].kind if tokens else "", text, match.end())
        elif kind == "cmd":
            add(_command(value.rstrip("*"), spaced))
        elif kind == "text":
            _add_text(match["font"], match["inner"], spaced, tokens, grouped, nested=nested)
        else:
            depth += _DEPTHS.get(value, 0)
            add(_sign(ESCAPES[value], value, spaced))
        spaced = False
        if len(tokens) > MAX_TOKENS:
            raise TooComplex(f"more than {MAX_TOKENS} tokens")


def _parted(value: str, spaced: bool) -> Iterator[Token]:
    """`1,234` as two numbers with a comma between them."""
    first, *rest = value.split(",")
    yield Token("num", first, spaced)
    for part in rest:
        yield Token(",", ",", False)
        yield Token("num", part, False)


def _is_rate(unit: str, text: str, at: int) -> bool:
    """Whether a letter behind an amount is a unit with another below it: `5 m/s`."""
    below = _RATE.match(text, at)
    return below is not None and is_unit_word(unit) and is_unit_word(below[1])


def _command(name: str, spaced: bool) -> Token:
    known = COMMANDS.get(name)
    return _sign(known[0], known[1] or name, spaced) if known else Token("name", name[1:], spaced)


# -- text in a font


def _add_text(font: str, inner: str, spaced: bool, tokens: list[Token], grouped: bool, *, nested: bool) -> None:
    if nested:
        tokens.append(Token("text", inner.strip(), spaced))
        return
    inner = inner.replace("$", " ").strip()
    if not inner:
        return
    if inner in _OF_TIME and _is_unit_behind(tokens, font, inner):
        tokens.append(Token("unit", inner, True))
    elif inner.lower() in WORDS and inner.lower() not in _SYMBOLS:
        tokens.append(Token(*WORDS[inner.lower()], spaced))
    elif _is_unit_behind(tokens, font, inner):
        tokens.append(Token("unit", inner, True))
    elif _is_mathematics(font, inner):
        before = len(tokens)
        _scan(inner, tokens, grouped, nested=True)
        if spaced and len(tokens) > before:
            tokens[before] = tokens[before]._replace(spaced=True)
    else:
        tokens.append(Token("text", inner, True))


def _is_unit_behind(tokens: Sequence[Token], font: str, inner: str) -> bool:
    if not tokens or not (tokens[-1].kind in _AMOUNT or tokens[-1].value == "pi"):
        return False
    return font[0] in "tmr" and is_unit_word(_FIRST.split(inner)[0])


def _is_mathematics(font: str, inner: str) -> bool:
    """Whether what stands in a font is no words: commands, single letters, or the short name of an operator or vector."""
    if "\\" in inner or _MATHS_INSIDE.fullmatch(inner):
        return True
    return font.startswith(("operatorname", "mathbf", "boldsymbol")) and len(inner) < 4


# -- a run of letters: the first rule that applies says what it means


def _meaning(word: str, spaced: bool, before: str, text: str, end: int) -> tuple[Token, ...]:
    """The tokens of a run of letters that ends there in the text, behind a token of the kind `before`."""
    if not word.isascii():
        return (Token("word", word, spaced),)
    if len(word) == 1 and spaced and before in _AMOUNT and _is_rate(word, text, end):
        return (Token("unit", word, spaced),)
    return _remembered(word, spaced, before) if len(word) <= MAX_REMEMBERED else _understood(word, spaced, before)


def _understood(word: str, spaced: bool, before: str) -> tuple[Token, ...]:
    """The tokens of a run of letters behind a token of the kind `before`, which is empty at the start."""
    known = WORDS.get(word) or (WORDS.get(word.lower()) if len(word) > 2 else None)
    if known:
        unit = known[1] in _OF_TIME and before in _AMOUNT
        return (Token("unit", word, spaced) if unit else Token(*known, spaced),)
    if len(word) > 1:
        for rule in _WORD_RULES:
            if (meant := rule(word, spaced, before)) is not None:
                return tuple(meant)
        return (Token("word", word, spaced),)
    return (_letter(word, spaced),)


_remembered = lru_cache(maxsize=4096)(_understood)


Meant = list[Token] | None


def _membership(word: str, spaced: bool, before: str) -> Meant:
    return [Token("in", word, spaced)] if word == "in" and before == "name" else None


def _unit(word: str, spaced: bool, before: str) -> Meant:
    behind = before in _BEFORE_UNIT or before == "word"  # "2 million USD", "3 kg per mol"
    return [Token("unit", word, spaced)] if behind and is_unit_word(word) else None


def _glued_or(word: str, spaced: bool, before: str) -> Meant:
    """`3orB`, from which the spaces were lost."""
    if before == "num" and not spaced and word[:2] == "or" and word[2:].isupper():
        return [Token("or", "or", True), *_letters(word[2:], False)]
    return None


def _product(word: str, spaced: bool, before: str) -> Meant:
    """A few letters that are no word, or capitals, as in `xyz` and `ABCD`."""
    few = len(word) <= 3 and word.lower() not in PROSE
    return _letters(word, spaced) if few or _UPPER.fullmatch(word) else None


def _glued_function(word: str, spaced: bool, before: str) -> Meant:
    """A function with a letter or two before it and behind it: `sinx`, `xlny`."""
    found = _GLUED.match(word) or _GLUED.search(word)
    if found is None or found.start() > 2 or len(word) - found.end() > 2:
        return None
    ahead, behind = word[: found.start()], word[found.end() :]
    function = Token(*WORDS[found.group()], spaced and not ahead)
    return [*_letters(ahead, spaced), function, *_letters(behind, False)]


def _glued_pi(word: str, spaced: bool, before: str) -> Meant:
    return [*_letters(word[:-2], spaced), Token("const", "pi", False)] if word.endswith("pi") and len(word) <= 4 else None


def _coefficients(word: str, spaced: bool, before: str) -> Meant:
    """Small letters set against a number: `2abcd`."""
    if before != "num" or spaced or len(word) > 5 or not word.islower() or word in _ORDINALS:
        return None
    return _letters(word, spaced)


_WORD_RULES: tuple[Callable[[str, bool, str], Meant], ...] = (
    _membership,
    _unit,
    _glued_or,
    _product,
    _glued_function,
    _glued_pi,
    _coefficients,
)


def _letters(word: str, spaced: bool) -> list[Token]:
    if word in _ORDINALS:
        return [Token("unit", word, spaced)]
    return [_letter(letter, spaced and not at) for at, letter in enumerate(word)]


def _letter(letter: str, spaced: bool) -> Token:
    return _sign("const" if letter in "ei" else "name", letter, spaced)
