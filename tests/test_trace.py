from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rewardkit
from rewardkit import BadParameter
from rewardkit.trace import MAX_EXTRACTED, JsonlTrace, encode, record, short_line, summary
from rewardkit.types import Sample, Status, Verdict


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


def test_a_trace_makes_its_folder_and_its_file_at_once(tmp_path):
    JsonlTrace(tmp_path / "runs" / "a" / "t.jsonl")
    assert (tmp_path / "runs" / "a" / "t.jsonl").read_bytes() == b""


def test_a_trace_that_cannot_be_written_stops_the_load_and_not_the_run(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadParameter, match=r"trace=.*cannot be written: (Not a directory|File exists)"):
        rewardkit.load("auto", trace=tmp_path / "file" / "t.jsonl")
    with pytest.raises(BadParameter, match="Is a directory"):
        rewardkit.load("auto", trace=tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_ends_the_trace_with_a_warning_and_not_the_run():
    reward = rewardkit.load("auto", trace="/dev/full")
    with pytest.warns(RuntimeWarning, match="ends after 0 batches: No space left on device; the rewards go on"):
        assert reward(completions=["42"], answer=["42"]) == [1.0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reward(completions=["42"], answer=["42"]) == [1.0]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB, where the user may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_up_leaves_whole_batches_and_every_reward(small_disk):
    reward = rewardkit.load("auto", trace=small_disk / "runs" / "t.jsonl")
    text = "so we look again. " * 200 + "<answer>42</answer>"
    with pytest.warns(RuntimeWarning, match="No space left on device; the rewards go on") as told:
        rewards = [reward(completions=[text] * 4, answer=["42"] * 4) for _ in range(10)]
    assert (rewards, len(told)) == ([[1.0] * 4] * 10, 1)
    steps = [json.loads(line)["step"] for line in (small_disk / "runs" / "t.jsonl").read_text().splitlines()]
    assert 0 < len(steps) < 40
    assert len(steps) % 4 == 0


def test_what_did_not_fit_is_taken_back_whole(tmp_path):
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); import signal; "
    limit += "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    script = limit + (
        "import rewardkit, warnings; warnings.simplefilter('ignore')\n"
        "reward = rewardkit.load('auto', trace=sys.argv[1])\n"
        "for _ in range(20): assert reward(completions=['42'], answer=['42']) == [1.0]\n"
    )
    path = tmp_path / "t.jsonl"
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert 0 < len(rows) < 20
    assert path.read_bytes().endswith(b"\n")


class Word(str):
    """A text of another type."""

    __slots__ = ()


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text().map(Word) | st.just(object),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
SCORES = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9) | st.booleans()


@given(row_id=ANY, score=SCORES, extracted=ANY, words=st.tuples(ANY, ANY), seconds=st.floats(-1, 1e9) | st.just(math.nan))
def test_a_short_line_is_the_record_as_it_is_encoded(row_id: Any, score: Any, extracted: Any, words: Any, seconds: float) -> None:
    status = Status.ABSTAINED if score is None else Status.SCORED
    verdict = Verdict(score, status, words[0], {"extracted": extracted}, words[1], seconds)
    short = encode({**record(Sample(7, None, ""), verdict), "id": row_id})
    assert short_line(row_id, verdict) == short


@pytest.mark.parametrize("text", ["a" * (MAX_EXTRACTED + 1), '\ud800\u2028\x7f\x00"\\/', "é答" * MAX_EXTRACTED])
@pytest.mark.parametrize("score", [0.0, -0.0, 1e16, 5e-324, 0.1 + 0.2, 1e22])
def test_odd_texts_and_floats_are_no_exception(text: str, score: float) -> None:
    verdict = Verdict(score, Status.SCORED, "partial", {"extracted": text}, "a.b", 5e-06)
    assert short_line(text, verdict) == encode(record(Sample(0, None, ""), verdict, row_id=text))
