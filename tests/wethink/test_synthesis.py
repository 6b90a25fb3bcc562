"""The whole synthesis as a process against a real server: rows, drops, coverage, budget, and a kill at any point."""

from __future__ import annotations

import asyncio
import collections
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S, wait_until

from examples.wethink.synthesis import checks
from examples.wethink.synthesis.abilities import Cell, Constraints
from examples.wethink.synthesis.coverage import GIVE_UP_AFTER, Coverage
from examples.wethink.synthesis.journal import Call, Journal

pytest.importorskip("PIL")
pytest.importorskip("httpx")

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
AT_ONCE = 4


@contextmanager
def served(folder: Path, latency_s: float = 0.0) -> Iterator[str]:
    port = folder / f"port{latency_s}"
    port.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, str(HERE / "scripted_models.py"), str(port), str(latency_s)])
    try:
        wait_until(lambda: process.poll() is not None or (port.exists() and port.read_text()))
        assert process.poll() is None, "the server ended"
        yield f"http://127.0.0.1:{port.read_text()}"
    finally:
        process.kill()
        process.wait()


def stats(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/stats", timeout=HANG_S) as said:
        return json.loads(said.read())


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from PIL import Image

    folder = tmp_path_factory.mktemp("images")
    for number in range(10):
        Image.new("RGB", (8, 8), (number * 20, 255 - number * 20, number)).save(folder / f"{number:02}.png")
    return folder


def command(url: str, images: Path, out: Path, *more: str) -> list[str]:
    models = [word for role in ("vision", "reasoner", "third") for word in (f"--{role}", url)]
    settings = ["--images", str(images), "--out", str(out), "--rows", "30", "--batch", "16", "--at-once", str(AT_ONCE)]
    return [sys.executable, "-m", "examples.wethink.synthesize", *models, *settings, *more]


def call(*words: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=HANG_S, cwd=ROOT)


@pytest.fixture(scope="module")
def whole(images: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """An uninterrupted run: its folder, and what the server charged for it."""
    out = tmp_path_factory.mktemp("whole")
    with served(out) as url:
        done = call(*command(url, images, out))
        assert done.returncode == 0, done.stderr
        return out, stats(url)


def rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "rows.jsonl").read_text(encoding="utf-8").splitlines()]


def test_rows_keep_the_constraints(whole: tuple[Path, dict[str, int]]) -> None:
    made, constraints = rows(whole[0]), Constraints.load()
    assert len(made) == 30
    for row in made:
        assert "reasoning" in row["abilities"]
        assert len(row["abilities"]) > 1
        assert row["reward"] == constraints.types[row["category"]].reward
        assert not Path(row["image_path"]).is_absolute()
        if row["category"] == "MC":
            assert row["answer"] in "ABCDE"
            assert f"{row['answer']}. " in row["problem"]
    assert {row["category"] for row in made} == {"MC", "FIB", "DES"}
    assert len({(row["image_path"], row["problem"]) for row in made}) == 30


def test_the_report_accounts_for_every_try(whole: tuple[Path, dict[str, int]]) -> None:
    out, charged = whole
    report = json.loads((out / "report.json").read_text())
    cells = report["coverage"].values()
    assert sum(cell["tried"] for cell in cells) == report["tried"]
    assert sum(cell["kept"] for cell in cells) + sum(drop["count"] for drop in report["drops"]) == report["tried"]
    assert all(drop["samples"] for drop in report["drops"] if drop["stage"] != "look"), "a drop that cannot be looked at"
    settled = [counts["agreed"] + counts["reasoner"] + counts["vision"] for counts in report["outcomes"].values()]
    assert sum(settled) == sum(cell["kept"] for cell in cells)
    assert sum(report["letters"].values()) == sum(report["outcomes"]["MC"][name] for name in ("agreed", "reasoner", "vision"))
    (spent,) = report["calls"].values()
    assert spent["calls"] == sum(report["paid_now"].values()) == charged["charged"]
    assert spent["prompt_tokens"] == 50 * spent["calls"]
    assert charged["most"] <= AT_ONCE
    assert charged["unkeyed"] == 0


def test_another_model_is_asked_where_two_differ(whole: tuple[Path, dict[str, int]]) -> None:
    differing = [row for row in rows(whole[0]) if row["outcome"] != "agreed"]
    assert differing, "the script makes every fifth question a dispute"
    for row in differing:
        chosen = row["answers"][0 if row["outcome"] == "reasoner" else 1]
        assert row["answer"] == chosen


