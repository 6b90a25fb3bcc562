"""`rewardkit bench` as a program, with real peers in real processes."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from cli_program import call_here

from rewardkit.bench import measure
from rewardkit.workers import Workers

ROWS = [
    {"id": 1, "answer": r"\frac{1}{2}", "completion": "0.5", "label": True, "kind": "number"},
    {"id": 2, "answer": r"\frac{1}{2}", "completion": "0.6", "label": False, "kind": "number"},
    {"id": 3, "answer": "x^2-1", "completion": r"So it is $\boxed{(x-1)(x+1)}$.", "label": True, "kind": "expression"},
    {"id": 4, "answer": "x^2-1", "completion": "(x-1)^2", "label": False, "kind": "expression"},
    {"id": 5, "answer": "7", "completion": "The answer is 7.", "label": None, "kind": "number"},
]
HERE = Path(__file__).parents[2]


def suite(folder: Path, rows: list[dict[str, Any]] = ROWS, name: str = "small.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def results(*arguments: object) -> tuple[int, dict[tuple[str, str, str], dict[str, Any]], str]:
    done = call_here("bench", *map(str, arguments), "--json")
    found = json.loads(done.stdout)["results"] if done.stdout else []
    return done.returncode, {(r["suite"], r["system"], r["kind"]): r for r in found}, done.stderr


@pytest.fixture(scope="module")
def living() -> Iterator[Workers]:
    with Workers(1) as pool:
        yield pool


@pytest.fixture
def one_worker(living: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process for several runs, where what is told is tested and not who computes: starting one costs two seconds."""
    monkeypatch.setattr(living, "close", lambda: None)
    monkeypatch.setattr(measure, "_workers", lambda procedure, limit_s=None: nullcontext(living))


def test_our_own_numbers_and_their_table(tmp_path):
    done = call_here("bench", suite(tmp_path), "--against", "none")
    assert done.returncode == 0
    assert "procedure: suite after suite in one run" in done.stderr
    assert "no row has a value" not in done.stderr
    heads, *lines = done.stdout.splitlines()
    assert heads.split()[:6] == ["suite", "kind", "system", "n", "accuracy", "precision"]
    assert [line.split()[:4] for line in lines] == [
        ["small", "all", "rewardkit", "4"],
        ["expression", "rewardkit", "2", "1.000"],
        ["number", "rewardkit", "2", "1.000"],
    ]


@pytest.mark.usefixtures("one_worker")
def test_a_line_that_is_not_utf8_is_told_and_not_measured(tmp_path):
    path = suite(tmp_path)
    path.write_bytes(path.read_bytes() + '{"answer": "Ä", "completion": "Ö", "label": false}\n'.encode("latin-1"))
    status, found, said = results(path, "--against", "none")
    assert (status, found["small", "rewardkit", "(all)"]["labelled"]) == (1, 4)
    assert "not read: small: not UTF-8: byte 13 of the line is 0xC4; wanted UTF-8" in said


@pytest.mark.usefixtures("one_worker")
@pytest.mark.parametrize("options", [[], ["--columns", "label=right"]], ids=["as it is", "mapped"])
def test_rows_without_labels_are_told(tmp_path, options):
    bare = [{name: value for name, value in row.items() if name != "label"} for row in ROWS]
    done = call_here("bench", suite(tmp_path, bare), "--against", "none", *options)
    assert done.returncode == 0
    asked = "right" if options else "label"
    assert f"no row has a value in the column '{asked}', so there is speed to tell and no accuracy" in done.stderr
    assert "the columns are id, answer, completion, kind. Map yours: --columns label=NAME" in done.stderr


@pytest.mark.usefixtures("one_worker")
def test_counts_shares_and_times(tmp_path):
    wrong = [dict(ROWS[0], label=False), dict(ROWS[1], label=True), *ROWS[2:]]
    status, found, _ = results(suite(tmp_path, wrong), "--against", "none", "--csv", tmp_path / "out.csv")
    everything = found["small", "rewardkit", "(all)"]
    assert status == 0
    assert (everything["n"], everything["labelled"]) == (5, 4)
    assert (everything["accuracy"], everything["precision"], everything["recall"]) == (0.5, 0.5, 0.5)
    assert (everything["false_positives"], everything["false_negatives"]) == (1, 1)
    assert 0 < everything["route_us_mean"] < everything["cpu_us_mean"]
    assert everything["cpu_us_p20"] <= everything["cpu_us_p50"] <= everything["cpu_us_p99"] <= everything["cpu_us_max"]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as source:
        table = list(csv.DictReader(source))
    assert [row["kind"] for row in table] == ["(all)", "number", "expression"]
    assert table[0]["accuracy"] == "0.5"


@pytest.mark.usefixtures("one_worker")
@pytest.mark.parametrize(("floor", "status"), [("0.5", 0), ("0.51", 1)])
def test_floors_set_the_exit_status(tmp_path, floor, status):
    path = suite(tmp_path, [dict(ROWS[0], label=False), *ROWS[1:3]])
    done = call_here("bench", path, "--against", "none", "--min-precision", floor)
    assert done.returncode == status
    assert ("small: precision 0.500 is below --min-precision 0.51" in done.stderr) == bool(status)


