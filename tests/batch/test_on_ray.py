"""`score --engine ray` for real: a cluster on this machine, actors that are killed, and output that is the local engine's."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_program import call_here
from patience import HANG_S
from ray_files import example, lines, write_parquet

HERE = Path(__file__).parent
MANY = 4_000


def without_seconds(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row.pop("seconds")
    return rows


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A folder in which the Ray program has been, and what it found."""
    folder = tmp_path_factory.mktemp("ray")
    mixed = lines(map(example, range(600)))
    mixed += b'\n{"completion": "B", "ans\n  \n' + lines(
        [{"id": {"page": 1}, "completion": "B"}, {"completion": "\ud83d", "answer": "x"}]
    )
    (folder / "mixed.jsonl").write_bytes(b"\xef\xbb\xbf" + mixed + lines([{**example(7), "id": None}]).rstrip())
    (folder / "many.jsonl").write_bytes(lines(map(example, range(MANY))))
    (folder / "empty.jsonl").write_bytes(b"")
    write_parquet(folder / "rows.parquet", [example(i) for i in range(900)], group=200)
    with gzip.open(folder / "many.jsonl.gz", "wb") as packed:
        packed.write((folder / "many.jsonl").read_bytes())
    with (folder / "many.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, ["id", "answer", "completion"])
        writer.writeheader()
        writer.writerows(map(example, range(MANY)))
    (folder / "parts").mkdir()
    for name, rows in (("a", range(1500)), ("b", range(1500, MANY))):
        (folder / "parts" / f"{name}.jsonl").write_bytes(lines(map(example, rows)))
    for source, output in (("mixed.jsonl", "mixed"), ("many.jsonl", "many"), ("rows.parquet", "parquet")):
        more = ["--trace", str(folder / "mixed.local.trace")] if output == "mixed" else []
        command = [sys.executable, "-m", "rewardkit", "score", str(folder / source), "-o", str(folder / f"{output}.local"), *more]
        subprocess.run(command, check=True, capture_output=True, timeout=HANG_S)
    whole = (folder / "many.local").read_bytes()
    (folder / "resumed.out").write_bytes(whole[: len(whole) // 3])  # in the middle of a line
    (folder / "packed.out").write_bytes(whole[: len(whole) // 2])
    program = subprocess.run(
        [sys.executable, str(HERE / "ray_scores.py"), str(folder)],
        capture_output=True,
        text=True,
        timeout=2 * HANG_S,
        env={name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"},
    )
    assert program.returncode == 0, program.stderr[-3000:]
    (folder / "said").write_text(program.stderr)
    return folder, json.loads((folder / "facts.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fact", "output", "local"),
    [
        ("mixed", "mixed.out", "mixed.local"),
        ("mixed", "mixed.trace", "mixed.local.trace"),
        ("parquet", "parquet.out", "parquet.local"),
        ("resumed", "resumed.out", "many.local"),
        ("parts", "parts.out", "many.local"),
        ("packed, resumed", "packed.out", "many.local"),
        ("stdin", "stdin.out", "many.local"),
    ],
)
def test_the_output_is_that_of_the_local_engine(done: tuple[Path, dict[str, Any]], fact: str, output: str, local: str) -> None:
    folder, facts = done
    assert facts[fact] == 0
    assert without_seconds(folder / output) == without_seconds(folder / local)


@pytest.mark.slow
def test_an_actor_that_is_killed_half_way_loses_and_doubles_no_row(done: tuple[Path, dict[str, Any]]) -> None:
    folder, facts = done
    assert facts["killed"] == [0, 1]
    assert without_seconds(folder / "killed.out") == without_seconds(folder / "many.local")


@pytest.mark.slow
def test_a_table_is_scored_as_lines_are_though_an_actor_is_killed(done: tuple[Path, dict[str, Any]]) -> None:
    folder, facts = done
    as_text = [{**row, "id": str(row["id"])} for row in without_seconds(folder / "many.local")]
    assert facts["chunk killed"] == [0, 1]
    assert without_seconds(folder / "chunk-killed.out") == as_text  # everything in a CSV file is text


@pytest.mark.slow
def test_parquet_is_scored_as_lines_are(done: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = done
    assert without_seconds(folder / "parquet.local") == without_seconds(folder / "many.local")[:900]


@pytest.mark.slow
def test_an_empty_file_gives_an_empty_file(done: tuple[Path, dict[str, Any]]) -> None:
    folder, facts = done
    assert (facts["empty"], (folder / "empty.out").read_bytes()) == (0, b"")


@pytest.mark.slow
def test_what_the_cluster_has_no_room_for_is_told(done: tuple[Path, dict[str, Any]]) -> None:
    folder, facts = done
    said = (folder / "said").read_text()
    assert (facts["too many"], facts["no resource"]) == (2, 2)
    assert "50 × 1 CPU where there are" in said
    assert "2 × 1 moon where there are 0" in said


@pytest.mark.slow
def test_the_cluster_is_small_and_goes_with_the_program(done: tuple[Path, dict[str, Any]]) -> None:
    folder, facts = done
    assert facts["store mb"] <= 256
    assert facts["shut down"]
    assert "Traceback" not in (folder / "said").read_text()


# What needs no cluster to be wrong


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["in.jsonl", "-o", "out", "--actor", "num_cpus=x"], "--actor wants NAME=N pairs"),
        (["in.jsonl", "-o", "out", "--actor", "num_cpus=-1"], "cannot reserve num_cpus=-1.0"),
        (["in.jsonl", "-o", "out", "--recipe", "none"], "no recipe is named"),
        (["none.jsonl", "-o", "out"], "cannot read none.jsonl"),
    ],
)
def test_a_call_that_cannot_be_is_told(tmp_path: Path, options: list[str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_bytes(lines([example(1)]))
    told = call_here("score", "--engine", "ray", *options)
    assert (told.returncode, words in told.stderr) == (2, True), told.stderr


def test_without_ray_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines([example(random.Random(1).randrange(9))]))
    code = "import sys\nsys.modules['ray'] = None\nfrom rewardkit.cli import main\nsys.exit(main())"
    command = [sys.executable, "-c", code, "score", "in.jsonl", "-o", "out", "--engine", "ray"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=HANG_S)
    assert (told.returncode, "pip install 'ray[data]" in told.stderr) == (2, True)
