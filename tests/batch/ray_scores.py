"""One Ray program that scores what the tests look at: `ray_scores.py FOLDER` leaves files and facts.json there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import ray
from actors import kill_one

from rewardkit import cli
from rewardkit.batch import ranges
from rewardkit.batch.cluster import Placement, connect

FOLDER = Path(sys.argv[1])


def score(source: str, output: str, *more: str) -> int:
    command = ["score", str(FOLDER / source), "-o", str(FOLDER / output), "--engine", "ray", "--workers", "2", *more]
    return cli.main(command)


def main() -> None:
    facts: dict[str, Any] = {}
    ranges.RANGE_BYTES = 1 << 16
    with connect(Placement(actors=2)):
        facts["mixed"] = score("mixed.jsonl", "mixed.out", "--trace", str(FOLDER / "mixed.trace"))
        facts["parquet"] = score("rows.parquet", "parquet.out")
        facts["empty"] = score("empty.jsonl", "empty.out")
        facts["resumed"] = score("many.jsonl", "resumed.out", "--resume")
        facts["parts"] = score("parts/*.jsonl", "parts.out")
        facts["packed, resumed"] = score("many.jsonl.gz", "packed.out", "--resume")
        sys.stdin = (FOLDER / "many.jsonl").open(encoding="utf-8")
        facts["stdin"] = cli.main(["score", "-", "-o", str(FOLDER / "stdin.out"), "--engine", "ray", "--workers", "2"])
        killed: list[int] = []
        output = FOLDER / "killed.out"
        killer = kill_one("MapWorker", lambda: output.exists() and output.stat().st_size, killed)
        facts["killed"] = [score("many.jsonl", "killed.out"), len(killed)]
        killed.append(0)
        killer.join()
        killed = []
        output = FOLDER / "chunk-killed.out"
        killer = kill_one("_Scorer", lambda: output.exists() and output.stat().st_size, killed)
        facts["chunk killed"] = [score("many.csv", "chunk-killed.out"), len(killed)]
        killed.append(0)
        killer.join()
        facts["too many"] = cli.main(
            ["score", str(FOLDER / "mixed.jsonl"), "-o", str(FOLDER / "no.out"), "--engine", "ray", "--workers", "50"]
        )
        facts["no resource"] = score("mixed.jsonl", "no.out", "--actor", "num_cpus=0,moon=1")
        facts["store mb"] = ray.cluster_resources()["object_store_memory"] / 2**20
    facts["shut down"] = not ray.is_initialized()
    (FOLDER / "facts.json").write_text(json.dumps(facts))


if __name__ == "__main__":
    main()
