"""Systems run in processes of their own: a verdict, a crash, a hang and a package that is missing are four things."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.leaderboard.__main__ import main
from benchmarks.leaderboard.judged import judged
from benchmarks.leaderboard.run import run
from benchmarks.leaderboard.shown import Shown
from benchmarks.leaderboard.suites import Suite
from benchmarks.leaderboard.systems import OURS, SYSTEMS, system
from rewardkit.bench.measure import Pair
from rewardkit.errors import UnknownName
from rewardkit.types import Sample

GRADER = """
def extract_boxed_content(text):
    return text

def grade_answer(answer, reference):
    if answer == "crash":
        raise ValueError("no")
    while answer == "hang":
        pass
    return answer == reference
"""


def suite(*rows: tuple[str, str, bool]) -> Suite:
    """A suite of (answer, completion, label) rows that are all bare."""
    pairs = (
        Pair(Sample(place, None, completion, {"answer": answer, "bare": True, "options": {}}), label, "all")
        for place, (answer, completion, label) in enumerate(rows)
    )
    return Suite("made", tuple(pairs), len(rows))


@pytest.mark.slow
def test_a_crash_a_hang_and_a_missing_package_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of the same name with a grader that does as the row says stands in for the published one."""
    (tmp_path / "mathruler").mkdir()
    (tmp_path / "mathruler" / "__init__.py").touch()
    (tmp_path / "mathruler" / "grader.py").write_text(GRADER, encoding="utf-8")
    (tmp_path / "mathruler-7.dist-info").mkdir()
    (tmp_path / "mathruler-7.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: mathruler\nVersion: 7\n")
    (tmp_path / "verl").mkdir()  # is found, and has no grader in it
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    rows = suite(("1", "1", True), ("1", "crash", False), ("1", "hang", False), ("1", "2", False), ("0.5", "1/2", True))
    found = run([rows], [OURS, "mathruler", "verl geo3k", "OpenCompass"], [sys.executable], jobs=2, limit_s=2.0)
    assert [one.how for one in found.said["mathruler"]["made"]] == ["scored", "error", "timeout", "scored", "scored"]
    assert [one.accepted for one in found.said["mathruler"]["made"]] == [True, False, False, False, False]
    assert [one.accepted for one in found.said[OURS]["made"]] == [True, False, False, False, True]
    assert found.versions == {OURS: "", "mathruler": "mathruler 7"}
    assert found.missing["OpenCompass"] == "its package is in none of the environments"
    assert found.missing["verl geo3k"].startswith("it cannot be loaded: ")


BASELINES = [
    ("baseline: exact", "12", r"So it is \boxed{12}.", 1.0),
    ("baseline: exact", "12", "First 11.\n12.", 1.0),
    ("baseline: exact", r"\frac{1}{2}", r"\boxed{\frac{1}{2}}", 1.0),
    ("baseline: exact", "12", r"\boxed{12", 0.0),
    ("baseline: exact", "12", "12 eggs", 0.0),
    ("baseline: contained", "Nile", "It is the Nile.", 1.0),
    ("baseline: contained", "Nile", "It is no Nilemonster.", 0.0),
    ("baseline: contained", "Nile", "It is not the Nile.", 1.0),
    ("baseline: last number", "1,200", "Not 1100 but 1200.0 eggs", 1.0),
    ("baseline: last number", "12", "12 of 13", 0.0),
    ("baseline: last number", "12", "none", 0.0),
    ("baseline: last number", "the Nile", "12", None),
]


@pytest.mark.parametrize(("name", "reference", "completion", "score"), BASELINES, ids=[f"{b[0]} {b[2]}" for b in BASELINES])
def test_a_baseline_does_what_its_name_says(name: str, reference: str, completion: str, score: float | None) -> None:
    sample = Sample(0, None, completion, {"answer": reference, "bare": False, "options": {}})
    assert judged(sample, of=name).score == score


def test_the_best_of_several_references_counts() -> None:
    sample = Sample(0, None, "Austen", {"answer": ["Jane Austen", "Austen"], "bare": True, "options": {}})
    assert judged(sample, of="baseline: exact").score == 1.0


def test_a_letter_or_an_option_s_text_names_the_option() -> None:
    options = {"A": "a crow", "B": "a cat"}
    named = [Shown("", text, True, options, Sample(0, None, "", {})).letter for text in ("B", "(b)", "A crow", "C", "a")]
    assert named == ["B", "B", "A", "", "A"]


def test_an_unknown_system_is_told_with_near_misses() -> None:
    with pytest.raises(UnknownName, match="mathruler"):
        system("mathrule")


def test_the_names_of_systems_are_parted_by_commas_nowhere_else() -> None:
    """`--systems` parts names by commas, so none may hold one."""
    assert [name for name in SYSTEMS if "," in name] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [([], "give suites to measure, or --page alone"), (["x.jsonl", "--check"], "wanted --runs 2 or more, got 1")],
    ids=["nothing", "one run"],
)
def test_a_call_that_asks_for_nothing_says_what_is_wanted(
    words: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["leaderboard", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text('{"answer": "1", "completion": "1"}\n', encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["leaderboard", str(path)])
    assert main() == 2
    assert "none with a label" in capsys.readouterr().err
