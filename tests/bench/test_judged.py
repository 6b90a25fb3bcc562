"""Labelled rows as a judge ruled them: measures, errors, two runs, and probes, with scripted judges whose faults are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rewardkit.bench.judged import Judged, judged_by, read_run, since
from rewardkit.bench.measure import Pair
from rewardkit.bench.probes import PROBES, Probed, probe
from rewardkit.bench.scripted import scripted
from rewardkit.errors import UsageError
from rewardkit.judges.client import Request
from rewardkit.judges.judge import Judge
from rewardkit.testing import ScriptedClient, sample
from rewardkit.trace import encode

CITIES = ("Paris", "Rome", "Oslo", "Lima", "Quito", "Cairo")


def pairs(count: int = 60) -> list[Pair]:
    found = []
    for place in range(count):
        city, label = CITIES[place % 6], place % 3 != 0
        said = f"the city of {city if label else CITIES[(place + 1) % 6]}"
        row = sample(completion=said, prompt=f"Where was conference {place}?", index=place, answer=city)
        found.append(Pair(row, label, "all"))
    return found


def judge(client: Any) -> Judge:
    return Judge(client, canaries=0)


def test_an_honest_judge_has_no_errors_and_a_yes_man_is_at_chance() -> None:
    honest, yes = (judged_by(judge(scripted(name)), "cities", pairs()).summary() for name in ("honest", "yes"))
    assert (honest["n"], honest["rated"], honest["no score"], honest["note"]) == (60, 60, 0, "")
    assert (honest["kappa"].value, honest["accuracy"].value) == (1.0, 1.0)
    assert yes["kappa"].value == 0
    assert yes["note"].startswith("at chance")


def test_intervals_are_those_of_questions() -> None:
    """Eight equal rows a question say no more than one: without the grouping the intervals would be a third as wide."""
    few = pairs(18)
    many = [pair for pair in few for _ in range(8)]
    alone, grouped = (judged_by(judge(scripted("yes")), "cities", rows).summary() for rows in (few, many))
    assert grouped["rated"] == 8 * alone["rated"]
    assert (grouped["accuracy"], grouped["precision"]) == (alone["accuracy"], alone["precision"])


def test_what_the_guard_settled_says_nothing_about_the_model() -> None:
    rows = [*pairs(), Pair(sample(completion="Solution:", prompt="Where?", answer="Rome"), False, "all")]
    rows.append(Pair(sample(completion="Rome", prompt="Where?", answer="Rome"), True, "all"))
    found = judged_by(judge(scripted("yes")), "cities", rows).summary()
    assert (found["n"], found["rated"], found["by the guard"]) == (62, 60, 2)


def test_the_rows_it_got_wrong() -> None:
    found = judged_by(judge(scripted("yes")), "cities", pairs())
    wrong = found.wrong()
    assert len(wrong) == 20
    assert {row["label"] for row in wrong} == {False}
    assert {"prompt", "answer", "completion", "score", "reply", "template"} <= set(wrong[0])


def test_rows_without_a_score_are_counted_and_no_error() -> None:
    def down(request: Request) -> Any:
        return ConnectionError("refused")

    found = judged_by(judge(ScriptedClient(down)), "cities", pairs(6))
    assert (found.summary()["no score"], found.summary()["rated"], found.wrong()) == (6, 0, [])


def write(path: Path, found: Judged) -> None:
    path.write_text("".join(encode(row) + "\n" for row in found.rows()), encoding="utf-8")


def test_two_runs_are_joined_by_their_rows(tmp_path: Path) -> None:
    before, after = (judged_by(judge(scripted(name)), "cities", pairs()) for name in ("yes", "honest"))
    write(tmp_path / "rows.jsonl", before)
    found = since(read_run(str(tmp_path / "rows.jsonl")), [after])
    assert (found.rows, found.accepted, found.refused, found.better, found.worse) == (60, 0, 20, 20, 0)
    lines = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    lines[0]["completion"] = "another answer"
    assert since(lines, [after]).rows == 59


@pytest.mark.parametrize("text", ["", "{}", "[1]", "no JSON"])
def test_a_file_of_no_run_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="earlier run"):
        read_run(str(tmp_path / "odd.jsonl"))


def _answer(request: Request) -> str:
    text = str(request.messages[-1]["content"])
    return text.rpartition("<answer ")[2].partition(">\n")[2].partition("\n</")[0]


def _reference(request: Request) -> str:
    text = str(request.messages[-1]["content"])
    return text.partition("<reference ")[2].partition(">\n")[2].partition("\n</")[0]


def knows(request: Request) -> bool:
    """Whether an answer states the reference, in whatever language, and does not leave it open."""
    said, wanted = _answer(request), [line.removeprefix("- ") for line in _reference(request).splitlines()]
    return any(one in said for one in wanted) and "whispered" not in said


FAULTS = {
    "position": lambda request: (
        knows(request)
        and _reference(request).count("\n") == 2
        and _reference(request).splitlines()[1].removeprefix("- ") in _answer(request)
    ),
    "verbosity": lambda request: knows(request) or len(_answer(request)) > 100,
    "leakage": lambda request: any(city in _answer(request) and city in _reference(request) for city in CITIES),
    "language": lambda request: knows(request) and _answer(request).isascii(),
}


def probed(decides: Any) -> dict[str, Probed]:
    client = ScriptedClient(lambda request: "yes" if decides(request) else "no")
    return {one.probe: one for one in probe(judge(client), pairs(24))}


def test_a_judge_without_faults_is_swayed_by_nothing() -> None:
    found = probed(knows)
    assert set(found) == set(PROBES) == set(FAULTS)
    assert {name: one.changed.value for name, one in found.items()} == dict.fromkeys(PROBES, 0.0)
    assert all(one.rows == 24 for one in found.values())


@pytest.mark.parametrize("fault", FAULTS)
def test_each_probe_finds_its_fault(fault: str) -> None:
    found = probed(FAULTS[fault])
    assert (found[fault].changed.low or 0) > 0.1
    assert set(found[fault].record()) == {"probe", "rows", "paid plain", "paid dressed", "changed"}


def test_only_leakage_has_nothing_to_compare_with() -> None:
    found = probed(knows)
    assert [name for name, one in found.items() if one.paid_before is None] == ["leakage"]


def test_without_rows_nothing_is_found() -> None:
    assert [one.rows for one in probe(judge(scripted("yes")), [])] == [0] * len(PROBES)
