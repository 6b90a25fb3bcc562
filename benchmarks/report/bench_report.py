"""A report over a million rows: what `rewardkit report` takes, how large the page is, and what it takes in Chromium.

`python -m benchmarks.report.bench_report [--rows N]`. The rows are made: some 450 bytes each, eight completions a prompt, five
routes. The command is a program of its own; its memory is its peak. The browser's memory is that of the process that shows the
page, after its garbage is collected: opened, filtered by a reason, sorted by time, a hundred pages further, and after a search
that reads every row. Without a Chromium on the path that half is left out. Keeps data/report.csv.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import ROOT, Row, keep, row, write_page

sys.path.insert(0, str(ROOT / "tests"))

from browser import DESKTOP, Browser, Page, chromium, started

ROUTES = ("number", "choice", "text", "expression", "code")
GROUP = 8


def write(path: Path, rows: int) -> None:
    """So many scored rows, as a trace has them."""
    draw = random.Random(0)
    with path.open("w", encoding="utf-8") as sink:
        for number in range(rows):
            group = number // GROUP
            right = draw.random() < group % 10 / 10
            reward = None if draw.random() < 0.02 else float(right)
            said = {"id": f"{group}#{number % GROUP}", "reward": reward, "status": "abstained" if reward is None else "scored"}
            said |= {"reason": "needs_judge" if reward is None else "match" if right else "mismatch", "route": ROUTES[group % 5]}
            said |= {"verifier": f"{ROUTES[group % 5]}.equal", "extracted": str(number % 97), "seconds": draw.expovariate(1e4)}
            said |= {"answer": str(group % 97), "prompt": f"Question {group}: how many are there if it is so and not otherwise?"}
            said["completion"] = (
                f"Let me think it over, step by step and number by number. So it is <answer>{number % 97}</answer>."
            )
            said["info"] = {"parts": {"accuracy": {"score": reward, "weight": 0.9}, "format": {"score": 1.0, "weight": 0.1}}}
            sink.write(json.dumps(said) + "\n")


def reported(source: Path, page: Path, rows: int) -> Iterator[Row]:
    """Run the command, and say what it took and what it wrote."""
    command = [sys.executable, "-m", "rewardkit", "report", str(source), "-o", str(page)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    _, status, used = os.wait4(process.pid, 0)
    if status:
        message = f"{command} ended with status {status}"
        raise SystemExit(message)
    about = f"report: {rows:,} rows"
    yield row("rewardkit", f"{about}, the file", "MB", [source.stat().st_size / 1e6])
    yield row("rewardkit", f"{about}, CPU time of the command", "s", [used.ru_utime + used.ru_stime])
    yield row("rewardkit", f"{about}, memory of the command", "MB", [used.ru_maxrss / 1024])
    yield row("rewardkit", f"{about}, the page", "kB", [page.stat().st_size / 1e3])
    beside = [path.stat().st_size for path in page.with_name(f"{page.stem}.rows").glob("*.js")]
    yield row("rewardkit", f"{about}, beside the page", "MB", [sum(beside) / 1e6])
    yield row("rewardkit", f"{about}, files beside the page", "files", [len(beside)])


def memory(browser: Browser, page: Page) -> float:
    """MB of the largest process that shows pages, without garbage."""
    page.call("HeapProfiler.collectGarbage")
    found = browser.call("SystemInfo.getProcessInfo")["processInfo"]
    sizes = []
    for one in found:
        if one["type"] == "renderer":
            said = Path(f"/proc/{one['id']}/smaps_rollup").read_text()
            sizes.append(sum(int(line.split()[1]) for line in said.splitlines() if line.startswith("Pss:")) / 1024)
    return max(sizes)


def shown(path: Path, rows: int) -> Iterator[Row]:
    """Use the page, and say what it takes at each stage."""

    def told(stage: str) -> Row:
        return row("rewardkit", f"report: {rows:,} rows, memory in Chromium, {stage}", "MB", [memory(browser, page)])

    def settled() -> None:
        page.run("new Promise((done) => setTimeout(done, 0))")
        page.until("!document.querySelector('[aria-busy=true]')")

    with started() as browser:
        page = Page(browser, path.resolve().as_uri(), DESKTOP, dark=False)
        settled()
        yield told("opened")
        for stage, hashes in {
            "filtered by a reason": ["reason=needs_judge"],
            "sorted by time": ["sort=-seconds"],
            "a hundred pages further": [f"page={number}" for number in range(1, 101)],
            "after a search that reads every row": ["q=no such text"],
        }.items():
            for one in hashes:
                page.run(f"location.hash = {json.dumps(f'#{one}')}")
                settled()
            yield told(stage)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        source, page = Path(folder) / "rows.jsonl", Path(folder) / "report.html"
        write(source, rows)
        kept = list(reported(source, page, rows))
        kept += shown(page, rows) if chromium() else ()
    print(keep("report", kept))
    write_page()


if __name__ == "__main__":
    main()
