"""Short answers by rules alone: OCRBench and ChartQA.

OCRBench (arXiv 2305.07895; `OCRBench/example.py`) counts a row when the text holds any accepted one. ChartQA (arXiv 2203.10244)
accepts numbers within 5 % of the reference; its published measure is that of pix2struct, which VLMEvalKit
(`dataset/utils/vqa_eval.py`) and lmms-eval took over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.answers.notation.plain_number import read_number
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, percent, right
from rewardkit.evals.ours import final, listed
from rewardkit.extract import extract
from rewardkit.types import Sample

__all__ = ["BENCHMARKS"]

FORMULAS = "Handwritten Mathematical Expression Recognition"
RECOGNITION = (
    *("Regular Text Recognition", "Irregular Text Recognition", "Artistic Text Recognition", "Handwriting Recognition"),
    *("Digit String Recognition", "Non-Semantic Text Recognition"),
)
SHARE = 0.05
STATED = ("answer_tag", "boxed", "phrase")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_ASKS_YEAR = re.compile(r"\byears?\b|\bwhen\b", re.IGNORECASE)


def _ocrbench(sample: Sample, setting: Setting) -> Step:
    accepted = [str(one) for one in _accepted(sample)]
    is_formula = sample.columns["category"] == FORMULAS
    text = sample.text
    if setting.mode == "fixed":
        said = _flat(final(text), is_formula)
        hit = any(_stands_in(_flat(one, is_formula), said, is_formula) for one in accepted)
        return right(hit, said[:200])
    said = _flat(text, is_formula)
    return right(any(_flat(one, is_formula) in said for one in accepted), said[:200])


def _flat(text: str, is_formula: bool) -> str:
    """Without spaces in formulas, whose case counts; in lower case elsewhere."""
    text = text.strip().replace("\n", " ")
    return text.replace(" ", "") if is_formula else text.lower()


def _stands_in(wanted: str, said: str, is_formula: bool) -> bool:
    """Whether the text stands in what was said as whole words: 12 is not in 2012, nor "art" in "start"."""
    if not wanted:
        return False
    if is_formula:
        return wanted in said
    before = r"(?<![a-z0-9])" if wanted[0].isascii() and wanted[0].isalnum() else ""
    after = r"(?![a-z0-9])" if wanted[-1].isascii() and wanted[-1].isalnum() else ""
    # A number goes on after its point or comma.
    before += r"(?<!\d[.,])" if wanted[0].isdigit() else ""
    after += r"(?![.,]\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, said) is not None


def _accepted(sample: Sample) -> list[object]:
    answer = sample.columns["answer"]
    if isinstance(answer, (list, tuple)) or str(answer).lstrip().startswith("["):
        return listed(answer, f"the column answer of row {sample.index + 1}")
    return [answer]


def _ocrbench_total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    """Points, of 1000 when the file is complete."""
    by: dict[str, float] = {}
    for sample, score in zip(samples, scores, strict=True):
        by[str(sample.columns["category"])] = by.get(str(sample.columns["category"]), 0.0) + score
    recognised = sum(by.get(category, 0.0) for category in RECOGNITION)
    others: Figures = {category: points for category, points in by.items() if category not in RECOGNITION}
    return {"points": sum(scores), "points of 10": sum(scores) / 10, "Text Recognition": recognised, **others}


def _chartqa(sample: Sample, setting: Setting) -> Step:
    accepted = [str(one) for one in _accepted(sample)]
    if setting.mode == "fixed":
        said = (extract(sample.text, order=STATED).text or final(sample.text)).strip()
        said = said[:-1] if said.endswith(".") else said
        return right(any(_relaxed_rightly(one, said, sample.question) for one in accepted), said[:200])
    # VLMEvalKit takes off the spaces around a prediction, the original compares the text as it came.
    said = sample.text.strip() if setting.mode == "vlmevalkit" else sample.text
    return right(any(_relaxed(one, said) for one in accepted), said[:200])


def _relaxed(answer: str, said: str) -> bool:
    value, wanted = _float(said), _float(answer)
    # A reference of 0 is compared as text, for nothing is within 5 % of it.
    if value is not None and wanted:
        return abs(value - wanted) / abs(wanted) <= SHARE
    return said.lower() == answer.lower()


def _float(text: str) -> float | None:
    """A number, a percentage as a fraction of 1; no separators, units or currency."""
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None


def _relaxed_rightly(answer: str, said: str, question: str) -> bool:
    wanted, found = read_number(answer), read_number(said)
    if wanted is None or found is None:
        return " ".join(said.split()).casefold() == " ".join(answer.split()).casefold()
    if _YEAR.fullmatch(answer.strip()) and _ASKS_YEAR.search(question):
        return wanted.value == found.value
    # Where only one side has a percent sign, the other is the same number without it.
    one_sign = wanted.percent != found.percent
    values = {found.value, found.value * 100 if found.percent else found.value / 100} if one_sign else {found.value}
    return any(abs(value - wanted.value) <= abs(wanted.value) * 5 / 100 for value in values)


def _chartqa_total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    return percent(samples, scores, "split", "type", title="relaxed accuracy")


BENCHMARKS = {
    "OCRBench": Benchmark(
        "OCRBench",
        ("question", "answer", "category"),
        _ocrbench,
        _ocrbench_total,
        "points",
        filled=("answer", "category"),
        items=1000,
        top=1000.0,
    ),
    "ChartQA": Benchmark("ChartQA", ("question", "answer"), _chartqa, _chartqa_total, "relaxed accuracy", items=2500),
}
