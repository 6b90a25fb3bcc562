"""`bench-judge` on labelled rows: what it measures, writes and refuses, in this process with a scripted judge."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from rewardkit.cli import main
from rewardkit.commands import bench_judge, judge_study
from rewardkit.errors import UsageError
from rewardkit.judges.calibration.stored import read_calibration
from rewardkit.judges.client import Reply, Request
from rewardkit.testing import ScriptedClient

CITIES = ("Paris", "Rome", "Oslo", "Lima", "Quito")


def timid(request: Request) -> Reply:
    """Knows what is right, and gives it a probability of 0.3; says no to all else."""
    shown = str(request.messages[-1]["content"])
    reference = shown.partition("<reference ")[2].partition(">\n")[2].partition("\n</")[0]
    right = reference in shown.rpartition("<answer ")[2]
    yes = 0.3 if right else 0.05
    return Reply("yes" if right else "no", top_logprobs={"yes": math.log(yes), "no": math.log(1 - yes)})


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bench_judge, "_client", lambda spec, kind: ScriptedClient(timid, name="timid"))
    path = tmp_path / "cities.jsonl"
    with path.open("w", encoding="utf-8") as sink:
        for place in range(120):
            city, label = CITIES[place % 5], place % 2 == 0
            said = f"the city of {city if label else CITIES[(place + 1) % 5]}"
            row = {"prompt": f"Where was meeting {place}?", "answer": city, "completion": said, "label": label}
            sink.write(json.dumps(row) + "\n")
    return path


def run(rows: Path, *options: object, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["bench-judge", str(rows), "--attacks", "1", "--json", *map(str, options)]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_measures_stand_with_their_intervals(rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(rows, "--kind", "soft", "--csv", tmp_path / "out.csv", capsys=capsys)["measures"][0]
    assert (found["n"], found["rated"], found["judge"]) == (120, 120, "timid")
    assert (found["auc"], found["auc low"], found["auc high"]) == (1.0, 1.0, 1.0)
    assert (found["accuracy"], found["recall"], found["precision"]) == (0.5, 0.0, None)
    assert found["accuracy low"] < 0.5 < found["accuracy high"]
    assert found["note"].startswith("at chance: κ 0.00")
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as source:
        table = [line for line in csv.DictReader(source) if line["table"] == "measures"]
    assert {line["column"] for line in table} >= {"ece", "ece low", "ece high"}


def test_a_calibration_mends_what_labels_can_mend(rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "soft.json"
    before, after = run(rows, "--kind", "soft", "--calibrate", made, capsys=capsys)["calibration"]
    assert (before["scores"], before["kappa"]) == ("before", 0.0)
    assert (after["scores"], after["kappa"], after["learnt from"], after["on the other half"]) == ("after", 1.0, 60, 60)
    stored = read_calibration(made)
    assert (stored.judge, stored.id) == ("timid", after["calibration"])
    assert 0.05 < stored.points[0][0] < 0.3


def test_curve_probes_rows_since_and_report(rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "rows.jsonl"
    wanted = ["--curve", "--probes", "--rows", kept, "--report", tmp_path / "page.html"]
    found = run(rows, "--kind", "soft", *wanted, capsys=capsys)
    assert [(one["above"], one["rows"], one["share right"]) for one in found["curve"]] == [(0.0, 60, 0.0), (0.2, 60, 1.0)]
    assert [one["probe"] for one in found["probes"]] == ["position", "verbosity", "leakage", "language"]
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 120
    assert sum(line["wrong"] for line in lines) == len([line for line in lines if line["label"]]) == 60
    assert len(found["wrong rows"]) == judge_study.SHOWN
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "polyline" in page
    assert "Where was meeting" in page
    (drifted,) = run(rows, "--kind", "binary", "--since", kept, "--rows", kept, capsys=capsys)["since"]
    assert (drifted["rows"], drifted["accepted"], drifted["better"], drifted["worse"]) == (120, 60, 60, 0)


def test_kinds_and_templates_stand_in_one_table(rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "short.txt"
    own.write_text("{{question}}\n{{reference}}\n{{answer}}\nSame? {{reply}}\n", encoding="utf-8")
    found = run(rows, "--beside", "kind=soft", "--beside", f"template={own}", capsys=capsys)["measures"]
    assert [(one["kind"], one["template"].partition("@")[0]) for one in found] == [
        ("binary", "binary"),
        ("soft", "binary"),
        ("binary", "short"),
    ]
    assert found[0]["kappa"] == found[2]["kappa"] == 1.0
    only = run(rows, "--template", own, capsys=capsys)["measures"]
    assert only[0]["template"] == found[2]["template"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--beside", "kind=soft kind=binary"], "each of the three once"),
        (["--beside", "kind="], "each of the three once"),
        (["--since", "/nonexistent.jsonl"], "earlier run"),
        (["--report", "/nonexistent/page.html"], "cannot write /nonexistent/page.html"),
        (["--template", "binari"], "did you mean 'binary'"),
        (["--calibrate", "/nonexistent/soft.json"], "cannot write"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_told_at_once(
    rows: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench-judge", str(rows), *options]) == 2
    assert words in capsys.readouterr().err


def test_too_few_labels_are_told_before_they_are_paid_for(rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("".join(rows.read_text(encoding="utf-8").splitlines(keepends=True)[:99]), encoding="utf-8")
    assert main(["bench-judge", str(few), "--calibrate", str(tmp_path / "soft.json")]) == 2
    assert "at least 100 labelled rows, and there are 99" in capsys.readouterr().err


def test_labels_need_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench-judge", "--probes"]) == 2
    assert "--probes needs labelled rows" in capsys.readouterr().err


def test_beside_reads_its_three_words() -> None:
    assert judge_study.beside("http://h#m kind=soft template=a.txt") == judge_study.Beside("http://h#m", "soft", "a.txt")
    with pytest.raises(UsageError):
        judge_study.beside("one two")
