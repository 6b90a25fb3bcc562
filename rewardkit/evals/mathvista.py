"""MathVista (arXiv 2310.02255): a letter, an integer, a decimal or a list.

Official: `evaluation/extract_answer.py` and `calculate_score.py`. VLMEvalKit: `dataset/utils/mathvista.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rewardkit.evals.asking import ask
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, percent, right
from rewardkit.evals.ours import choose, listed, same, same_number
from rewardkit.evals.vlmevalkit import LETTERS, infer
from rewardkit.types import Sample, Verdict

__all__ = ["BENCHMARKS"]

_BRACKETED = re.compile(r"\(([a-zA-Z])\)")


def _decide(sample: Sample, setting: Setting) -> Step:
    options = [str(option) for option in listed(sample.columns.get("choices"), "MathVista's column choices")]
    return {"official": _official, "vlmevalkit": _vlmevalkit, "fixed": _fixed}[setting.mode](sample, options)


def _is_choice(sample: Sample) -> bool:
    return bool(sample.columns["question_type"] == "multi_choice")


def _precision(sample: Sample) -> int | None:
    try:
        return int(float(sample.columns["precision"]))
    except (KeyError, TypeError, ValueError):
        return None


def _official(sample: Sample, options: list[str]) -> Step:
    extracted = _short(sample, options)
    if extracted is not None:
        return _normalised(sample, options, extracted)

    def read(reply: str) -> Step:
        return _normalised(sample, options, reply)

    return ask("extract", read, lambda: right(False), question=sample.question, answer=sample.text)


def _short(sample: Sample, options: list[str]) -> str | None:
    """What needs no model to extract: nothing, an option's text, a bare number."""
    text, kind = sample.text, sample.columns["answer_type"]
    if text == "" or (_is_choice(sample) and text in options):
        return text
    try:
        return str(int(text)) if kind == "integer" else str(float(text)) if kind == "float" else None
    except ValueError:
        return None


def _normalised(sample: Sample, options: list[str], extracted: str) -> Verdict:
    kind, answer = sample.columns["answer_type"], str(sample.columns["answer"])
    if _is_choice(sample):
        said = extracted.strip()
        bracketed = _BRACKETED.findall(said)
        said = bracketed[0].upper() if bracketed else said
        place = LETTERS.find(said) if len(said) == 1 else -1
        # Whatever else was said, the option it differs from in the fewest letters is taken.
        chosen = options[place] if 0 <= place < len(options) else _nearest(said, options)
        return right(chosen == answer, chosen)
    try:
        if kind == "integer":
            extracted = str(int(float(extracted)))
        elif kind == "float":
            precision = _precision(sample)
            extracted = str(round(float(extracted), precision)) if precision is not None else ""
    except (ValueError, OverflowError):
        return right(False, None)
    return right(extracted == answer, extracted)


def _nearest(text: str, options: list[str]) -> str:
    from rapidfuzz.distance import Levenshtein

    return min(options, key=lambda option: Levenshtein.distance(text, option)) if options else ""


def _vlmevalkit(sample: Sample, options: list[str]) -> Step:
    text = sample.text
    choices = {LETTERS[place]: option for place, option in enumerate(options)}
    if _is_choice(sample):
        letter = infer(text, choices)
        if letter is not None:
            return right(letter == sample.columns["answer_option"], letter)
    elif sample.columns["answer_type"] not in ("integer", "float"):
        # What is compared with a list is the text of an empty variable, so that nothing a model says can be right.
        return right(str(sample.columns["answer"]) == "None", "None")
    else:
        number = _number(sample, text)
        # A right 0 counts as nothing found, and the model is asked after all.
        if number and number == _number(sample, sample.columns["answer"]):
            return right(True, number)

    def read(reply: str) -> Step:
        if _is_choice(sample):
            letter = infer(reply, choices)
            return right(letter == sample.columns["answer_option"], letter)
        number = _number(sample, reply)
        return right(number is not None and number == _number(sample, sample.columns["answer"]), number)

    return ask("extract", read, lambda: right(False), question=sample.question, answer=text)


def _number(sample: Sample, value: Any) -> int | float | None:
    """The number in the exact form that the row's type asks for: "5.0" is no integer."""
    try:
        return int(value) if sample.columns["answer_type"] == "integer" else float(value)
    except (ValueError, TypeError, OverflowError):
        return None


def _fixed(sample: Sample, options: list[str]) -> Step:
    answer = sample.columns["answer"]
    if _is_choice(sample):
        return choose(
            sample,
            sample.columns.get("answer_option") or answer,
            {LETTERS[place]: option for place, option in enumerate(options)},
        )
    if sample.columns["answer_type"] == "integer":
        return same_number(sample, answer)
    if sample.columns["answer_type"] == "float":
        precision = _precision(sample)
        digits = precision if precision is not None else len(str(answer).partition(".")[2])
        return same_number(sample, answer, 0.5 * 10.0**-digits)
    return same(sample, str(answer))


def _total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    return percent(samples, scores, "task", "question_type", "answer_type")


BENCHMARKS = {
    "MathVista": Benchmark(
        "MathVista",
        ("question", "answer", "question_type", "answer_type", "choices"),
        _decide,
        _total,
        "accuracy",
        items=1000,
        needs={"vlmevalkit": ("answer_option",), "official": ("precision",)},
    )
}
