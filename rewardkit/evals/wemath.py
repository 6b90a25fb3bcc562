"""WeMath (arXiv 2407.01284): problems of two or three steps, each step asked by itself and then all at once.

With every step and the whole right, a problem is mastered (CM); steps right and the whole wrong is inadequate generalisation
(IG); a step and the whole wrong is insufficient knowledge (IK); a step wrong and the whole right is rote memorisation (RM).
Strict RM needs one wrong step, loose RM that all are wrong. Score = (N − IG / 2 − RM − IK) / N, with N = 525 problems.
Official: `evaluation/four_dimensional_metrics.py`. VLMEvalKit: `dataset/utils/wemath.py`, the same totals over letters that
its multiple-choice matching infers; without a model it reads letters as the official script does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.errors import UsageError
from rewardkit.evals.choices import lettered
from rewardkit.evals.model import Benchmark, Figures, Setting, Step, grouped, incomplete, right
from rewardkit.evals.ours import choose
from rewardkit.evals.vlmevalkit import choices_of, match_option, recorded
from rewardkit.types import Sample

__all__ = ["BENCHMARKS", "four_way"]

PROBLEMS = 525
_DRESS = re.compile(r"[><:.]")
_KEY = re.compile(r"([23])steps_(\d|multi)")


def _decide(sample: Sample, setting: Setting) -> Step:
    answer = str(sample.columns["answer"])
    if setting.mode == "fixed":
        return choose(sample, answer, lettered(sample))
    if setting.mode == "vlmevalkit" and (hit := recorded(sample)) is not None:
        return right(hit == 1, how="recorded")
    if setting.mode == "vlmevalkit" and setting.judged:
        return match_option(sample, setting, choices_of(sample), lambda letter: letter == answer)
    said = _DRESS.sub("", sample.text.split("Answer")[-1].strip()).strip()
    letter = said[:1] if said[:1] in tuple("ABCDEFGH") else None
    return right(letter == answer, letter)


def _problem(sample: Sample) -> tuple[int, str]:
    return _part(sample)[0], str(sample.columns["ID"])


def _part(sample: Sample) -> tuple[int, str]:
    key = _KEY.fullmatch(str(sample.columns["key"]))
    if key is None:
        message = f"WeMath: the key {sample.columns['key']!r} is none of 2steps_1 … 3steps_multi"
        raise UsageError(message)
    return int(key[1]), key[2]


def _parts(samples: Sequence[Sample], places: Sequence[int], scores: Sequence[float]) -> dict[str, bool]:
    return {_part(samples[place])[1]: scores[place] == 1 for place in places}


def four_way(steps: Sequence[bool], whole: bool, *, strict: bool) -> str:
    """IK, IG, CM or RM of one problem."""
    if not whole:
        return "IG" if all(steps) else "IK"
    return "CM" if (all(steps) if strict else any(steps)) else "RM"


def _total(samples: Sequence[Sample], scores: Sequence[float], setting: Setting) -> Figures:
    problems = []
    for key, places in grouped(samples, _problem).items():
        parts = _parts(samples, places, scores)
        steps = [parts[str(step)] for step in range(1, key[0] + 1) if str(step) in parts]
        if len(steps) == key[0] and "multi" in parts:
            problems.append((key[0], steps, parts["multi"]))
    # Both originals divide by 525 whatever was asked.
    count = len(problems) if setting.mode == "fixed" else PROBLEMS
    figures: Figures = {}
    for name, strict in (("strict", True), ("loose", False)):
        kinds = [four_way(steps, whole, strict=strict) for _, steps, whole in problems]
        tally = {kind: kinds.count(kind) for kind in ("IK", "IG", "CM", "RM")}
        score = (count - 0.5 * tally["IG"] - tally["RM"] - tally["IK"]) / count * 100 if count else None
        answered = tally["CM"] + tally["RM"]
        figures |= {f"score ({name})": score}
        figures |= {f"{kind} ({name})": float(number) for kind, number in tally.items()}
        figures[f"RM rate ({name})"] = 100 * tally["RM"] / answered if answered else None
    ones = [scores[place] for place, sample in enumerate(samples) if _part(sample)[1] != "multi"]
    figures["one step"] = 100 * sum(ones) / len(ones) if ones else None
    for depth, name in ((2, "two steps"), (3, "three steps")):
        wholes = [float(whole) for steps, _, whole in problems if steps == depth]
        figures[name] = 100 * sum(wholes) / len(wholes) if wholes else None
    return figures


def _complete(samples: Sequence[Sample]) -> None:
    missing = []
    for (steps, identity), places in grouped(samples, _problem).items():
        there = {_part(samples[place])[1] for place in places}
        lacking = {*map(str, range(1, steps + 1)), "multi"} - there
        if lacking:
            missing.append(f"the problem {identity} of {steps} steps lacks {', '.join(sorted(lacking))}")
    if missing:
        raise incomplete("WeMath counts a problem over its steps and the whole", missing)


BENCHMARKS = {
    "WeMath": Benchmark(
        "WeMath",
        ("question", "answer", "ID", "key"),
        _decide,
        _total,
        "score (strict)",
        filled=("answer", "ID", "key"),
        items=1740,
        falling=lambda name: name[:2] in ("IK", "IG", "CM", "RM"),
        check=_complete,
    )
}
