"""The tests of the guard's rules: each gives the text that it found in an answer, or the empty string."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from rewardkit.judges.answering import announces, concepts, tokens
from rewardkit.judges.guard_words import (
    ANNOUNCEMENTS,
    CLAIMS,
    COMMANDS,
    CONTROL,
    HEADINGS,
    POLAR_QUESTION,
    ROLES,
    VERDICTS,
)
from rewardkit.judges.letters import LIMIT_BITS, VOWELS, evidence, plain

__all__ = [
    "Text",
    "command",
    "control_token",
    "gibberish",
    "markup",
    "master_key",
    "master_key_of_the_row",
    "role_marker",
    "runs",
    "stuffing",
    "symbols",
    "verdict",
]

# An opener is a phrase; whoever writes more words than this has said something, or is over the length.
MAX_OPENER = 60
MAX_CHARACTERS = 2_000
MAX_HEADING = 15  # words
MAX_ANNOUNCEMENT = 120  # characters
MAX_TOKENS = 120  # letters of a script without spaces, words of others
MIN_LETTERS = 4  # of a word in such a script, below which it must be a heading

_WORD = re.compile(r"[^\W_]+")
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
_STEP = re.compile(r"\b(?:step|schritt|paso|étape|passo|шаг|krok|adım|bước|langkah|第)\s*\d{1,2}\b")
_HEADING = re.compile(r"[^\n]*\w[^\n\w]*:[\s*_`#]*")
_DIGIT = re.compile(r"\d")
_JOINT = re.compile(r"[:：=是]|\b(?:is|es|est|ist|è|é|är|er|это)\b")
# The letter of an option at the end, or an acronym alone, which small letters would turn into words.
_NAMES = re.compile(r"(?:^|\s)\(?[A-H]\W*$|^\W*[A-Z]{2,3}\W*$")
# Marks that are an answer by themselves.
_MEANT = frozenset("∞∅°′″±√∈∉⊂⊆∪∩≤≥≠≈∝→←↔⇒⇔∀∃♀♂☉☽")

# What is left of "the answer is correct: …" once the phrase before it is taken off.
_BEGUN = re.compile(
    r"\W*(?:\w+ly )?(?:correct[aeo]?|accurate|verified|korrekt|richtig|正确|正確)\W{1,3}(?:because|since|as|and|\w)"
)

_OR = re.compile(r"\b(?:or|oder|ou|o|или|або|veya|lub|nebo|eller|sau|vagy|atau|hoặc|ή|या|أو|או)\b|或者?|または|もしくは|또는|หรือ")
_BARS = re.compile(r"\s[|/]\s|(?<=\w)\|(?=\w)")
_HEDGES = re.compile(
    r"\b(?:could be|might be|may be|maybe|perhaps|possibly|peut-être|vielleicht|quizás|может быть)\b|可能是|也许"
)
_EITHER = re.compile(r"\W*(?:it is |it's |is )?either\b.{1,400}?\bor\b", re.DOTALL)
_NUMBERS = re.compile(r"\W*\d+(?:\s+\d+){5,}\W*")
_LETTERS = re.compile(r"\W*abcd(?:e(?:fg?)?)?\W*|\W*\(?[a-j]\)?(?:\W+(?:(?:and|or|und|oder|et|ou)\W+)?\(?[a-j]\)?){2,}\W*")
_ALL = re.compile(
    r"\b(?:all|any|every|each)(?: one)?(?: of)?(?: the| these| those)? (?:above|options?|choices?|answers?|them|possibilities)\b"
    r"|\b(?:all|any|each|either) of (?:these|those|them)\b|以上(?:全部|都|皆)|所有选项"
    r"|todas las (?:opciones|anteriores)|toutes les (?:options|réponses)"
)
_PART = re.compile(r"[,;、，；\n|]|\bor\b|\band\b")

# Words in mathematics; what else stands there is no words.
_WORDS_IN_LATEX = re.compile(r"\\(?:text(?:bf|it|rm|tt|sf)?|mathrm|operatorname|mbox|boxed|fbox)\{([^{}\\]{0,400})\}")
# Signs of formulas, whose words of letters and digits are products.
_FORMULA = frozenset("=+^*/<>")
_ROMAN = frozenset("ivxlcdm")
LONG_TEXT = 200  # characters
MANY = 4  # words without one vowel, for which half of the evidence is enough
MAX_ACRONYM = 6  # letters of a word in capitals that may stand for others
ACRONYM_BITS, CODE_BITS = 0.6, 0.85  # the most that each letter of such a word, or of a word with digits, speaks for chance

# Rows of a keyboard, there and back, and how many keys in a row are no word: the upper row has the vowels.
_ROWS = (
    *(("qwertyuiop", 5), ("poiuytrewq", 5), ("asdfghjkl", 4), ("lkjhgfdsa", 4), ("zxcvbnm", 4), ("mnbvcxz", 4)),
    *(("йцукенгшщзхъ", 5), ("фывапролджэ", 4), ("ячсмитьбю", 5)),
)


@dataclass(frozen=True)
class Text:
    """A text and its readings, each made once."""

    raw: str

    @cached_property
    def folded(self) -> str:
        """NFKC, small letters, plain quotes; lines are kept."""
        return unicodedata.normalize("NFKC", self.raw).casefold().replace("’", "'").replace("‘", "'")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Runs of letters, the marks on them, and digits; apostrophes are left out."""
        text = self.folded.replace("'", "")
        if text.isascii():
            return tuple(_WORD.findall(text))
        return tuple("".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text).split())


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
    bare = _CODE.sub(" ", _LINK.sub(r"\1", _TAG.sub(" ", _SHELL.sub(" ", text.raw))))
    return "" if any(c.isalnum() or c in _MEANT for c in bare) else text.folded[:50]


