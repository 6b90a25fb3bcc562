"""The audit sheet: a stratified sample in one page, and estimates from its marks."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest

pytest.importorskip("PIL")

from PIL import Image

from examples.wethink.data import audit
from examples.wethink.data.rows import Row, write_rows
from rewardkit.errors import UsageError


def row(number: int, kind: str, outcome: str) -> Row:
    extra = {"outcome": outcome, "answers": ["<b>1</b>", "2"]}
    return Row(f"Question {number} <script>?", "2", kind, ("reasoning", "ocr"), "Because.", "a.png", "rule", extra)


ROWS = [row(n, kind, outcome) for n, (kind, outcome) in enumerate([("MC", "agreed")] * 900 + [("DES", "vision")] * 100)]


def test_the_sample_has_as_many_of_each_stratum() -> None:
    numbers = audit.sample(ROWS, each=20, seed=0)
    assert sum(number < 900 for number in numbers) == sum(number >= 900 for number in numbers) == 20
    assert numbers == audit.sample(ROWS, each=20, seed=0) != audit.sample(ROWS, each=20, seed=1)


def test_the_page_holds_everything_and_escapes_it(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    write_rows(ROWS[895:905], tmp_path / "rows.jsonl")
    page = tmp_path / "sheet.html"
    words = ["sheet", str(tmp_path / "rows.jsonl"), "--images", str(tmp_path), "-o", str(page), "--each", "2"]
    assert audit.main(words) == 0
    text = page.read_text()
    assert text.count("<section") == text.count("data:image/png;base64,") == 4
    assert text.count("<script>") == 1
    assert "&lt;b&gt;1&lt;/b&gt; / 2" in text
    assert "http" not in text.replace("http-equiv", ""), "the page fetches nothing"


def test_strata_are_weighted_by_their_size() -> None:
    marks = {n: "right" for n in range(18)} | {18: "answer", 19: "question"}
    marks |= (
        {n: "right" for n in range(900, 908)} | {n: "chain" for n in range(908, 910)} | {n: "answer" for n in range(910, 920)}
    )
    *strata, whole = audit.estimate(ROWS, marks)
    by_name = {line["of"]: line for line in strata}
    assert by_name["MC/agreed"]["right"] == 0.9
    assert by_name["DES/vision"]["right"] == 0.5, "a wrong chain beside a right answer is no wrong answer"
    assert by_name["DES/vision"]["chain"] == 0.4
    assert whole["right"] == pytest.approx(0.9 * 0.9 + 0.1 * 0.5)
    assert whole["low"] < whole["right"] < whole["high"]


def test_without_marks_there_is_no_estimate() -> None:
    *strata, whole = audit.estimate(ROWS, {})
    assert all((line["low"], line["high"]) == (0.0, 1.0) for line in strata)
    assert math.isnan(whole["right"])


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    draw, hits = random.Random(1), 0
    for _ in range(400):
        marks = {n: "right" if draw.random() < 0.9 else "answer" for n in audit.sample(ROWS, 60, draw.randrange(10**6))}
        line = audit.estimate(ROWS, marks)[-1]
        hits += line["low"] <= 0.9 <= line["high"]
    assert 0.9 < hits / 400 <= 1
    assert audit.wilson(8, 10) == pytest.approx((0.490, 0.943), abs=1e-3)


def test_marks_of_another_set_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "marks.json"
    path.write_text(json.dumps({"marks": {"5000": "right"}}))
    with pytest.raises(UsageError, match="does not belong"):
        audit.read_marks(path, 1000)
    path.write_text("[]")
    with pytest.raises(UsageError, match="no marks"):
        audit.read_marks(path, 1000)
    write_rows(ROWS, tmp_path / "rows.jsonl")
    path.write_text(json.dumps({"marks": {"3": "right", "950": "answer"}}))
    assert audit.main(["marks", str(path), str(tmp_path / "rows.jsonl")]) == 0
    assert "all" in capsys.readouterr().out
