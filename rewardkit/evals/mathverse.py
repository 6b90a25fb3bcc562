"""MathVerse (arXiv 2403.14624): a model extracts the answer, and a model compares it.

Official: `evaluation/extract_answer_s1.py` and `score_answer_s2.py`. VLMEvalKit: `dataset/utils/mathverse.py`, which leaves
the second question out when the extracted text is the reference to the letter. Neither decides a row without a model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.evals.asking import ask
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, percent, right
from rewardkit.evals.ours import choose, same
from rewardkit.types import Sample

__all__ = ["BENCHMARKS"]

_LETTER = re.compile(r"[A-H]")


def _decide(sample: Sample, setting: Setting) -> Step:
    answer = str(sample.columns["answer"]).strip()
    if setting.mode == "fixed":
        return choose(sample, answer) if _LETTER.fullmatch(answer) else same(sample, answer)
    shown = str(sample.columns.get("question_for_eval") or sample.question)

    def compare(extracted: str) -> Step:
        if setting.mode == "vlmevalkit" and extracted.strip() == answer:
            return right(True, extracted)

        def read(reply: str) -> Step | None:
            said = reply.replace("Judgement:", "").strip() if setting.mode == "official" else reply.strip()
            return right(said == "1", extracted) if said in ("0", "1") else None

        return ask("same", read, lambda: right(False, extracted), question=shown, reference=answer, answer=extracted)

    text = sample.text
    return ask("extract", compare, lambda: compare(""), question=shown, answer=text)


def _total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    return percent(samples, scores, "problem_version", "subject", "subfield")


BENCHMARKS = {"MathVerse": Benchmark("MathVerse", ("question", "answer"), _decide, _total, "accuracy", items=788)}
