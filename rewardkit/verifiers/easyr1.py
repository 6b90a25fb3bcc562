r"""The reward code that WeThink was built on, as it behaves: EasyR1's `r1v.py` over the MATH and PRM800K normalisers.

Kept for comparison with runs that used it, bugs included; for a new run take `math.equal`, `choice.option` and
`format.think_answer`. Known to differ from what one would expect:

* Format passes nested and repeated tags, and fails on a single line break after the last tag.
* The first `<answer>` block that opens and closes on one line counts. Where there is none, as with every answer of several lines,
  the whole completion is compared.
* `A.` and `A. cat` are not `A`, `2/4` is not `1/2`, `0.5` is not `50%`; `5 cm` is `5`, `x=5` is `5`, `a` is `A`.

One thing is not reproduced: where the original hands both texts to sympy's parser, which runs them as code, these rules
compare with this library's own reading and exact arithmetic.

Source: hiyouga/EasyR1, `examples/reward_function/r1v.py`; hiyouga/MathRuler.
"""

from __future__ import annotations

import re

from rewardkit.first_use import loading
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["accuracy", "form"]

_OPEN, _CLOSE = "<answer>", "</answer>"
_SEAM = re.compile(r"</think>\s*<answer>")
MAX_TEXT = 20_000

_UNITS = (
    *("degree", "cm", "centimeter", "meter", "mile", "second", "minute", "hour"),
    *("day", "week", "month", "year", "foot", "feet", "inch", "yard"),
)
_UNIT = re.compile(rf"(?:{'|'.join(_UNITS)})(?:es)?s?\s*(?:\^[0-9]+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d\d\d(?:$|\D))")
_MIXED = re.compile(r"(?<=[0-9]) +(?=[0-9])")
_MAGNITUDES = {"million": "*10^6", "billion": "*10^9", "trillion": "*10^12"}
_FRACTION = re.compile(r"-?[0-9]+\.?/0*[1-9][0-9]*\.?")
_SLASH = re.compile(r"(-?\d+)/(-?\d+)")
_WRAPPED = re.compile(r"\\text\{([^{}]+)\}")
_BARE_ROOT = re.compile(r"\\sqrt\s*([^\s{\[\\])")
_BARE_FRACTION = re.compile(r"\\frac\s*([^\s{\\])\s*([^\s{\\])")
_CIRCLE = re.compile(r"\^ *\\circ")
_SPACED_COMMA = re.compile(r",\\! *")
_ARGUMENT = r"\s*(?:\{([^{}]*)\}|([0-9a-zA-Z]))"
_FRAC = re.compile(rf"\\[td]?frac{_ARGUMENT}{_ARGUMENT}")
_ROOT = re.compile(rf"\\sqrt{_ARGUMENT}")
_COMMAND = re.compile(r"\\[A-Za-z]+|\\[,;:! ]")
_SIGNS = {"\\pi": "pi", "\\infty": "inf", "\\cup": "U", "\\cdot": "*", "\\times": "*", "\\pm": "±", "\\ge": "≥", "\\le": "≤"}
_FUNCTION = re.compile(r"\\(sin|cos|tan|cot|sec|csc|log|ln|exp|max|min|gcd|det|lim)(?![A-Za-z])")
# What sympy's parser reads, and what the original does not hand on to it.
_FORMULA = re.compile(r"(?!.*[^0-9]\.(?![0-9]))[0-9a-z.+\-*/^()]+")
_REFUSED = re.compile(r"\^[{(]|\^[0-9]+\^|\^[0-9][0-9]")


@verifier("easyr1.format")
def form(sample: Sample) -> Verdict:
    """EasyR1's format reward: think, then answer, from the first character to the last; tags inside may repeat or nest."""
    text = sample.text
    inner = text[len("<think>") : -len(_CLOSE)] if text.startswith("<think>") and text.endswith(_CLOSE) else ""
    return Verdict.scored(float(_SEAM.search(inner) is not None))


@verifier("easyr1.accuracy", requires=("answer",))
def accuracy(sample: Sample) -> Verdict:
    """EasyR1's accuracy reward: the first one-line answer block, or else the whole completion, against the reference."""
    given = _first_on_one_line(sample.text)
    how = "answer_tag" if given is not None else "whole"
    given = (sample.text if given is None else given).strip()
    same = any(equal(reference=reference.strip(), given=given) for reference in sample.references)
    return Verdict.scored(float(same), extracted=given[:2000], how=how)


def _first_on_one_line(text: str) -> str | None:
    """What `<answer>(.*?)</answer>` finds when the dot takes no line break, in one pass."""
    start = text.find(_OPEN)
    while start >= 0:
        start += len(_OPEN)
        close = text.find(_CLOSE, start)
        if close < 0:
            return None
        line_end = text.find("\n", start)
        if line_end < 0 or close < line_end:
            return text[start:close]
        start = text.find(_OPEN, line_end)
    return None


