"""A day's soak in miniature: `python -m benchmarks.service.soak_serve --seconds 600 --keep`.

Good clients and bad ones all the time: batches of several sizes, broken JSON, bodies too large, clients that leave in the
middle, and worker processes that are killed. At the end the service must hold no more memory and files than after the first
sixth, and every good request must have been answered. Exits with 1 when one of these is not so; `--keep` keeps data/serve.csv.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from benchmarks.rows import keep, row
from benchmarks.service.bench_serve import bodies
from benchmarks.service.load import Load, Service, head, one_client, running

SAMPLE_S = 0.5
PAUSE_S = 0.03  # between two requests of a client: this is no test of speed


def kill_a_worker(service: Service) -> int:
    """Kill -9 of one of its worker processes; how many there were to kill."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == service.process.pid:
                os.kill(int(entry.name), signal.SIGKILL)
                return 1
    return 0


async def leaver(service: Service, body: bytes, until: float) -> int:
    """Connects, sends half or all of a request, and leaves."""
    left, chance = 0, random.Random(3)
    while time.perf_counter() < until:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(service.host, service.port)
            writer.write((head(body) + body)[: chance.choice([10, 200, None])])
            await writer.drain()
            await asyncio.sleep(chance.random() * 0.1)
            writer.close()
            left += 1
    return left


async def soak(service: Service, seconds: float) -> tuple[Load, Load, list[float], list[int], int, int]:
    until = time.perf_counter() + seconds
    good, bad = Load(), Load()
    chance = random.Random(4)
    requests = bodies(1)[:50] + bodies(20)[:50] + bodies(200)[:10]
    broken = [b"{", b'{"rows": [NaN]}', b'{"rows": [{"completion": "B"}], "x": 1}', b'{"rows": [' + b"[" * 50_000, b"\xff"]
    huge = json.dumps({"rows": [{"completion": "x" * 100_000, "answer": "x"}] * 12}).encode()
    memory: list[float] = []
    files: list[int] = []
    kills = 0

    async def watch() -> None:
        nonlocal kills
        while time.perf_counter() < until:
            memory.append(service.memory_mb())
            files.append(service.open_files())
            if len(memory) % 10 == 9:
                kills += kill_a_worker(service)
            await asyncio.sleep(SAMPLE_S)

    leavers = [leaver(service, requests[60], until) for _ in range(2)]
    _, left, also, *_ = await asyncio.gather(
        watch(),
        *leavers,
        *(one_client(service, lambda: chance.choice(requests), until, good, PAUSE_S) for _ in range(4)),
        one_client(service, lambda: chance.choice([*broken, huge]), until, bad, PAUSE_S),
    )
    return good, bad, memory, files, kills, left + also


def growth(values: list[float]) -> tuple[float, float]:
    """The middle value of the second sixth, and how much the middle of the last sixth is above it."""
    part = max(1, len(values) // 6)
    early, late = sorted(values[part : 2 * part] or values), sorted(values[-part:])
    return early[len(early) // 2], late[len(late) // 2] - early[len(early) // 2]


def main() -> int:
    """Soak, say what was seen, and keep it when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--most-growth", type=float, default=0.05, help="of memory, as a share (default 0.05)")
    parser.add_argument("--keep", action="store_true", help="keep the rows in data/serve.csv")
    options = parser.parse_args()
    with running("--workers", "2", "--max-body-mb", "1", "--timeout-s", "60") as service:
        good, bad, memory, files, kills, left = asyncio.run(soak(service, options.seconds))
    before, more = growth(memory)
    _, more_files = growth([float(count) for count in files])
    lost = sum(good.statuses.values()) - good.statuses.get(200, 0)
    about = f"serve, soak of {options.seconds:.0f} s"
    rows = [
        row("rewardkit", f"{about}: good requests answered", "requests", [float(len(good.seconds))]),
        row(
            "rewardkit",
            f"{about}: good requests lost",
            "requests",
            [float(lost)],
        ),
        row("rewardkit", f"{about}: bad requests refused", "requests", [float(sum(bad.statuses.values()))]),
        row("rewardkit", f"{about}: clients that left in the middle", "clients", [float(left)]),
        row("rewardkit", f"{about}: worker processes killed", "processes", [float(kills)]),
        row("rewardkit", f"{about}: memory after the first sixth", "MB", [before]),
        row("rewardkit", f"{about}: growth of memory from there to the end", "MB", [more]),
        row("rewardkit", f"{about}: growth of open files", "files", [more_files]),
    ]
    for entry in rows:
        print(f"{entry.metric:70s} {entry.p50:>10s} {entry.unit}")
    print(f"statuses: good {good.statuses}, bad {bad.statuses}; memory from {min(memory):.0f} to {max(memory):.0f} MB")
    if options.keep:
        keep("serve", rows)
    fine = more <= options.most_growth * before and more_files <= 4 and set(good.statuses) == {200} and 200 not in bad.statuses
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
