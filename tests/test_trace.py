from __future__ import annotations

import json

from rewardkit.trace import JsonlTrace, encode, record, summary
from rewardkit.types import Sample, Verdict


def test_a_record_has_the_fixed_fields():
    sample = Sample(3, "p", "c", {"answer": "a"})
    row = record(sample, Verdict.scored(1.0, extracted="c"), row_id="x")
    assert list(row) == ["id", "reward", "status", "reason", "verifier", "extracted", "seconds"]
    assert (row["id"], row["reward"], row["extracted"]) == ("x", 1.0, "c")
    assert record(sample, Verdict.abstained("no_route"))["id"] == 3


def test_a_long_completion_keeps_its_head_and_its_tail():
    row = record(Sample(0, "p" * 50_000, "a" * 30_000 + "END"), Verdict.scored(1.0), full=True)
    assert len(row["completion"]) < 20_100
    assert row["completion"].startswith("aaa")
    assert row["completion"].endswith("END")
    assert "characters left out" in row["completion"]


def test_what_json_cannot_hold_is_written_as_text_and_no_nan_ever():
    line = encode({"image": object(), "share": float("nan"), "nested": [{"x": float("inf")}], "text": "a\nb\u2028\ud800"})
    assert "\n" not in line
    row = json.loads(line)
    assert row["share"] is None
    assert row["nested"] == [{"x": None}]
    assert row["image"].startswith("<object")


def test_the_trace_survives_a_lone_surrogate(tmp_path):
    trace = JsonlTrace(tmp_path / "t.jsonl")
    trace.write([Sample(0, None, "\ud800")], [Verdict.scored(0.0)])
    assert json.loads((tmp_path / "t.jsonl").read_text())["reward"] == 0.0


def test_the_summary_counts_and_leaves_out_what_was_not_scored():
    verdicts = [Verdict.scored(1.0), Verdict.scored(0.0), Verdict.abstained("needs_judge"), Verdict.error("exception")]
    counts = summary(verdicts)
    assert counts["rows"] == 4
    assert counts["mean_reward"] == 0.5
    assert (counts["scored"], counts["abstained"], counts["error"]) == (2, 1, 1)
    assert summary([])["mean_reward"] is None
