"""Yes or no, counted in groups: HallusionBench and MME.

HallusionBench (arXiv 2310.14566; `utils.py` of its repository) has a model mark every prediction against a detailed answer:
aAcc a question, fAcc all questions of a figure, qAcc a question over all its figures. MME (arXiv 2306.13394; its
`calculation.py`) asks two questions an image: acc a question, acc+ both of an image, in percent, summed over categories.
VLMEvalKit: `dataset/utils/yorn.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rewardkit.errors import MissingColumn
from rewardkit.evals.asking import ask
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, grouped, incomplete, mean, right
from rewardkit.evals.vlmevalkit import polarity
from rewardkit.registry import get
from rewardkit.types import Sample

__all__ = ["BENCHMARKS"]

PERCEPTION = ("OCR", "artwork", "celebrity", "color", "count", "existence", "landmark", "position", "posters", "scene")
COGNITION = ("code_reasoning", "commonsense_reasoning", "numerical_calculation", "text_translation")


def _vlmevalkit(sample: Sample) -> Step:
    answer, text = sample.columns["answer"], sample.text
    said = polarity(text)
    if said is not None:
        return right(said == answer, said)

    def read(reply: str) -> Step | None:
        said = polarity(reply)
        return None if said is None else right(said == answer, said)

    return ask("yes_no", read, lambda: right(False, "Unknown"), question=sample.question, answer=text)


def _fixed(sample: Sample) -> Step:
    # The question is left out: words of its own, such as "no", must not be taken for the answer.
    return get("text.exact", on_miss="mismatch").verify([replace(sample, prompt="")])[0]


def _hallusion(sample: Sample, setting: Setting) -> Step:
    if setting.mode != "official":
        return _vlmevalkit(sample) if setting.mode == "vlmevalkit" else _fixed(sample)

    def read(reply: str) -> Step:
        said = reply.lower()
        if "incorrect" in said:
            return right(False, "incorrect")
        if "correct" in said:
            return right(True, "correct")
        # Not to know is right where there is nothing to see.
        return right(_is_blind(sample), "unclear")

    details = str(sample.columns["gt_answer_details"])
    return ask("conflict", read, lambda: right(False), question=sample.question, reference=details, answer=sample.text)


def _is_blind(sample: Sample) -> bool:
    return sample.columns.get("category") == "VS" and _part(sample, "figure_id") == "0"


def _part(sample: Sample, name: str) -> str:
    """Set, figure or question: a column, or a part of VLMEvalKit's index."""
    value = sample.columns.get(name)
    if value is not None:
        return str(value)
    parts = str(sample.columns.get("index")).split("_")
    place = {"set_id": 3, "figure_id": 4, "question_id": 5}[name]
    if len(parts) <= place:
        raise MissingColumn(
            name, "HallusionBench (or an index whose fourth to sixth parts are set, figure and question)", sample.columns
        )
    return parts[place]


def _hallusion_total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    # VLMEvalKit leaves out whether a figure is needed (VD) or helps (VS), so that sets of both named "ocr" become one.
    columns = ("l2-category",) if setting.mode == "vlmevalkit" else ("category", "l2-category")

    def key(*parts: str) -> Callable[[Sample], Any]:
        return lambda sample: (*(str(sample.columns.get(c)) for c in columns), *(_part(sample, part) for part in parts))

    everything = list(range(len(samples)))
    figured = everything if setting.mode == "vlmevalkit" else [p for p in everything if not _is_blind(samples[p])]
    figures: Figures = {
        "aAcc": _percent(list(scores)),
        "fAcc": _percent(_all_right(samples, scores, key("set_id", "figure_id"), figured)),
        "qAcc": _percent(_all_right(samples, scores, key("set_id", "question_id"), everything)),
    }
    known = [value for value in figures.values() if value is not None]
    return {"mean of aAcc, fAcc, qAcc": mean(known) if len(known) == 3 else None, **figures}


def _all_right(
    samples: Sequence[Sample], scores: Sequence[float], key: Callable[[Sample], Any], places: Sequence[int]
) -> list[float]:
    groups = grouped([samples[place] for place in places], key).values()
    return [float(all(scores[places[member]] == 1 for member in group)) for group in groups]


def _percent(scores: list[float]) -> float | None:
    share = mean(scores)
    return None if share is None else 100 * share


def _mme(sample: Sample, setting: Setting) -> Step:
    if setting.mode != "official":
        return _vlmevalkit(sample) if setting.mode == "vlmevalkit" else _fixed(sample)
    # Only the first four characters are looked at, for "yes" before "no": "Not yes" is no, "Yesterday" is yes.
    opening = sample.text.lower()[:4]
    said = "yes" if "yes" in opening else "no" if "no" in opening else "other"
    return right(said == str(sample.columns["answer"]).lower(), said)


def _image(sample: Sample) -> tuple[str, str]:
    return str(sample.columns["category"]), str(sample.columns["image_path"])


def _mme_total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    by_category: dict[str, dict[str, list[float]]] = {}
    for sample, score in zip(samples, scores, strict=True):
        category, image = _image(sample)
        by_category.setdefault(category, {}).setdefault(image, []).append(score)
    parts: Figures = {}
    totals: dict[str, float] = {}
    for category, images in sorted(by_category.items()):
        acc = 100 * sum(map(sum, images.values())) / sum(map(len, images.values()))
        plus = 100 * sum(float(min(pair) == 1) for pair in images.values()) / len(images)
        parts |= {f"acc {category}": acc, f"acc+ {category}": plus}
        totals[category] = acc + plus
    perception = sum(totals.get(category, 0.0) for category in PERCEPTION)
    cognition = sum(totals.get(category, 0.0) for category in COGNITION)
    return {"score": perception + cognition, "perception": perception, "cognition": cognition, **parts}


def _pairs(samples: Sequence[Sample]) -> None:
    wrong = [f"{'/'.join(image)} has {len(rows)}" for image, rows in grouped(samples, _image).items() if len(rows) != 2]
    if wrong:
        raise incomplete("MME asks two questions about every image", wrong)


BENCHMARKS = {
    "HallusionBench": Benchmark(
        "HallusionBench",
        ("question", "answer", "category", "l2-category"),
        _hallusion,
        _hallusion_total,
        "mean of aAcc, fAcc, qAcc",
        items=951,
        needs={"official": ("gt_answer_details",)},
    ),
    "MME": Benchmark(
        "MME",
        ("question", "answer", "category", "image_path"),
        _mme,
        _mme_total,
        "score",
        filled=("answer", "category", "image_path"),
        items=2374,
        top=2800.0,
        check=_pairs,
    ),
}
