"""One reader: the same rows in every form of file, packed or not, of several files, and what is no such file."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_program import Done, as_lines, call_here, rows_of, without_seconds

Score = Callable[..., Done]


ROWS = [
    {"id": "a", "completion": "<answer>B</answer>", "answer": "B"},
    {"id": "b", "completion": "<answer>C</answer>", "answer": "B"},
]
REWARDS = [("a", 1.0), ("b", 0.0)]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    ending = path.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
    if ending == "parquet":
        pytest.importorskip("pyarrow")
        import pyarrow
        from pyarrow.parquet import write_table

        write_table(pyarrow.Table.from_pylist(rows), path)
    elif ending in ("csv", "tsv"):
        with path.open("w", newline="", encoding="utf-8") as file:
            sheet = csv.DictWriter(file, list(rows[0]), delimiter="\t" if ending == "tsv" else ",")
            sheet.writeheader()
            sheet.writerows(rows)
    else:
        path.write_bytes(json.dumps(rows).encode() if ending == "json" else as_lines(rows))
    data = path.read_bytes()
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(data))
    if path.suffix == ".zst":
        pyarrow = pytest.importorskip("pyarrow")
        with pyarrow.CompressedOutputStream(str(path), "zstd") as packed:
            packed.write(data)


NAMES = ["x.jsonl", "x.json", "x.csv", "x.tsv", "x.parquet", "x", "x.jsonl.gz", "x.csv.gz", "x.jsonl.zst", "x.parquet.zst"]


@pytest.mark.parametrize("name", NAMES)
def test_every_form_gives_the_same_rows(score: Score, tmp_path: Path, name: str) -> None:
    write(tmp_path / name, ROWS)
    done = score(tmp_path / name)
    assert [(row["id"], row["reward"]) for row in done.rows] == REWARDS, done.err
    assert done.status == 0


def test_files_patterns_and_folders_follow_one_another(score: Score, tmp_path: Path) -> None:
    (tmp_path / "data" / "more").mkdir(parents=True)
    nameless = [{name: value for name, value in row.items() if name != "id"} for row in ROWS]
    for name in ("data/1.jsonl", "data/2.csv", "data/more/3.json.gz"):
        write(tmp_path / name, nameless)
    for given in (["data"], ["data/[12].*", "data/more/*.gz"], ["data/**/*.*"]):
        done = call_here("score", *(str(tmp_path / name) for name in given), "-o", tmp_path / "out.jsonl")
        rows = rows_of((tmp_path / "out.jsonl").read_text())
        assert [(row["id"], row["reward"]) for row in rows] == [(n + 1, [1.0, 0.0][n % 2]) for n in range(6)], done.stderr


def test_files_that_each_begin_with_a_mark_follow_one_another(score: Score, tmp_path: Path) -> None:
    rows = [{"id": name, "completion": "B", "answer": "B"} for name in ("a", "b")]
    for row in rows:
        (tmp_path / f"marked-{row['id']}.jsonl").write_bytes(b"\xef\xbb\xbf" + as_lines([row]))
    done = call_here("score", tmp_path / "marked-*.jsonl", "-o", tmp_path / "marked.out")
    assert [row["reward"] for row in rows_of((tmp_path / "marked.out").read_text())] == [1.0, 1.0], done.stderr


def test_a_saved_data_set_is_read(score: Score, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_list(ROWS).save_to_disk(tmp_path / "set")
    assert [(row["id"], row["reward"]) for row in score(tmp_path / "set").rows] == REWARDS


def test_resuming_goes_on_in_the_file_where_it_stopped(score: Score, tmp_path: Path) -> None:
    for name in ("1.jsonl", "2.csv"):
        write(tmp_path / name, [{**row, "id": f"{name}{n}"} for n, row in enumerate(ROWS * 200)])
    command = ("score", tmp_path / "1.jsonl", tmp_path / "2.csv", "-o", tmp_path / "out.jsonl")
    assert call_here(*command).returncode == 0
    whole = without_seconds(tmp_path / "out.jsonl")
    assert len(whole) == 800
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    for kept in (1, 399, 400, 401, 799, 800):
        (tmp_path / "out.jsonl").write_bytes(b"".join(lines[:kept]))
        assert call_here(*command, "--resume").returncode == 0
        assert without_seconds(tmp_path / "out.jsonl") == whole


# Several completions in a row, and columns inside others

SEVERAL = [
    {"id": "p", "responses": ["<answer>B</answer>", "<answer>C</answer>"], "reward_model": {"ground_truth": "B"}},
    {"responses": [[{"role": "assistant", "content": "<answer>B</answer>"}], 7], "reward_model": {"ground_truth": "B"}},
    {"id": "q", "responses": "<answer>B</answer>", "reward_model": {"ground_truth": "B"}},
]
NESTED = ("--columns", "answer=reward_model.ground_truth,completion=responses")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_list_of_completions_is_as_many_rows(tmp_path: Path, workers: str) -> None:
    write(tmp_path / "in.jsonl", SEVERAL)
    told = call_here("score", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", *NESTED, "--workers", workers)
    done = Done(told.returncode, told.stdout, told.stderr, tmp_path / "out.jsonl")
    assert [(row["id"], row["reward"], row["reason"]) for row in done.rows] == [
        ("p", 1.0, "match"),
        ("p#1", 0.0, "mismatch"),
        (2, 1.0, "match"),
        ("2#1", None, "bad_row"),
        ("q", 1.0, "match"),
    ]
    assert "the completion is a number" in done.rows[3]["error"]


@pytest.mark.parametrize("kept", range(6))
def test_a_line_with_several_completions_is_done_whole_or_again(score: Score, kept: int) -> None:
    before = score(SEVERAL, *NESTED)
    whole = without_seconds(before.path)
    before.path.write_bytes(b"".join(before.path.read_bytes().splitlines(keepends=True)[:kept]))
    done = score(SEVERAL, *NESTED, "--resume")
    assert (done.status, without_seconds(done.path)) == (0, whole), done.err


@pytest.mark.parametrize("command", ["lint", "score"])
def test_a_nested_column_that_is_not_there_is_told(tmp_path: Path, command: str) -> None:
    write(tmp_path / "x.jsonl", SEVERAL)
    columns = ("--columns", "answer=reward_model.truth,completion=responses")
    done = call_here(command, tmp_path / "x.jsonl", *columns, *(("-o", tmp_path / "out.jsonl") if command == "score" else ()))
    assert (done.returncode, "columns" in done.stderr, (tmp_path / "out.jsonl").exists()) == (2, True, False), done.stderr


def test_lint_and_bench_read_what_score_reads(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("1.jsonl.gz", "2.csv"):
        write(tmp_path / "data" / name, [{**row, "label": "true"} for row in ROWS])
    linted = call_here("lint", tmp_path / "data" / "*", "--json")
    assert [json.loads(line).get("row") for line in linted.stdout.splitlines()] == [1, 2, 3, 4, None], linted.stderr
    assert "4" in call_here("bench", tmp_path / "data" / "*", "--against", "none").stdout
    nested = [{"reward_model": row} for row in ROWS]
    write(tmp_path / "n.jsonl", nested)
    told = call_here("lint", tmp_path / "n.jsonl", "--columns", "answer=reward_model.answer", "--json")
    assert [json.loads(line).get("reference") for line in told.stdout.splitlines()] == ["B", "B", None], told.stderr


def test_reports_read_packed_files_and_patterns(score: Score, tmp_path: Path) -> None:
    done = score(ROWS)
    for name in ("1", "2"):
        (tmp_path / f"{name}.scored.jsonl.gz").write_bytes(gzip.compress(done.path.read_bytes()))
    assert call_here("report", tmp_path / "*.scored.jsonl.gz", "-o", tmp_path / "page.html").returncode == 0
    compared = call_here("compare", tmp_path / "1.scored.jsonl.gz", done.path, "--json")
    assert json.loads(compared.stdout)["rows"] == 2


# What cannot be read stops before the output is touched


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.jsonl", b"completion,answer\nB,B\n", "cannot read"),
        ("x.jsonl", b"\x00\xff" * 300, "not UTF-8"),
        ("x.jsonl.gz", b"no gzip at all", "cannot unpack"),
        ("x.csv.gz", gzip.compress(b"completion,answer\n" + b"B,B\n" * 9, mtime=0)[:-9], "is it whole?"),
        ("x.parquet", b"no parquet", "as Parquet"),
        ("x*.jsonl", b"", "no file matches"),
    ],
)
def test_what_cannot_be_read_leaves_the_output_alone(score: Score, tmp_path: Path, name: str, data: bytes, message: str) -> None:
    if "*" not in name:
        (tmp_path / name).write_bytes(data)
    (tmp_path / "out.jsonl").write_bytes(b"kept\n")
    done = score(tmp_path / name)
    assert (done.status, message in done.err, done.path.read_bytes()) == (2, True, b"kept\n"), done.err


def test_a_missing_second_file_is_told_before_the_first_is_scored(score: Score, tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl", ROWS)
    done = call_here("score", tmp_path / "x.jsonl", tmp_path / "none.csv", "-o", tmp_path / "out.jsonl")
    assert (done.returncode, (tmp_path / "out.jsonl").exists()) == (2, False)
    assert "none.csv: No such file" in done.stderr


def test_a_folder_may_not_hold_its_own_output(tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl", ROWS)
    command = ("score", tmp_path, "-o", tmp_path / "out.jsonl")
    assert call_here(*command).returncode == 0
    again = call_here(*command)
    assert (again.returncode, "choose another file" in again.stderr) == (2, True), again.stderr


@pytest.mark.parametrize("rows", [1, 300])
def test_a_run_of_bad_rows_stops_and_says_what_to_do(score: Score, tmp_path: Path, rows: int) -> None:
    (tmp_path / "out.jsonl").write_bytes(b"kept\n")
    done = score([{"completion": 7, "answer": "7"}] * rows)
    assert (done.status, done.path.read_bytes()) == (1, b"kept\n")
    assert "is a bad_row" in done.err
    assert "line 1: the completion is a number" in done.err


def test_bad_rows_before_a_good_one_stop_nothing(score: Score) -> None:
    done = score([{"completion": 7, "answer": "7"}] * 255 + ROWS)
    assert (done.status, len(done.rows)) == (0, 257)
