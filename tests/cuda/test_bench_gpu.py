"""`make bench-gpu` as far as it goes without a GPU: its path on CPU tensors, the forms it compares, its verdicts, its rows."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bench(monkeypatch, host):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "advantages"))
    import bench_advantages_gpu

    import rewardkit_cuda.ops  # noqa: F401

    return bench_advantages_gpu


def test_the_forms_agree(bench):
    for tokens, dtype in ((0, torch.float32), (37, torch.float32), (37, torch.bfloat16)):
        inputs = bench.Inputs.make(96, 8, tokens, dtype, "cpu", functions=2)
        want = bench.FORMS["trl"](inputs)
        for name, form in bench.FORMS.items():
            # verl's eps is another one, and bfloat16 keeps eight bits.
            loose = 2e-2 if dtype == torch.bfloat16 else 1e-5 if name.startswith("ours") else 2e-3
            torch.testing.assert_close(form(inputs), want, rtol=loose, atol=loose, msg=name)


def row(bench, form, size, dtype, device_us, share=0.5):
    times = bench.Times(device_us * 2, device_us, 3.0)
    made = bench._row(form, *size, dtype, times, 1000, 1e12)
    return replace(made, share_of_copy=share)


def test_verdicts(bench):
    ours = [row(bench, "ours", bench.BIG, dtype, 80.0, 0.9) for dtype in bench.DTYPES]
    rows = [*ours, row(bench, "ours", bench.SMALL, "float32", 5.0), row(bench, "trl", bench.SMALL, "float32", 30.0)]
    rows += [row(bench, "torch.compile", bench.BIG, dtype, 90.0) for dtype in bench.DTYPES]
    kept = {sentence.split(":")[0]: fine for fine, sentence in bench.verdicts(rows)}
    assert kept == {
        "tokens at B=16,384, T=4,096, float32": True,
        "tokens at B=16,384, T=4,096, bfloat16": True,
        "B=8,192, no tokens": True,
        "B=8,192, no tokens, beside TRL's eager operations": True,
        "torch.compile at B=16,384, T=4,096, float32": False,
        "torch.compile at B=16,384, T=4,096, bfloat16": False,
        "torch.compile at B=8,192, T=0, float32": False,
    }
    unknown = bench.verdicts([])
    assert len(unknown) == 7
    assert not any(fine for fine, _ in unknown)
    assert all(": not measured (at " in sentence and "nan" not in sentence for _, sentence in unknown)


def test_rows_give_way_to_newer_ones_of_the_same_thing(bench, tmp_path):
    path = tmp_path / "kept.csv"
    first, second = row(bench, "ours", (64, 4, 0), "float32", 5.0), row(bench, "trl", (64, 4, 0), "float32", 9.0)
    bench.keep([first, second], path)
    bench.keep([replace(first, graph_us=4.0)], path)
    with path.open() as source:
        assert [(line["form"], line["graph_us"]) for line in csv.DictReader(source)] == [("ours", "4.0"), ("trl", "9.0")]


def test_the_sizes_are_those_that_were_promised(bench):
    found = set(bench.sizes(quick=False))
    assert {size[0] for size in found} >= {64, 65_536}
    assert {size[1] for size in found} == {4, 16, 64}
    assert {size[2] for size in found} >= {0, 8_192}
    assert (*bench.BIG, "bfloat16") in found
    assert (*bench.SMALL, "float32") in found


@pytest.mark.slow
def test_it_walks_through_on_a_cpu(host):
    command = [
        sys.executable,
        "benchmarks/advantages/bench_advantages_gpu.py",
        "--device",
        "cpu",
        "--repeats",
        "1",
        "--compiled",
        "none",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    assert "tokens at B=16,384, T=4,096, float32: not measured (at least 85 % of the copy's bandwidth)" in done.stdout
    assert "PASS" not in done.stdout
    assert "FAIL" not in done.stdout
    assert "ours, public" in done.stdout


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so(host):
    done = subprocess.run(
        [sys.executable, "benchmarks/advantages/bench_advantages_gpu.py"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    for said in (
        "No GPU",
        "sees no CUDA device, so nothing is measured",
        "the library is built",
        "PASS or FAIL",
        "--device cpu",
    ):
        assert said in done.stderr


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
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stderr == f"{sys.executable} has no torch. Name the Python that has it: make bench-gpu PYTHON=/path/to/python\n"
