r"""MathVision (arXiv 2402.14804): a letter or a free answer.

Official: `evaluation/evaluate.py` and `utils.py`, which clean the text, turn LaTeX into a value and compare two decimals.
VLMEvalKit: `dataset/utils/mathv.py`, which compares values within a millionth. Both run model text as code to get a value;
here our own reader does, which reads more LaTeX and no Python.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.evals.asking import ask
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, percent, right
from rewardkit.evals.ours import choose, listed, same, value_of
from rewardkit.evals.vlmevalkit import LETTERS, infer
from rewardkit.types import Sample

__all__ = ["BENCHMARKS"]

_BOX = "\\boxed{"
_LAST_BOX = re.compile(r"oxed\{(.*)\}", re.DOTALL)
_STATED = ("the final answer is", "the answer is", "the correct answer is", "the answer should be")
_DROPPED = (
    *(" ", "\\,", "\n", "\\text", "\\mbox", "\\left", "\\right", "^{\\circ}", "^\\circ", "{m}^3", "m^3", "{units}", "units"),
    *("{km}", "km", "\\!", "\\$", "$", "\\%"),
)
_CLOSE, _MILLIONTH = 2, 1e-6


def _decide(sample: Sample, setting: Setting) -> Step:
    options = [str(option) for option in listed(sample.columns.get("choices"), "MathVision's column choices")]
    return {"official": _official, "vlmevalkit": _vlmevalkit, "fixed": _fixed}[setting.mode](sample, options)


def _official(sample: Sample, options: list[str]) -> Step:
    answer = str(sample.columns["answer"])
    extracted = _cleaned(_stated(sample.text.strip()))
    accepted = [answer]
    if options and answer in LETTERS[: len(options)]:
        accepted.append(options[LETTERS.index(answer)])
    return right(any(_two_decimals(extracted, one) for one in accepted), extracted)


def _stated(text: str) -> str:
    """The part of a response that states its answer."""
    for letter in "ABCDE":
        ends = (f" {letter}.", f" ({letter}).")
        starts = (f"{letter}\n", f"({letter})\n", f"({letter}) {letter}\n")
        if text.endswith(ends) or text.startswith(starts):
            text = letter
    closing = text.split("is ")[-1].rstrip(".")
    if _is_float(closing):
        text = closing
    if "oxed{" not in text:
        for phrase in _STATED:
            for cue in (phrase, phrase.replace("the", "The")):
                if cue in text:
                    text = text.split(cue)[-1].strip().split("\n")[0].split(". ")[0]
    elif text.count("oxed{") > 1:
        text = "\\boxed{" + text.split("oxed{")[-1]
    return text


def _cleaned(text: str) -> str:
    """The answer without dress, as far as it bears on equality: what only helps a parser is left to ours."""
    text = text.lower().replace("{}", "")
    boxes = _LAST_BOX.findall(text)
    text = boxes[-1] if boxes else text
    closing, opening = text.find("}"), text.find("{")
    if closing != -1 and (opening == -1 or closing < opening):
        text = text.split("}")[0]
    text = text.split("=")[-1].split("\\approx")[-1].replace("\\\\", "\\").replace("∞", "\\infty").replace("+\\infty", "\\infty")
    for piece in _DROPPED:
        text = text.replace(piece, "")
    for letter in "abcde":
        text = text.replace(f"({letter})", letter).replace(f"{{{letter}}}", letter)
    return text.rstrip(".").lstrip(":").strip()


def _two_decimals(text: str, answer: str) -> bool:
    one, other = answer.lower(), text.lower()
    if not one.strip() or not other.strip():
        return False
    if one.strip() == other.strip():
        return True
    one, other = _each(one), _each(other)
    if one == other:
        return True
    left, right_ = value_of(one), value_of(other)
    return left is not None and right_ is not None and round(left, _CLOSE) == round(right_, _CLOSE)


def _each(text: str) -> str:
    """A pair or list with every part rounded to two decimals."""
    parts = text[1:-1].split(",")
    if len(parts) < 2 or text[:1] + text[-1:] not in ("()", "[]"):
        return text
    values = [part if "infty" in part or part in ("a", "-a") else value_of(part) for part in parts]
    if None in values:
        return text
    shown = (value if isinstance(value, str) else str(round(value or 0.0, _CLOSE)) for value in values)
    return f"{text[0]}{','.join(shown)}{text[-1]}"


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _vlmevalkit(sample: Sample, options: list[str]) -> Step:
    text, answer = sample.text, str(sample.columns["answer"])
    choices = {LETTERS[place]: option for place, option in enumerate(options)}
    said = _boxed(text)
    if choices:
        letter = infer(said, choices)
        if letter is not None:
            return right(_millionth(letter, answer), letter)
    elif _millionth(said, answer):
        return right(True, said)

    def read(reply: str) -> Step:
        extracted = infer(_boxed(reply), choices) if choices else _boxed(reply)
        return right(extracted is not None and _millionth(extracted, answer), extracted)

    return ask("extract", read, lambda: right(_millionth("", answer), ""), question=sample.question, answer=text)


def _boxed(text: str) -> str:
    """The first box up to its first closing brace, so that a fraction in it is cut off."""
    start = text.find(_BOX)
    end = text.find("}", start)
    return text[start + len(_BOX) : end] if 0 <= start < end else text


def _millionth(text: str, answer: str) -> bool:
    one, other = answer.lower().strip(), text.lower().strip()
    if one == other:
        return True
    left, right_ = value_of(one), value_of(other)
    return left is not None and right_ is not None and abs(left - right_) < _MILLIONTH


def _fixed(sample: Sample, options: list[str]) -> Step:
    if options:
        return choose(sample, sample.columns["answer"], {LETTERS[place]: option for place, option in enumerate(options)})
    return same(sample, str(sample.columns["answer"]))


def _total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    return percent(samples, scores, "category", "level")


BENCHMARKS = {"MathVision": Benchmark("MathVision", ("question", "answer", "choices"), _decide, _total, "accuracy", items=3040)}
