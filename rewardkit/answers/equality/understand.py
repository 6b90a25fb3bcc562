"""How one text is read, for linting, routing and explaining."""

from __future__ import annotations

from dataclasses import dataclass

from rewardkit.answers.equality.sides import kept_side, read_side
from rewardkit.answers.forms.formulas import is_chemistry
from rewardkit.answers.forms.kinds import Kind
from rewardkit.answers.notation.folded import normal_text
from rewardkit.answers.notation.plain_number import read_number
from rewardkit.answers.tree import show

__all__ = ["Understood", "is_mathematics", "is_written_chemistry", "kind_of_text", "understand"]


@dataclass(frozen=True, slots=True)
class Understood:
    """How one text is read.

    `shape` is the kind of answer, `text` for words and empty for nothing readable. `tree` is the tree as nested text. `readings`
    holds the trees of other readings of the same text; `problems` what is suspicious about it.
    """

    shape: str
    tree: str
    readings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def kind_of_text(text: str) -> str:
    """The shape of a text as `understand` gives it, kept with the text's reading so that comparing it later is cheap."""
    if read_number(text) is not None:
        return "number"
    if is_written_chemistry(text):
        return "formula"
    side = kept_side(text)
    if side.answer is not None:
        return side.answer.shape
    return "" if side.reading.problem != "unreadable" or _open_braces(text) or _looks_mathematical(text) else "text"


def is_mathematics(text: str) -> bool:
    """Whether a text reads as mathematics, a number or a formula of chemistry, and is no date; its reading is kept as well."""
    if read_number(text) is not None or is_written_chemistry(text):
        return True
    answer = kept_side(text).answer
    return answer is not None and answer.kind is not Kind.DATE


def understand(text: str) -> Understood:
    """How a text is read, for linting and explaining; never raises.

    Problems are `empty`, `two readings`, `unbalanced braces`, or `too_complex` and `unreadable` with the reason.
    """
    if not text.strip():
        return Understood("", "", problems=("empty",))
    if is_written_chemistry(text):
        return Understood("formula", repr(" ".join(text.split())))
    problems: tuple[str, ...] = ("unbalanced braces",) if _open_braces(text) else ()
    side = read_side(text)
    if side.answer is None or side.reading.tree is None:
        problem, detail = side.reading.problem, side.reading.detail
        if problem == "unreadable" and not problems and not _looks_mathematical(text):
            return Understood("text", repr(normal_text(text)))
        return Understood("", "", problems=(*problems, f"{problem}: {detail}"))
    readings = tuple(show(other.node) for other, _ in side.others)
    plain = read_number(text) if readings else None
    if readings and (plain is None or plain.comma):
        problems += ("two readings",)
    return Understood(side.answer.shape, show(side.reading.tree), readings, problems)


def is_written_chemistry(text: str) -> bool:
    """Whether a text is chemistry by its digits or signs; of letters alone, as NaCl, it is a word like any other."""
    return not text.isalpha() and is_chemistry(text)


def _open_braces(text: str) -> int:
    plain = text.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    return plain.count("{") - plain.count("}")


def _looks_mathematical(text: str) -> bool:
    """Whether a text that could not be read seems to have been meant as mathematics."""
    return "\\frac" in text or "\\sqrt" in text or (sum(c.isalpha() for c in text) * 2 < len(text))
