"""The mathematics inside a sentence, for an answer given in words.

`Therefore the angle is 90 degrees` offers 90 degrees.
Only the last thing that could be the answer is offered, so that a sentence cannot win by naming many numbers.
"""

from __future__ import annotations

import re

from rewardkit.answers.units import is_unit_word
from rewardkit.prose.dated import is_filing
from rewardkit.prose.glue import AND, IS, OR
from rewardkit.prose.measures import JOINT, unit_end
from rewardkit.prose.reasons import without_reason
from rewardkit.prose.stance import stance

__all__ = ["last_list", "last_mathematics"]

MAX_SENTENCE = 600

_MARKS = re.compile(r"<\|[^|<>]{1,40}\|>.*", re.DOTALL)
_DELIMITERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("[", "]"))
_DIGIT = re.compile(r"[\d½¼¾⅓⅔零一二两三四五六七八九十百千万]")
_NUMBER = re.compile(
    r"(?<![^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?<![.\\{^/])"
    r"(?<!modulo )(?<!mod )(?<!base )(?:[-−+](?=[$€£]?[\d.½¼¾⅓⅔])|(?<!\d)[-−+]\s?(?=\d))?[$€£]?"
    r"(?:\d[\d,]*(?:\.\d+)?"
    r"(?:\s?/\s?\d+|(?::\d+(?:\.\d+)?){1,2}(?:\s?[APap]\.?[Mm]\b\.?|\sin the (?:morning|afternoon|evening)\b)?)?"
    r"[½¼¾⅓⅔]?|\.\d+|[½¼¾⅓⅔]|(?<![\u3400-\u9fff])[零一二两三四五六七八九十百千万]+(?![\w]))"
    r"(?:[eE][-+]?\d+)?\s?(?:\\?%|°|percent\b|[€$£])?"
)


_FUNCTION = r"(?:a(?:rc)?)?(?:sin|cos|tan|cot|sec|csc)h?|log|ln|exp|sqrt|gcd|lcm|mod"
_ATOM = (
    rf"(?:\\(?!text|item|begin|end)[a-zA-Z]+|(?<![\w.])(?:{_FUNCTION})(?![A-Za-z])|\d+(?:[.,]\d+)*|(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])"
    r"|[\u03b1-\u03c9\u0391-\u03a9\u221a\u221e]|[{}()\[\]|^_!'%\u00b0])"
)
_BARE = re.compile(
    rf"(?:[-+\u2212]\s?)?{_ATOM}(?:\s*[-+\u2212*/=<>\u2264\u2265\u00b7\u00d7\u00f7\u00b1]\s*(?:[-+\u2212]\s?)?{_ATOM}|\s?(?=[\\{{}}()^_]){_ATOM}|{_ATOM}|(?<=[a-z])\s(?=\d){_ATOM})*"
)
# What a run of signs and letters must hold to be a formula, and no number, article or name.
_TELLS = re.compile(
    r"\\[a-zA-Z]|[\^=<>\u03b1-\u03c9\u221a\u221e\u2264\u2265]|\d\s?[-+*/\u2212]\s?[A-Za-z\d]|[A-Za-z]\s?[-+*/\u2212]\s?\d|\d[A-Za-z]|[a-z]{2}\s?\(?\d"
)


_CONSTANTS = ("π", "∞")  # signs that are no name
_LEAD = re.compile(r"[\s})\],]*(?:(?:=|\\approx|\\simeq|\\equiv|\\sim|:)(?![a-zA-Z])\s*)?")
_GLUED = re.compile(r"[\d.,]+\s?([A-Za-z]+)(?:\^?[23\u00b2\u00b3])?")
# A reckoning with numbers gives its last number, which is found as such.
_ENDS_IN_NUMBER = re.compile(r"[\d\s.,+*/()\u00d7\u00f7-]+=\s*[-+]?[\d.,]+\s?%?")

