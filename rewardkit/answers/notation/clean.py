"""Repair and normalise text before it is tokenized: damage undone, Unicode spelled as LaTeX, delimiters removed.

Every repair is of a kind that real pipelines produce: JSON escapes read once too often or too seldom, Markdown,
dollar signs, boxes, full-width characters. Linear in the length of the text.
"""

from __future__ import annotations

import re

from rewardkit.answers.notation.spellings import CHARACTERS, SUBSCRIPTS, SUPERSCRIPTS

__all__ = ["MAX_LENGTH", "boxes", "clean", "normal_text"]

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
_BOX = re.compile(r"\\f?boxed\s*\{|\\beginboxed\s*\{")
_UNIT_VECTOR = re.compile(r"\\(?:wide)?hat\s*\{?\s*\\?(?:(?:math)?bf\s*)?\{?([ijk])(?:math)?\s*\}{1,2}")
_LOST = re.compile(r"^\s*((?:left|[dt]?frac|begin|text|boxed)(?=\s*[({\[\\]))")
_QUAD = re.compile(r"(=[^,;=&{}]{1,80}?)\s*\\q?quad\s*(?=[^,;=&]{1,80}=)")
_GAP = r"(?:[\s,.;:$*\\()\[\]{}]|\\q?quad|\\text(?=\s*\{)){0,30}"
_JOIN = re.compile(_GAP + r"(?:,|;|and\b|or\b|und\b|et\b|和|或|且|、)" + _GAP, re.IGNORECASE)
_JOIN_WORDS = re.compile(r"(?!.*\b(?:but|thus|so|then|not|wait)\b)[^.\d]{0,20}\band\b[^.]{0,20}", re.IGNORECASE)
_TRAIL = " \t\r\n.,;:^_。"


def clean(text: str) -> str:
    """The text ready for the lexer: ASCII and LaTeX, without delimiters, boxes, Markdown and trailing punctuation."""
    if "\\boxed" in text or "\\fbox" in text or "boxed{" in text:
        text = boxes(text)
    if not text.isprintable():
        text = _CONTROL.sub(lambda m: _ESCAPED.get(m.group(), " "), text)
    if "hat" in text:
        text = _UNIT_VECTOR.sub(r"\\mathbf{\1}", text)
    if lost := _LOST.match(text):
        text = f"\\{lost[1]}{text[lost.end() :]}"
    if "\\" in text:
        if "\\\\" in text:
            text = _undouble(text)
        text = _DELIMITERS.sub(" ", text)
        if "\\n" in text:
            text = _LITERAL_NEWLINE.sub(" ", text)
    if not text.isascii():
        text = _unicode(text)
    if "$" in text:
        text = _dollars(text)
    if "*" in text or "`" in text or "__" in text:
        text = text.strip().strip("`").strip()
        while len(text) > 4 and text[:2] == text[-2:] and text[:2] in ("**", "__"):
            text = text[2:-2].strip()
    if "\n" in text and "begin" not in text:
        text = _lines(text)
    if "quad" in text:
        text = _QUAD.sub(r"\1, ", text)
    text = text.strip()
    if text.endswith("...") and text[-4:-3].isdigit():
        text = text[:-3] + "\\ldots"
    while text and text[-1] in _TRAIL:
        text = text[:-1].rstrip()
    if text.endswith("\\") and not text.endswith("\\\\"):
        text = text[:-1].rstrip()
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
    text = text.translate(CHARACTERS)
    if not text.isascii():
        text = "".join(str(int(c)) if c.isdecimal() and not c.isascii() else c for c in text)
    return text


def _dollars(text: str) -> str:
    """Dollar signs that delimit mathematics become spaces; a lone one before a digit is money."""
    marks = re.split(r"(?<!\\)\$+", text)
    if len(marks) == 2 and not marks[0].strip() and marks[1].lstrip()[:1].isdigit():
        return "\\$" + marks[1]
    return " ".join(marks)


def boxes(text: str, *, nested: int = 0) -> str:
    r"""The boxed parts of a text: the last run of boxes with nothing but punctuation or a conjunction between them.

    A prefix such as `x \in` on the line of the only box is not kept. Without a box the text comes back unchanged; an
    unclosed box runs to the end of the text.
    """
    found: list[str] = []
    end = -1
    for match in _BOX.finditer(text):
        if match.start() < end:
            continue
        start = match.end()
        close = _closing(text, start)
        between = text[end : match.start()][:60]
        if found and not (_JOIN.fullmatch(between) or _JOIN_WORDS.fullmatch(between)):
            found = []
        found.append(text[start:close])
        end = close + 1
    if not found:
        return text
    unique = list(dict.fromkeys(found))
    inner = ", ".join(unique[-20:])
    return inner if nested > 3 or not _BOX.search(inner) else boxes(inner, nested=nested + 1)


def _closing(text: str, start: int) -> int:
    depth = 1
    for match in re.compile(r"\\[{}\\]|[{}]").finditer(text, start):
        mark = match.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
            if not depth:
                return match.start()
    return len(text)


_DRESS = re.compile(
    r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mathsf|boldsymbol|bm|variable|mbox|operatorname|left|right|displaystyle"
    r"|quad|qquad)(?![a-zA-Z])"
    r"|\\[,;:! ()\[\]]|[$*`]"
)
_WORDS = re.compile(r"[^\w%+\-/.<>=^|&()\[\]]+|(?<=[^\W\d_])\.|\.(?!\d)|_")
_WRAPPED = re.compile(r"\(([^()]*)\)")
_FORMULA = re.compile(r"[=^+*/<>\[\]]|\b(?:frac|sqrt|cdot|times)\b")
_ARTICLES = re.compile(r"\b(?:the|a|an)\b\s*")


def normal_text(text: str) -> str:
    """Words for comparison as words: lower case, no markup, punctuation or articles, single spaces."""
    text = _DRESS.sub(" ", text).replace("{", " ").replace("}", " ").casefold()
    text = " ".join(_WORDS.sub(" ", text).split())
    if not _FORMULA.search(text):
        text = _ARTICLES.sub("", text).strip()
    wrapped = _WRAPPED.fullmatch(text)
    return wrapped[1].strip() if wrapped else text
