"""`make bench-gpu` as far as it goes without a GPU: its path on CPU tensors, the forms it compares, its verdicts, its rows."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from patience import HANG_S, NEVER_S, TEST_S

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bench(monkeypatch, host):
    monkeypatch.syspath_prepend(str(ROOT))
    import rewardkit_cuda.ops  # noqa: F401
    from benchmarks.advantages import bench_advantages_gpu

    return bench_advantages_gpu


@pytest.fixture
def numbers(bench):
    return bench.device_numbers


def test_the_forms_agree(bench):
    from benchmarks.advantages.advantage_forms import FORMS, Inputs

    for tokens, dtype in ((0, torch.float32), (37, torch.float32), (37, torch.bfloat16)):
        inputs = Inputs.make(96, 8, tokens, dtype, "cpu", functions=2)
        want = FORMS["trl"](inputs)
        for name, form in FORMS.items():
            # verl's eps is another one, and bfloat16 keeps eight bits.
            loose = 2e-2 if dtype == torch.bfloat16 else 1e-5 if name.startswith("ours") else 2e-3
            torch.testing.assert_close(form(inputs), want, rtol=loose, atol=loose, msg=name)


def row(numbers, form, size, graph_us, share=0.5):
    made = numbers.row(form, size, numbers.Times(graph_us * 2, graph_us, 3.0), 1000, 1e12)
    return replace(made, share_of_copy=share)


def test_verdicts(numbers):
    big = {dtype: numbers.Size(*numbers.BIG, dtype) for dtype in numbers.DTYPES}
    small = numbers.Size(*numbers.SMALL)
    rows = [row(numbers, "ours", size, 80.0, 0.9) for size in big.values()]
    rows += [row(numbers, "ours", replace(size, mask="int64"), 160.0, 0.1) for size in big.values()]
    rows += [row(numbers, "ours", small, 5.0), row(numbers, "trl", small, 40.0)]
    rows += [row(numbers, "torch.compile", size, 90.0) for size in big.values()]
    kept = {sentence.split(":")[0]: (fine, sentence) for fine, sentence in numbers.verdicts(rows)}
    assert {what: fine for what, (fine, _) in kept.items()} == {
        "tokens at B=16,384, T=4,096, float32": True,
        "tokens at B=16,384, T=4,096, bfloat16": True,
        "B=8,192, no tokens": True,
        "B=8,192, no tokens, TRL's eager operations, graph beside graph": False,
        "B=8,192, no tokens, TRL's eager operations, called beside called": None,
        **{
            f"torch.compile at B=16,384, T=4,096, {dtype}, {how} beside {how}": None
            for dtype in numbers.DTYPES
            for how in ("graph", "called")
        },
        **{f"torch.compile at B=8,192, T=0, float32, {how} beside {how}": None for how in ("graph", "called")},
    }
    assert "8.0 times our time (at least 10)" in kept["B=8,192, no tokens, TRL's eager operations, graph beside graph"][1]
    assert (
        "1.12 times our time (nothing is promised)" in kept["torch.compile at B=16,384, T=4,096, float32, graph beside graph"][1]
    )
    unknown = numbers.verdicts([])
    assert len(unknown) == len(kept)
    assert not any(fine for fine, _ in unknown)
    assert all(": not measured (" in sentence and "nan" not in sentence for _, sentence in unknown)


def test_rows_give_way_to_newer_ones_of_the_same_thing(numbers, tmp_path):
    path = tmp_path / "kept.csv"
    size = numbers.Size(64, 4, 0)
    first, second = row(numbers, "ours", size, 5.0), row(numbers, "trl", size, 9.0)
    numbers.keep([first, second], path)
    numbers.keep([replace(first, graph_us=4.0, commit="a later one")], path)
    with path.open() as source:
        assert [(line["form"], line["graph_us"]) for line in csv.DictReader(source)] == [("trl", "9.0"), ("ours", "4.0")]


def test_what_is_said_of_comes_first_and_the_sizes_are_those_that_were_promised(numbers, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda form, **_: form)
    found = list(numbers.sizes(quick=False))
    first = [size for size, _ in numbers.steps("named", quick=False)][:6]
    assert first == [*[numbers.Size(*numbers.BIG, dtype) for dtype in numbers.DTYPES], numbers.Size(*numbers.SMALL)] * 2
    assert len(set(found)) == len(found)
    assert {size.batch for size in found} >= {64, 65_536}
    assert {size.group_size for size in found} == {4, 16, 64}
    assert {size.tokens for size in found} >= {0, 1_000, 1_337, 8_192}
    assert {size.mask for size in found} == {"bool", "int64", "float32"}


@pytest.mark.slow
def test_it_walks_through_on_a_cpu(host, tmp_path):
    command = [sys.executable, "benchmarks/advantages/bench_advantages_gpu.py", "numbers", "tests", "sanitizer", "tune"]
    command += ["--device", "cpu", "--repeats", "1", "--compiled", "none", "--seconds", str(NEVER_S), "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=TEST_S)
    assert "tokens at B=16,384, T=4,096, float32: not measured (at least 85 % of the copy's bandwidth)" in done.stdout
    assert "PASS" not in done.stdout
    assert "FAIL" not in done.stdout
    assert "ours, public" in done.stdout
    written = {path.name: list(csv.DictReader(path.read_text().splitlines())) for path in tmp_path.glob("*.csv")}
    assert set(written) == {"advantages_gpu.csv", "gpu_tests.csv", "gpu_sanitizer.csv", "gpu_tune.csv"}
    forms = {"ours", "ours, public", "trl", "verl vectorised", "verl loop"}
    assert {line["form"] for line in written["advantages_gpu.csv"]} == forms
    assert {line["outcome"] for line in written["gpu_tests.csv"]} == {"passed"}
    outcomes = {line["check"]: (line["outcome"], line["said"]) for line in written["gpu_sanitizer.csv"]}
    assert outcomes["the calls alone"][0] == "passed"
    assert outcomes["compute-sanitizer memcheck"] == ("skipped", "not run, there is no GPU")


def test_a_part_that_takes_too_long_is_ended_and_what_it_said_is_kept(bench, monkeypatch):
    limits = []

    class Limit(threading.Timer):
        """One that is reached when the test says so."""

        def start(self):
            limits.append(self)

    monkeypatch.setattr(threading, "Timer", Limit)
    code = f"import time; print('first', flush=True); time.sleep({HANG_S})"
    watched = bench.device_checks.Watched([sys.executable, "-c", code], 2.0)
    lines = watched.lines()
    assert next(lines) == "first\n"
    limits[0].function(*limits[0].args)
    assert list(lines) == []
    assert limits[0].interval == 2.0
    assert watched.late
    assert watched.ending == "stopped after 2 s"
    assert watched.code != 0


@pytest.mark.parametrize(
    ("code", "judged"),
    [
        ("print('26 calls')", True),
        ("print('26 calls'); raise SystemExit(9)", False),
        ("print('========= Error: Device not supported'); raise SystemExit(1)", None),
    ],
)
def test_a_tool_that_cannot_run_here_is_no_failure(bench, tmp_path, code, judged):
    kept, _, said = bench.device_checks._judged([sys.executable, "-c", code], HANG_S, tmp_path / "log")
    assert kept is judged
    assert ("not run, it says: Device not supported" in said) == (judged is None)
    assert (tmp_path / "log").read_text()


def test_what_four_minutes_leave_undone_is_said(bench, numbers, tmp_path, capsys):
    said = bench.device_checks.tests("cuda", tmp_path, 0.0) + bench.device_checks.sanitizer("cuda", tmp_path, 0.0)
    assert {kept for kept, _ in said} == {None}
    assert all("not run" in sentence for _, sentence in said)
    assert any("the time for all parts is over; name the part and it runs alone" in sentence for _, sentence in said)
    kept = list(csv.DictReader((tmp_path / "gpu_sanitizer.csv").read_text().splitlines()))
    assert [line["outcome"] for line in kept] == ["skipped"] * 3
    assert numbers.table("cpu", tmp_path, 0.0, 1, "none", False) == []
    assert "not measured, 0 s are over" in capsys.readouterr().out


def test_the_first_three_parts_share_four_minutes(bench, monkeypatch, tmp_path):
    run = []
    monkeypatch.setattr(bench, "ready", lambda device: None)
    monkeypatch.setattr(bench, "run", lambda part, options, seconds, until: run.append((part, seconds, until)) or [])

    def limits(*parts):
        run.clear()
        monkeypatch.setattr(sys, "argv", ["bench_advantages_gpu.py", *parts, "--out", str(tmp_path)])
        assert bench.main() == 0
        return run

    monkeypatch.setattr(bench, "time", SimpleNamespace(monotonic=iter(range(1000, 3000, 30)).__next__))
    # Begun at 1,000, and built for 30 s.
    assert limits() == [(part, 80.0, 1240.0) for part in ("numbers", "tests", "sanitizer")]
    assert limits("tune", "tests") == [(part, 80.0, math.inf) for part in ("tune", "tests")]


def test_the_cases_for_the_sanitizer_have_every_kernel_in_them(bench):
    from benchmarks.advantages import device_cases

    chosen = [numbers for _, _, _, numbers in device_cases.cases()]
    assert {(case.get("mask_type", 0), case["token_type"]) for case in chosen} == {(m, t) for m in range(5) for t in (0, 1)}
    assert {case["estimator"] for case in chosen} == set(range(5))


def test_an_unknown_part_is_refused(bench, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench_advantages_gpu.py", "number", "--device", "cpu"])
    with pytest.raises(SystemExit):
        bench.main()
    assert "there is no part number; name numbers, tests, sanitizer, tune" in capsys.readouterr().err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so(bench, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bench_advantages_gpu.py"])
    with pytest.raises(SystemExit) as ended:
        bench.main()
    for said in (
        "No GPU",
        "sees no CUDA device, so nothing is measured",
        "builds the library in place",
        "PASS or FAIL",
        "--device cpu",
    ):
        assert said in str(ended.value.code)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_where_the_library_does_not_run_nothing_passes_for_measured(bench, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(bench.build, "build", lambda: ["built"])
    monkeypatch.setattr(sys, "argv", ["bench_advantages_gpu.py"])
    monkeypatch.setenv("REWARDKIT_CUDA", "1")  # put back afterwards
    with pytest.raises(SystemExit, match=r"Nothing is measured: .*librewardkit_cuda\.so"):
        bench.main()


def test_a_failing_compiler_is_said(bench, monkeypatch):
    def fail():
        raise bench.build.BuildError("not built, because nvcc was not found")

    monkeypatch.setattr(bench.build, "build", fail)
    monkeypatch.setattr(sys, "argv", ["bench_advantages_gpu.py", "--device", "cpu"])
    with pytest.raises(
        SystemExit, match="Nothing is measured, because the CUDA library was not built, because nvcc was not found"
    ):
        bench.main()


def test_without_torch_it_names_the_python_that_was_tried():
    code = "import runpy, sys; sys.modules['torch'] = None; runpy.run_path('benchmarks/advantages/bench_advantages_gpu.py')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 1
    assert done.stderr == f"{sys.executable} has no torch. Name the Python that has it: make bench-gpu PYTHON=/path/to/python\n"
