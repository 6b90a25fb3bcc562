"""LogicVista (arXiv 2407.04973): one or several letters, all of which count.

Official: `eval/extract_accuracy.py`. VLMEvalKit: `dataset/utils/logicvista.py`. Both have a model read the letters of every row.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.evals.asking import ask
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, mean, right
from rewardkit.evals.ours import choose
from rewardkit.types import Sample

__all__ = ["BENCHMARKS"]

SKILLS = ("inductive", "deductive", "numerical", "spatial", "mechanical")


def _decide(sample: Sample, setting: Setting) -> Step:
    answer = str(sample.columns["answer"])
    wanted = sorted(answer.lower().split(", "))
    if setting.mode == "fixed":
        return choose(sample, answer)
    text = sample.text
    if setting.mode == "official":
        text = text.partition("ASSISTANT:")[2] or text
        said = text.strip()
        strange = len(said) == 1 and (said.lower() not in "abcde" if said.isalpha() else not said.isnumeric())
        if not said or strange:
            return right(False, said)

    def read(reply: str) -> Step | None:
        # Nothing but capitals is taken: a space or a comma between them, and the model is asked again.
        if setting.mode == "vlmevalkit" and not (reply.isupper() and reply.isalpha()):
            return None
        letters = sorted(letter for letter in reply.lower() if letter.isalnum())
        return right("".join(letters) == "".join(wanted), reply)

    return ask("letters", read, lambda: right(False), question=sample.question, answer=text)


def _total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    def share(part: list[float]) -> float | None:
        found = mean(part)
        return None if found is None else 100 * found

    figures: Figures = {"accuracy": share(list(scores))}
    for skill in SKILLS:
        part = [score for sample, score in zip(samples, scores, strict=True) if skill in str(sample.columns.get("skill", ""))]
        if part:
            figures[skill] = share(part)
    return figures


BENCHMARKS = {"LogicVista": Benchmark("LogicVista", ("question", "answer"), _decide, _total, "accuracy", items=448)}