_VALUE = r"[-−+]?\$?(?:\d+(?:\.\d+)?(?:/\d+)?|\\d?frac\{\d+\}\{\d+\})\$?"
_LIST = re.compile(rf"(?<![\w.,=+*/^-])(?<![=+*/^-]\s){_VALUE}(?:\s*,\s*{_VALUE})*(?:\s*,\s*|,?\s{AND}\s){_VALUE}$")
# A set, a point or an interval, and behind it no other value.
_INSIDE, _LAST = r"[^()\[\]{}]{1,80}", r"(?=[^\d()\[\]{}=]{0,80}$)"
_BRACKETED = re.compile(rf"(?<![A-Za-z0-9_)\]}}])(?:[(\[\]]|\\?\{{){_INSIDE}[,;]{_INSIDE}(?:[)\]\[]|\\?\}}){_LAST}")
# A value for each of several unknowns, or several for one: "x is 4 and y is -2".
_NAMED = rf"([A-Za-z])\s?(?:=|{IS})\s?({_VALUE})"
_ASSIGNED = re.compile(rf"(?<![\w.,=+*/^-]){_NAMED}(?:\s*,\s*|,?\s(?:{AND}|{OR})\s){_NAMED}{_LAST}", re.IGNORECASE)


def last_list(text: str) -> str | None:
    """The values that a sentence gives last, side by side, in brackets or each for its unknown; None for anything else.

    "The roots are 3 and 2.", "The set of roots is {2, 3}.", "x is 3 and y is 2."
    """
    if len(text) > MAX_SENTENCE:
        return None
    text = without_reason(text.strip().rstrip(".!。 "))
    if assigned := _ASSIGNED.search(text):
        name, value, other, last = assigned.groups()
        return f"{name} = {value}, {other} = {last}" if stance(text, *assigned.span()).offers else None
    found = _BRACKETED.search(text) or _LIST.search(text)
    if found is None or found[0] == text:
        return None
    return found[0] if stance(text, *found.span()).offers else None


def last_mathematics(text: str) -> str | None:
    """The last formula or number of a text, of which the last 600 characters count; None without any or past 2400 characters.

    Text without any space, unless it is in a script that has none, is no sentence, and what a sentence denies is not its answer.
    """
    if len(text) > 4 * MAX_SENTENCE:
        return None
    text = _MARKS.sub("", text).replace("{,}", ",").strip().rstrip(".!。 ")
    if text.isascii() and not any(c.isspace() for c in text):
        return None
    if len(text) > MAX_SENTENCE:
        text = text[-MAX_SENTENCE:]
    text = without_reason(text)
    last, begin, end = _last_formula(text)
    if bare := _last_bare(text, end):
        last, begin, end = bare
    if _DIGIT.search(text, end):
        measured = False
        for match in _NUMBER.finditer(text, end):
            joint = JOINT.fullmatch(text, end, match.start()) if measured else None
            begin, end = begin if joint else match.start(), match.end()
            if not text.startswith("s", end):  # the 1990s
                end = unit_end(text, end)
            measured = end > match.end()
            part = text[match.start() : end].strip().rstrip(",")
            last = f"{last}{_in_english(joint[0])}{part}" if joint else part
    return last if last is not None and stance(text, begin, end).offers else None


def _in_english(joint: str) -> str:
    """What joins two amounts, in the language that they are compared in."""
    return " and " if joint.strip(" ,") else joint


def _last_formula(text: str) -> tuple[str | None, int, int]:
    """The last delimited formula, where it begins and ends; found from its end, as earlier delimiters may be unpaired."""
    last: str | None = None
    begin = best = 0
    for opening, closing in _DELIMITERS:
        end = text.rfind(closing)
        start = text.rfind(opening, 0, max(end, 0))
        content = text[start + len(opening) : end].strip() if 0 <= start < end else ""
        if content.strip("$") and end + len(closing) > best:
            last, begin, best = content.strip("$"), start, end + len(closing)
    return last, begin, best


def _last_bare(text: str, start: int) -> tuple[str, int, int] | None:
    """The last formula behind a place that stands in a sentence without delimiters, such as `2 + x`."""
    found, behind = None, start
    for match in _BARE.finditer(text, start):
        begin, end = match.span()
        if begin < behind:
            continue  # the unit of a number
        behind = unit_end(text, end) if text[end - 1].isdigit() else begin
        lead = _LEAD.match(text, begin, end)
        begin = lead.end() if lead else begin
        run = text[begin:end].rstrip(" ,")
        if (
            (len(run) > 1 or run in _CONSTANTS)
            and _TELLS.search(run)
            and not is_filing(run, 0)
            and not _is_measured(run)
            and not _ENDS_IN_NUMBER.fullmatch(run)
        ):
            found = run, begin, begin + len(run)
    return found


def _is_measured(run: str) -> bool:
    """Whether a run is a number with a unit glued to it, a plural (1990s) or a size (3D)."""
    glued = _GLUED.fullmatch(run)
    return glued is not None and (is_unit_word(glued[1]) or glued[1] == "s" or glued[1].isupper())
