"""MM-Vet (arXiv 2308.02490): a model scores every row in tenths against references with `<AND>` and `<OR>`.

Official: `mm-vet_evaluator.py`, five runs of gpt-4-0613. VLMEvalKit: `dataset/utils/mmvet.py`, one run. Both count 0.0 when
no number can be read in five tries; here one run is made.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.evals.asking import ask
from rewardkit.evals.model import Benchmark, Figures, Refer, Setting, Step, mean
from rewardkit.types import Sample, Verdict

__all__ = ["BENCHMARKS"]

CAPABILITIES = ("rec", "ocr", "know", "gen", "spat", "math")


def _decide(sample: Sample, setting: Setting) -> Step:
    if setting.mode == "fixed":
        return Refer(sample, "tenths")

    def read(reply: str) -> Step | None:
        try:
            # Any number from 0 to 1 is taken, in tenths or not.
            score = float(reply.split(" ")[0].strip() if setting.mode == "official" else reply)
        except ValueError:
            return None
        return Verdict.scored(score, extracted=score) if 0 <= score <= 1 else None

    reference = str(sample.columns["answer"]).replace("<AND>", " <AND> ").replace("<OR>", " <OR> ")
    text = sample.text
    return ask("tenths", read, lambda: Verdict.scored(0.0), question=sample.question, reference=reference, answer=text)


def _total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    def share(part: Sequence[float]) -> float | None:
        found = mean(part)
        return None if found is None else 100 * found

    figures: Figures = {"score": share(scores)}
    for capability in CAPABILITIES:
        part = [score for s, score in zip(samples, scores, strict=True) if capability in str(s.columns.get("category", ""))]
        if part:
            figures[capability] = share(part)
    return figures


BENCHMARKS = {"MMVet": Benchmark("MMVet", ("question", "answer"), _decide, _total, "score", items=218)}
