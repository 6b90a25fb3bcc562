"""The lexer: cleaned text to tokens, one master pattern, one pass.

A token has a kind and a value. Operators and brackets are their own kind; `num`, `name`, `func`, `const`, `word`
and `text` carry a value. What a run of letters means (a function, a product of variables, a unit, prose) is
decided here, so that the parser need not know spellings.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rewardkit.answers.expression import FUNCTIONS
from rewardkit.answers.units import is_unit_word

__all__ = ["MAX_TOKENS", "Token", "TooComplex", "is_known_word", "tokenize"]

MAX_TOKENS = 4000


class TooComplex(Exception):
    """The text exceeds a limit of size or depth; the message says which."""


class Token(NamedTuple):
    """Kind, value, and whether white space stands before it."""

    kind: str
    value: str
    spaced: bool


_FENCE = r"[^{}]{0,400}(?:\{[^{}]{0,200}\}[^{}]{0,200}){0,8}"
_MASTER = re.compile(
    r"(?P<space>(?:\s|~|\\[,;:!> ]|\\q?quad(?![a-zA-Z])|\\(?:left|right|[bB]ig+[lrm]?|displaystyle|textstyle|limits|hline|nolimits"
    r"|middle|mathstrut|strut|hfill|hspace\{[^}]{0,20}\})(?![a-zA-Z])\.?)+)"
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

_SAME = ["frac", "sqrt", "binom", "boxed", "begin", "end", "sum", "prod", "int", "lim", "overline", "underline", "pmod", "angle", "triangle"]
_COMMANDS: dict[str, tuple[str, str]] = {
    **{f"\\{word}": (word, "") for word in _SAME},
    **{f"\\{word}": ("func", word) for word in FUNCTIONS},
    **{f"\\{word}": ("func", word) for word in ("max", "min", "gcd", "lcm", "floor", "ceil")},
    **dict.fromkeys(("\\dfrac", "\\tfrac", "\\cfrac", "\\nicefrac", "\\sfrac"), ("frac", "")),
    **dict.fromkeys(("\\dbinom", "\\tbinom"), ("binom", "")),
    **dict.fromkeys(("\\cdot", "\\times", "\\ast", "\\bullet", "\\star"), ("*", "")),
    **dict.fromkeys(("\\le", "\\leq", "\\leqslant", "\\leqq"), ("<=", "")),
    **dict.fromkeys(("\\ge", "\\geq", "\\geqslant", "\\geqq"), (">=", "")),
    **dict.fromkeys(("\\ne", "\\neq"), ("!=", "")),
    **dict.fromkeys(("\\approx", "\\sim", "\\simeq", "\\thickapprox", "\\doteq", "\\approxeq"), ("~", "")),
    **dict.fromkeys(("\\ldots", "\\cdots", "\\dots", "\\vdots", "\\ddots", "\\dotsc", "\\dotsb"), ("...", "")),
    **dict.fromkeys(("\\Rightarrow", "\\implies", "\\Longrightarrow", "\\therefore"), ("=>", "")),
    **dict.fromkeys(("\\iff", "\\Leftrightarrow"), ("=>", "")),
    **dict.fromkeys(("\\to", "\\rightarrow", "\\mapsto", "\\longrightarrow"), ("to", "")),
    **dict.fromkeys(("\\emptyset", "\\varnothing"), ("empty", "")),
    **dict.fromkeys(("\\setminus", "\\backslash", "\\smallsetminus"), ("minus", "")),
    **dict.fromkeys(("\\circ", "\\textcirc", "\\degree", "\\textdegree"), ("deg", "")),
    **dict.fromkeys(("\\vert", "\\lvert", "\\rvert"), ("|", "")),
    **dict.fromkeys(("\\Vert", "\\lVert", "\\rVert", "\\|"), ("||", "")),
    **dict.fromkeys(("\\bmod", "\\mod"), ("mod", "")),
    **dict.fromkeys(("\\vee", "\\lor"), ("or", "")),
    **dict.fromkeys(("\\wedge", "\\land"), ("and", "")),
    **dict.fromkeys(("\\bar", "\\overrightarrow", "\\overleftrightarrow"), ("overline", "")),
    **dict.fromkeys(("\\vec", "\\mathbf", "\\boldsymbol", "\\mathcal", "\\mathfrak", "\\mathsf", "\\bm", "\\variable"), ("font", "")),
    **dict.fromkeys(("\\infty", "\\infin"), ("const", "inf")),
    **dict.fromkeys(("\\exponentialE", "\\e"), ("const", "e")),
    **dict.fromkeys(("\\imaginaryI", "\\imath"), ("const", "i")),
    "\\pi": ("const", "pi"), "\\div": ("/", ""), "\\lt": ("<", ""), "\\gt": (">", ""), "\\in": ("in", ""), "\\notin": ("notin", ""),
    "\\cup": ("cup", ""), "\\cap": ("cap", ""), "\\pm": ("pm", ""), "\\mp": ("mp", ""), "\\mid": ("mid", ""), "\\colon": (":", ""),
    "\\lfloor": ("lfloor", ""), "\\rfloor": ("rfloor", ""), "\\lceil": ("lceil", ""), "\\rceil": ("rceil", ""),
    "\\langle": ("(", ""), "\\rangle": (")", ""), "\\lbrace": ("\\{", ""), "\\rbrace": ("\\}", ""), "\\lbrack": ("[", ""), "\\rbrack": ("]", ""),
    "\\over": ("over", ""), "\\choose": ("choose", ""), "\\prime": ("'", ""), "\\subset": ("subset", ""), "\\subseteq": ("subset", ""),
    "\\supset": ("supset", ""), "\\supseteq": ("supset", ""), "\\equiv": ("equiv", ""), "\\perp": ("perp", ""), "\\parallel": ("parallel", ""),
    "\\mathbb": ("mathbb", ""), "\\fbox": ("boxed", ""), "\\dot": ("overline", ""), "\\hat": ("hat", ""), "\\tilde": ("hat", ""),
    "\\Gamma": ("name", "Gamma"), "\\arcsinh": ("func", "arcsinh"), "\\asinh": ("func", "arcsinh"), "\\arccosh": ("func", "arccosh"),
    "\\tg": ("func", "tan"), "\\ctg": ("func", "cot"), "\\arctg": ("func", "arctan"), "\\cosec": ("func", "csc"), "\\sign": ("func", "sgn"),
    "\\newline": ("\\\\", ""), "\\cr": ("\\\\", ""), "\\varphi": ("name", "phi"), "\\varepsilon": ("name", "epsilon"), "\\vartheta": ("name", "theta"),
    "\\Re": ("func", "re"), "\\Im": ("func", "im"), "\\ohm": ("text", "Ω"), "\\percent": ("%", ""), "\\gets": ("=", ""), "\\coloneqq": ("=", ""),
}  # fmt: skip
_ESCAPES = {"\\{": "\\{", "\\}": "\\}", "\\%": "%", "\\$": "money", "\\&": "&", "\\|": "||", "\\\\": "\\\\", "\\#": "#", "\\_": "_"}
_OPS = {"**": "^", "==": "=", "<>": "!=", "->": "to", "…": "...", "$": "money", "€": "money", "£": "money", "¥": "money", "₹": "money", "√": "sqrt"}
_WORDS: dict[str, tuple[str, str]] = {
    **{word: ("func", word) for word in FUNCTIONS - {"arg", "re", "im"}},
    **{word: ("func", word) for word in ("max", "min", "gcd", "lcm", "floor", "ceil", "abs")},
    "asin": ("func", "arcsin"), "acos": ("func", "arccos"), "atan": ("func", "arctan"), "asinh": ("func", "arcsinh"),
    "tg": ("func", "tan"), "ctg": ("func", "cot"), "arctg": ("func", "arctan"), "sign": ("func", "sgn"),
    "sqrt": ("sqrt", ""), "binom": ("func", "binom"), "binomial": ("func", "binom"), "pi": ("const", "pi"), "Pi": ("const", "pi"),
    "oo": ("const", "inf"), "inf": ("const", "inf"), "infinity": ("const", "inf"), "infty": ("const", "inf"), "Infinity": ("const", "inf"),
    "and": ("and", "and"), "or": ("or", "or"), "union": ("cup", ""), "mod": ("mod", ""), "percent": ("%", ""), "percentage": ("%", ""),
    "pct": ("%", ""), "factorial": ("func", "fact"), "cbrt": ("func", "cbrt"), "pmod": ("pmod", ""), "plus": ("+", ""), "U": ("U", "U"),
}  # fmt: skip
_PROSE = frozenset(
    ["the", "is", "are", "was", "of", "to", "any", "all", "not", "no", "yes", "odd", "one", "two", "six", "ten", "day", "per", "for", "if", "as", "at", "by", "it", "its", "on", "an", "be", "no", "so", "let", "has", "can", "with", "when", "where"]
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


def is_known_word(word: str) -> bool:
    """Whether a run of letters is the name of a function, a constant or a conjunction, alone or glued to an argument."""
    return word in _WORDS or word.lower() in _WORDS or is_unit_word(word) or _GLUED.match(word) is not None or word.endswith("pi")


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
            add(Token(_OPS.get(value, value), value, spaced))
        elif kind == "word":
            if value.isascii():
                rate = _RATE.match(text, match.end()) if len(value) == 1 and spaced and tokens and tokens[-1].kind in ("num", "}") else None
                if rate and is_unit_word(value) and is_unit_word(rate[1]):
                    add(Token("unit", value, spaced))
                else:
                    _add_word(value, spaced, tokens)
            else:
                add(Token("word", value, spaced))
        elif kind == "cmd":
            if value[-1] == "*":
                value = value[:-1]
            known = _COMMANDS.get(value)
            add(Token(known[0], known[1] or value, spaced) if known else Token("name", value[1:], spaced))
        elif kind == "text":
            if nested:
                add(Token("text", match["inner"].strip(), spaced))
            else:
                _add_text(match["font"], match["inner"], spaced, tokens, grouped)
        else:
            escape = _ESCAPES[value]
            if escape == "\\{":
                depth += 1
            elif escape == "\\}":
                depth -= 1
            add(Token(escape, value, spaced))
        spaced = False
        if len(tokens) > MAX_TOKENS:
            raise TooComplex(f"more than {MAX_TOKENS} tokens")


def _add_text(font: str, inner: str, spaced: bool, tokens: list[Token], grouped: bool) -> None:
    inner = inner.replace("$", " ").strip()
    word = inner.lower()
    if word in _WORDS and word not in ("pi", "u", "oo", "inf"):
        tokens.append(Token(*_WORDS[word], spaced))
    elif not inner:
        return
    elif tokens and tokens[-1].kind in ("num", "}") and font[0] in "tmr" and is_unit_word(_FIRST.split(inner)[0]):
        tokens.append(Token("unit", inner, True))
    elif "\\" in inner or _MATHS_INSIDE.fullmatch(inner) or (font.startswith(("operatorname", "mathbf", "boldsymbol")) and len(inner) < 4):
        before = len(tokens)
        _scan(inner, tokens, grouped, nested=True)
        if spaced and len(tokens) > before:
            tokens[before] = tokens[before]._replace(spaced=True)
    else:
        tokens.append(Token("text", inner, True))


def _add_word(word: str, spaced: bool, tokens: list[Token]) -> None:
    known = _WORDS.get(word) or (_WORDS.get(word.lower()) if len(word) > 2 else None)
    previous = tokens[-1] if tokens else None
    if known:
        if known[1] in ("sec", "min") and previous and previous.kind in ("num", "}"):
            tokens.append(Token("unit", word, spaced))
        else:
            tokens.append(Token(*known, spaced))
        return
    if len(word) == 1:
        tokens.append(_letter(word, spaced))
        return
    after_number = previous is not None and previous.kind in ("num", "}", "frac", ")", "unit", "/")
    if after_number and is_unit_word(word):
        tokens.append(Token("unit", word, spaced))
        return
    if previous and previous.kind == "num" and not spaced and word[:2] == "or" and word[2:].isupper():
        tokens.append(Token("or", "or", True))
        _split(word[2:], False, tokens)
        return
    if len(word) <= 3 and word.lower() not in _PROSE:
        _split(word, spaced, tokens)
        return
    if _UPPER.fullmatch(word):
        _split(word, spaced, tokens)
        return
    glued = _GLUED.match(word)
    if glued and len(word) - glued.end() <= 2:
        tokens.append(Token(*_WORDS[glued.group()], spaced))
        _split(word[glued.end() :], False, tokens)
        return
    tail = _GLUED.search(word)
    if tail and tail.start() <= 2 and len(word) - tail.end() <= 2:
        _split(word[: tail.start()], spaced, tokens)
        tokens.append(Token(*_WORDS[tail.group()], False))
        _split(word[tail.end() :], False, tokens)
        return
    if word.endswith("pi") and len(word) <= 4:
        _split(word[:-2], spaced, tokens)
        tokens.append(Token("const", "pi", False))
        return
    if previous and previous.kind == "num" and not spaced and len(word) <= 5 and word.islower() and word not in ("th", "st", "nd", "rd"):
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
    return Token("const", letter, spaced) if letter in "ei" else Token("name", letter, spaced)
