"""A run: the rows of all suites handed to each Python that has some of the systems, and the verdicts that come back."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.leaderboard.suites import Suite
from benchmarks.rows import ROOT, commit, device

__all__ = ["Run", "Said", "read_run", "run", "write_run"]


@dataclass(frozen=True, slots=True)
class Said:
    """One system's verdict on one row; score None when it gave none. `how` tells a verdict from a crash and a cut-off."""

    score: float | None
    how: str
    cpu_s: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the row would be paid."""
        return self.score is not None and self.score >= 0.5


@dataclass
class Run:
    """What every system said of every row, `said[system][suite][row]`, its version, and why those that are missing are.

    `place` is the machine, the commit and the day that it was measured on.
    """

    said: dict[str, dict[str, list[Said]]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    place: tuple[str, str, str] = ("", "", "")


def run(
    suites: Sequence[Suite],
    names: Sequence[str],
    pythons: Sequence[str],
    *,
    jobs: int = 1,
    limit_s: float = 10.0,
    tell: Callable[[str], None] = lambda line: None,
) -> Run:
    """Every system on every row, in the first of the `pythons` that has its package.

    Each system has one worker process; `jobs` of them run at a time. A row has `limit_s` seconds of wall clock, then the process
    is replaced and the row tried once more. `tell` hears of each system that is done.
    """
    result, left = Run(place=(device(), commit(), datetime.date.today().isoformat())), list(names)
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        rows.write_text("".join(_line(suite, row) for suite in suites for row in range(len(suite.rows))), encoding="utf-8")
        for python in pythons:
            task = Path(folder) / "task.json"
            task.write_text(json.dumps({"rows": str(rows), "systems": left, "jobs": jobs, "limit_s": limit_s}), encoding="utf-8")
            left = []
            for record in _records(python, task):
                left = record.get("missing", left)
                _take(result, record, tell)
    result.missing |= dict.fromkeys(left, "its package is in none of the environments")
    return result


def _line(suite: Suite, row: int) -> str:
    sample = suite.rows[row].sample
    found = {"prompt": sample.prompt, "completion": sample.completion, "columns": dict(sample.columns)}
    return json.dumps({"suite": suite.name, "row": row, **found}, ensure_ascii=False) + "\n"


def _records(python: str, task: Path) -> Iterator[dict[str, Any]]:
    # One order of sets in all processes: what sympy makes of a text must not differ from run to run.
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    command = [python, "-m", "benchmarks.leaderboard.measure", str(task)]
    noise = task.with_suffix(".err")  # some of them warn at every row
    with (
        noise.open("w") as err,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=err) as process,
    ):
        for line in process.stdout or ():
            yield json.loads(line)
    if process.returncode:
        last = noise.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        message = f"{' '.join(command)} ended with status {process.returncode}: {last}"
        raise SystemExit(message)


def _take(result: Run, record: dict[str, Any], tell: Callable[[str], None]) -> None:
    if "row" in record:
        rows = result.said.setdefault(record["system"], {}).setdefault(record["suite"], [])
        how = record["reason"] if record["reason"] in ("timeout", "too_complex") else record["status"]
        rows.append(Said(record["score"], how, record.get("cpu_s")))
    elif "cannot" in record:
        result.said.pop(record["system"], None)
        result.missing[record["system"]] = record["cannot"]
        tell(f"{record['system']}: {record['cannot']}")
    elif "version" in record:
        result.versions[record["system"]] = record["version"]
        tell(record["system"])


def write_run(path: Path, result: Run) -> None:
    """Keep a run as JSON, to make tables of it or to compare another with it."""
    said = {
        name: {suite: [[one.score, one.how, one.cpu_s] for one in rows] for suite, rows in of.items()}
        for name, of in result.said.items()
    }
    rest = {"versions": result.versions, "missing": result.missing, "place": result.place}
    path.write_text(json.dumps({"said": said, **rest}), encoding="utf-8")


def read_run(path: Path) -> Run:
    """The run that `write_run` kept."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    said = {name: {suite: [Said(*one) for one in rows] for suite, rows in of.items()} for name, of in kept["said"].items()}
    return Run(said, kept["versions"], kept["missing"], tuple(kept["place"]))
