"""How far a verdict wanders: calls from one file of the library into another, and how many files, on four kinds of rows.

`python -m benchmarks.rules.bench_hops` prints them, `--keep` keeps them as CSV rows, and `--beside CHECKOUT` counts another
version in the same way, in a process of its own.

Each row of `hops.jsonl` is a pattern that is filled twice. The first filling loads the tables and what else a process reads once;
the second is counted, with another question, reference and completion, so that nothing of it has been seen before.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import rewardkit

ROWS = [json.loads(line) for line in Path(__file__).with_name("hops.jsonl").read_text(encoding="utf-8").splitlines()]
HOUSE = str(Path(rewardkit.__file__).parent)
MEASURES = ("calls from file to file", "files", "calls")


def walk(row: dict[str, Any]) -> tuple[int, int, int]:
    """The calls from file to file, the files and all calls of one verdict."""
    files: set[str] = set()
    hops = calls = 0

    def seen(frame: FrameType, event: str, _: object) -> None:
        nonlocal hops, calls
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(HOUSE):
            caller = _caller_in_house(frame)
            hops += caller is not None and caller.f_code.co_filename != file
            calls += 1
            files.add(file)

    sample = _filled(row, row["then"])
    sys.setprofile(seen)
    try:
        rewardkit.verify(**sample)
    finally:
        sys.setprofile(None)
    return hops, len(files), calls


def _caller_in_house(frame: FrameType) -> FrameType | None:
    """The nearest caller in the library: what `map` or a cache of the standard library calls for it is its own call."""
    caller = frame.f_back
    while caller is not None and not caller.f_code.co_filename.startswith(HOUSE):
        caller = caller.f_back
    return caller


def _filled(row: dict[str, Any], words: list[str]) -> dict[str, str]:
    return {column: row[column].format(*words) for column in ("prompt", "answer", "completion")}


def counted() -> dict[str, list[tuple[int, int, int]]]:
    """What each verdict of each kind of rows calls."""
    for row in ROWS:
        rewardkit.verify(**_filled(row, row["first"]))
    found: dict[str, list[tuple[int, int, int]]] = {}
    for row in ROWS:
        found.setdefault(row["kind"], []).append(walk(row))
    return found


def counted_beside(checkout: Path) -> dict[str, list[tuple[int, int, int]]]:
    """The same of the library in another folder."""
    command = [sys.executable, __file__, "--json"]
    told = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(checkout)}, check=True, capture_output=True, text=True)
    return dict(json.loads(told.stdout))


def main() -> None:
    """Count, print, and keep what was counted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--keep", action="store_true", help="keep the counts in benchmarks/data/hops.csv")
    parser.add_argument("--beside", type=Path, help="a checkout of another version, which is counted as well")
    parser.add_argument("--json", action="store_true", help="print the counts of each row as JSON and nothing else")
    given = parser.parse_args()
    if given.json:
        print(json.dumps(counted()))
        return
    versions = {"rewardkit": counted()}
    if given.beside:
        head = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=given.beside, check=True, capture_output=True, text=True
        )
        versions[f"rewardkit at {head.stdout.strip()}"] = counted_beside(given.beside)
    for name, kinds in versions.items():
        for kind, walks in kinds.items():
            medians = (statistics.median_low(values) for values in zip(*walks, strict=True))
            print(f"{name}, {kind}: {', '.join(f'{m} {what}' for m, what in zip(medians, MEASURES, strict=True))}")
    if given.keep:
        _keep(versions)


def _keep(versions: dict[str, dict[str, list[tuple[int, int, int]]]]) -> None:
    from benchmarks.rows import keep, row

    rows = []
    for name, kinds in versions.items():
        for kind, walks in kinds.items():
            for values, what in zip(zip(*walks, strict=True), MEASURES, strict=True):
                new = row(name, f"a verdict on {kind}", what, values)
                rows.append(replace(new, commit=name.rpartition(" ")[2]) if " at " in name else new)
    keep("hops", rows)


if __name__ == "__main__":
    main()
