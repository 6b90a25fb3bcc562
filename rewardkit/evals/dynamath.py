"""DynaMath (arXiv 2411.00836): ten variants of every question, and the worst of them counts.

Official: `evaluation/opensource_json_eval.py`, by rules alone. VLMEvalKit: `dataset/dynamath.py`, which asks a model for a
short answer where the JSON has none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from rewardkit.evals.asking import ask
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, grouped, incomplete, percent, right
from rewardkit.evals.ours import choose, final, same, same_number
from rewardkit.extract import extract
from rewardkit.types import Sample, Verdict

__all__ = ["BENCHMARKS"]

TOLERANCE = 0.001
VARIANTS = 10
_FORMS = {"multiple choice": "the letter of the option", "float": "a number with three decimals"}


def _decide(sample: Sample, setting: Setting) -> Step:
    return {"official": _official, "vlmevalkit": _vlmevalkit, "fixed": _fixed}[setting.mode](sample)


def _kind(sample: Sample) -> str:
    return str(sample.columns["answer_type"])


def _braced(text: str) -> str:
    """From the first brace to the last, without backslashes; a text without both as it is, but for those."""
    start, end = text.find("{"), text.rfind("}")
    return (text[start : end + 1] if 0 <= start < end else text).replace("\\", "")


def _number(text: str) -> float | None:
    """The first word as a number, or as so many π."""
    words = text.split(" ")[0]
    try:
        return float(words.split("π")[0]) * math.pi if "π" in words else float(words)
    except ValueError:
        return None


def _close(value: float | None, answer: Any) -> bool:
    try:
        return value is not None and abs(value - float(answer)) <= TOLERANCE
    except (TypeError, ValueError):
        return False


def _official(sample: Sample) -> Verdict:
    text, answer = sample.text, str(sample.columns["answer"])
    start, end = text.find("{"), text.rfind("}")
    # The original cuts only where both braces stand, and keeps backslashes otherwise.
    described = text[start : end + 1].replace("\\", "") if 0 <= start < end else text
    try:
        read = json.loads(described, strict=False)
        short = str(read.get("short answer")) if isinstance(read, dict) else None
    except (ValueError, RecursionError):
        short = described.split("\n")[-1][:-1]
    if short is None:
        return right(False, None)
    if _kind(sample) == "float":
        value = float(short) if short.isdecimal() else _number(short)
        return right(_close(value, answer), short)
    if _kind(sample) == "multiple choice":
        return right(short == answer if len(short) == 1 else answer in short[:3], short)
    return right(answer in short, short)


def _vlmevalkit(sample: Sample) -> Step:
    text = _braced(sample.text)
    try:
        short = json.loads(text, strict=False).get("short answer")
        found = _parsed(short, _kind(sample)) if isinstance(short, str) else None
    except (ValueError, AttributeError, RecursionError):
        found = None
    found = _parsed(text, _kind(sample)) if found is None else found
    if found is not None:
        return _compared(sample, found)

    def read(reply: str) -> Step:
        found = _parsed(reply, _kind(sample))
        if found is not None:
            return _compared(sample, found)
        opening = _kind(sample) == "multiple choice" and str(sample.columns["answer"]) in text[:3].upper()
        return right(opening, None)

    form = _FORMS.get(_kind(sample), "a few words, numbers with three decimals")
    return ask("short", read, lambda: right(False), tries=1, answer=text, form=form)


def _parsed(text: str, kind: str) -> str | float | None:
    if kind == "float":
        return float(text) if text.isdecimal() else _number(text)
    if kind == "multiple choice":
        if len(text) == 1:
            return text.upper()
        there = [letter for letter in "ABCDE" if letter in text.upper()]
        return there[0] if len(there) == 1 else None
    return text


def _compared(sample: Sample, found: str | float) -> Verdict:
    answer = sample.columns["answer"]
    if isinstance(found, float):
        return right(_close(found, answer), found)
    if _kind(sample) == "multiple choice":
        return right(found == str(answer), found)
    # The wrong way round: an empty answer is part of every reference.
    return right(found.lower() in str(answer).lower(), found)


def _fixed(sample: Sample) -> Step:
    from dataclasses import replace

    short = _short_answer(final(sample.text))
    row = sample if short is None else replace(sample, completion=short)
    answer = sample.columns["answer"]
    if short is not None and not short.strip():
        return Verdict.scored(0.0, "no_answer", extracted="")
    if _kind(sample) == "float":
        return same_number(row, answer, TOLERANCE)
    return choose(row, answer) if _kind(sample) == "multiple choice" else same(row, str(answer))


def _short_answer(text: str) -> str | None:
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        for written in (text[start : end + 1], text[start : end + 1].replace("\\", "\\\\")):
            try:
                read = json.loads(written, strict=False)
            except (ValueError, RecursionError):
                continue
            if isinstance(read, dict) and read.get("short answer") is not None:
                return str(read["short answer"])
    return extract(text, order=("json",)).text


def _question(sample: Sample) -> str:
    return str(sample.columns["qid"])


def _total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    groups = grouped(samples, _question).values()
    firsts = [samples[places[0]] for places in groups]
    worst = [min(scores[place] for place in places) for places in groups]
    figures = percent(samples, scores, title="average accuracy")
    return {**percent(firsts, worst, "subject", "knowledge_level", title="worst-case accuracy"), **figures}


def _variants(samples: Sequence[Sample]) -> None:
    groups = grouped(samples, _question)
    missing = [f"question {qid} has {len(g)} of {VARIANTS} variants" for qid, g in groups.items() if len(g) != VARIANTS]
    if missing:
        raise incomplete("DynaMath counts a question over its ten variants", missing)


BENCHMARKS = {
    "DynaMath": Benchmark(
        "DynaMath",
        ("question", "answer", "answer_type", "qid"),
        _decide,
        _total,
        "worst-case accuracy",
        filled=("answer", "answer_type", "qid"),
        items=5010,
        check=_variants,
    )
}
