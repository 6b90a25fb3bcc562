"""Judges beside the rules, where a model is at hand: a server, or one that runs in this process.

Our rules with the judge behind them, and the judge alone in the forms that the published judge models know. The model is one and
the same, whatever the form: only the weights of CompassVerifier or xVerify make its form theirs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from benchmarks.leaderboard.run import Run, Said
from benchmarks.leaderboard.suites import Suite
from benchmarks.leaderboard.systems import OURS
from rewardkit import dispatch, recipes
from rewardkit.judges.client import Client
from rewardkit.judges.judge import Judge
from rewardkit.types import Sample, Verdict, Verifier

__all__ = ["FORMS", "name_of", "with_judge"]

SLICE = 32

FORMS = ("rules", "xverify", "compassverifier", "general-verifier")
"""What a judge can be asked as: behind our rules, or alone in a published form."""


def _verifier(form: str, client: Client | str, cache: str | None) -> Verifier | Judge:
    # A judge that is being measured is not refused for what it is, as it would be in training.
    judge = Judge(client, kind="binary" if form == "rules" else form, canaries=0, preflight=False, cache=cache)
    return recipes.build("auto", judge=judge) if form == "rules" else judge


def name_of(form: str, model: str) -> str:
    """The name under which it stands in the tables."""
    return f"{OURS} and {model}" if form == "rules" else f"{model} as {form}"


def with_judge(
    suites: Sequence[Suite],
    client: Client | str,
    model: str,
    forms: Sequence[str],
    tell: Callable[[str], None] = lambda line: None,
    cache: str | None = None,
) -> Run:
    """The judge's verdicts on the rows of all suites, in each of the forms.

    `model` is the name to show, and `tell` hears of each suite that is done. Replies are kept in the file `cache`. CPU is that
    of this process, shared evenly by the rows of a slice: next to nothing for a server.
    """
    result = Run()
    for form in forms:
        verifier, name = _verifier(form, client, cache), name_of(form, model)
        for suite in suites:
            rows = [_as_written(pair.sample) for pair in suite.rows]
            said = result.said.setdefault(name, {}).setdefault(suite.name, [])
            for start in range(0, len(rows), SLICE):
                part, began = rows[start : start + SLICE], time.process_time()
                verdicts = dispatch.run(verifier, part)
                cpu_s = (time.process_time() - began) / len(part)
                said += [_said(verdict, cpu_s) for verdict in verdicts]
            tell(f"{name}: {suite.name}")
        result.versions[name] = ""
    return result


def _as_written(sample: Sample) -> Sample:
    columns = {name: value for name, value in sample.columns.items() if name in ("answer", "choices")}
    return Sample(sample.index, sample.prompt, sample.completion, columns)


def _said(verdict: Verdict, cpu_s: float) -> Said:
    how = verdict.reason if verdict.reason in ("timeout", "too_complex") else verdict.status.value
    return Said(verdict.score, how, cpu_s)
