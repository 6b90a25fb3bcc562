"""The driver of the small world from rows to plot, and what its stored numbers claim."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from patience import TEST_S

from examples.wethink.tiny import plan, plot, tables

ROOT = Path(__file__).parents[2]


def row(method: str, sft_seed: int, seed: int, step: int, level: float) -> dict[str, Any]:
    kinds = ("accuracy", "choice", "blank", "descriptive", "format", "reward", "tokens")
    levels = {f"{way}_{kind}": level for way in ("sampled", "greedy") for kind in kinds}
    place = {"method": method, "sft_seed": sft_seed, "seed": seed, "step": step, "steps": 100}
    return {**place, **levels, "training_reward": "" if step == 0 else level, "cpu_s": 60, "device": "d", "date": "2026-01-02"}


ROWS = [
    *(row("SFT, corrupted", seed, seed, 100, 0.4) for seed in (0, 1)),
    *(row("GRPO, hybrid", 0, seed, 0, 0.4) for seed in (0, 1, 2)),
    *(row("GRPO, hybrid", 0, seed, 100, end) for seed, end in ((0, 0.7), (1, 0.8), (2, 0.3))),
]


def test_tables_tell_means_spreads_rises_and_what_was_not_measured() -> None:
    assert tables.rises(ROWS, "sampled_accuracy") == (2, 3)
    shown = tables.table(ROWS, ("SFT, corrupted", "GRPO, hybrid", "SFT, clean")).splitlines()
    assert shown[2].startswith("| SFT, corrupted | 2 | 0.400 (0.40–0.40) |")
    assert shown[3].startswith("| GRPO, hybrid | 3 | 0.600 (0.30–0.80) |")
    assert shown[4].startswith("| SFT, clean | 0 | not measured |")
    assert len({line.count("|") for line in shown}) == 1
    assert "in 2 of 3 runs, reward in 2 of 3, greedy accuracy in 2 of 3" in tables.whole(ROWS)


def test_the_plot_is_svg_with_a_line_a_run_and_a_mean() -> None:
    drawn = ET.fromstring(plot.figure(ROWS))
    lines = drawn.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 10 * (3 + 1)  # two lines of reward, four of accuracy twice: three runs and their mean
    assert {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")} >= {"reward", "descriptive", "training", "100"}


def test_the_stored_numbers_show_what_the_page_claims() -> None:
    """GRPO raises accuracy at temperature 1 and reward in every run: three seeds after one warm start, and another warm start."""
    rows = tables.read()
    for column in ("sampled_accuracy", "sampled_reward"):
        higher, runs = tables.rises(rows, column)
        assert higher == runs
    pairs = {(r["sft_seed"], r["seed"]) for r in tables.ends(rows) if r["method"] == tables.MAIN}
    assert {(0, 0), (0, 1), (0, 2), (1, 0)} <= pairs


def test_the_plan_starts_every_run_from_one_before_it() -> None:
    runs = [*plan.core(), *plan.sweeps()]
    names = [run.name for run in runs]
    assert len(set(names)) == len(names)
    for place, run in enumerate(runs):
        assert run.after is None or run.after in names[:place]
    assert {(run.sft_seed, run.seed) for run in runs if run.method == tables.MAIN} == {(s, g) for s in (0, 1) for g in (0, 1, 2)}
    shown = {tables.START, tables.MAIN, tables.MORE, tables.CLEAN, *tables.ABLATION, *tables.WEIGHTS, *tables.TIERS}
    assert {run.method for run in runs} == shown


@pytest.mark.slow
@pytest.mark.skipif(find_spec("trl") is None or find_spec("PIL") is None, reason="needs trl and pillow")
def test_the_driver_goes_from_rows_to_table_and_plot_and_passes_over_what_is_done(tmp_path: Path) -> None:
    from examples.wethink.book import read_book
    from examples.wethink.tiny.stages import SETS
    from examples.wethink.tiny.world import Slips, make_rows

    command = [sys.executable, "-m", "examples.wethink.tiny", "--smoke", "--home", str(tmp_path), "--jobs", "1"]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TEST_S, check=False)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "grpo-hybrid-0-0" in first.stdout
    assert "0 unusable" in first.stdout
    report = json.loads((tmp_path / "world/report.json").read_text(encoding="utf-8"))
    assert f"200 rows of {report['tried']:,} tries; done; dropped at question" in first.stdout
    assert {drop["stage"] for drop in report["drops"]} >= {"question", "quality", "adjudicate"}
    rows = make_rows(200, SETS["rl"][1], held_out=False, slips=Slips(), images=tmp_path / "generated")
    made = (tmp_path / "world/rl.jsonl").read_text(encoding="utf-8")
    assert made == "".join(json.dumps(row) + "\n" for row in rows).replace("generated/", "rl/")
    measured = tables.read(tmp_path / "wethink_tiny.csv")
    assert [r["step"] for r in measured if r["method"] == tables.MAIN] == [0, 10]
    assert measured[-1]["training_reward"] > 0
    ET.parse(tmp_path / "wethink_tiny.svg")
    for stage in ("sft-noisy-0/sft", "grpo-hybrid-0-0/grpo"):  # what was saved is what was measured at the end of training
        evaluated = json.loads((tmp_path / stage / "evaluation.json").read_text(encoding="utf-8"))
        last = read_book(tmp_path / stage / "log.jsonl", "held_out")[-1]
        assert evaluated == {name: last[name] for name in evaluated}
        assert f"{stage.partition('/')[0]}: accuracy {evaluated['sampled_accuracy']:.3f}, reward" in first.stdout
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TEST_S, check=True)
    assert "grpo-hybrid-0-0" not in again.stdout
    assert first.stdout.splitlines()[:4] == again.stdout.splitlines()[:4]
    assert (
        first.stdout.split("GRPO after the warm starts")[1].split("numbers and plot")[0].rpartition("\n")[0]
        == (again.stdout.split("GRPO after the warm starts")[1].split("numbers and plot")[0].rpartition("\n")[0])
    )
