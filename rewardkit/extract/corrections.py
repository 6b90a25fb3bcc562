"""Answers that a completion takes back at its very end, as in "The answer is 5. Wait, no: 6.".

The last sentence is a completion's last word only where it says that it corrects: an opening such as "wait", "sorry"
or "correction", and then either a value and nothing else, or that what was said is wrong.
"""

from __future__ import annotations

import re

from rewardkit.extract.found import Extraction, holds_any, tidy

__all__ = ["correction"]

# A correction is short; what is longer is reasoning, which ends with an answer of its own.
_REACH = 240
_BOX = 40  # characters of a short box

# A piece of each opening in small letters.
_STEMS = (
    *("wait", "hold on", "oops", "sorry", "actually", "correct", "scratch", "second thought", "kidding", "mistake", "wrong"),
    *("misread", "不对", "错", "等等", "更正"),
)
_OPENING = (
    r"(?:no[\s,]+wait|wait(?: a (?:minute|second|moment))?|hold on|oops|(?:i(?:'m| am) )?sorry|my apologies|actually|correction"
    r"|scratch that|on second thoughts?|just kidding|my mistake|i (?:have )?ma(?:d|k)e (?:a|an) (?:mistake|error)|i was wrong"
    r"|i misread (?:it|that)|(?:let me|i(?:'ll| will| must)) correct (?:that|this|it|myself)|不对|我错了|等等|更正)"
)
# What goes on with an opening, and alone may be an answer to a question.
_GOES_ON = r"(?:no|hmm+|oh|(?:that|this|it)(?:'s|’s| is| was) (?:wrong|incorrect|not right|a mistake)|错了)"
_GAP = r"[\s,.:;!…—–，。：；！-]*"
_STATES = (
    r"(?:(?:so|but|and|then|the|correct|right|real|actual|final|true|other)\s+){0,4}"
    r"(?:(?:it|that|this|answer|value|result|option|choice|total)"
    r"(?:\s+(?:is|was|should be|must be|would be|has to be)|'s|’s|\s*:)|should be|make (?:it|that)|i meant?)\b\s*:?\s*"
    r"(?:actually\s+|really\s+)?|(?:正确)?(?:答案)?(?:应该是|应该为|应当是|应是|应为|是|为)"
)
_OPENED = re.compile(
    rf"(?<=[\s(.,。，…—–!！?？])(?:{_GOES_ON}{_GAP})?{_OPENING}{_GAP}(?:(?:{_OPENING}|{_GOES_ON}){_GAP}){{0,3}}", re.IGNORECASE
)
_SUBJECT = re.compile(_STATES, re.IGNORECASE)
_WRONG = re.compile(r"(?:wrong|incorrect|not right|mistake|error|misread \w+|scratch that|错了)\W*$", re.IGNORECASE)
_ANNOUNCES = re.compile(r"[:：]\s*$|(?:thoughts?|that|correction)\W*$", re.IGNORECASE)
_CLOSERS = " \t\r\n.!。！)*\"'"
_VALUE = re.compile(
    r"[$\\(\[]{0,3}\s*[-−+]?\s*(?:\\?[$€£¥]\s?)?\.?\d[^\s]*(?:\s+[^\W\d_]+){0,2}|\$[^$]+\$|\\\(.+\\\)"
    r"|[*(\[]{0,3}(?:(?:option|choice|answer|选项|选)\s?)?[*(\[]{0,3}[A-Za-zＡ-Ｚ][*)\]]{0,3}",
    re.IGNORECASE,
)
_WORDS = re.compile(r"(?!an?\b|not\b|the (?:same|one)\b)[^\W\d_][\w'’.-]*(?:\s+[\w'’.-]+){0,2}", re.IGNORECASE)
_AFFIRMS = re.compile(
    r"\b(?:right|correct|fine|ok(?:ay)?|good|sure|same|still|true|yes|well|indeed|help\w*|work\w*|that|this|it|you)\b",
    re.IGNORECASE,
)


def correction(text: str) -> Extraction | None:
    """The value of a correction that ends the text; no answer when the end only takes the answer back."""
    if text[-1:] in ("}", "$", ">"):
        return None
    end = len(text.rstrip(_CLOSERS))
    box = text.rfind("boxed{", max(0, end - _BOX), end)
    if box >= 0 and (close := text.find("}", box, end)) >= 0 and close + 1 >= len(text[:end].rstrip("$")):
        return None  # the last box is the last word
    start = max(0, end - _REACH)
    lowered = text[start:end].lower()
    if not holds_any(lowered, _STEMS):
        return None
    opened = None
    for opened in _OPENED.finditer(text, start, end):  # noqa: B007 - the last one is wanted
        pass
    if opened is None or not text[: opened.start()].strip():
        return None
    subject = _SUBJECT.match(text, opened.end(), end)
    value = tidy(text[subject.end() if subject else opened.end() : end])
    if not value:
        return Extraction(None, "correction", "no_answer") if _WRONG.search(opened[0]) else None
    told = subject or _ANNOUNCES.search(opened[0])
    named = _VALUE.fullmatch(value) or (told and _WORDS.fullmatch(value) and not _AFFIRMS.search(value))
    return Extraction(value, "correction") if named else None
