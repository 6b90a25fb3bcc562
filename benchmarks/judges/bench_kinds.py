"""Every kind of judge on a small real model: replies that cannot be read, time and memory a row, and groups of 8 beside 0.1.

`python -m benchmarks.judges.bench_kinds FOLDER [--serve PYTHON | --served URL] [--before TREE] [--kinds NAME …]` writes rows to
`data/judge_kinds.csv`. FOLDER holds a model (`tools/models/smollm.py` makes one). With the Python of an environment that has
vLLM, a server of the same model stands beside, and each kind is asked in this process and of the server, one after the other:
processor time of both, and the memory of the server's processes. With the URL of a server that runs already, on a GPU for
example, that alone is measured, by the time that passes. TREE is the working tree of an earlier state, whose binary judge is
asked the same groups in the same run, turn by turn. `general-verifier` writes until it decides, which a model that was not
trained for it does not do: it is stopped after 64 tokens, and asked to decide at once besides.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.judges.serving import Serving, serving
from benchmarks.rows import ROOT, Row, keep, row, write_page
from rewardkit import dispatch
from rewardkit.judges.guard import RULES, Guard
from rewardkit.judges.judge import Judge
from rewardkit.judges.kinds import Criteria
from rewardkit.judges.kinds.published import GeneralVerifier
from rewardkit.types import Sample

GROUPS = Path(__file__).with_name("kinds.jsonl")
ONE_WORD = ("binary", "soft", "tiered", "soft-tiered", "wethink", "tenths", "list", "xverify", "compassverifier")
CRITERIA = ["names what causes it", "is about the question", "contradicts the reference"]
AT_ONCE = "general-verifier, at once"
KINDS: dict[str, Any] = {
    **{kind: kind for kind in ONE_WORD},
    "rubric": Criteria(CRITERIA),
    "general-verifier": GeneralVerifier(max_tokens=64),
    AT_ONCE: GeneralVerifier(reasoning=False),
}
TURNS = 3
CPU, WALL = "s of CPU a row", "s a row"

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


class Place(NamedTuple):
    """Where a judge's model runs: the name in the tables, what is asked, clocks by unit, and its memory by unit."""

    name: str
    spec: str
    clocks: Mapping[str, Callable[[], float]]
    memory: tuple[str, Callable[[], float]] | None = None


def here(folder: str) -> Place:
    """This process."""
    clocks = {CPU: time.process_time, WALL: time.perf_counter}
    return Place("hf", f"hf:{folder}", clocks, ("MB at most, so far", _most_mb))


def there(server: Serving) -> Place:
    """A server that was started for it."""
    return Place(
        "served vLLM", server.url, {CPU: server.cpu_s, WALL: time.perf_counter}, ("MB of its processes", server.memory_mb)
    )


def measured(places: Sequence[Place], kinds: Sequence[str]) -> Iterator[Row]:
    """What each kind comes to, in every place one after the other, so that all have much the same work beside them."""
    samples, guard = rows(), Guard(without=tuple(RULES))
    for place in places:
        dispatch.run(Judge(place.spec, canaries=0, guard=guard), samples[:1])  # loads the model
    for kind in kinds:
        about = f"{kind} (n={len(samples)})"
        for place in places:
            began = {unit: clock() for unit, clock in place.clocks.items()}
            verdicts = dispatch.run(Judge(place.spec, KINDS[kind], canaries=0, guard=guard), samples)
            spent = {unit: (clock() - began[unit]) / len(samples) for unit, clock in place.clocks.items()}
            unread = sum(verdict.score is None for verdict in verdicts)
            yield row(place.name, about, "share without a verdict", [unread / len(samples)])
            yield from (row(place.name, about, unit, [value]) for unit, value in spent.items())
            if place.memory:
                unit, memory = place.memory
                yield row(place.name, about, unit, [memory()])
            load = os.getloadavg()[0]
            yield row(place.name, about, "processes ready to run, mean of the last minute", [load])
            told = ", ".join(f"{value:.3f} {unit}" for unit, value in spent.items())
            print(f"{place.name} {kind}: {unread} of {len(samples)} unread, {told}, load {load:.1f}", flush=True)


def _most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
        yield row(f"hf, {name}", "binary, groups of 8 beside 0.1", CPU, values)
    yield row(
        "hf, now", "binary, groups of 8 beside 0.1", "times less CPU than 0.1", [median(spent["0.1"]) / median(spent["now"])]
    )


def main() -> None:
    """Measure and keep."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--serve", metavar="PYTHON", help="of an environment with vLLM")
    parser.add_argument("--served", metavar="URL")
    parser.add_argument("--before", type=Path, metavar="TREE")
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    options = parser.parse_args()
    found: list[Row] = []
    if options.served:
        found += measured([Place("served vLLM", options.served, {WALL: time.perf_counter})], options.kinds)
    elif options.serve:
        with serving(options.serve, options.folder) as server:
            found += measured([here(options.folder), there(server)], options.kinds)
    elif options.kinds:
        found += measured([here(options.folder)], options.kinds)
    if options.before:
        found += beside(options.folder, options.before)
    print(f"→ {keep('judge_kinds', found).relative_to(ROOT)}")
    write_page()


if __name__ == "__main__":
    main()