@pytest.mark.slow
@pytest.mark.parametrize("order", ["suites", "pairs"])
def test_beside_math_verify_and_trl_in_both_orders(tmp_path, order):
    peers = [name for name, package in (("math-verify", "math_verify"), ("trl", "trl")) if importlib.util.find_spec(package)]
    second = suite(tmp_path, ROWS[:2], "second.jsonl")
    status, found, err = results(suite(tmp_path), second, "--against", ",".join(peers), "--order", order, "--clear-sympy")
    assert status == 0
    assert "sympy's cache emptied before every pair" in err
    for name in ("rewardkit", *peers):
        row = found["small", name, "(all)"]
        assert (row["labelled"], row["accuracy"], row["errors"], row["lost"]) == (4, 1.0, 0, 0), name
        assert found["second", name, "(all)"]["n"] == 2
    assert all(
        found["small", "rewardkit", "(all)"]["cpu_us_mean"] < found["small", name, "(all)"]["cpu_us_mean"] for name in peers
    )


@pytest.mark.slow
def test_a_peer_that_hangs_is_cut_off_counted_and_its_neighbours_are_not_blamed(tmp_path):
    rows = [ROWS[0], {"id": 9, "answer": "1", "completion": "9^{9^{9^{9}}}", "label": False, "kind": "bomb"}, ROWS[2]]
    _, found, _ = results(suite(tmp_path, rows), "--against", "math-verify", "--limit-s", "2")
    peer = found["small", "math-verify", "(all)"]
    assert (peer["n"], peer["lost"], peer["errors"]) == (3, 1, 0)
    assert peer["recall"] == 1.0
    ours = found["small", "rewardkit", "(all)"]
    assert (ours["lost"], ours["accuracy"]) == (0, 1.0)


def test_a_named_peer_that_is_not_here_ends_the_run(tmp_path):
    name = next(
        (n for n, package in (("mathruler", "mathruler"), ("verl", "verl")) if not importlib.util.find_spec(package)), None
    )
    if name is None:
        pytest.skip("every peer is installed here")
    done = call_here("bench", suite(tmp_path), "--against", name)
    assert done.returncode == 2
    assert f"cannot compare with {name}: not installed; pip install" in done.stderr
    unknown = call_here("bench", suite(tmp_path), "--against", "math-verifi")
    assert unknown.returncode == 2
    assert "did you mean 'math-verify'" in unknown.stderr


@pytest.mark.usefixtures("one_worker")
def test_rows_that_cannot_be_used_are_told_and_the_rest_is_measured(tmp_path):
    rows = [*ROWS, {"answer": "1"}, {"completion": "1"}, {"answer": "1", "completion": "1", "label": "maybe"}]
    status, found, err = results(suite(tmp_path, rows), "--against", "none")
    assert status == 1
    assert found["small", "rewardkit", "(all)"]["n"] == 5
    assert "no completion; the row has answer" in err
    assert "the label is 'maybe'; wanted true, false or null (row 8)" in err


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "has no rows to measure on"), ("{}\n", "no completion"), (None, "cannot read")],
)
def test_a_suite_without_rows_cannot_be_measured(tmp_path, content, message):
    path = tmp_path / "suite.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    done = call_here("bench", path, "--against", "none")
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.usefixtures("one_worker")
def test_columns_choices_and_conversations(tmp_path):
    rows = [
        {"gold": "B", "out": "It is the dog.", "ok": 1, "choices": ["cat", "dog"]},
        {"gold": "B", "out": [{"role": "assistant", "content": "Answer: A"}], "ok": 0, "choices": ["cat", "dog"]},
    ]
    arguments = ["--columns", "answer=gold,completion=out,label=ok", "--against", "none"]
    _, found, _ = results(suite(tmp_path, rows), *arguments)
    assert found["small", "rewardkit", "(all)"]["labelled"] == 2


def test_what_is_measured_is_what_the_recipe_decides():
    from rewardkit import recipes
    from rewardkit.bench.systems import run
    from rewardkit.types import Sample

    recipe = recipes.build("auto")
    for row in ROWS:
        sample = Sample(0, "", row["completion"], {"answer": row["answer"]})
        measured, decided = run(sample), recipe.verify([sample])[0]
        assert (measured.score, measured.reason) == (decided.score, decided.reason)


def test_the_page_of_benchmarks_shows_the_kept_rows(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE / "benchmarks"))
    import rows

    text = rows.PAGE.read_text(encoding="utf-8")
    assert rows.page(text) == text, "run python -m benchmarks.rows"
    shapes = {path.stem: path.read_text(encoding="utf-8").splitlines()[0] for path in rows.DATA.glob("*.csv")}
    own = {name for name, head in shapes.items() if head != "provider,metric,unit,p20,p50,p80,device,commit,date"}
    assert own == {
        *(
            "canaries",
            "generalise",
            "kernel_build",
            "pythons",
            "recipes_compared",
            "recipes_hacked",
            "smollm_grpo",
            "wethink_tiny",
        ),
        *("leaderboard", "leaderboard_suites", "leaderboard_systems"),
    }, "a file of another shape has a page of its own"
    one_run = {"leaderboard", "leaderboard_suites"}  # that of leaderboard_systems
    assert all(head.endswith("commit,date") for name, head in shapes.items() if name not in one_run)
    for path in rows.DATA.glob("*.csv"):
        if path.stem not in own:
            keys = [rows._key(kept) for kept in rows.read(path)]
            assert len(keys) == len(set(keys)), f"{path.name}: only the last run a machine stays"


def test_a_new_run_takes_the_place_of_what_the_same_machine_measured(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(HERE / "benchmarks"))
    import rows

    monkeypatch.setattr(rows, "DATA", tmp_path)
    old, other = rows.row("rewardkit", "speed", "µs", [2.0]), rows.row("rewardkit", "size", "MB", [3.0])
    elsewhere = rows.Row(**{**vars(old), "device": "another machine"})
    rows.keep("speed", [old, other, elsewhere])
    new = rows.Row(**{**vars(old), "p50": "1", "commit": "0123abc"})
    assert rows.read(rows.keep("speed", [new])) == [other, elsewhere, new]
