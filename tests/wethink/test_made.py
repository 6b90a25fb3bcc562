"""The small world's synthesis: the real pipeline, asked of scripted models that err, gives the generator's rows to the byte."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S, wait_until

pytestmark = pytest.mark.skipif(find_spec("PIL") is None, reason="needs pillow")

ROOT = Path(__file__).parents[2]
SHARE = 0.05
HOPELESS = {
    *("MC:reasoning+OCR", "MC:reasoning+spatial", "FIB:reasoning+spatial"),
    *("DES:reasoning+recognition", "DES:reasoning+OCR", "DES:reasoning+math"),
}
"""No question of the world is of these kinds."""


def generated(folder: Path, share: float) -> tuple[bytes, list[bytes]]:
    """The file of rows as the generator writes it, and its pictures."""
    from examples.wethink.tiny.stages import SETS
    from examples.wethink.tiny.world import make_rows, write_rows

    count, seed, held_out, slips = SETS["rl"]
    rows = make_rows(round(count * share), seed, held_out=held_out, slips=slips, images=folder / "rl")
    write_rows(folder / "rl.jsonl", rows)
    return (folder / "rl.jsonl").read_bytes(), [(folder / row["image_path"]).read_bytes() for row in rows]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from examples.wethink.tiny import stages

    folder = tmp_path_factory.mktemp("home")
    stages.synthesis(folder, SHARE)
    return folder


def report_of(home: Path) -> dict[str, Any]:
    return json.loads((home / "world/report.json").read_text(encoding="utf-8"))


def test_the_rows_are_the_generators_to_the_byte(home: Path, tmp_path: Path) -> None:
    rows, pictures = generated(tmp_path, SHARE)
    assert (home / "world/rl.jsonl").read_bytes() == rows
    assert [path.read_bytes() for path in sorted((home / "world/rl").iterdir())] == pictures


def test_every_filter_had_work_and_every_try_is_counted(home: Path) -> None:
    report = report_of(home)
    assert report["rows"] == 200
    assert report["stopped"] == "done"
    assert report["rows"] + sum(drop["count"] for drop in report["drops"]) == report["tried"]
    reasons = {(drop["stage"], drop["reason"]) for drop in report["drops"] if drop["samples"]}
    assert reasons >= {
        ("question", "not possible with this image"),
        ("question", "no question"),
        ("question", "speaks of the description"),
        ("quality", "not verifiable"),
        ("quality", "leaks"),
        ("quality", "trivial"),
        ("quality", "does not need reasoning"),
        ("quality", "answered without the image"),
        ("adjudicate", "neither answer is right"),
    }
    assert set(report["given_up"]) == HOPELESS
    for kind, counts in report["outcomes"].items():
        assert min(counts[name] for name in ("agreed", "reasoner", "vision", "neither")) > 0, kind
    assert {stage for stage, calls in report["paid_now"].items() if calls} >= {"same", "adjudicate", "refine", "blind"}


def test_every_picture_has_one_row_in_the_pipelines_own_file(home: Path) -> None:
    lines = (home / "world/synthesis/rows.jsonl").read_text(encoding="utf-8").splitlines()
    images = Counter(json.loads(line)["image_path"] for line in lines)
    assert len(images) == 200
    assert set(images.values()) == {1}


def test_what_is_done_is_passed_over_and_tells_its_report_again(home: Path) -> None:
    from examples.wethink.tiny import stages

    before = [(path, path.stat().st_mtime_ns) for path in sorted((home / "world").iterdir())]
    assert stages.synthesis(home, SHARE).startswith("200 rows of ")
    assert [(path, path.stat().st_mtime_ns) for path in sorted((home / "world").iterdir())] == before


def test_what_the_pipeline_returns_is_what_the_rows_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A third model that decides wrongly makes wrong rows: nothing behind the pipeline puts them right."""
    from examples.wethink.tiny import made, scripted, world

    judged = scripted.adjudicate

    def wrongly(heard: scripted.Heard) -> str:
        said = json.loads(judged(heard))
        return json.dumps(said | {"right": {"first": "second", "second": "first"}.get(said["right"], "neither")})

    monkeypatch.setattr(scripted, "adjudicate", wrongly)
    pictures = world.draw_pictures(30, 2000, held_out=False, images=tmp_path / "rl")
    rows, _ = made.synthesised(pictures, tmp_path / "made")
    wrong = [n for n, (row, picture) in enumerate(zip(rows, pictures, strict=True)) if row["answer"] != picture.question.answer]
    assert wrong == [0, 1, 10, 11, 20, 21]
    assert all(rows[n]["answer"] == pictures[n].question.slip_answer for n in wrong)


def test_a_picture_without_a_row_stops_the_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from examples.wethink.tiny import made, scripted, world

    asked = scripted.question
    declined = json.dumps({"possible": False, "why": "not this one"})
    monkeypatch.setattr(scripted, "question", lambda heard: declined if heard.picture.path.stem == "00003" else asked(heard))
    pictures = world.draw_pictures(12, 2000, held_out=False, images=tmp_path / "rl")
    with pytest.raises(RuntimeError, match=r"1 pictures have no row: 11 rows of .* every image was tried"):
        made.synthesised(pictures, tmp_path / "made")


@pytest.mark.slow
def test_a_killed_synthesis_goes_on_from_its_journal(home: Path, tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from examples.wethink.tiny import stages; "
    command = [sys.executable, "-c", script + f"print(stages.synthesis(Path(sys.argv[1]), {SHARE}))", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    journal = tmp_path / "world/synthesis/journal.sqlite"
    wait_until(lambda: process.poll() is not None or calls_in(journal) >= 500, pause_s=0.005)
    assert process.poll() is None, "it ended before it was killed"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "world/rl.jsonl").exists()
    paid = calls_in(journal)
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True, timeout=HANG_S)
    assert (tmp_path / "world/rl.jsonl").read_bytes() == (home / "world/rl.jsonl").read_bytes()
    resumed, whole = report_of(tmp_path), report_of(home)
    assert sum(resumed["paid_now"].values()) == sum(whole["paid_now"].values()) - paid
    assert resumed["drops"] == whole["drops"]


def calls_in(journal: Path) -> int:
    try:
        with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as database:
            found: int = database.execute("SELECT count(*) FROM calls").fetchone()[0]
        database.close()
    except sqlite3.OperationalError:  # not there yet
        return 0
    return found


@pytest.mark.slow
def test_all_rows_that_the_measured_runs_trained_on(tmp_path: Path) -> None:
    from examples.wethink.synthesis.report import summary
    from examples.wethink.tiny import made, stages, world

    (tmp_path / "other").mkdir()
    count, seed, held_out, _ = stages.SETS["rl"]
    pictures = world.draw_pictures(count, seed, held_out=held_out, images=tmp_path / "rl")
    rows, told = made.synthesised(pictures, tmp_path / "made")
    world.write_rows(tmp_path / "rl.jsonl", rows)
    assert (tmp_path / "rl.jsonl").read_bytes() == generated(tmp_path / "other", 1.0)[0]
    assert json.loads(told)["rows"] == count == 4000
    assert summary(json.loads(told)) in (ROOT / "docs/guide/small-world.md").read_text(encoding="utf-8")
