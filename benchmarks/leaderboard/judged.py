"""One system's verdict on one row, as the worker processes give it."""

from __future__ import annotations

import resource
import time
from functools import cache
from typing import Any

from benchmarks.leaderboard.shown import Judgement, Shown
from benchmarks.leaderboard.systems import OURS, System, system
from rewardkit.answers import forget
from rewardkit.bench.systems import boxed, in_dollars
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["NAME", "judged"]

NAME = "leaderboard.system"


@verifier(NAME, requires=("answer",), isolated=True)
def judged(sample: Sample, *, of: str = OURS) -> Verdict:
    """The best score that the system `of` that name gives for one of the references, with `cpu_s` in `info`.

    The columns `bare` and `options` say what was found of the row before. Our cache of read references is emptied before, since
    the others have none.
    """
    entry, judge = system(of), _loaded(of)
    clock = _with_children if entry.forks else time.process_time
    forget()
    start = clock()
    verdict = _best(entry, judge, sample)
    return verdict.noting(cpu_s=clock() - start)


def _best(entry: System, judge: Judgement, sample: Sample) -> Verdict:
    scores = []
    for reference in sample.references[: 1 if entry.whole else None]:
        found = judge(_shown(entry, sample, reference))
        if isinstance(found, Verdict):
            return Verdict(found.score, found.status, found.reason)
        if found is not None:
            scores.append(min(1.0, max(0.0, float(found))))
        if scores and scores[-1] == 1.0:
            break
    return Verdict.scored(max(scores)) if scores else Verdict.abstained("out_of_scope")


def _shown(entry: System, sample: Sample, reference: str) -> Shown:
    bare = bool(sample.columns.get("bare"))
    completion = boxed(sample.text) if entry.boxes and bare else sample.text
    options: dict[str, str] = sample.columns.get("options") or {}
    return Shown(completion, in_dollars(reference) if entry.dollars else reference, bare, options, _as_written(sample))


def _as_written(sample: Sample) -> Sample:
    """The row as the suite has it, without what was found of it."""
    columns: dict[str, Any] = {name: value for name, value in sample.columns.items() if name in ("answer", "choices")}
    return Sample(sample.index, sample.prompt, sample.completion, columns)


@cache
def _loaded(name: str) -> Judgement:
    return system(name).load()


def _with_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime
