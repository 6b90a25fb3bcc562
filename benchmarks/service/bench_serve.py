"""Throughput and latency of `rewardkit serve` on loopback at 1, 8 and 64 clients: `python -m benchmarks.service.bench_serve`.

A client is a connection that posts its next request when it has the answer to the last one. Requests of one row are what
OpenRLHF sends. Service and clients share the machine. Keeps data/serve.csv.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections.abc import Iterator

from benchmarks.rows import ROOT, Row, keep, row
from benchmarks.service.load import Load, Service, one_client, running

CLIENTS = (1, 8, 64)
BATCHES = (1, 64)
WARM_S = 1.0


def bodies(rows: int) -> list[bytes]:
    """Requests with rows from the demo, of all its routes."""
    lines = (ROOT / "demo" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    samples = [json.loads(line) for line in lines if line.startswith("{")]
    samples = [one for one in samples if isinstance(one.get("completion"), str)]
    chance = random.Random(1)
    return [json.dumps({"rows": chance.choices(samples, k=rows)}).encode() for _ in range(200)]


async def measured(service: Service, clients: int, rows: int, seconds: float) -> tuple[Load, float, float]:
    """What the clients saw within the time, how long it was, and the CPU time it took the service."""
    chance, requests = random.Random(2), bodies(rows)

    def make() -> bytes:
        return chance.choice(requests)

    await asyncio.gather(*(one_client(service, make, time.perf_counter() + WARM_S, Load()) for _ in range(clients)))
    load, started, cpu = Load(), time.perf_counter(), service.cpu_s()
    await asyncio.gather(*(one_client(service, make, started + seconds, load) for _ in range(clients)))
    return load, time.perf_counter() - started, service.cpu_s() - cpu


def rows_of(service: Service, seconds: float) -> Iterator[Row]:
    for size in BATCHES:
        for clients in CLIENTS:
            load, took, cpu = asyncio.run(measured(service, clients, size, seconds))
            assert set(load.statuses) == {200}, load.statuses
            about = f"serve, clients: {clients}, rows a request: {size}"
            ordered = sorted(load.seconds)
            yield row("rewardkit", f"{about}: throughput", "rows/s", [len(ordered) * size / took])
            yield row("rewardkit", f"{about}: latency", "ms", [one * 1e3 for one in ordered])
            yield row("rewardkit", f"{about}: latency p99", "ms", [ordered[int(0.99 * (len(ordered) - 1))] * 1e3])
            yield row("rewardkit", f"{about}: CPU of the service", "ms a request", [cpu / len(ordered) * 1e3])


def main() -> None:
    """Measure, keep the rows in data/serve.csv and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each of the six loads (default 5)")
    options = parser.parse_args()
    with running() as service:
        rows = list(rows_of(service, options.seconds))
    path = keep("serve", rows)
    for entry in rows:
        print(f"{entry.metric:62s} {entry.p20:>8s} {entry.p50:>8s} {entry.p80:>8s} {entry.unit}")
    print(f"→ {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
