"""One side of a comparison, read, and the other ways in which it may be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache

from rewardkit.answers.equality.products import as_products
from rewardkit.answers.equality.renaming import renamed_parameter
from rewardkit.answers.forms.answer import answer_of
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.notation.measures import split_unit
from rewardkit.answers.notation.plain_number import is_whole, read_number
from rewardkit.answers.notation.quantities import as_clock, in_feet
from rewardkit.answers.notation.selections import counted
from rewardkit.answers.numerics.balls import has_imaginary
from rewardkit.answers.read import Reading, read
from rewardkit.answers.tree import Apply, Node, Text, names, number, substitute

__all__ = ["Side", "forget_sides", "kept_side", "pairs_of_readings", "read_side", "recent_side"]

MAX_KEPT = 2000  # characters
_ZERO = number(0)
_IMAGINARY = Apply("i")


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a comparison, read; without an answer where the text is no mathematics."""

    text: str
    reading: Reading
    answer: Answer | None

    @property
    def shape(self) -> str:
        """The kind of the answer in words, `text` without one."""
        return self.answer.shape if self.answer else "text"

    @cached_property
    def others(self) -> tuple[tuple[Answer, str], ...]:
        """The readings other than the first, and what each assumes; found once, as options and references meet many answers."""
        if self.text.isdigit():
            return ()
        return tuple((answer, assumption) for assumption, reading in _OTHERS if (answer := reading(self)) is not None)


def read_side(text: str) -> Side:
    """Read a text as the side of a comparison; never raises."""
    if is_whole(text):
        tree = number(int(text))
        return Side(text, Reading(tree, cleaned=text), Answer(Kind.VALUE, tree))
    reading = read(text)
    if reading.problem == "unreadable" and (said := counted(reading.cleaned)) != reading.cleaned:
        reading = read(said)._replace(cleaned=reading.cleaned)
    try:
        if reading.problem == "unreadable" and (amount := _amount(reading.cleaned)) is not None:
            reading = Reading(amount, cleaned=reading.cleaned)
        side = Side(text, reading, None if reading.tree is None or _is_prose(answer := answer_of(reading.tree)) else answer)
        if side.answer is not None and side.answer.unit is not None and not side.answer.items:
            return replace(side, answer=_with_letter_unit(side) or side.answer)
        # Nobody writes nought times a name, so that the letter in `0 K` is a unit, and no zero of it is another's.
        if type(reading.tree) is Apply and reading.tree.head == "mul" and reading.tree.args[0] == _ZERO:
            return replace(side, answer=_with_letter_unit(side) or side.answer)
        return side
    except RecursionError:
        return Side(text, Reading(None, "too_complex", "nested too deep", reading.cleaned), None)


def _is_prose(answer: Answer) -> bool:
    """Whether a text is amounts that cannot be added up, as "a triangle with one angle of 90 degrees" is read."""
    return answer.kind is Kind.STATEMENT and type(answer.node) is Apply and answer.node.head == "compound"


_kept = lru_cache(maxsize=4096)(read_side)
# An answer meets several options or references before the next answer comes.
_just_read = lru_cache(maxsize=16)(read_side)


def kept_side(text: str) -> Side:
    """The same, kept for a while, since a group of completions shares its reference."""
    return _kept(text) if len(text) <= MAX_KEPT else read_side(text)


def recent_side(text: str) -> Side:
    """A text as the side of a comparison, kept until a few others have been read."""
    return _just_read(text) if len(text) <= MAX_KEPT else read_side(text)


def forget_sides() -> None:
    """Empty the caches of what was read."""
    _kept.cache_clear()
    _just_read.cache_clear()


# -- other readings


def pairs_of_readings(reference: Side, answer: Side) -> Iterator[tuple[Answer, Answer, str]]:
    """Pairs of readings other than the first, of texts that have more than one, and what they assume."""
    if reference.answer is None or answer.answer is None or reference.reading.tree is None or answer.reading.tree is None:
        return
    if reference.answer.kind is answer.answer.kind and reference.answer.kind in (Kind.TUPLE, Kind.ITEMS):
        renamed = renamed_parameter(reference.answer, answer.answer)
        if renamed is not None:
            yield reference.answer, renamed, "one parameter is named as the other"
    if answer.text.endswith("月") and (lasting := _as_duration(answer)) is not None:
        yield reference.answer, lasting, "月 behind a number is a length of time, where the reference is one"
    bracketed = "(" in reference.text or "(" in answer.text
    if bracketed and (products := as_products(reference.reading.tree, answer.reading.tree)) is not None:
        yield answer_of(products[0]), answer_of(products[1]), "letters before brackets multiply"
    for left, why in reference.others:
        yield left, answer.answer, why
    for right, why in answer.others:
        yield reference.answer, right, why
    for left, why in reference.others:
        for right, also in answer.others:
            if why == also:
                yield left, right, why