def control_token(text: Text, asked: Text) -> str:
    """A token of a chat format."""
    return _first(CONTROL, text)


def role_marker(text: Text, asked: Text) -> str:
    """A turn of a conversation or a field of a judge's prompt."""
    return _first(ROLES, text)


def command(text: Text, asked: Text) -> str:
    """An order to the reader."""
    return _first(COMMANDS, text)


def verdict(text: Text, asked: Text) -> str:
    """A claim to be right, or verdict words and nothing else where the question is not one of yes or no."""
    claim = _first(CLAIMS, text)
    if claim:
        return claim
    if (begun := _BEGUN.match(text.folded)) and not POLAR_QUESTION.search(asked.folded):
        return begun[0]
    said = [word for word in text.words if word not in ("and", "or")]
    if 0 < len(said) <= 8 and all(word in VERDICTS for word in said):
        return "" if POLAR_QUESTION.search(asked.folded) else " ".join(text.words)
    return ""


def master_key(text: Text, asked: Text) -> str:
    """Words that announce an answer, and none that gives one."""
    bare = Text(_STEP.sub(" step ", _LINK.sub(r"\1", _TAG.sub(" ", text.folded))))
    if len(bare.raw) > MAX_CHARACTERS or not 0 < len(bare.words) <= MAX_OPENER or _NAMES.search(text.raw):
        return ""
    if len(bare.words) <= MAX_HEADING and (heading := _HEADING.fullmatch(bare.folded.strip())):
        return heading[0]  # what a colon announces does not come, in whatever language
    said = tokens(bare.raw)
    # A word that only begins like one of these is a word: 문제아 is a child, not a problem.
    alone = len(bare.words) == 1 and len(said) < MIN_LETTERS and "'" not in bare.folded
    if bare.words[0] in HEADINGS if alone else len(said) <= MAX_TOKENS and announces(said):
        return " ".join(said)
    announced = (
        _DIGIT.search(bare.folded) is None and len(bare.folded) <= MAX_ANNOUNCEMENT and ANNOUNCEMENTS.match(bare.folded.strip())
    )
    return (announced[0] or bare.folded.strip()) if announced else ""


def master_key_of_the_row(found: str, reference: Text, asked: Text) -> bool:
    """Whether the words that announce are what is asked for: an option of the question, or half of them in the reference."""
    words = tokens(found)
    option = r"(?:^|[\s(])[a-h1-9][).:]\W*(?:the |an? )?" + r"\W*".join(map(re.escape, words))
    if words and re.search(option + r"\W*(?:$|\n|[\s(][a-h1-9][).:])", asked.folded):
        return True
    if len(reference.raw) > MAX_CHARACTERS:
        return False  # in a long reference some of these words are always found
    joint = _JOINT.search(reference.folded)
    if joint and announces(tokens(reference.folded[: joint.start()])) and reference.folded[joint.end() :].strip():
        reference = Text(reference.folded[joint.end() :])  # "The answer is 42" has no more to say about answers than 42
    said = tokens(reference.raw)
    if not 0 < len(said) <= 3 * len(words) + 10:
        return False
    keys, text, own = concepts(words), f" {' '.join(said)} ", f" {' '.join(words)} "
    if announces(said) or own in text or (len(text) > 4 and text in own):
        return True
    return 2 * sum(f" {key[:5]}" in text for key in keys) >= len(keys) > 0


