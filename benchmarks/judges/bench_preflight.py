"""Whether a judge would be let behind a reward on labelled suites: its first call on each, and what it says to controls there.

`python -m benchmarks.judges.bench_preflight NAME SPEC SUITE.jsonl …` writes `data/preflight.csv`. The first call on each suite
ends the run with `UnfitJudge` or gives verdicts. Then the look before the first verdict is left out, and `ROWS` rows of each
suite are asked about with a control each: a row whose question's control the judge accepts has no verdict.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.judges.bench_attacks import OPTIONS
from benchmarks.rows import ROOT, Row, keep, row, write_page
from rewardkit import dispatch
from rewardkit.commands.bench import load
from rewardkit.errors import UnfitJudge
from rewardkit.judges.client import Client
from rewardkit.judges.judge import Judge, as_client
from rewardkit.types import Sample

ROWS, SEED = 5, 0


def drawn(path: str) -> list[Sample]:
    """Rows with a question and a reference, of different questions, by the seed."""
    of: dict[str, Sample] = {}
    for pair in load(path, OPTIONS).pairs:
        if pair.sample.question and pair.sample.references:
            of.setdefault(pair.sample.question, pair.sample)
    rows = list(of.values())
    return random.Random(SEED).sample(rows, min(ROWS, len(rows)))


def measured(name: str, client: Client, cache: str, suite: str, rows: list[Sample]) -> Iterator[Row]:
    """The first call, and the share of controls accepted among rows that the judge was asked about."""
    try:
        dispatch.run(Judge(client, cache=cache), rows)
        refused = ""
    except UnfitJudge as cause:
        refused = str(cause)
    verdicts = dispatch.run(Judge(client, cache=cache, preflight=False), rows)
    asked: list[Any] = [verdict for verdict in verdicts if verdict.info.get("source") != "rule"]
    accepted = sum(verdict.reason == "judge_unreliable" for verdict in asked)
    about = f"{suite} (n={len(asked)})"
    if asked:  # else the guard has settled every row, and no judge was wanted
        yield row(name, about, "refused as unfit in the first call", [float(bool(refused))])
        yield row(name, about, "share of questions whose control it accepts", [accepted / len(asked)])
    print(f"{suite}: {refused or 'fit'}; {accepted} of {len(asked)} controls accepted", flush=True)


def main() -> None:
    """Measure and keep."""
    name, spec, *suites = sys.argv[1:]
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in suites:
            if rows := drawn(path):
                found += measured(name, as_client(spec), f"{folder}/replies.db", Path(path).stem, rows)
    print(f"→ {keep('preflight', found).relative_to(ROOT)}")
    write_page()


if __name__ == "__main__":
    main()
