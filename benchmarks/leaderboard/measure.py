"""Systems over suites in the Python that runs this, each system in a worker process of its own; verdicts go out as JSON lines.

`python -m benchmarks.leaderboard.measure TASK.json`, where the task says `rows` (a file), `systems`, `jobs` and `limit_s`.
Systems whose packages are not here are named on a line of their own, so that another Python may have them.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.leaderboard import judged
from benchmarks.leaderboard.systems import system
from rewardkit import registry
from rewardkit.errors import RewardKitError, UsageError
from rewardkit.types import Sample, Status, Verdict
from rewardkit.workers import Workers

__all__ = ["main"]

MEMORY_MB = 4096
SLICE = 64
PROBE = Sample(0, "", r"The answer is \boxed{\frac{1}{2}}.", {"answer": r"\frac{1}{2}"})
"""A row that all can read: what loading takes is on nobody's clock."""

Record = dict[str, Any]


def main(task_file: str) -> None:
    """Measure what the task asks for; the lines of several systems may be mixed, those of one are in order."""
    task = json.loads(Path(task_file).read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in Path(task["rows"]).read_text(encoding="utf-8").splitlines()]
    suites = [(row["suite"], Sample(row["row"], row["prompt"], row["completion"], row["columns"])) for row in rows]
    here = [name for name in task["systems"] if system(name).here]
    _tell({"missing": [name for name in task["systems"] if name not in here]})
    with ThreadPoolExecutor(task["jobs"]) as threads:
        for done in [threads.submit(_system, name, suites, task["limit_s"]) for name in here]:
            done.result()


def _system(name: str, rows: Sequence[tuple[str, Sample]], limit_s: float) -> None:
    """All verdicts of one system, then a line that says so; a system that cannot be loaded says why."""
    # One process that is never replaced for its age: a system keeps its caches from row to row, as it does in training.
    with Workers(1, timeout_s=limit_s, memory_mb=MEMORY_MB, recycle_after=10**9) as pool:
        try:
            for record in _records(pool, name, rows):
                _tell(record)
        except RewardKitError as cause:
            _tell({"system": name, "cannot": str(cause)})
            return
    _tell({"system": name, "version": system(name).version})


def _records(pool: Workers, name: str, rows: Sequence[tuple[str, Sample]]) -> Iterator[Record]:
    verifier = registry.get(judged.NAME, of=name)
    (first,) = pool.run(verifier, [PROBE])
    if first.status is Status.ERROR:
        message = f"it cannot be loaded: {first.info.get('error')}: {first.info.get('message')}"
        raise UsageError(message)
    for start in range(0, len(rows), SLICE):
        part = rows[start : start + SLICE]
        for (suite, sample), verdict in zip(part, pool.run(verifier, [sample for _, sample in part]), strict=True):
            yield {"system": name, "suite": suite, "row": sample.index, **_told(verdict)}


def _told(verdict: Verdict) -> Record:
    told = {"score": verdict.score, "status": verdict.status.value, "reason": verdict.reason}
    return told | {key: verdict.info[key] for key in ("cpu_s", "error", "message") if key in verdict.info}


_lock = threading.Lock()


def _tell(record: Record) -> None:
    with _lock:
        print(json.dumps(record, ensure_ascii=False, default=str), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
