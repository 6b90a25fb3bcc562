"""One letter of a few options: MMBench with its rotations, MMStar and AI2D.

Sources: MMBench (arXiv 2307.06281; its evaluator is VLMEvalKit), MMStar (arXiv 2403.20330, `eval/vlmeval/evaluate/mmstar.py`),
AI2D (arXiv 1603.07396; no evaluator was published, only that a question counts when its option is chosen).
"""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.errors import UsageError
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, grouped, incomplete, percent, right
from rewardkit.evals.ours import choose
from rewardkit.evals.vlmevalkit import choices_of, match_option
from rewardkit.types import Sample

__all__ = ["BENCHMARKS", "lettered"]

MILLION = 1_000_000
OPENINGS = ("", "(", "option ", "the answer is ")


def lettered(sample: Sample) -> dict[str, str]:
    """The options under their letters, as they are written."""
    cells = {letter: sample.columns.get(letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    return {letter: str(value) for letter, value in cells.items() if value is not None and value == value and str(value).strip()}


def _rotated(sample: Sample, setting: Setting) -> Step:
    if setting.mode == "fixed":
        return choose(sample, sample.columns["answer"], lettered(sample))
    answer = str(sample.columns["answer"])
    return match_option(sample, setting, choices_of(sample), lambda letter: letter == answer)


def _mmstar(sample: Sample, setting: Setting) -> Step:
    if setting.mode != "official":
        return _rotated(sample, setting)
    said = sample.text.lower().strip().replace("\n", " ")
    answer = str(sample.columns["answer"]).lower().strip()
    # The letter must stand right after one of four openings; what follows it does not matter.
    return right(any(said.startswith(opening) and said[len(opening) :][:1] == answer for opening in OPENINGS), said[:20])


def _ai2d(sample: Sample, setting: Setting) -> Step:
    if setting.mode != "official":
        return _rotated(sample, setting)
    said = sample.text.strip().rstrip(".").casefold()
    answer = str(sample.columns["answer"])
    return right(said in (answer.casefold(), lettered(sample).get(answer, answer).strip().casefold()), said)


def _base(sample: Sample) -> int:
    """The question that a row is a rotation of."""
    try:
        return int(sample.columns["index"]) % MILLION
    except (TypeError, ValueError):
        message = f"MMBench: the index {sample.columns['index']!r} is no number; rotations are told by index modulo 1,000,000"
        raise UsageError(message) from None


def _circular(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    """A question is right when every rotation of it is; only the unrotated row counts."""
    mains: list[Sample] = []
    totals: list[float] = []
    for places in grouped(samples, _base).values():
        mains.append(samples[places[0]])
        totals.append(float(all(scores[place] == 1 for place in places)))
    figures = percent(mains, totals, "split", "category", title="circular accuracy")
    return {**figures, "accuracy of single rows": percent(samples, scores)["accuracy"]}


def _rotations(samples: Sequence[Sample]) -> None:
    missing = []
    for base, places in grouped(samples, _base).items():
        rows = [samples[place] for place in places]
        options = len(lettered(rows[0]))
        if base not in {int(row.columns["index"]) for row in rows}:
            missing.append(f"question {base} lacks its unrotated row")
        elif len(rows) != options:
            missing.append(f"question {base} has {len(rows)} of its {options} rotations")
    if missing:
        raise incomplete("MMBench counts a question over all its rotations", missing)


def _plain(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    return percent(samples, scores, "split", "category")


BENCHMARKS = {
    "MMBench": Benchmark(
        "MMBench",
        ("index", "question", "answer", "A", "B"),
        _rotated,
        _circular,
        "circular accuracy",
        filled=("index", "answer"),
        check=_rotations,
    ),
    "MMStar": Benchmark("MMStar", ("question", "answer", "A", "B", "C", "D"), _mmstar, _plain, "accuracy", items=1500),
    "AI2D": Benchmark("AI2D", ("question", "answer", "A", "B"), _ai2d, _plain, "accuracy", items=3088),
}