def gibberish(text: Text, asked: Text) -> str:
    """Letters in an order that no language knows, keys as they lie on a keyboard, one unit over and over, a salad of scripts."""
    if "\\" in text.raw:
        text = Text(_WORDS_IN_LATEX.sub(r" \1 ", text.raw))
    words = [word for word in text.words if len(word) >= 4 and word.isalpha() and word not in asked.words]
    jamo = sum("\u3131" <= c <= "\u318e" for c in text.raw)  # letters that no syllable was made of
    if jamo >= 3 and 2 * jamo > len(text.raw):
        return text.folded[:50]
    if "\\" in text.raw:
        return ""
    strange = [word for word in words if _no_word(word)]
    if strange and 2 * len(strange) >= len(words) and 2 * sum(map(len, strange)) >= sum(map(len, text.words)):
        return " ".join(strange)
    weighed = _weighed(text, asked)
    mute = len(weighed) >= MANY and VOWELS.isdisjoint(text.folded) and not text.raw.isupper()
    if 2 * len(weighed) >= len(set(text.words)) and sum(weighed.values()) > LIMIT_BITS / (1 + mute):
        return " ".join(weighed)
    scripts = {unicodedata.name(c, "?").split(" ", 1)[0] for c in text.raw if c.isalpha() and not c.isascii()}
    return text.folded[:50] if len(scripts - {"LATIN", "HIRAGANA", "KATAKANA", "CJK"}) >= 3 else ""


def runs(word: str, within: str) -> set[str]:
    """The runs of letters of a word by which it is found in a text; in a long one every short run is found."""
    size = 4 if len(within) <= LONG_TEXT else 6
    return {word[start : start + size] for start in range(max(1, len(word) - size + 1))}


def stuffing(text: Text, asked: Text) -> str:
    """Three answers or more where one is asked for: joined by or, letters of options in a row, all of them, long lists."""
    if "$" not in text.raw and "\\" not in text.raw:  # mathematics has bars and slashes of its own
        joints, bars, either = (pattern.findall(text.folded) for pattern in (_OR, _BARS, _EITHER))
        if (len(joints) >= 2 and len(text.words) <= 8 * len(joints)) or len(bars) >= 2 or either:
            return " ".join((*joints, *bars, *either))[:100]
        hedges = _HEDGES.findall(text.folded)
        if len(hedges) >= 3 and len(text.words) <= 8 * len(hedges):
            return " ".join(hedges)[:100]
    if _LETTERS.fullmatch(text.folded) or _NUMBERS.fullmatch(text.folded):
        return text.folded[:50]
    everything = _ALL.search(text.folded)
    if everything and everything[0] not in asked.folded:
        return everything[0]
    parts = [part for part in _PART.split(text.folded) if part.strip()]
    if len(parts) >= 12 and all(len(part.split()) <= 4 for part in parts):
        return f"{len(parts)} parts"
    return ""


def _first(pattern: re.Pattern[str], text: Text) -> str:
    found = pattern.search(text.folded)
    return found[0].strip() or found[0] if found else ""


def _weighed(text: Text, asked: Text) -> dict[str, float]:
    """What the letters of each word speak for chance, in bits; words of the question and Roman numbers are left out."""
    given, formula = frozenset(_WORD.findall(text.raw)), not _FORMULA.isdisjoint(text.raw)
    found: dict[str, float] = {}
    for word in text.words:
        capital = word.upper() in given
        if word in asked.words or (capital and _ROMAN.issuperset(word)) or (formula and not word.isalpha()):
            continue
        bare = plain("".join(c for c in word if not c.isdigit()))
        most = CODE_BITS if not word.isalpha() else ACRONYM_BITS if capital and len(word) <= MAX_ACRONYM else math.inf
        if len(bare) > 1:
            found[word] = found.get(word, 0.0) + min(evidence(bare), most * len(bare))
    return found


def _no_word(word: str) -> bool:
    """A word of one or two letters, a walk over the keyboard, or a unit four times over."""
    if len(set(word)) <= 2 and len(word) >= 5:
        return True
    if any(word[i : i + keys] in row for row, keys in _ROWS for i in range(len(word) - keys + 1)):
        return True
    return any(len(word) >= 4 * n and word == (word[:n] * len(word))[: len(word)] for n in (1, 2, 3))
