"""`rewardkit bench-judge` and `score --judge` as someone uses them for the first time: real processes, a real server or none."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import servers
from cli_program import call, call_here
from fake import fit_server
from patience import HANG_S
from servers import Seen, Server, Writer, completion, refuses, says, send

ROWS = [
    {"prompt": "Capital of Australia?", "answer": "Canberra, ACT", "completion": "canberra", "label": True},
    {"prompt": "2 + 2?", "answer": "4", "completion": "5", "label": False},
]


def suite(folder: Path, rows: list[dict[str, Any]] = ROWS) -> Path:
    path = folder / "tiny.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--judge", "gpt-4"], "names no judge"),
        (["--judge", "http://"], "no address"),
        (["--kind", "binari"], "did you mean 'binary'"),
        (["--kind", "rubric"], "criteria"),
        (["--csv", "/nonexistent/out.csv"], "cannot write /nonexistent/out.csv"),
        (["--attacks", "0"], "not a whole number"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_told_at_once(tmp_path: Path, options: list[str], words: str) -> None:
    done = call_here("bench-judge", suite(tmp_path), *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_is_told_before_anything_is_measured() -> None:
    done = call_here("bench-judge", "--judge", f"http://127.0.0.1:{servers.closed_port()}/v1")
    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "cannot be reached" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("server", "words"), [(Server(models=("a", "b")), "#MODEL"), (Server(models=()), "no models")], ids=["two models", "none"]
)
def test_a_server_that_cannot_be_asked_is_told_with_what_to_do(server: Server, words: str) -> None:
    with server:
        done = call_here("bench-judge", "--judge", server.url, "--attacks", 1)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_judge_that_fails_is_no_judge_that_withstands() -> None:
    with Server(refuses("400 Bad Request")) as server:
        done = call_here("bench-judge", "--judge", server.url, "--attacks", 2, "--json")
    assert done.returncode == 1
    wrong = next(record for record in json.loads(done.stdout)["attacks"] if record["family"] == "wrong_answer")
    assert wrong["judge"] is None
    assert wrong["errors"] > 0
    assert "verdicts are errors" in done.stderr


KINDS = [
    "binary",
    "soft",
    "soft-tiered",
    "tiered",
    "wethink",
    "tenths",
    "general-verifier",
    "xverify",
    "compassverifier",
    "list",
    "score",
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_worst_judge_accepts_everything_whatever_its_kind(kind: str) -> None:
    done = call_here("bench-judge", "--kind", kind, "--attacks", 2, "--json")
    assert done.returncode == 0, done.stderr
    for record in json.loads(done.stdout)["attacks"]:
        assert (record["judge"], record["errors"]) == (1, 0)
        if record["family"] in ("empty_symbols", "markup", "master_keys"):
            assert record["guard+judge"] == 0


def test_a_real_server_and_the_csv(tmp_path: Path) -> None:
    with Server(says(completion("no"))) as server:
        done = call("bench-judge", suite(tmp_path), "--judge", server.url, "--attacks", "2", "--csv", tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    assert f"judge: judge@127.0.0.1:{server.port}" in done.stderr
    with (tmp_path / "out.csv").open(newline="") as source:
        table = list(csv.DictReader(source))
    assert {float(line["value"]) for line in table if line["table"] == "attacks" and line["column"] == "judge"} == {0.0}


async def slow(seen: Seen, writer: Writer) -> None:
    time.sleep(0.05)
    await send(writer, completion("no"))


@pytest.mark.parametrize("command", ["bench-judge", "score"])
def test_an_interrupt_ends_it_soon(tmp_path: Path, command: str) -> None:
    rows = [ROWS[0] | {"completion": f"city {place}"} for place in range(500)]
    target = ["-o", str(tmp_path / "out.jsonl")] if command == "score" else ["--attacks", "1"]
    with Server(fit_server(slow)) as server:
        line = [sys.executable, "-m", "rewardkit", command, str(suite(tmp_path, rows)), *target, "--judge", server.url]
        process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not server.chats:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=HANG_S)
    assert len(server.chats) < len(rows)
    assert process.returncode == 130
    assert "stopped" in said
    assert "Traceback" not in said
