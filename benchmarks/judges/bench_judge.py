"""Judge calls on grouped rollouts, with rules, sharing and the cache, and whether they change a verdict.

`python -m benchmarks.judges.bench_judge [SUITE.jsonl …]` writes rows to `data/judge.csv`. Without a suite the rollouts are made
here: 8 completions a prompt, drawn from the forms in `rollouts.jsonl` by the weights given there. A suite's rows are grouped by
prompt instead, so that what several models really answered to one question is a group. The judge is a script that follows the
labels, because calls are what is counted.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.rows import ROOT, keep, row
from rewardkit import dispatch
from rewardkit.judges.client import Request
from rewardkit.judges.judge import Judge
from rewardkit.judges.stats import Usage, usage
from rewardkit.recipes import build
from rewardkit.testing import ScriptedClient
from rewardkit.types import Sample, Verdict, Verifier

GROUP = 8
STEPS = 3  # as often as a prompt comes back in training


def rollouts(seed: int, kinds: Sequence[str] = ("number", "choice", "text")) -> list[Sample]:
    """One step: 8 completions of every prompt."""
    dice = random.Random(seed)
    samples: list[Sample] = []
    for line in Path(__file__).with_name("rollouts.jsonl").read_text(encoding="utf-8").splitlines():
        prompt = json.loads(line)
        if prompt["kind"] not in kinds:
            continue
        forms, weights = zip(*prompt["forms"], strict=True)
        for text in dice.choices(forms, weights, k=GROUP):
            completion = f"<think>{dice.random()}</think>\n<answer>{text}</answer>"
            samples.append(Sample(len(samples), prompt["prompt"], completion, {"answer": prompt["answer"]}))
    return samples


def grouped(path: Path) -> list[Sample]:
    """The rows of a suite as they are, prompt by prompt."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows.sort(key=lambda entry: str(entry.get("prompt")))
    return [Sample(i, entry["prompt"], entry["completion"], {"answer": entry["answer"]}) for i, entry in enumerate(rows)]


def decided(request: Request) -> str:
    """A judge whose word depends on the prompt alone, so that the same question gets the same verdict."""
    return random.Random(str(request.messages[-1]["content"])).choice(("yes", "no"))


def judge(cache: str | None = None) -> Judge:
    return Judge(ScriptedClient(decided), cache=cache)


def asked(verifier: Verifier, samples: Sequence[Sample]) -> tuple[list[Verdict], Usage, float]:
    started = time.process_time()
    verdicts = dispatch.run(verifier, samples)
    return verdicts, usage(verdicts), time.process_time() - started


def same(left: Sequence[Verdict], right: Sequence[Verdict]) -> float:
    """The share of rows with the same score."""
    return sum(a.score == b.score for a, b in zip(left, right, strict=True)) / len(left)


def measured(title: str, steps: Sequence[list[Sample]]) -> Iterator[tuple[str, str, float]]:
    """(metric, unit, value) for these steps."""
    first = steps[0]
    apart = [dispatch.run(build("auto", judge=judge()), [sample])[0] for sample in first]
    for name, verifier in (("judge alone, shared", judge()), ("rules, then judge, shared", build("auto", judge=judge()))):
        verdicts, counts, seconds = asked(verifier, first)
        yield f"{title}: {name}", "calls a completion", counts.calls_a_row
        yield f"{title}: {name}", "µs CPU a completion, without the model", 1e6 * seconds / len(first)
    yield f"{title}: rules, then judge, shared: as when asked row by row", "share of verdicts", same(verdicts, apart)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "replies.db")
        calls = [asked(build("auto", judge=judge(path)), step)[1].calls_a_row for step in steps]
        again = asked(build("auto", judge=judge(path)), first)[0]
    yield f"{title}: rules, then judge, shared, cached: mean of {len(steps)} steps", "calls a completion", sum(calls) / len(calls)
    yield f"{title}: cached: as when asked row by row", "share of verdicts", same(again, apart)


def main() -> None:
    suites = {Path(name).stem: [grouped(Path(name))] for name in sys.argv[1:]}
    made = {"rollouts of 8": [rollouts(seed) for seed in range(STEPS)]}
    made["rollouts of 8, free text alone"] = [rollouts(seed, ("text",)) for seed in range(STEPS)]
    found = [values for title, steps in (suites or made).items() for values in measured(title, steps)]
    for metric, unit, value in found:
        print(f"{value:10.4g} {unit:40} {metric}")
    print(f"→ {keep('judge', [row('rewardkit', metric, unit, [value]) for metric, unit, value in found]).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
