"""Answers of marks and markup alone, and the rows to which a mark is the answer."""

from __future__ import annotations

import re
import unicodedata

from rewardkit.judges.guard.text import Text

__all__ = ["is_wanted", "markup", "of_marks", "symbols", "without_markup"]

MAX_REFERENCE = 6  # words of a reference that names a mark

_SHELL = re.compile(
    r"\\(?:[hv]space|[hv]?phantom|color|label|tag)\*?\{[^{}]{0,40}\}|\\rule\{[^{}]{0,20}\}\{[^{}]{0,20}\}"
    r"|\\[hv]skip\s?-?\d{0,4}\.?\d{0,4}(?:pt|em|ex|cm|mm|in|mu)"
    r"|\\(?:begin|end)\{[a-z]{1,12}\*?\}(?:\{[lcr| ]{0,20}\})?|\\[a-z]{1,20}(?:\{\s{0,20}\})+"
    r"|\\(?:boxed|fbox|mbox|emph|underline|overline|text(?:bf|it|rm|tt|sf)?|math(?:rm|bf|it|cal|bb)|left|right|q?quad|frac|dfrac"
    r"|sqrt|[lcvd]?dots|item|newline|linebreak|(?:no)?indent|[hv]line|(?:new|clear)page|(?:page)?break|par|null|strut|relax"
    r"|(?:small|med|big)skip|[hv](?:skip|space|filn?l?)|(?:thin|en)space|enskip|dotfill|hrulefill|centering|(?:display|text|script)style"
    r"|tiny|small|normalsize|large|huge|bfseries|itshape|phantom|label|tag|nonumber|notag|(?:no)?limits|big[lrg]*|\\)(?![a-z])"
)
_TAG = re.compile(
    r"<(style|script)\b[^<>]{0,200}>[^<>]{0,2000}</\1>|</?[a-z!?][^<>]{0,200}>|&[a-z]{2,8};|&#(?:\d{1,6}|x[0-9a-f]{1,6});",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,400}\)")
_CODE = re.compile(r"```[a-z]*", re.IGNORECASE)
_NUMBERING = re.compile(r"(?:^[ \t]*(?:\d{1,2}[.)]|[a-h]\)|[-*+>])[ \t]*$\s*){2,}", re.MULTILINE | re.IGNORECASE)
_COMMAND = re.compile(r"\$?\\[a-zA-Z]+\$?")
# Marks that are an answer by themselves.
_MEANT = frozenset("∞∅°′″±√∈∉⊂⊆∪∩≤≥≠≈∝→←↔⇒⇔∀∃♀♂☉☽")
# Words of a mark's name in Unicode that say nothing about which it is.
_ANY_MARK = frozenset({"sign", "mark", "commercial", "horizontal"})


def symbols(text: Text, asked: Text) -> str:
    """No letter and no digit, once wrappers of LaTeX are gone, nor a mark that means something by itself."""
    bare = _SHELL.sub(" ", text.raw)
    if any(c.isalnum() for c in bare) or sum(c in _MEANT for c in bare) == 1:
        return ""
    return text.raw.strip()[:50] or " "


def markup(text: Text, asked: Text) -> str:
    """Nothing is left without tags, entities, links' addresses and code fences."""
    if _NUMBERING.fullmatch(text.raw.strip()):
        return text.folded[:50]
    if not any(c in text.raw for c in "<&[`"):
        return ""
    bare = _CODE.sub(" ", without_markup(_SHELL.sub(" ", text.raw)))
    return "" if any(c.isalnum() or c in _MEANT for c in bare) else text.folded[:50]


def without_markup(text: str) -> str:
    """A text without tags, entities and the addresses of links."""
    return _LINK.sub(r"\1", _TAG.sub(" ", text))


def of_marks(found: str, reference: Text, asked: Text) -> bool:
    """Whether the reference is a mark too, or names the one that was found."""
    bare = not any(c.isalnum() for c in reference.raw) or _COMMAND.fullmatch(reference.raw) is not None
    return bare or is_wanted(found, reference, asked)


def is_wanted(found: str, reference: Text, asked: Text) -> bool:
    """Whether a short reference has the very mark in it ("minus: -") or spells it ("a colon")."""
    if len(reference.words) > MAX_REFERENCE:
        return False
    mark = found.strip("`\"'$ ") or found
    return mark in [part.strip("()[]\"'`") for part in reference.raw.split()] or _spelt(mark, reference)


def _spelt(mark: str, reference: Text) -> bool:
    """Whether the reference has the name of a mark in Unicode, or one of its names: colon, full stop, hyphen-minus."""
    names = unicodedata.name(mark, "").casefold() if len(mark) == 1 else ""
    return any(words and words <= set(reference.words) for name in names.split("-") if (words := set(name.split()) - _ANY_MARK))