def test_running_it_again_pays_nothing_and_changes_nothing(
    whole: tuple[Path, dict[str, int]], images: Path, tmp_path: Path
) -> None:
    out, _ = whole
    before = (out / "rows.jsonl").read_bytes()
    with served(tmp_path) as url:  # another server, on another port
        assert call(*command(url, images, out)).returncode == 0
        assert stats(url)["charged"] == 0
    assert (out / "rows.jsonl").read_bytes() == before


@pytest.mark.slow
def test_a_run_killed_at_ten_points_pays_for_nothing_twice(
    whole: tuple[Path, dict[str, int]], images: Path, tmp_path: Path
) -> None:
    reference, charged = whole
    draw = random.Random(5)
    kills = 0
    with served(tmp_path, 0.02) as url:
        while kills < 10:
            before = stats(url)["charged"]
            process = subprocess.Popen(
                command(url, images, tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
            )
            # Kill after a random number of further calls, so that kills spread over the whole run.
            enough = before + draw.randrange(1, charged["charged"] // 12)
            while process.poll() is None and stats(url)["charged"] < enough:
                time.sleep(draw.random() * 0.01)
            assert process.poll() is None, "it ended before it was killed"
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
        assert call(*command(url, images, tmp_path)).returncode == 0
        seen = stats(url)
    assert (tmp_path / "rows.jsonl").read_bytes() == (reference / "rows.jsonl").read_bytes()
    assert seen["charged"] == charged["charged"], "every call once, and none that an unbroken run would not have made"
    assert seen["unkeyed"] == 0
    assert seen["replays"] <= kills * AT_ONCE, "only what was under way at a kill is sent again"


@pytest.mark.slow
def test_a_budget_stops_the_run_and_a_larger_one_goes_on(
    whole: tuple[Path, dict[str, int]], images: Path, tmp_path: Path
) -> None:
    reference, charged = whole
    with served(tmp_path) as url:
        stopped = call(*command(url, images, tmp_path, "--max-calls", "100"))
        assert stopped.returncode == 1
        assert "budget" in stopped.stdout
        assert stats(url)["charged"] == 100
        assert call(*command(url, images, tmp_path, "--max-tokens", "2000")).returncode == 1
        assert stats(url)["charged"] == 100, "7,000 tokens are spent already"
        assert call(*command(url, images, tmp_path, "--max-calls", "100000")).returncode == 0
        assert stats(url)["charged"] == charged["charged"]
    assert (tmp_path / "rows.jsonl").read_bytes() == (reference / "rows.jsonl").read_bytes()


def test_a_model_that_is_down_stops_the_run_and_drops_nothing(images: Path, tmp_path: Path) -> None:
    done = call(*command("http://127.0.0.1:9/v1", images, tmp_path, "--rows", "1"))
    assert done.returncode == 2
    assert "vision" in done.stderr
    assert "cannot be reached" in done.stderr
    assert rows(tmp_path) == []


def test_one_row_an_image_with_new_drafts_where_the_first_is_dropped(images: Path, tmp_path: Path) -> None:
    with served(tmp_path) as url:
        more = ("--rows", "10", "--rows-an-image", "1", "--drafts", "3")
        done = call(*command(url, images, tmp_path, *more))
    assert done.returncode == 0, done.stderr
    assert "10 rows of " in done.stdout.splitlines()[0]
    assert len({row["image_path"] for row in rows(tmp_path)}) == len(rows(tmp_path)) == 10


def test_wrong_input_is_said(tmp_path: Path) -> None:
    done = call(*command("http://127.0.0.1:9/v1", tmp_path, tmp_path / "out"))
    assert done.returncode == 2
    assert "no images" in done.stderr
    assert call(*command("nowhere", tmp_path, tmp_path)).returncode == 2
    assert "--drafts must be at least 1" in call(*command("nowhere", tmp_path, tmp_path, "--drafts", "0")).stderr


def coverage(images: int = 40) -> Coverage:
    return Coverage(Constraints.load(), images)


def test_the_thinnest_cells_come_next() -> None:
    plan = coverage()
    for _ in range(12):
        for unit in plan.plan(32):
            # One ability is hard to ask about: half of its questions fail.
            plan.note(unit, kept="ocr" not in unit.cell.abilities or unit.number % 2 == 0)
    total = sum(plan.kept.values())
    for cell in plan.constraints.cells:
        assert plan.kept[cell] == pytest.approx(plan.constraints.target(cell) * total, abs=2.5), str(cell)
    assert not plan.given_up


def test_no_image_is_asked_twice_for_one_cell_and_a_hopeless_cell_is_given_up() -> None:
    plan = coverage(images=30)
    asked: collections.Counter[tuple[int, Cell]] = collections.Counter()
    while units := plan.plan(64):
        for unit in units:
            asked[unit.image, unit.cell] += 1
            plan.note(unit, kept="math" not in unit.cell.abilities)
    assert max(asked.values()) == 1
    assert plan.given_up == {cell for cell in plan.constraints.cells if "math" in cell.abilities}
    assert all(plan.tried[cell] < 2 * GIVE_UP_AFTER + 20 for cell in plan.given_up)


def test_a_plan_follows_from_what_was_noted() -> None:
    first, second = coverage(), coverage()
    for _ in range(3):
        a, b = first.plan(20), second.plan(20)
        assert a == b
        for unit in a:
            first.note(unit, unit.number % 3 > 0)
            second.note(unit, unit.number % 3 > 0)


def test_only_a_draft_at_fault_is_tried_again_and_an_image_gives_no_more_rows_than_it_may() -> None:
    plan = Coverage(Constraints.load(), 6, drafts=3, rows_an_image=2)
    asked: collections.Counter[tuple[int, Cell]] = collections.Counter()
    rows: collections.Counter[int] = collections.Counter()
    while units := plan.plan(8):
        in_batch = collections.Counter(unit.image for unit in units)
        for unit in units:
            asked[unit.image, unit.cell] += 1
            assert rows[unit.image] + in_batch[unit.image] <= 2
        for unit in units:
            # Image 0 allows nothing, images 1 and 2 take three drafts, of images 3 to 5 the first is kept.
            drafts = asked[unit.image, unit.cell]
            kept = unit.image > 0 and (unit.image > 2 or drafts == 3)
            rows[unit.image] += kept
            plan.note(unit, kept, final=unit.image == 0)
    assert rows == {0: 0, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2}
    assert max(count for (image, _), count in asked.items() if image == 0) == 1
    assert max(asked.values()) == 3


def test_a_cell_is_given_up_when_it_is_said_to_be() -> None:
    plan = Coverage(Constraints.load(), 30, give_up_after=20)
    while units := plan.plan(8):
        for unit in units:
            plan.note(unit, kept="math" not in unit.cell.abilities)
    assert plan.given_up == {cell for cell in plan.constraints.cells if "math" in cell.abilities}
    assert all(20 <= plan.tried[cell] < 30 for cell in plan.given_up)


def test_calls_of_one_turn_share_a_commit_and_are_on_disk_when_they_are_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    said: list[str] = []
    journal._db.set_trace_callback(said.append)

    async def kept(number: int) -> None:
        await journal.keep(f"key{number}", "ask", "model", Call(f"reply {number}", "stop", 1, 2))
        other = Journal(journal.path)  # another connection sees what is committed alone
        found = other.find(f"key{number}")
        other.close()
        assert found is not None
        assert found.text == f"reply {number}"

    async def all_at_once() -> None:
        await asyncio.gather(*(kept(number) for number in range(20)))

    asyncio.run(all_at_once())
    assert sum(statement.startswith("COMMIT") for statement in said) == 1
    assert journal.totals() == {"model": (20, 20, 40)}
    journal.close()


def test_a_journal_that_cannot_be_written_stops_every_call_that_waits_for_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal._db.execute("PRAGMA query_only = ON")

    async def all_at_once() -> list[Any]:
        keeps = (journal.keep(f"key{number}", "ask", "model", Call("reply", "stop", 1, 2)) for number in range(3))
        return await asyncio.gather(*keeps, return_exceptions=True)

    assert [type(result) for result in asyncio.run(all_at_once())] == [sqlite3.OperationalError] * 3
    assert journal.totals() == {}
    journal.close()


CASES = [json.loads(line) for line in (HERE / "checks.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_what_rules_can_tell(case: dict[str, Any]) -> None:
    check = getattr(checks, case["check"])
    assert check(*case["given"]) == case["says"]
