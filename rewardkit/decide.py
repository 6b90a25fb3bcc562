"""The final answer of a completion against its accepted references: which reading of the completion decides.

A marked answer (a tag, a box, "the answer is") is the only reading there is. Without a mark the completion may be a bare
answer, so its readings are tried from the whole text down to the last formula; the first one that is mathematics
decides, and none is tried after it: a completion gets one answer, not several chances.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from rewardkit.answers import Comparison, Rounding, Units, compare
from rewardkit.answers.equality.understand import is_written_chemistry
from rewardkit.answers.equality.written import is_written
from rewardkit.answers.forms.formulas import read_formula
from rewardkit.answers.notation.codes import codes_in, first_label, read_parts, with_one_unit
from rewardkit.extract import Method, Reason, Statement, extract, told
from rewardkit.prose.glue import AND, MINUS, OR, PERHAPS, SO, THROUGH, any_of
from rewardkit.prose.in_digits import in_digits
from rewardkit.prose.last_formula import last_list, last_mathematics
from rewardkit.prose.measures import unit_end
from rewardkit.prose.phrases import Meaning
from rewardkit.prose.stance import Stance, stance

__all__ = ["Decision", "decide"]

# A delimiter of mathematics that is no currency sign, and what a lead-up of mere words does not hold.
_DELIMITER = re.compile(r"(?<![A-Z])\$(?!\s?\d[\d,.]*(?:\s|$))|\\[(\[]")
_FORMULA = re.compile(r"\$[^$]+\$|\\\(.+?\\\)|\\\[.+?\\\]|\\[a-zA-Z]+(?:\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})*", re.DOTALL)
_SIGNED = re.compile(rf"[-−+]\s?$|{MINUS}\s$", re.IGNORECASE)
_NOT_WORDS = re.compile(r"[\\$\d=<>^_{}()\[\]]")
_WORD = re.compile(r"(?<![\\A-Za-z])[^\W\d_]{2}")
# Formulas with one of these between them are alternatives, and the last of them is no answer by itself.
_HEDGED = re.compile(rf"[$)\]][^$]{{0,40}}?{PERHAPS}", re.IGNORECASE)
# Capitals with digits, or digits with a capital; signs beside it make it a part of a formula.
_NAME = re.compile(r"(?<![\w=+*/^-])(?<![=+*/^-]\s)(?:[A-Z]+-?\d[A-Z\d]*|\d+[A-Z]+)(?![\w^_(*/+=-]|\s[=+*/^-])")
# What holds no space and begins and ends as a formula of chemistry does.
_RUN = re.compile(r"(?<![^\s$:,(])[\[(]?[A-Z](?:[^\s$.,;:!?]|[.,](?=\S))*")
# A reference of several values.
_SEVERAL = re.compile(rf"[,;]|{AND}")
# Lines that reckon with numbers, each one step, of which the last has the result.
_RECKONS = re.compile(r"[\d\s.,+*/()×÷·$€£%−-]+=\s*[-−+]?[$€£]?[\d.,]+\s?%?")
_SO = re.compile(rf"[,;.]?\s{SO}[,:]?\s+", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_MEASURED = re.compile(r"\s*\d[\d.,]*\s[^\W\d_]+\s?[-+*/·×]\s?\d[^=]*=[^=]*\d[^=]*$")
_SPACE = re.compile(r"\s+")
_UNSURE = re.compile(rf"\s(?:{PERHAPS}|{OR})\s", re.IGNORECASE)
_END = r"\d{1,9}(?:\.\d{1,9})?"
_SPAN = re.compile(rf"{any_of(Meaning.SPANS)}\s(?P<low>{_END})\s{THROUGH}\s(?P<high>{_END})(?!\w|[.,]\d)", re.IGNORECASE)
# Longer unmarked texts are reasoning, not a bare answer.
BARE = 600


class Decision(NamedTuple):
    """What was read and how it compares.

    `result` is None when no reading of the completion is an answer. `candidate` and `reference` are the pair that
    decided. `pending` says that only a symbolic last resort can still settle that pair; `ending`, that the candidate is
    the last formula or number of a sentence that is no answer as a whole.
    """

    found: Statement
    result: Comparison | None = None
    candidate: str | None = None
    reference: str | None = None
    pending: bool = False
    ending: bool = False


def decide(
    text: str,
    references: Sequence[str],
    *,
    rounding: Rounding = "significant",
    units: Units = "lenient",
    found: Statement | None = None,
) -> Decision:
    """Compare the final answer of a completion with each accepted reference; the first match wins.

    `rounding` and `units` are the policies of `compare`; `found` is the extraction where that is done.
    """
    if found is None:
        found = extract(text)
    if found.text is None:
        return _several(found, references, rounding, units)
    if any(map(is_written, references)):
        whole = told(text).strip()
        in_mark = found.marked and found.dress is not Method.PHRASE
        return _written(found, found.text if in_mark or len(whole) > BARE else whole, references, rounding, units)
    chemistry = any(map(is_written_chemistry, references))
    if name := (_only_formula if chemistry else _last_name)(found.text, references):
        return _against(name, found, references, rounding, units)
    unread: Decision | None = None
    for candidate in _readings(text, found, references):
        decision = _against(candidate, found, references, rounding, units)
        if _decides(decision):
            return decision
        unread = unread or decision
    if any(map(_SEVERAL.search, references)) and (ending := last_list(found.text)):
        decision = _against(ending, found, references, rounding, units)
        if _decides(decision):
            return decision
    # In a sentence the last formula or number is the answer, unless it is offered beside another.
    ending = None if _is_cut_off(found) else last_mathematics(_in_digits(found))
    if ending and not _HEDGED.search(found.text):
        decision = _against(ending, found, references, rounding, units)
        if _decides(decision):
            return decision._replace(ending=True)
    return unread or Decision(found)


def _in_digits(found: Statement) -> str:
    """The statement with digits for its numbers in words."""
    return in_digits(found.text or "", first=False, marked=found.marked, by_verb=False).text


def _is_cut_off(found: Statement) -> bool:
    """Whether an unmarked text ends inside a formula."""
    return not found.marked and found.text is not None and found.text.count("{") > found.text.count("}")


def _written(found: Statement, text: str, references: Sequence[str], rounding: Rounding, units: Units) -> Decision:
    """What a statement gives where an accepted answer is a code or has parts: its only one, or else its text as a whole."""
    if any(map(read_parts, references)):
        begin = first_label(text)
        if begin is not None and not stance(text, begin, len(text)).offers:
            return Decision(found)
        decision = _against(text, found, references, rounding, units)
        if (decision.result and decision.result.equal) or (values := _values_of_parts(text)) is None:
            return decision
        return _against(values, found, references, rounding, units)
    text = _SPAN.sub(_spanned, with_one_unit(text))
    codes = [(code, begin, unit_end(text, end)) for code, begin, end in codes_in(text)]
    offered = [(code.groups, text[begin:end]) for code, begin, end in codes if _offers(text, begin, end)]
    if len({groups for groups, _ in offered}) > 1 or (codes and not offered):
        return Decision(found)
    return _against(offered[-1][1] if offered else text, found, references, rounding, units)


def _values_of_parts(text: str) -> str | None:
    """Labelled parts with what each of their sentences comes to: "(a) … so w = 5 cm." as "(a) 5 cm"; None where one hedges."""
    parts = read_parts(text.replace("**", ""))
    given = [None if _UNSURE.search(part.value) else last_mathematics(f"{part.value} ") for part in parts]
    if not parts or not all(given):
        return None
    # Behind a sign of equality all that follows, as a formula is read without its unit.
    ends = [part.value.rpartition("=")[2] if "=" in part.value else value for part, value in zip(parts, given, strict=True)]
    return " ".join(f"({part.label}) {end}" for part, end in zip(parts, ends, strict=True))


def _spanned(span: re.Match[str]) -> str:
    """A range in words with a dash, where its first end is the smaller: "between 1894 and 1897"."""
    return f"{span['low']}–{span['high']}" if float(span["low"]) < float(span["high"]) else span[0]


def _offers(text: str, begin: int, end: int) -> bool:
    """Whether a text offers a name or code there, which is an answer although it is only named."""
    how = stance(text, begin, end)
    return how.offers or how is Stance.NAMED


def _last_name(statement: str, references: Sequence[str]) -> str | None:
    """The last name of capitals and digits in a sentence, such as CO2, 3D or GPT-4, where it is an accepted answer."""
    if len(statement) > BARE or not any(map(_NAME.fullmatch, references)) or _FORMULA.search(statement):
        return None
    named = list(_NAME.finditer(statement))
    if not named or named[-1][0] == statement or named[-1][0] not in references:
        return None
    return named[-1][0] if _offers(statement, *named[-1].span()) else None


def _only_formula(statement: str, references: Sequence[str]) -> str | None:
    """The one chemical formula that a sentence offers, or the reaction or configuration in which it ends."""
    if len(statement) > BARE or is_written_chemistry(statement):
        return None
    if any(read_formula(reference) is not None and len(reference.split()) > 1 for reference in references):
        starts = (space.end() for space in _SPACE.finditer(statement))
        ending = next((start for start in starts if is_written_chemistry(statement[start:])), None)
        if ending is not None and (" " in statement[ending:].strip()):
            return statement[ending:] if _offers(statement, ending, len(statement)) else None
    runs = [(run.start(), run.end()) for run in _RUN.finditer(statement) if is_written_chemistry(run[0])]
    offered = {statement[begin:end] for begin, end in runs if _offers(statement, begin, end)}
    return offered.pop() if len(offered) == 1 else None


def _readings(text: str, found: Statement, references: Sequence[str]) -> list[str]:
    value, longest = found.text or "", max(map(len, references), default=0)
    if len(value) > max(BARE, 4 * longest) and not found.marked:
        return []
    if _is_cut_off(found):
        return []
    if not found.marked and "=" in value and not any("=" in reference for reference in references):
        value = value[_concluding(value) :]
    worded = _WORD.search(value) is not None or not value.isascii()
    formula = _led_up_to(value) if worded else 0
    first = _FORMULA.search(value) if worded else None
    if first and _says_more(value, first) and not stance(value, first.start(), first.end()).offers:
        return []
    readings = [value[formula:]]
    if not found.marked:
        visible = told(text).strip()
        steps = visible.split("\n")
        if len(steps) > 1 and len(visible) <= BARE and not _led_up_to(visible) and not all(map(_RECKONS.fullmatch, steps)):
            readings.insert(0, visible)
    return readings


def _concluding(text: str) -> int:
    """Where the last part of a reckoning begins: `x = -5` of "2x = -10, so x = -5", `5 m` of "2 m + 3 m = 5 m"; 0 without one."""
    last = max((found.end() for found in _SO.finditer(text)), default=0)
    if last and "=" in text[:last] and _DIGIT.search(text, last) and not _WORD.search(text, last):
        return last
    return text.rfind("=") + 1 if _MEASURED.match(text) else 0


def _says_more(text: str, formula: re.Match[str]) -> bool:
    """Whether words stand around a formula."""
    around = text[: formula.start()] + " " + text[formula.end() :]
    return _WORD.search(around) is not None or any(unicodedata.category(char) == "So" for char in around if not char.isascii())


def _led_up_to(text: str) -> int:
    """Where the first formula begins that words lead up to: "We get $x=2$" says `$x=2$`; 0 where there is none."""
    start = _DELIMITER.search(text)
    if start is None or _NOT_WORDS.search(text, 0, start.start()) or not _WORD.search(text, 0, start.start()):
        return 0
    sign = _SIGNED.search(text, 0, start.start())
    return sign.start() if sign else start.start()


def _against(candidate: str, found: Statement, references: Sequence[str], rounding: Rounding, units: Units) -> Decision:
    pending: Decision | None = None
    best: Decision | None = None
    for reference in references:
        result = compare(reference=reference, answer=candidate, rounding=rounding, units=units)
        decision = Decision(found, result, candidate, reference)
        if result.equal:
            return decision
        if result.equal is None and result.info.get("symbolic"):
            pending = pending or Decision(found, result, candidate, reference, pending=True)
        if best is None or (best.result and best.result.reason == "gold_unparseable"):
            best = decision
    return pending or best or Decision(found)


def _decides(decision: Decision) -> bool:
    """Whether the candidate was read as mathematics, so that no other reading is tried."""
    result = decision.result
    return result is not None and bool(result.equal or decision.pending or _is_read(result))


def _is_read(result: Comparison) -> bool:
    if result.answer_shape == "statement" != result.reference_shape:
        return False  # a sentence that could be read as mathematics, but says nothing of the reference's kind
    return result.answer_shape not in ("", "text") or result.reason == "too_complex"


def _several(found: Statement, references: Sequence[str], rounding: Rounding, units: Units) -> Decision:
    """Several alternatives are no hedge when each of them is right, or when together they are the list that was asked for."""
    if found.reason is Reason.AMBIGUOUS and found.alternatives:
        each = [_against(alternative, found, references, rounding, units) for alternative in found.alternatives]
        if all(decision.result and decision.result.equal for decision in each):
            return each[-1]
        together = _against(", ".join(found.alternatives), found, references, rounding, units)
        if found.dress is Method.BOXED and together.result and together.result.equal:
            return together
    return Decision(found)