def equal(*, reference: str, given: str) -> bool:
    """Whether the two normalisers, and then arithmetic part by part, call them the same."""
    if len(given) > MAX_TEXT or len(reference) > MAX_TEXT:
        return reference == given
    if _mathd(reference) == _mathd(given):
        return True
    wanted, offered = _prm(reference), _prm(given)
    if wanted == offered:
        return True
    if not offered or not wanted:
        return False
    wanted_parts, offered_parts = _parts(wanted), _parts(offered)
    brackets = (wanted[0], wanted[-1]) == (offered[0], offered[-1])
    if len(wanted_parts) != len(offered_parts) or (len(wanted_parts) > 1 and not brackets):
        return False
    return all(_same_part(a, b) for a, b in zip(wanted_parts, offered_parts, strict=True))


def _same_part(wanted: str, offered: str) -> bool:
    if _FRACTION.fullmatch(wanted) and _FRACTION.fullmatch(offered):
        return wanted == offered  # fractions count only as reduced as the reference is
    if _is_integer(wanted) != _is_integer(offered):
        return False
    if wanted == offered:
        return True
    if any(len(_letters(part)) > 2 or _REFUSED.search(part) or not _FORMULA.fullmatch(part) for part in (wanted, offered)):
        return False
    with loading:
        from rewardkit.answers import compare

    return compare(reference=wanted, answer=offered, rounding="exact", units="strict").equal is True


def _letters(part: str) -> set[str]:
    return {letter for letter in part.replace("sqrt", "").replace("frac", "") if letter.isalpha()}


def _mathd(text: str) -> str:
    """The normaliser of the MATH data set: by spelling alone."""
    text = text.strip()
    if inside := _WRAPPED.fullmatch(text):
        text = inside.group(1).strip()
    text = text.replace("\n", "").replace("\\!", "").replace("\\\\", "\\")
    text = text.replace("tfrac", "frac").replace("dfrac", "frac").replace("\\left", "").replace("\\right", "")
    text = text.replace("^{\\circ}", "").replace("^\\circ", "").replace("\\$", "")
    text = text.split("\\text{ ")[0] if text.count("\\text{ ") == 1 else text
    text = text.replace("\\%", "").replace("%", "").replace(" .", " 0.").replace("{.", "{0.")
    if not text:
        return text
    if text[0] == ".":
        text = f"0{text}"
    name, equals, value = text.partition("=")
    if equals and "=" not in value and len(name) <= 2:
        text = value
    text = _BARE_ROOT.sub(r"\\sqrt{\1}", text).replace(" ", "")
    text = _BARE_FRACTION.sub(r"\\frac{\1}{\2}", text)
    if text == "0.5":
        return "\\frac{1}{2}"
    slash = _SLASH.fullmatch(text)
    return f"\\frac{{{slash.group(1)}}}{{{slash.group(2)}}}" if slash else text


def _prm(text: str) -> str:
    """The normaliser of PRM800K: words, units, currencies and spaces away, LaTeX into plain signs, lower case."""
    if inside := _WRAPPED.fullmatch(text):
        text = inside.group(1)
    text = text.replace("\\%", "%").replace("\\$", "$").replace("$", "").replace("%", "")
    text = text.replace(" or ", " , ").replace(" and ", " , ")
    for word, power in _MAGNITUDES.items():
        text = text.replace(word, power)
    text = _CIRCLE.sub("", _UNIT.sub("", text))
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    text = _SPACED_COMMA.sub("", text)
    if (value := _float(text)) is not None and abs(value - round(value)) <= 1e-7:
        text = str(round(value))
    if "\\" in text:
        text = _plain_signs(text)
    text = re.sub(r"- *", "-", _MIXED.sub("+", text))
    text = text.replace(" ", "").replace("{", "").replace("}", "").lower()
    return str(int(float(text.replace(",", "")))) if _is_integer(text) else text


def _plain_signs(text: str) -> str:
    """Common LaTeX as plain text, without the brackets that a fraction would need, as the original has it."""
    for _ in range(20):
        text, found = _FRAC.subn(lambda found: f" {found[1] or found[2] or ''}/{found[3] or found[4] or ''}", text)
        text, roots = _ROOT.subn(lambda found: f"sqrt({found[1] or found[2] or ''})", text)
        if not found and not roots:
            break
    text = text.replace("\\left", "").replace("\\right", "")
    for command, sign in _SIGNS.items():
        text = text.replace(command, sign)
    return _COMMAND.sub("", _FUNCTION.sub(r"\1", text)).strip()


def _parts(text: str) -> list[str]:
    text = _THOUSANDS.sub("", text)
    inside = text[1:-1]
    if len(text) > 2 and text[0] in "([" and text[-1] in ")]" and not any(bracket in inside for bracket in "()[]"):
        return [part.strip() for part in inside.split(",")]
    return [text]


def _is_integer(text: str) -> bool:
    value = _float(_THOUSANDS.sub("", text))
    return value is not None and abs(value - round(value)) <= 1e-7


def _float(text: str) -> float | None:
    """The number, where the text is one of at most 300 characters and is finite."""
    try:
        value = float(text) if len(text) <= 300 and "_" not in text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e300 else None
