"""Every kind of judge on a small real model: replies that cannot be read, time and memory a row, and groups of 8 beside 0.1.

`python -m benchmarks.judges.bench_kinds FOLDER [--served URL] [--before TREE] [--kinds NAME …]` writes rows to
`data/judge_kinds.csv`. FOLDER holds a model (`tools/models/smollm.py` makes one); with the URL of a server of the same, that is
measured instead. TREE is the working tree of an earlier state, whose binary judge is asked the same groups in the same run, turn
by turn. What is counted in this process is CPU time, since other work may share the cores; of a server it is the time that
passes. A judge of the kind `general-verifier` writes until it decides, which a model that was not trained for it does not do: it
is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.rows import ROOT, Row, keep, row, write_page
from rewardkit import dispatch
from rewardkit.judges.guard import RULES, Guard
from rewardkit.judges.judge import Judge
from rewardkit.judges.kinds import Criteria
from rewardkit.types import Sample

GROUPS = Path(__file__).with_name("kinds.jsonl")
ONE_WORD = ("binary", "soft", "tiered", "soft-tiered", "wethink", "tenths", "list", "xverify", "compassverifier")
CRITERIA = ["names what causes it", "is about the question", "contradicts the reference"]
KINDS: dict[str, Any] = {**{kind: kind for kind in ONE_WORD}, "rubric": Criteria(CRITERIA)}
TURNS = 3

# Runs in trees of different versions, so that it knows only what both have.
ALONE = """
import inspect, json, sys, time
from rewardkit.judges.judge import Judge
from rewardkit.types import Sample
groups = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
rows = [Sample(0, one["question"], text, {"answer": one["reference"]}) for one in groups for text in one["answers"]]
options = {"canaries": 0} if "canaries" in inspect.signature(Judge).parameters else {}
judge = Judge("hf:" + sys.argv[1], "binary", **options)
judge.verify([Sample(0, "Which island?", "the isle in the south", {"answer": "Tasmania"})])
began = time.process_time()
found = judge.verify(rows)
spent = time.process_time() - began
assert all(one.info["source"] == "judged" and one.score is not None for one in found), found
print(spent / len(rows))
"""


def rows() -> list[Sample]:
    """Groups of 8 answers to a question."""
    groups = [json.loads(line) for line in GROUPS.read_text(encoding="utf-8").splitlines()]
    found = [(one["question"], text, one["reference"]) for one in groups for text in one["answers"]]
    return [Sample(place, asked, text, {"answer": reference}) for place, (asked, text, reference) in enumerate(found)]


def measured(where: str, spec: str, clock: Callable[[], float], unit: str, kinds: Sequence[str]) -> Iterator[Row]:
    """What each kind comes to, one after the other in this process."""
    samples, guard = rows(), Guard(without=tuple(RULES))
    dispatch.run(Judge(spec, canaries=0, guard=guard), samples[:1])  # loads the model
    for kind in kinds:
        began = clock()
        verdicts = dispatch.run(Judge(spec, KINDS[kind], canaries=0, guard=guard), samples)
        spent = clock() - began
        unread = sum(verdict.score is None for verdict in verdicts)
        yield row(where, f"{kind} (n={len(samples)})", "share without a verdict", [unread / len(samples)])
        yield row(where, f"{kind} (n={len(samples)})", unit, [spent / len(samples)])
        if where == "hf":
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            yield row(where, f"{kind} (n={len(samples)})", "MB at most, so far", [most])
        print(kind, f"{unread} of {len(samples)} unread, {spent / len(samples):.3f} {unit}", flush=True)


def beside(folder: str, before: Path) -> Iterator[Row]:
    """The CPU time of a row in groups of 8, here and in an earlier tree, in turns."""
    spent: dict[str, list[float]] = {"0.1": [], "now": []}
    for _ in range(TURNS):
        for name, tree in (("0.1", before), ("now", ROOT)):
            command = [sys.executable, "-c", ALONE, folder, str(GROUPS)]
            done = subprocess.run(
                command, env={**os.environ, "PYTHONPATH": str(tree)}, cwd=tree, capture_output=True, text=True, check=True
            )
            spent[name].append(float(done.stdout.split()[-1]))
            print(name, spent[name][-1], flush=True)
    for name, values in spent.items():
        yield row(f"hf, {name}", "binary, groups of 8 beside 0.1", "s of CPU a row", values)
    yield row(
        "hf, now", "binary, groups of 8 beside 0.1", "times less CPU than 0.1", [median(spent["0.1"]) / median(spent["now"])]
    )


def main() -> None:
    """Measure and keep."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--served")
    parser.add_argument("--before", type=Path)
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    options = parser.parse_args()
    found: list[Row] = []
    if options.kinds and not options.served:
        found += measured("hf", f"hf:{options.folder}", time.process_time, "s of CPU a row", options.kinds)
    if options.served:
        found += measured("served vLLM", options.served, time.perf_counter, "s a row", options.kinds)
    if options.before:
        found += beside(options.folder, options.before)
    print(f"→ {keep('judge_kinds', found).relative_to(ROOT)}")
    write_page()


if __name__ == "__main__":
    main()
