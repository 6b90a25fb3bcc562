"""`rewardkit score` with good input, bad input, and the machine's troubles: nothing is lost, and the message says what to do."""

from __future__ import annotations

import json
import os
import pty
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_program import PROGRAM, Done, as_lines, call, call_here, interrupt, rows_of, without_seconds
from patience import HANG_S, wait_until

Score = Callable[..., Done]

GOOD = {"id": "good", "completion": "<answer>B</answer>", "answer": "B"}
WRONG = {"id": "wrong", "completion": "<answer>C</answer>", "answer": "B"}
FREE = {"id": "free", "completion": "a long tale", "answer": "A tale of two cities, told at length and without an end."}
MANY = 3_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A file that takes about a second, and what an uninterrupted run makes of it."""
    source, whole = (tmp_path_factory.mktemp("many") / name for name in ("in.jsonl", "whole.jsonl"))
    thought = "so we look again. " * 60
    source.write_bytes(
        as_lines(
            {"id": i, "answer": "ABCD"[i % 4], "completion": f"{thought}<answer>{'ABC'[i % 3]}</answer>"} for i in range(MANY)
        )
    )
    done = call_here("score", source, "-o", whole)
    assert done.returncode == 0, done.stderr
    assert len(rows_of(whole.read_text())) == MANY
    return source, whole


# What goes in comes out, in order


def test_every_row_gets_a_line_with_the_fixed_fields(score: Score) -> None:
    done = score([GOOD, WRONG, FREE])
    assert done.status == 0
    assert all(list(row) == ["id", "reward", "status", "reason", "verifier", "extracted", "seconds"] for row in done.rows)
    assert [(row["id"], row["reward"], row["reason"]) for row in done.rows] == [
        ("good", 1.0, "match"),
        ("wrong", 0.0, "mismatch"),
        ("free", None, "needs_judge"),
    ]
    assert "3 rows" in done.err
    assert not done.out


def test_standard_input_and_output_carry_data_only(score: Score, tmp_path: Path) -> None:
    done = call("score", "-", "-o", "-", stdin=as_lines([GOOD, WRONG]))
    assert (done.returncode, [row["reward"] for row in rows_of(done.stdout)]) == (0, [1.0, 0.0])
    assert "2 rows" in done.stderr


@pytest.mark.parametrize(
    ("row", "options"),
    [
        ({"response": "B", "gold": "B"}, ()),
        ({"completion": "B", "solution": "B"}, ()),
        ({"completion": "B", "ground_truth": ["B", "b"]}, ()),
        ({"completion": [{"role": "assistant", "content": "B"}], "answer": "B"}, ()),
        ({"completion": "B", "answer": "the dog", "choices": ["the cat", "the dog"]}, ()),
        ({"said": "B", "truth": "B"}, ("--columns", "answer=truth,completion=said")),
        ({"response": "B", "answer": "C", "gold": "B"}, ("--columns", "answer=gold,completion=response")),
    ],
)
def test_columns_go_by_several_names(score: Score, row: dict[str, Any], options: tuple[str, ...]) -> None:
    done = score([row], *options)
    assert (done.status, done.rows[0]["reward"], done.rows[0]["id"]) == (0, 1.0, 1)


def test_a_mapped_column_is_the_only_source(score: Score) -> None:
    rows = [{"completion": "B", "gold": "B", "answer": "C"}, {"completion": "B", "gold": None, "answer": "B"}]
    done = score(rows, "--columns", "answer=gold")
    assert [row["reason"] for row in done.rows] == ["match", "no_reference"]


@pytest.mark.parametrize(
    "ids", [["same", "same", "same"], [{"page": 1}, [2, "b"], {"page": 1}], [0, False, 1.5], ["\ud800", "", "é"]]
)
def test_ids_come_back_as_they_went_in(score: Score, ids: list[Any]) -> None:
    done = score([{**GOOD, "id": given} for given in ids])
    assert [row["id"] for row in done.rows] == ids
    assert score([{**GOOD, "id": given} for given in ids], "--resume").status == 0


def test_a_row_without_an_id_has_its_line_number(score: Score) -> None:
    done = score(b"\n" + as_lines([GOOD]) + b"  \n" + as_lines([{**GOOD, "id": None}]))
    assert [row["id"] for row in done.rows] == ["good", 4]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + as_lines([GOOD, WRONG]),
        as_lines([GOOD, WRONG]).replace(b"\n", b"\r\n"),
        b"\n\n" + as_lines([GOOD]) + b"\r\n \t\n" + as_lines([WRONG]),
        as_lines([GOOD, WRONG]).rstrip(b"\n"),
    ],
    ids=["BOM", "CRLF", "blank lines", "no last line break"],
)
def test_dress_of_the_file_does_not_matter(score: Score, data: bytes) -> None:
    done = score(data)
    assert (done.status, [row["reward"] for row in done.rows]) == (0, [1.0, 0.0])


@pytest.mark.parametrize("text", [b"\\ud83d B", "\ufffd B".encode(), b"\\u0000 B", "答案：B".encode()])
def test_odd_characters_cost_at_most_themselves(score: Score, text: bytes, tmp_path: Path) -> None:
    line = b'{"id": "' + text + b'", "completion": "' + text + b' <answer>B</answer>", "answer": "B"}\n'
    done = score(line * 2, "--trace", tmp_path / "trace.jsonl", "--report", tmp_path / "page.html")
    assert (done.status, [row["reward"] for row in done.rows]) == (0, [1.0, 1.0])
    assert len(rows_of((tmp_path / "trace.jsonl").read_text(encoding="utf-8"))) == 2


def test_numbers_that_are_no_json_are_nulls(score: Score) -> None:
    line = '{"id": %s, "completion": "B", "answer": %s, "weight": -Infinity}\n'
    done = score((line % ("NaN", '"B"') + line % (2, "NaN") + line % ("1e999", '"B"')).encode())
    assert [(row["id"], row["reward"], row["reason"]) for row in done.rows] == [
        (1, 1.0, "match"),
        (2, None, "no_reference"),
        (None, 1.0, "match"),
    ]


def test_an_empty_file_gives_an_empty_file(score: Score, tmp_path: Path) -> None:
    done = score(b"", "--report", tmp_path / "page.html", "--trace", tmp_path / "trace.jsonl")
    assert (done.status, done.rows) == (0, [])
    assert "<html" in (tmp_path / "page.html").read_text(encoding="utf-8")


# A row that cannot be read


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"completion": "B", "ans', "not JSON"),
        (b"B,B", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"completion": "\xd6", "answer": "\xc4"}', "not UTF-8: byte 17 of the line is 0xD6; wanted UTF-8"),
        (b'{"completion": "<answer>B</answer>", "answer": "B", "note": "\xed\xa0\x80"}', "byte 62 of the line is 0xED"),
        (b'{"completion": "B", "answer": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"completion": "B", "answer": ' + b"[" * 70 + b"]" * 70 + b"}", "nested more than 64 deep"),
        (b'["completion", "B"]', "a JSON array"),
        (b"null", "a JSON null"),
        (b'"B"', "a JSON string"),
        (b"{}", "no completion; the row has no fields"),
        (b'{"id": 1, "text": "B", "answer": "B"}', "no completion; the row has id, text, answer"),
        (b'{"completion": null, "answer": "B"}', "'completion' is null"),
        (b'{"completion": 7, "answer": "7"}', "the completion is a number"),
        (b'{"completion": true, "answer": "7"}', "the completion is a boolean"),
        (b'{"completion": {"content": "7"}, "answer": "7"}', "the completion is an object"),
        (b'{"completion": [1, 2], "answer": "7"}', "the completion is an array"),
        (b'{"completion": "7", "answer": {"value": 7}}', "the answer is an object"),
        (b'{"completion": "7", "answer": [{"value": 7}]}', "the answer is an object inside a list"),
        (b'{"completion": "7", "answer": [["7", "seven"]]}', "the answer is a list inside a list"),
    ],
    ids=lambda value: value[:24].decode(errors="replace") if isinstance(value, bytes) else None,
)
def test_a_bad_row_is_an_error_row_with_its_line_and_its_neighbours_are_scored(score: Score, line: bytes, message: str) -> None:
    done = score(as_lines([GOOD]) + line + b"\n" + as_lines([WRONG]))
    assert (done.status, [row["reward"] for row in done.rows]) == (0, [1.0, None, 0.0])
    row = done.rows[1]
    assert (row["status"], row["reason"], row["line"]) == ("error", "bad_row", 2)
    assert message in row["error"]
    assert "line 2" in row["error"]


def test_a_row_without_a_reference_abstains(score: Score) -> None:
    done = score([GOOD, {"completion": "B"}, {"completion": "B", "answer": []}, {"completion": "B", "answer": "  "}])
    assert [row["reason"] for row in done.rows] == ["match", "no_reference", "no_reference", "no_reference"]


def peak_mb(source: Path, output: Path) -> float:
    """Score a file; how much memory the program itself ever held."""
    code = "import sys\nfrom rewardkit.cli import main\nstatus = main(sys.argv[1:])\n"
    code += "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\nsys.exit(status)"
    done = subprocess.run(
        [sys.executable, "-c", code, "score", source, "-o", output], capture_output=True, text=True, timeout=HANG_S
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout) / 1024


def test_a_line_of_100_mb_is_passed_over_in_bounded_memory(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    with source.open("wb") as file:
        file.write(as_lines([GOOD]) + b'{"id": "long", "answer": "B", "completion": "')
        for _ in range(100):
            file.write(b"B" * 2**20)
        file.write(b'"}\n' + as_lines([WRONG]))
    assert peak_mb(source, output) < 200
    rows = rows_of(output.read_text())
    assert [row["id"] for row in rows] == ["good", 2, "wrong"]
    assert rows[1]["error"] == "line 2: 100 MB long; the limit is 64 MB a line"


def test_long_rows_are_not_held_together(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    line = as_lines([{"id": 1, "answer": "B", "image": "A" * 20_000_000, "completion": "B"}])
    with source.open("wb") as file:
        for _ in range(10):
            file.write(line)
    assert peak_mb(source, output) < 250
    assert len(rows_of(output.read_text())) == 10


# A call that cannot be carried out: 2, a message, nothing written


@pytest.mark.parametrize(
    ("rows", "options", "messages"),
    [
        ([{"said": "B", "answer": "B"}], (), ["no row has a completion", "answer, said", "--columns completion=NAME"]),
        ([{"completion": "B", "truth": "B"}], (), ["no row has an answer", "completion, truth", "--columns answer=NAME"]),
        ([GOOD], ("--columns", "answer=glod"), ["no row has the column 'glod'", "answer, completion, id"]),
        ([GOOD], ("--columns", "answer"), ["--columns wants NAME=YOURS", "'answer'"]),
        ([GOOD], ("--columns", "=gold"), ["--columns wants NAME=YOURS"]),
        ([GOOD], ("--recipe", "outo"), ["no recipe is named 'outo'", "did you mean 'auto'"]),
        ([GOOD], ("--workers", "0"), ["--workers", "'0' is not a whole number from 1"]),
        ([GOOD], ("--workers", "two"), ["--workers", "'two' is not a whole number from 1"]),
        ([GOOD], ("--report", "/nowhere/page.html"), ["cannot write /nowhere/page.html"]),
        ([GOOD], ("--trace", "/nowhere/trace.jsonl"), ["cannot write /nowhere/trace.jsonl"]),
        ([GOOD], ("--colums", "a=b"), ["unrecognized arguments"]),
    ],
)
def test_an_impossible_call_says_why_and_writes_nothing(
    score: Score, rows: list[Any], options: tuple[str, ...], messages: list[str]
) -> None:
    done = score(rows, *options)
    assert done.status == 2
    assert all(message in done.err for message in messages), done.err
    assert not done.path.exists() or not done.path.read_bytes()


@pytest.mark.parametrize(
    ("name", "message"), [("none.jsonl", "No such file"), ("empty", "holds no data files"), ("in.jsonl/a", "Not a directory")]
)
def test_an_input_that_cannot_be_read(score: Score, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "in.jsonl").touch()
    (tmp_path / "empty").mkdir()
    done = score(tmp_path / name)
    assert (done.status, done.path.exists()) == (2, False)
    assert f"{tmp_path / name}" in done.err
    assert message in done.err


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (".", "Is a directory"),
        ("in.jsonl/out.jsonl", "Not a directory"),
        ("none/out.jsonl", "No such file"),
        ("/proc/out.jsonl", ""),
    ],
)
@pytest.mark.parametrize("options", [(), ("--resume",)], ids=["fresh", "resumed"])
def test_an_output_that_cannot_be_written(score: Score, output: str, message: str, options: tuple[str, ...]) -> None:
    done = score([GOOD], *options, output=output)
    assert done.status == 2
    assert f"{done.path}: {message}" in done.err


@pytest.mark.parametrize(
    "names",
    [
        ("in", "in", None, None),
        ("in", "out", "out", None),
        ("in", "out", "in", None),
        ("in", "out", None, "in"),
        ("in", "-", "-", None),
    ],
)
def test_no_file_is_read_and_written_or_written_twice(tmp_path: Path, names: tuple[str | None, ...]) -> None:
    source = tmp_path / "in"
    source.write_bytes(as_lines([GOOD]))
    given, output, trace, report = (name if name in ("-", None) else tmp_path / name for name in names)
    options = [part for option, value in (("--trace", trace), ("--report", report)) if value for part in (option, value)]
    done = call_here("score", given or "", "-o", output or "", *options)
    assert done.returncode == 2
    assert "choose another file" in done.stderr
    assert source.read_bytes() == as_lines([GOOD])


def test_a_column_that_seldom_stands_is_only_remarked_on(score: Score) -> None:
    done = score([GOOD], "--columns", "choices=options_of_row")
    assert done.status == 0
    assert "note: none of the first 1 rows has the column 'options_of_row'" in done.err


# Interrupted, and resumed


def same_as_whole(output: Path, whole: Path) -> bool:
    return without_seconds(output) == without_seconds(whole)


@pytest.mark.parametrize(
    ("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_whatever_stops_a_run_resume_completes_it(
    many: tuple[Path, Path], tmp_path: Path, how: signal.Signals, status: int
) -> None:
    source, whole = many
    output, trace = tmp_path / "out.jsonl", tmp_path / "trace.jsonl"
    command: list[str | Path] = ["score", source, "-o", output, "--trace", trace]
    stopped, err = interrupt(command, output, how)
    rows = len(rows_of(output.read_text()))
    assert (stopped, 0 < rows < MANY) == (status, True), err
    assert "Traceback" not in err
    if how is signal.SIGINT:
        assert f"stopped after {rows} rows; the same command with --resume goes on from there" in err
    done = call_here(*command, "--resume")
    assert done.returncode == 0, done.stderr
    assert f"({rows:,} rows were there before)" in done.stderr
    assert same_as_whole(output, whole)
    assert [row["id"] for row in rows_of(trace.read_text())] == list(range(MANY))


def test_ctrl_c_while_waiting_for_input_leaves_whole_lines(score: Score, tmp_path: Path) -> None:
    rows = [{**GOOD, "id": i} for i in range(300)]
    fifo, output = tmp_path / "fifo", tmp_path / "out.jsonl"
    os.mkfifo(fifo)
    writer = os.open(fifo, os.O_RDWR)
    assert os.write(writer, as_lines(rows)) == len(as_lines(rows))
    status, err = interrupt(["score", fifo, "-o", output], output, signal.SIGINT)
    os.close(writer)
    assert (status, len(rows_of(output.read_text()))) == (130, 256), err
    done = score(rows, "--resume")
    assert (done.status, [row["id"] for row in done.rows]) == (0, list(range(300)))


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_an_unfinished_last_line_is_written_again(many: tuple[Path, Path], tmp_path: Path, cut: int) -> None:
    source, whole = many
    output = tmp_path / "out.jsonl"
    output.write_bytes(whole.read_bytes()[:-cut])
    assert call_here("score", source, "-o", output, "--resume").returncode == 0
    assert same_as_whole(output, whole)


def test_resume_of_a_complete_or_absent_output_changes_nothing_else(score: Score) -> None:
    absent = score([GOOD, WRONG], "--resume")
    before = absent.path.read_bytes()
    again = score([GOOD, WRONG], "--resume")
    assert (absent.status, again.status, again.path.read_bytes()) == (0, 0, before)
    assert "2 rows were there before" in again.err


@pytest.mark.parametrize(
    ("old", "message"),
    [
        (
            as_lines([{"id": "other", "reward": 1.0}]),
            "is not this input's output: line 1 has id 'other', where the input has id 'good'",
        ),
        (as_lines([{"id": "good"}, {"id": "other"}, {"id": "third"}]), "line 2 has id 'other', where the input has id 'wrong'"),
        (as_lines([{"id": "good"}, {"id": "wrong"}, {"id": "third"}]), "line 3 has id 'third', where the input has no more rows"),
        (b"my precious notes\n", "was not written by rewardkit score: it holds b'my precious notes"),
        (b"my precious notes", "was not written by rewardkit score"),
        (as_lines([{"id": "good"}]) + b"and notes", "was not written by rewardkit score"),
        (as_lines([["id", "good"]]), "was not written by rewardkit score"),
    ],
)
def test_resume_refuses_another_files_output_and_leaves_it_alone(score: Score, tmp_path: Path, old: bytes, message: str) -> None:
    (tmp_path / "out.jsonl").write_bytes(old)
    done = score([GOOD, WRONG], "--resume")
    assert done.status == 2
    assert message in done.err
    assert done.path.read_bytes() == old


def test_standard_output_cannot_be_resumed(score: Score) -> None:
    done = score([GOOD], "--resume", output="-")
    assert (done.status, done.out) == (2, "")
    assert "--resume needs an output file" in done.err


# The disk and the pipe


def test_a_device_without_room_says_that_no_row_is_safe(score: Score) -> None:
    done = score([GOOD], output="/dev/full")
    assert done.status == 1
    assert "cannot write /dev/full: No space left on device; 0 rows are safe" in done.err
    assert "--resume" in done.err


def test_after_a_full_disk_resume_completes_the_file(many: tuple[Path, Path], tmp_path: Path) -> None:
    source, whole = many
    output = tmp_path / "out.jsonl"
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2**18, 2**18))  # noqa: E731
    full = call("score", source, "-o", output, preexec_fn=limit)
    rows = len(rows_of(output.read_text()))
    assert (full.returncode, 0 < rows < MANY) == (1, True)
    assert f"cannot write {output}: File too large; {rows} rows are safe in {output}" in full.stderr
    assert call_here("score", source, "-o", output, "--resume").returncode == 0
    assert same_as_whole(output, whole)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a quarter of a megabyte, where the user may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("extra", ["none", "trace", "report"])
def test_a_really_full_disk_loses_nothing(many: tuple[Path, Path], tmp_path: Path, small_disk: Path, extra: str) -> None:
    source, whole = many
    output = small_disk / "out.jsonl"
    options: list[str | Path] = {
        "none": [],
        "trace": ["--trace", small_disk / "trace.jsonl"],
        "report": ["--report", small_disk / "page.html"],
    }[extra]
    if extra == "report":
        output = tmp_path / "out.jsonl"
    full = call("score", source, "-o", output, *options)
    rows = len(rows_of(output.read_text()))
    culprit = options[1] if options else output
    assert full.returncode == 1
    assert f"cannot write {culprit}: No space left on device" in full.stderr
    assert f"{rows} rows are safe in {output}" in full.stderr if extra != "report" else rows == MANY
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    assert call_here("score", source, "-o", output, *options, "--resume").returncode == 0
    assert same_as_whole(output, whole)
    if extra == "trace":
        assert len(rows_of((small_disk / "trace.jsonl").read_text())) == MANY


def test_a_reader_that_leaves_ends_the_program_quietly(many: tuple[Path, Path]) -> None:
    command = 'set -o pipefail; "$0" -m rewardkit score "$1" -o - | head -1'
    done = subprocess.run(["bash", "-c", command, sys.executable, many[0]], capture_output=True, text=True, timeout=HANG_S)
    assert (done.returncode, len(rows_of(done.stdout))) == (1, 1)
    assert done.stderr == ""


# Workers, trace, report, terminal


def test_workers_give_the_same_rows(many: tuple[Path, Path], tmp_path: Path) -> None:
    source, _ = many
    head = b"".join(source.read_bytes().splitlines(keepends=True)[:600]) + b"broken\n" + as_lines([FREE] * 40)
    (tmp_path / "in.jsonl").write_bytes(head)
    results = []
    for workers in "12":
        done = call("score", tmp_path / "in.jsonl", "-o", tmp_path / workers, "--workers", workers)
        assert done.returncode == 0, done.stderr
        results.append(without_seconds(tmp_path / workers))
    assert results[0] == results[1]
    assert len(results[0]) == 641


def test_ctrl_c_ends_the_workers_too(many: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    status, err = interrupt(["score", many[0], "-o", output, "--workers", "2"], output, signal.SIGINT)
    assert status == 130, err
    assert "Traceback" not in err
    assert len(rows_of(output.read_text())) % 256 == 0
    ours = str(tmp_path).encode()
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if ours in read_or_empty(p)]


def test_a_worker_killed_from_outside_costs_no_row(many: tuple[Path, Path], tmp_path: Path) -> None:
    source, whole = many
    output = tmp_path / "out.jsonl"
    child = subprocess.Popen([*PROGRAM, "score", source, "-o", output, "--workers", "2"], stderr=subprocess.PIPE, text=True)
    wait_until(lambda: output.exists() and output.stat().st_size, pause_s=0.002)
    workers = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
    os.kill(int(workers[0]), signal.SIGKILL)
    _, err = child.communicate(timeout=HANG_S)
    assert child.returncode == 0, err
    assert same_as_whole(output, whole)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_resumed_run_counts_lines_as_the_whole_run_does(score: Score, workers: str) -> None:
    rows = [as_lines([{**GOOD, "id": None}]), b"\n", b" \t\n", b"broken\n", as_lines([WRONG])] * 200
    before = score(b"".join(rows))
    wanted = before.rows
    before.path.write_bytes(b"".join(before.path.read_bytes().splitlines(keepends=True)[:302]))
    done = score(b"".join(rows), "--resume", "--workers", workers)
    assert done.status == 0, done.err
    assert [(row["id"], row["reason"], row.get("error")) for row in done.rows] == [
        (row["id"], row["reason"], row.get("error")) for row in wanted
    ]


def read_or_empty(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_trace_holds_full_records_and_the_report_a_page(score: Score, tmp_path: Path) -> None:
    trace, page = tmp_path / "trace.jsonl", tmp_path / "page.html"
    done = score([{**GOOD, "prompt": "Which one?"}, WRONG, ["bad"]], "--trace", trace, "--report", page)
    assert done.status == 0
    rows = rows_of(trace.read_text())
    assert [(row["id"], row["prompt"], row["completion"], row["answer"], row["route"]) for row in rows] == [
        ("good", "Which one?", GOOD["completion"], "B", "choice"),
        ("wrong", "", WRONG["completion"], "B", "choice"),
        (3, "", "", None, None),
    ]
    assert all("info" in row for row in rows)
    assert f"report: {page}" in done.err
    assert GOOD["completion"].replace("<", "\\u003c").replace(">", "\\u003e") in page.read_text()


def test_a_report_after_resume_counts_every_row(score: Score, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    rows = [{**GOOD, "id": f"row-{i}"} for i in range(5)]
    before = score(rows)
    before.path.write_bytes(b"".join(before.path.read_bytes().splitlines(keepends=True)[:3]))
    assert score(rows, "--resume", "--report", page).status == 0
    assert all(f"row-{i}" in page.read_text() for i in range(5))


@pytest.mark.parametrize("name", ["out[bold].jsonl", "out put.jsonl", "é" * 60 + ".jsonl", "\udcff.jsonl"])
def test_the_closing_lines_name_the_file_as_it_is(score: Score, name: str) -> None:
    done = score([GOOD], output=name)
    assert done.status == 0
    assert f"verdicts: {done.path}".encode(errors="backslashreplace").decode() in done.err


def test_a_terminal_shows_a_bar_and_then_the_table(many: tuple[Path, Path], tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [*PROGRAM, "score", many[0], "-o", tmp_path / "out.jsonl"]
    child = subprocess.Popen(command, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "120"})
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 4096):
            shown += data
    except OSError:  # the other side has closed
        pass
    os.close(ours)
    assert child.wait(60) == 0
    text = shown.decode()
    assert "scoring" in text
    assert "rows" in text.split("reason")[0]
    assert f"{MANY:,} rows in" in text


def test_scoring_asks_nothing_of_the_network(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(as_lines([GOOD, FREE]))
    start = "import sys\nfrom rewardkit.cli import main\nasked = {'socket.connect', 'socket.getaddrinfo'}\n"
    start += "sys.addaudithook(lambda event, _: sys.exit(event) if event in asked else None)\nsys.exit(main(sys.argv[1:]))"
    command = [
        sys.executable,
        "-c",
        start,
        "score",
        tmp_path / "in.jsonl",
        "-o",
        tmp_path / "out.jsonl",
        "--report",
        tmp_path / "page",
    ]
    assert subprocess.run(command, capture_output=True, timeout=HANG_S).returncode == 0


def test_every_command_line_in_the_help_exists() -> None:
    done = call("--help")
    assert done.returncode == 0
    assert all(f"\n    {name} " in done.stdout for name in ("score", "explain", "list", "report"))
    assert json.dumps(call("--version").stdout.split()[0]) == '"rewardkit"'
