"""Two scorings of the same rows: what changed, by reason and route, and what it does to the signs of advantages."""

from __future__ import annotations

from typing import Any

import pytest

from rewardkit.errors import UsageError
from rewardkit.report.changes import compared
from rewardkit.report.changes_page import write_changes


def row(row_id: Any, reward: float | None, reason: str = "", **more: Any) -> dict[str, Any]:
    status = "abstained" if reward is None else "scored"
    reason = reason or {1.0: "match", 0.0: "mismatch", None: "needs_judge"}.get(reward, "partial")
    return {"id": row_id, "reward": reward, "status": status, "reason": reason, "verifier": "auto", **more}


def test_rows_are_joined_by_id_and_counted_by_outcome_reason_and_route() -> None:
    before = [
        row("a", 1.0, route="number"),
        row("b", 0.0, route="text"),
        row("c", None, route="text"),
        row("d", 0.0, route="text"),
    ]
    after = [
        row("d", 0.0, route="text"),
        row("c", 1.0, route="text"),
        row("a", 0.0, route="number"),
        row("b", 0.0, "no_answer", route="text"),
    ]
    found = compared(before, after)
    assert (found.rows, found.changed) == (4, 3)
    assert dict(found.confusion) == {("paid", "unpaid"): 1, ("unpaid", "unpaid"): 2, ("abstained", "paid"): 1}
    assert found.reasons["mismatch", "no_answer"] == 1
    assert found.routes["text"] == {"rows": 3, "changed": 2}
    assert [(c.before.id, c.after.reward) for c in found.examples] == [("c", 1.0), ("a", 0.0), ("b", 0.0)]


def test_the_same_id_twice_is_joined_in_order() -> None:
    found = compared([row("a", 1.0), row("a", 0.0)], [row("a", 1.0), row("a", 1.0)])
    assert (found.rows, found.changed) == (2, 1)


def test_rows_of_one_file_only_are_counted_and_files_without_a_common_row_refused() -> None:
    found = compared([row("a", 1.0), row("b", 1.0)], [row("b", 1.0), row("c", 1.0), row("d", 1.0)])
    assert (found.only_before, found.only_after) == (1, 2)
    with pytest.raises(UsageError, match="no id in common"):
        compared([row("a", 1.0)], [row("b", 1.0)])


def test_groups_gain_and_lose_contrast_and_rows_change_sign() -> None:
    before = [
        row(f"{g}#{i}", reward)
        for g, rewards in {"p": (1, 0), "q": (0, 0), "r": (1, 0)}.items()
        for i, reward in enumerate(rewards)
    ]
    after = [
        row(f"{g}#{i}", reward)
        for g, rewards in {"p": (0, 1), "q": (1, 0), "r": (1, 1)}.items()
        for i, reward in enumerate(rewards)
    ]
    groups = compared(before, after).groups
    assert (groups.groups, groups.rows, groups.flipped, groups.gained, groups.lost) == (3, 6, 2, 1, 1)
    assert compared(before, after, group_size=6).groups.groups == 1


def test_a_row_without_a_reward_is_out_of_the_groups_mean() -> None:
    before = [row(f"p#{i}", reward) for i, reward in enumerate((1.0, 0.0, None))]
    after = [row(f"p#{i}", reward) for i, reward in enumerate((1.0, None, None))]
    groups = compared(before, after).groups
    assert (groups.flipped, groups.gained, groups.lost) == (0, 0, 1)


def test_prompts_tell_groups_where_the_records_hold_them() -> None:
    rows = [row(i, float(i % 2), prompt=f"question {i // 2}") for i in range(6)]
    assert compared(rows, rows).groups.groups == 3


def test_prompts_that_begin_alike_and_steps_are_groups_of_their_own() -> None:
    alike = [row(i, float(i % 2), prompt=f"{'You are a helpful assistant. ' * 20} question {i // 2}") for i in range(6)]
    assert compared(alike, alike).groups.groups == 3
    steps = [row(i, float(i % 2), prompt="question", step=i // 2) for i in range(6)]
    assert compared(steps, steps).groups.groups == 3


def test_the_page_escapes_what_models_wrote_and_runs_nothing(tmp_path: Any) -> None:
    evil = "<script>alert(1)</script>{{style}}"
    changes = compared([row("a", 1.0, completion=evil)], [row("a", 0.0, completion=evil)])
    text = write_changes(changes, tmp_path / "c.html", before="a.jsonl", after="<b>.jsonl").read_text(encoding="utf-8")
    assert text.count("<script") == 1
    assert text.count("<td>&lt;script&gt;alert(1)") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{style}}" in text
    assert "default-src 'none'" in text
    assert "&lt;b&gt;.jsonl" in text