def _read(text: str, *, tight: bool = False, grouped: bool = True) -> Answer | None:
    tree = read(text, tight=tight, grouped=grouped).tree
    return None if tree is None else answer_of(tree)


def _as_duration(side: Side) -> Answer | None:
    """Twelve months for 12月, which by itself is December."""
    number_of = side.text[:-1].strip()
    return _read(f"{number_of}个月") if is_whole(number_of) else None


def _tight(side: Side) -> Answer | None:
    return _read(side.text, tight=True) if side.reading.slash else None


def _parted(side: Side) -> Answer | None:
    return _read(side.text, grouped=False) if side.reading.grouped else None


def _with_capital_i(side: Side) -> Answer | None:
    tree = side.reading.tree if "I" in side.reading.cleaned else None
    return answer_of(substitute(tree, {"I": _IMAGINARY})) if tree is not None and "I" in names(tree) else None


def _with_j(side: Side) -> Answer | None:
    """`3 + 4j`, where a number stands beside a multiple of j, and no i, so that j is no unit vector."""
    tree = side.reading.tree
    if type(tree) is not Apply or tree.head != "add" or names(tree) != {"j"} or has_imaginary(tree):
        return None
    return None if all(map(names, tree.args)) else answer_of(substitute(tree, {"j": _IMAGINARY}))


def _counted(side: Side) -> Answer | None:
    said = counted(side.reading.cleaned)
    return _read(said) if said != side.reading.cleaned else None


def _in_smallest_unit(side: Side) -> Answer | None:
    tree = side.reading.tree
    return answer_of(Apply("compound", tree.args[::-1])) if type(tree) is Apply and tree.head == "compound" else None


def _in_feet(side: Side) -> Answer | None:
    feet = in_feet(side.reading.cleaned)
    return None if feet is None else answer_of(feet)


def _with_letter_unit(side: Side) -> Answer | None:
    """`5 m` as five metres, which reads first as five times m."""
    tree = _amount(side.reading.cleaned)
    return None if tree is None else answer_of(tree)


def _on_the_clock(side: Side) -> Answer | None:
    clock = as_clock(side.reading.cleaned, bare=True)
    return None if clock is None else answer_of(clock)


def _amount(cleaned: str) -> Node | None:
    """The tree of an amount with a unit, and perhaps a name, that is mathematics otherwise or nothing that can be read."""
    parts = split_unit(cleaned)
    tree = read(f"{parts[0]}{parts[1]}").tree if parts else None
    if parts is None or tree is None:
        return None
    unit = Text(parts[2])
    if type(tree) is Apply and tree.head == "=":
        return Apply("=", (tree.args[0], Apply("quantity", (tree.args[1], unit))))
    return Apply("quantity", (tree, unit))


def _decimal_comma(side: Side) -> Answer | None:
    found = read_number(side.text) if "," in side.text else None
    return _read(_point(found.value, found.decimals or 0)) if found is not None and found.comma else None


def _point(value: Fraction, decimals: int) -> str:
    sign = "-" if value < 0 else ""
    whole, rest = divmod(int(abs(value) * 10**decimals), 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}d}"


_OTHERS: tuple[tuple[str, Callable[[Side], Answer | None]], ...] = (
    ("products behind a slash belong together", _tight),
    ("commas separate", _parted),
    ("I is the imaginary unit", _with_capital_i),
    ("j is the imaginary unit", _with_j),
    ("choices are counted", _counted),
    ("in the smallest unit", _in_smallest_unit),
    ("marks are feet and inches", _in_feet),
    ("letters behind a number are a unit", _with_letter_unit),
    ("hours of the clock", _on_the_clock),
    ("decimal comma", _decimal_comma),
)
