"""`rewardkit compare`, and what `rewardkit` alone says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from cli_program import Done, call_here

ROWS = [{"id": i, "completion": f"\\boxed{{{i}}}", "answer": str(i % 3)} for i in range(6)]


def test_two_scorings_are_compared_and_shown(score: Callable[..., Done], tmp_path: Path) -> None:
    scored = score(ROWS)
    changed = tmp_path / "changed.jsonl"
    lines = [json.loads(line) for line in scored.path.read_text().splitlines()]
    lines[0] |= {"reward": 0.0, "reason": "mismatch"}
    changed.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = call_here("compare", scored.path, changed, "--group-size", "3", "--report", tmp_path / "c.html")
    assert done.returncode == 0
    assert "1 of 6 rows changed; 2 groups" in " ".join(done.stdout.split())
    assert (tmp_path / "c.html").exists()
    counted = json.loads(call_here("compare", scored.path, changed, "--json").stdout)
    assert counted["reasons"] == [{"before": "match", "after": "mismatch", "rows": 1}]


def test_what_cannot_be_compared_is_said(score: Callable[..., Done], tmp_path: Path) -> None:
    scored = score(ROWS)
    assert call_here("compare", scored.path, tmp_path / "none.jsonl").returncode == 2
    assert call_here("compare", scored.path, scored.path, "--report", tmp_path).returncode == 2


def test_the_program_alone_prints_its_help() -> None:
    done = call_here()
    assert done.returncode == 0
    assert "COMMAND" in done.stdout
