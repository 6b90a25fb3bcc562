"""The one number that prose gives as its answer, with its sign and unit, or why it gives none.

"She has 5 left" gives 5; "5 or 6", "from 5 to 6" and "5-6" give two; "not 5", "more than 5", "twice 5" and "Is it 5?" give none.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from rewardkit.answers.notation.money import currency_before
from rewardkit.answers.notation.number_words import NUMBER_WORDS, spell_out
from rewardkit.answers.notation.plain_number import read_number
from rewardkit.answers.notation.tokens import names_mathematics
from rewardkit.answers.units import is_currency, multiplier, split_scale
from rewardkit.prose.carriers import Language, Role, folded, languages
from rewardkit.prose.dated import is_dated, is_filing
from rewardkit.prose.glue import AND, BOUND, GIVES, INSTEAD, MINUS, PERHAPS, THROUGH, any_of
from rewardkit.prose.in_digits import Names, has_number_word, in_digits, names_nothing
from rewardkit.prose.measures import JOINT, unit_end
from rewardkit.prose.phrases import Meaning, Reach, Side
from rewardkit.prose.reasons import REASON, without_reason
from rewardkit.prose.stance import Stance, stance

__all__ = ["Spoken", "is_operator", "names_no_number", "spoken"]

# A conclusion stands near the end; numbers before this many characters of it are steps on the way.
TAIL = 2_000
NEAR = 80
# Numbers farther apart than this are not offered together.
FAR = 200
SENTENCE = 6  # spaces; fewer words may be a symbol and what names it
LAST = 8  # numbers that are looked at from the end
REACH = FAR + 2 * NEAR


class Spoken(NamedTuple):
    """The number as text, or the numbers that are hedged between.

    `repeated` is set when one value is given twice, `refused` when a number is named but not stated as the answer, `part` when
    it stands inside a formula. `counts` says that it counts things, as in "12 cows", and so measures nothing.
    """

    text: str | None = None
    hedged: Sequence[str] = ()
    repeated: bool = False
    refused: bool = False
    part: bool = False
    counts: bool = False


class _Named(NamedTuple):
    """A number in the statement."""

    text: str
    start: int
    end: int


_NUMBER = re.compile(
    r"(?=[-−–+$€£¥\\.\d½⅓⅔¼¾]|mi|ne)(?P<sign>[-−–+]\s?|\b(?:minus|negative)\s)?"
    r"(?P<body>(?:\\?[$€£¥]\s?)?(?:\\[dtc]?frac\s*(?:\{\s*\d+\s*\}\s*\{\s*\d+\s*\}|\d\d)"
    r"|(?<![A-Za-z\d.,])(?:\d{1,3}['′]\s?\d{1,2}(?:\.\d+)?(?:[\"″]|'')|\d+\s(?:and\s)?\d+/\d+(?!\d|\.\d)|1 in \d+|\d+ out of \d+"
    r"|(?:\d{1,3}(?:\.\d{3})+,\d+(?!\d)|\d{1,3}(?:\.\d{3}){2,}(?!\d|\.\d)"
    r"|\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+(?!\d)|\d+,\d{1,2}(?!\d)|\d+)"
    r"(?:\.\d+)?(?:[eE][-+]?\d+)?(?:[½⅓⅔¼¾]|\s?/\s?\d+(?!\d|\.\d))?(?!\d|\.\d))|[½⅓⅔¼¾]|(?<![\w.])\.\d+)"
    r"\s?(?:\\?%|percent\b|pct\b)?)",
    re.IGNORECASE,
)
_GLUED_MONEY = re.compile(r"(?<![^\W_])[A-Z][A-Za-z]{1,2}(?=\d)")  # "Rp1.500"
# A formula that is a number with its unit, and whose signs of mathematics are no money: "$44.1\\ \\mathrm{m}$".
_MEASURED = re.compile(r"\$\s?([-−+]?\d[\d.,{}]*)(?:\\[,;:! ]|~|\s){0,4}\\(?:text|mathrm|rm)\s*\{\s*([^{}]{1,40})\}\s?\$")
_SIGNS = "\\$€£¥ "  # of money
_NUMERIC = re.compile(r"[\d\\$^=<>{}]")
_DIGIT = re.compile(r"[\d½⅓⅔¼¾]")
_W = r"[^\W\d]+(?:['’][^\W\d]+)?"

_HEDGE = re.compile(
    rf"[\s$()\\]*(?:{AND}|[/,、;])[\s$()\\]*(?:(?:{AND}|{INSTEAD}|also|even)[\s$(]*)*"
    rf"|[\s$()\\]*[.…?,，、]{{0,3}}\s*(?:{_W}\s+){{0,2}}(?:,\s*)?(?:{PERHAPS}(?:\s+{_W}){{0,4}}|{INSTEAD})[\s$(\\]*"
    r"|[ \t]+|\s?(?:[-–—~～]|\.{2,3}|…)\s?",
    re.IGNORECASE,
)
# What makes a number behind a sign a coefficient, and so the sign no range.
_FACTOR = re.compile(r"\s?[\\^*(]|[A-Za-z]")
_VALUE_NEXT = re.compile(rf"(?:{GIVES}|[:：=])\s*$", re.IGNORECASE)
_TO = re.compile(rf"[%\s$\\)]*(?:\s{THROUGH}\s|[和到至])[\s$\\(]*", re.IGNORECASE)
_TEXT = re.compile(r"\\text\s*\{([^{}]*)\}?")
_DOTS = re.compile(r"\\[lc]?dots(?![a-zA-Z])")
_FROM = re.compile(rf"{any_of(Meaning.SPANS)}[^.;\n]{{0,24}}$", re.IGNORECASE)
_MONTHS = "|".join(name for name in (*calendar.month_name, *calendar.month_abbr, "Sept") if name)
_MONTH = re.compile(rf"\b(?:{_MONTHS})\.?\s$", re.IGNORECASE)
_OF_MONTH = re.compile(rf"(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTHS})\b")
_OTHER_MEASURE = re.compile(r"\s?‰|['′](?![\w'])")
# A word right behind a number, or letters of a script without spaces; a unit would belong to the number.
_THING = re.compile(r"\s?([\u30a1-\u30ff]{2,})|\s([^\W\d_]{3,})(?!\w)")
_YEAR = re.compile(r"[12]\d{3}")
_LONE_YEAR = re.compile(r"[12]\d{3}(?![\d.,]*\d)")
# "3. Simplify the expression" numbers a line.
_LABEL = re.compile(r"\s*\d{1,2}[.)]\s+[A-Z][a-z]")
LABEL = 3
_BESIDE = re.compile(rf"{BOUND}[\s$({{\\]*$", re.IGNORECASE)
_MINUS = re.compile(rf"{MINUS}\s*$", re.IGNORECASE)
_LAST_WORD = re.compile(r"[^\W\d_]+(?=\s*$)")
_ERA = re.compile(rf"\s?{any_of(Meaning.ERA, Side.BEHIND, Reach.TOUCHING)}", re.IGNORECASE)
_ONES = "|".join(NUMBER_WORDS)
_SPELLED = re.compile(rf"\b((?:{_ONES})(?:[\s-](?:{_ONES}|hundred|thousand|million))*)\s\($", re.IGNORECASE)
# Between a number and one that is denied: "6, not 5", "6 (we reject 5)".
_BUT_NOT = re.compile(r"[^.;\d]{0,24}[(,;，–—-][^.;\d]{0,20}")
_EQUALS = re.compile(r"=(?<![!<>]=)>?|≈|\\(?:approx|equiv)")
# "three of the five lamps" counts three.
_OF_ALL = re.compile(r"\s(?:out\s)?of\s(?:the|these|those|all|all the|my|our|your|his|her|its|their)\s", re.IGNORECASE)
# "$1,577 (in millions)"
_IN_SCALE = re.compile(r"\s?\(?(?:in|en)\s([^\W\d_]{4,})\)?(?!\w)")
HUNDRED = 100
_FACTORIAL = re.compile(r"\sfactorial(?=\W*$)", re.IGNORECASE)
_CLOCK = re.compile(r"\s?(?:[ap]m\b|[ap]\.\s?m\.)", re.IGNORECASE)
# "x^2", "log_5", "5 + 6", "f(4)", "\frac{n}{5}"; an asterisk on both sides is emphasis.
_JOINT = re.compile(
    r"(?:[^\W_]_\{?|(?:[^\W_]|[)}\]])\s?(?:[\^/+*×·÷]|\\(?:cdot|times|div))\s?\{?|[)}\]]\{|(?<![A-Za-z])[A-Za-z]\()$"
)
# "2x", "2^n", "2\pi"
_GOES_ON = re.compile(r"[a-z](?![a-z])|[α-ωΑ-Ω√∞]|\{?[\^_]|\\(?:pi|sqrt|cdot|times|d?frac)(?![a-z])", re.IGNORECASE)
_WORD_BEHIND = re.compile(r"\s([a-z]+)(?![\w'’-])", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


def names_no_number(text: str) -> bool:
    """Whether the end of a text is plain English words among which is no digit, formula or number word of any language."""
    end = text[-TAIL:]
    return end.isascii() and end.count(" ") >= SENTENCE and _NUMERIC.search(end) is None and not has_number_word(end)


def spoken(
    statement: str,
    *,
    announced: bool,
    marked: bool,
    years: Collection[int] | None = None,
    names: Names = names_nothing,
    asked_in: Language | None = None,
) -> Spoken:
    """The number that a statement gives.

    `announced` says that the statement follows "the answer is" or its like, `marked` that the text calls it its answer at all,
    `years` are those that the question speaks of where it asks for none, so that a date beside another number is no answer,
    `names` says whether the question names a thing, and `asked_in` is its language.
    """
    read = in_digits(_window(statement, announced), names=names, asked_in=asked_in, first=announced, marked=announced or marked)
    statement = read.text
    first = _DIGIT.search(statement)
    if first is None or (announced and read.mentioned is not None and read.mentioned < first.start()):
        return Spoken(refused=read.mentioned is not None)
    if not announced and _NUMBER.search(closing := _closing(statement)):
        statement = closing
    sides = _EQUALS.split(statement)
    if len(sides) > 1:
        statement = next((side for side in reversed(sides) if _NUMBER.search(side)), statement)
    matches = list(_NUMBER.finditer(statement))[0 if announced else -LAST :]
    numbers = _with_units(statement, [_named(statement, match) for match in matches])
    if not numbers:
        return Spoken()
    if years is not None and len(numbers) > 1:
        statement, numbers = _undated(statement, numbers, years)
    # "The answer is 5, because 2 are left" gives its number first; prose without a mark ends with it.
    place = _place(statement, numbers, first=announced and len(sides) == 1)
    beside = _offered_beside(statement, numbers, place, marked)
    if len(set(map(_value, beside))) > 1:
        return Spoken(hedged=[number.text for number in numbers[:16]])
    return _stated(statement, numbers[place], repeated=bool(beside))


def _window(statement: str, announced: bool) -> str:
    """The part of a statement that is looked at: behind an announcement its beginning up to a reason, else its end."""
    part = REASON.split(statement[:TAIL], maxsplit=1)[0] if announced else without_reason(statement[-TAIL:])
    if "\\" in part:
        part = _MEASURED.sub(r"\1 \2", part)
    return _GLUED_MONEY.sub(lambda code: f"{code[0]} " if is_currency(code[0]) else code[0], part.replace("{,}", ","))


def _undated(statement: str, numbers: list[_Named], years: Collection[int]) -> tuple[str, list[_Named]]:
    """The statement without its years, days and names of filings, where another number is left in it."""
    dates = [n for n in numbers if is_dated(statement, n.start, n.end, years) or is_filing(statement, n.start)]
    others = [number for number in numbers if number not in dates]
    if not dates or all(_is_named(statement, number) for number in others):
        return statement, numbers
    for date in dates:
        statement = statement[: date.start] + "y" * (date.end - date.start) + statement[date.end :]
    return statement, others


def _place(statement: str, numbers: Sequence[_Named], *, first: bool) -> int:
    """Which of the numbers counts, the first or the last, unless it is the one that is denied: "not 5 but 6", "6, not 5"."""
    last = len(numbers) - 1
    if first:
        turned = last and _is_denied(statement, numbers[0]) and not _is_denied(statement, numbers[last])
        return last if turned else 0
    unnamed = next((place for place in range(last, -1, -1) if not _is_named(statement, numbers[place])), last)
    if unnamed != last:
        return unnamed  # "There are 5 episodes in Series 7"
    denied = last and stance(statement, numbers[last].start, numbers[last].end) is Stance.DENIED
    if denied and _BUT_NOT.fullmatch(statement, numbers[-2].end, numbers[-1].start):
        return last - 1
    if last and _is_whole_of(statement, numbers[-2], numbers[-1]):
        return last - 1
    return last


def _is_named(statement: str, number: _Named) -> bool:
    if is_filing(statement, number.start):
        return True
    return stance(statement, number.start, number.end) is Stance.NAMED and not _YEAR.fullmatch(number.text.strip(" ,"))


def _offered_beside(statement: str, numbers: Sequence[_Named], place: int, marked: bool) -> list[str]:
    """The numbers that are offered together with the one that counts, and itself."""
    pairs = [(one, two) for i, (one, two) in enumerate(pairwise(numbers)) if place in (i, i + 1)]
    return [number.text for one, two in pairs if _is_hedge(statement, one, two, marked) for number in (one, two)]


def _stated(statement: str, chosen: _Named, *, repeated: bool) -> Spoken:
    """The number where the statement states it and does not name another measure by it."""
    how = stance(statement, chosen.start, chosen.end)
    if how is Stance.NAMED and not _is_named(statement, chosen):
        how = Stance.STATED  # "the year 1969"
    is_label = chosen.start < LABEL and _LABEL.match(statement) is not None
    offers = how.offers or (repeated and how is Stance.HEDGED)
    if is_label or not offers or _is_something_else(statement, chosen):
        return Spoken(refused=True)
    counts = chosen.text[-1:].isdigit() and _counts(statement, chosen.end)
    return Spoken(chosen.text, repeated=repeated, part=_is_part(statement, chosen), counts=counts)


def _counts(statement: str, end: int) -> bool:
    """Whether a thing stands right behind a number: a word that carries no sentence in any language."""
    thing = _THING.match(statement, end)
    if thing is None or thing[1]:
        return thing is not None
    word = folded(thing[2])
    return not any(language.roles_of(word) for language in languages().values())


def is_operator(before: str) -> bool:
    """Whether a minus or plus that follows this text is an operator or a hyphen, not the sign of a number."""
    if not before:
        return False
    last = before.rstrip()[-1:]
    if before[-1].isspace():
        return last.isdigit() or last in (")", "]", "}")
    return last.isalnum() or last in (")", "]", "}")


def _closing(statement: str) -> str:
    """The part of a statement around its last number, as far as any test looks back or ahead."""
    if not statement.isascii():
        return statement
    end = max(map(statement.rfind, "0123456789")) + 1
    start = max(0, statement.rfind(" ", 0, max(0, end - REACH)))
    return statement[start : end + REACH]


def _named(statement: str, match: re.Match[str]) -> _Named:
    """The number with its sign, unless what stands before makes the sign an operator or a hyphen."""
    body, sign = match["body"].strip().replace(" and ", " "), match["sign"] or ""
    before = statement[max(0, match.start() - NEAR) : match.start()]
    # A dash with a space behind it is a sign only where a value must follow: "the slope is - 3".
    if not sign and (minus := _MINUS.search(before)) and _begins_a_value(before[: minus.start()]):
        sign = "-"
        return _Named(sign + body, match.start("body"), match.start("body") + len(match["body"].rstrip()))
    if sign and (is_operator(before) or (sign[-1].isspace() and not sign[0].isalpha() and not _VALUE_NEXT.search(before))):
        sign = ""
    return _Named(
        ("-" if sign and sign[0] != "+" else "") + body,
        match.start("body") - len(sign),
        match.start("body") + len(match["body"].rstrip()),
    )


def _begins_a_value(lead: str) -> bool:
    """Whether a value may begin behind a text: "is min 12", but not "al menos 12" or "neuf moins 12"."""
    last = _LAST_WORD.search(lead)
    if last is None:
        return not lead.strip() or _VALUE_NEXT.search(lead) is not None
    return any(Role.CARRIES in language.roles_of(folded(last[0])) for language in languages().values())


def _with_units(statement: str, numbers: list[_Named]) -> list[_Named]:
    """The numbers with the units behind them; amounts in several units that belong together are one."""
    found: list[_Named] = []
    measured = False
    for number in numbers:
        if found and number.start < found[-1].end:
            continue  # the exponent of a unit
        text, end = number.text, number.end
        for _ in range(2):
            behind = unit_end(statement, end)
            if behind == end:
                break
            text, end = f"{text} {statement[end:behind].strip()}", behind
        if (scaled := _IN_SCALE.match(statement, end)) and (scale := _scale_word(scaled[1])):
            text, end = f"{text} {scale}", scaled.end()
        if number.text.isdecimal() and (factorial := _FACTORIAL.match(statement, end)):
            text, end = f"{text}!", factorial.end()
        if clock := _CLOCK.match(statement, number.end):
            end = clock.end()
        joined = measured and text != number.text and JOINT.fullmatch(statement, found[-1].end, number.start)
        if joined and found[-1].text.rpartition(" ")[2] != text.rpartition(" ")[2]:  # "2 hours and 20 minutes"
            last = found.pop()
            text, number = f"{last.text} and {text}", last
        measured = text != number.text
        begin = number.start
        in_scale = measured and split_scale(text[len(number.text) :].strip()) is not None  # "R$ 5 milhões"
        if (in_scale or not measured) and (money := currency_before(statement, begin)) is not None:
            begin, text = money[0], f"{text.lstrip(_SIGNS)} {money[1]}"
        found.append(_Named(text, begin, end))
    return found


def _scale_word(word: str) -> str | None:
    """A word of scale that may stand behind a number: `thousand` for `thousands`."""
    return next((form for form in (word, word.removesuffix("s")) if (multiplier(form) or 0) > HUNDRED), None)


def _is_hedge(statement: str, one: _Named, two: _Named, marked: bool) -> bool:
    """Whether two numbers stand there as alternatives, as a list or as the ends of a range."""
    # Digits apart in an answer that is marked are for the grammar to read.
    if two.start - one.end > FAR or (marked and statement[one.end : two.start].isspace()):
        return False
    gap = statement[one.end : two.start]
    if "\\" in gap:
        gap = _DOTS.sub("...", _TEXT.sub(r" \1 ", gap))
    if _TO.fullmatch(gap):
        alone = not _WORD.search(statement, 0, one.start) and not _WORD.search(statement, two.end)
        if alone or _FROM.search(statement, max(0, one.start - NEAR), one.start):
            return True
    if not _HEDGE.fullmatch(gap) or _FACTOR.match(statement, two.end):
        return False
    # "July 20, 1969" is one date.
    dated = _YEAR.fullmatch(two.text) and _MONTH.search(statement, max(0, one.start - NEAR), one.start)
    return not dated


def _is_whole_of(statement: str, part: _Named, whole: _Named) -> bool:
    """Whether a number only says of how many things another counts some."""
    counted = part.text.isdecimal() and whole.text.split(" ", 1)[0].isdecimal()
    return counted and _OF_ALL.fullmatch(statement, part.end, whole.start) is not None


def _is_denied(statement: str, number: _Named) -> bool:
    return not stance(statement, number.start, number.end).offers


def _is_something_else(statement: str, number: _Named) -> bool:
    """Whether the number is in another measure than its digits, or only a year that something was before or after."""
    begin, end = number.start, number.end
    if _OTHER_MEASURE.match(statement, end) and statement[begin - 1 : begin] not in ("'", "′"):
        return True
    if _OF_MONTH.match(statement, end) or _ERA.match(statement, end):
        return True
    near = max(0, begin - NEAR)
    spelled = _SPELLED.search(statement, near, begin) if statement[:begin].endswith(("(", "(\n")) else None
    if spelled is not None and spell_out(spelled[1].lower()) != number.text:
        return True  # "two (3)"
    return _LONE_YEAR.match(statement, begin) is not None and _BESIDE.search(statement, near, begin) is not None


def _is_part(statement: str, number: _Named) -> bool:
    """Whether the number is a part of a formula and not the whole of one."""
    if statement.count("{") > statement.count("}"):
        return True  # cut off inside a formula
    joint = _JOINT.search(statement, max(0, number.start - NEAR), number.start)
    if joint is None:
        return number.text[-1:].isdecimal() and _goes_on(statement, number.end)
    return not (joint[0].rstrip().endswith("*") and statement[number.end : number.end + 1] == "*")


def _goes_on(statement: str, end: int) -> bool:
    """Whether a formula goes on behind a number: "2x", "2 pi", "2 factorial"; at the end of a text also "2 i"."""
    if _GOES_ON.match(statement, end):
        return True
    behind = _WORD_BEHIND.match(statement, end)
    if behind is None:
        return False
    return names_mathematics(behind[1]) or (len(behind[1]) == 1 and not statement[behind.end() :].strip(".! "))


def _value(text: str) -> Fraction | None:
    number = read_number(text)
    return number.value if number else None
