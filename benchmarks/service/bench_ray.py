"""Ray's engine: one actor beside two, an actor that is killed half way, and memory for ten times the rows.

`python -m benchmarks.service.bench_ray [--rows 200000]`. The rows are those of suites/notation.jsonl again and again, which take
CPU: what many actors are for. Each run is a program of its own; its speed is that from the first lines of output to the last,
without the start of the cluster and of the actors. Keeps data/ray.csv.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.rows import ROOT, Row, keep, row


@dataclass
class Watched:
    """What a run of the program took."""

    share_a_s: float = 0.0  # of the output, from its first lines to its last
    peak_mb: dict[str, float] = field(default_factory=dict)
    killed: int = 0


def write(path: Path, rows: int) -> None:
    """So many rows with ids of their own."""
    samples = [
        json.loads(line) for line in (ROOT / "benchmarks" / "suites" / "notation.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    with path.open("w", encoding="utf-8") as sink:
        for number in range(rows):
            sink.write(json.dumps({**samples[number % len(samples)], "id": number}, ensure_ascii=False) + "\n")


def family(pid: int) -> dict[int, str]:
    """The command lines of a process and its descendants."""
    parents, names = {}, {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            one = int(entry.name)
            parents[one] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            names[one] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    found = {pid}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return {one: names[one] for one in found if one in names}


def private_mb(pid: int) -> float:
    """Memory of a process that it shares with nobody, so that the object store is not counted in each."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(size) for size in re.findall(r"Private_\w+:\s+(\d+)", text)) / 1024


def score(source: Path, output: Path, actors: int, *, kill: bool = False, watch: bool = False) -> Watched:
    """Run the command; with `kill`, one actor is killed when half of the output is there."""
    command = [
        sys.executable,
        "-m",
        "rewardkit",
        "score",
        str(source),
        "-o",
        str(output),
        "--engine",
        "ray",
        "--workers",
        str(actors),
    ]
    seen, over = Watched(), threading.Event()
    sizes: list[tuple[float, int]] = []  # of the output, each time it has grown
    half = source.stat().st_size / 2  # a line of output is about as long as one of input
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:

        def grown() -> None:
            while not over.wait(0.02):
                size = output.stat().st_size if output.exists() else 0
                if size > (sizes[-1][1] if sizes else 0):
                    sizes.append((time.perf_counter(), size))

        def look() -> None:
            while not over.wait(0.5):
                for pid, name in family(process.pid).items():
                    kind = "driver" if pid == process.pid else "actor" if name.startswith("ray::MapWorker") else ""
                    with contextlib.suppress(OSError):
                        if watch and kind:
                            seen.peak_mb[kind] = max(seen.peak_mb.get(kind, 0.0), private_mb(pid))
                        if kill and kind == "actor" and not seen.killed and output.exists() and output.stat().st_size > half:
                            os.kill(pid, signal.SIGKILL)
                            seen.killed += 1

        threads = [threading.Thread(target=work) for work in ((grown, look) if kill or watch else (grown,))]
        for thread in threads:
            thread.start()
        _, said = process.communicate()
        over.set()
        for thread in threads:
            thread.join()
    assert process.returncode == 0, said
    (first, least), (last, most) = sizes[0], sizes[-1]
    if last > first:
        seen.share_a_s = (most - least) / most / (last - first)
    return seen


def measured(rows: int, folder: Path) -> Iterator[Row]:
    source, output = folder / "in.jsonl", folder / "out.jsonl"
    write(source, rows)
    one, two = (score(source, folder / f"{actors}.jsonl", actors).share_a_s * rows for actors in (1, 2))
    yield row("rewardkit", f"ray: {rows:,} rows, one actor", "rows/s", [one])
    yield row("rewardkit", f"ray: {rows:,} rows, two actors", "rows/s", [two])
    yield row("rewardkit", f"ray: {rows:,} rows, two actors beside one", "times as fast", [two / one])
    hit = score(source, output, 2, kill=True)
    ids = [json.loads(line)["id"] for line in output.read_text(encoding="utf-8").splitlines()]
    about = f"ray: {rows:,} rows, {hit.killed} actor killed half way"
    yield row("rewardkit", f"{about}: rows lost", "rows", [float(rows - len(set(ids)))])
    yield row("rewardkit", f"{about}: rows doubled", "rows", [float(len(ids) - len(set(ids)))])
    small = folder / "small.jsonl"
    write(small, rows // 10)
    tenth, whole = (score(path, output, 2, watch=True).peak_mb for path in (small, source))
    for kind in ("driver", "actor"):
        yield row(
            "rewardkit",
            f"ray: memory of {'the driver' if kind == 'driver' else 'an actor'}, {rows // 10:,} rows",
            "MB",
            [tenth[kind]],
        )
        yield row(
            "rewardkit", f"ray: memory of {'the driver' if kind == 'driver' else 'an actor'}, {rows:,} rows", "MB", [whole[kind]]
        )


def main() -> None:
    """Measure, keep the rows in data/ray.csv and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    options = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measured(options.rows, Path(folder)))
    path = keep("ray", rows)
    for entry in rows:
        print(f"{entry.metric:66s} {entry.p50:>10s} {entry.unit}")
    print(f"→ {path.relative_to(ROOT)}, {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
