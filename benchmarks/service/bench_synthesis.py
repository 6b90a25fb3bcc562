"""What synthesis costs beside its models: the small world's pictures with scripted ones, every call journalled.

python -m benchmarks.service.bench_synthesis
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import ROOT, Row, keep, row


def measured(folder: Path) -> Iterator[Row]:
    """One run from an empty journal, and one that finds every call in it."""
    from examples.wethink.synthesis.report import summary
    from examples.wethink.tiny.made import synthesised
    from examples.wethink.tiny.stages import SETS
    from examples.wethink.tiny.world import draw_pictures

    count, seed, held_out, _ = SETS["rl"]
    pictures = draw_pictures(count, seed, held_out=held_out, images=folder / "rl")
    for name in ("from nothing", "again from its journal"):
        cpu, wall = time.process_time(), time.perf_counter()
        _, told = synthesised(pictures, folder / "made")
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        report = json.loads(told)
        print(summary(report))
        calls = sum(report["paid_now"].values()) or sum(spent["calls"] for spent in report["calls"].values())
        about = f"synthesis: {count:,} pictures, {report['tried']:,} tries, {calls:,} calls, {name}"
        yield row("rewardkit", f"{about}: CPU", "s", [cpu])
        yield row("rewardkit", f"{about}: wall", "s", [wall])
        yield row("rewardkit", f"{about}: CPU a call", "µs", [1e6 * cpu / calls])


def main() -> None:
    """Measure, keep the rows in data/synthesis.csv and print them."""
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measured(Path(folder)))
    path = keep("synthesis", rows)
    for entry in rows:
        print(f"{entry.metric:100s} {entry.p50:>8s} {entry.unit}")
    print(f"→ {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
