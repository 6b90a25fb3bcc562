"""The small world: held-out layouts, right answers, demonstrations corrupted as said, and its scripted judge over HTTP."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(find_spec("PIL") is None, reason="needs pillow")

WANTED = {"problem", "answer", "category", "abilities", "refined_cot", "image_path", "reward"}


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    from examples.wethink.tiny.world import Slips, make_rows

    home = tmp_path_factory.mktemp("world")
    made = {
        "clean": make_rows(600, 1, held_out=False, slips=Slips(), images=home / "clean"),
        "noisy": make_rows(600, 1, held_out=False, slips=Slips(0.55, 0.3), images=home / "noisy"),
        "held_out": make_rows(600, 2, held_out=True, slips=Slips(), images=home / "held_out"),
    }
    for name, rows in made.items():
        for row in rows:
            row["path"] = home / row["image_path"]
            assert row["path"].parent.name == name
    return made


def test_rows_have_the_schema_and_a_third_of_each_type(sets: dict[str, list[dict[str, Any]]]) -> None:
    for rows in sets.values():
        assert all(row.keys() >= WANTED and row["path"].is_file() for row in rows)
        assert Counter(row["category"] for row in rows) == dict.fromkeys(("multiple choice", "fill-in-blank", "descriptive"), 200)
        assert all("reasoning" in row["abilities"] and len(row["abilities"]) > 1 for row in rows)
        assert {row["reward"] for row in rows if row["category"] == "descriptive"} == {"model"}
        assert {row["reward"] for row in rows if row["category"] != "descriptive"} == {"rule"}


def test_no_held_out_layout_is_trained_on(sets: dict[str, list[dict[str, Any]]]) -> None:
    held_out = {row["layout"] for row in sets["held_out"]}
    assert len(held_out) > 200
    assert not held_out & {row["layout"] for row in sets["clean"]}


def things(layout: str) -> list[tuple[int, list[str]]]:
    """Cell and words (colour, kind, for a bar its height) of each thing, read from the layout's text."""
    return [(int(part[0]), part[2:].removeprefix("a ").split()) for part in layout.split(";")]


def answers_of(row: dict[str, Any]) -> str:
    """The right answer, worked out from problem and layout alone."""
    seen, asked = things(row["layout"]), row["problem"].split()
    if row["category"] == "multiple choice":
        key = (lambda words: int(words[2])) if "higher" in asked else (lambda words: words[1] == asked[4])
        colour = max((words for _, words in seen), key=key)[0]
        return asked[asked.index("?") + 1 :][asked[asked.index("?") + 1 :].index(colour) - 1]
    if "many" in asked:
        return str(sum(words[1] + "s" == asked[2] for _, words in seen))
    if "high" in asked:
        return next(words[2] for _, words in seen if words[0] == asked[4])
    if "number" in asked:
        return next(words[1] for _, words in seen if words[0] == asked[3] and words[1].isdigit())
    if len(seen) == 1:
        return f"a {' '.join(seen[0][1])}"
    (first, one), (second, other) = seen
    if one[1] == "bar":
        how = "higher than" if one[2] > other[2] else "lower than"
    else:
        how = "above" if second == first + 2 else "left of"
        assert how == "above" or (first % 2 == 0 and second == first + 1)
    return f"a {one[0]} {one[1]} {how} a {other[0]} {other[1]}"


def test_every_answer_is_right(sets: dict[str, list[dict[str, Any]]]) -> None:
    for row in (*sets["clean"], *sets["held_out"]):
        assert row["answer"] == answers_of(row), row


def test_demonstrations_are_corrupted_as_often_as_said_and_else_right(sets: dict[str, list[dict[str, Any]]]) -> None:
    from rewardkit import verify

    def share(rows: list[dict[str, Any]], right: Any) -> float:
        return sum(map(right, rows)) / len(rows)

    def formed(row: dict[str, Any]) -> bool:
        from rewardkit import Sample, get

        return get("format.think_answer").verify([Sample(0, None, row["demonstration"])])[0].score == 1

    def concluded(row: dict[str, Any]) -> bool:
        return row["demonstration"].split("<answer>")[-1].split("</answer>")[0].strip() == row["answer"]

    assert share(sets["clean"], formed) == share(sets["clean"], concluded) == 1
    assert share(sets["noisy"], formed) == pytest.approx(0.7, abs=0.06)
    assert share(sets["noisy"], concluded) == pytest.approx(0.45, abs=0.06)
    # A slip is a wrong answer by the recipe's own rules, never another way to write the right one.
    for row in sets["noisy"]:
        if row["reward"] == "rule" and formed(row):
            assert verify(answer=row["answer"], completion=row["demonstration"]).score == concluded(row)


def test_clean_and_corrupted_rows_show_the_same_pictures_every_time(sets: dict[str, list[dict[str, Any]]]) -> None:
    for clean, noisy in zip(sets["clean"], sets["noisy"], strict=True):
        assert clean["refined_cot"] == noisy["refined_cot"]
        assert (clean["problem"], clean["answer"], clean["layout"]) == (noisy["problem"], noisy["answer"], noisy["layout"])
        assert clean["path"].read_bytes() == noisy["path"].read_bytes()


@pytest.fixture
def judge_url() -> Iterator[str]:
    from examples.wethink.tiny.judge_server import Server

    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join(5)


@pytest.mark.parametrize(
    ("answer", "tiers", "score"),
    [
        ("a red circle left of a blue square", (0, 0.5, 1), 1),
        ("a red circle above a blue square", (0, 0.5, 1), 0.5),
        ("a red circle above a blue square", (0, 1), 0),
        ("a red circle above a blue square", (0, 0.25, 0.5, 0.75, 1), 0.75),
        ("a red circle above a yellow triangle", (0, 0.25, 0.5, 0.75, 1), 0.25),
        ("a green triangle", (0, 0.5, 1), 0),
        ("a red circle left of a blue square left of a blue square", (0, 0.5, 1), 0),
    ],
)
def test_the_scripted_judge_grades_by_slots_over_http(
    judge_url: str, answer: str, tiers: tuple[float, ...], score: float
) -> None:
    from rewardkit import Sample
    from rewardkit.judges.judge import Judge

    columns = {"answer": "a red circle left of a blue square"}
    sample = Sample(0, "describe the picture", f"<think> i see . </think> <answer> {answer} </answer>", columns)
    verdict = Judge(judge_url, "wethink", tiers=tiers).verify([sample])[0]
    assert verdict.score == score, verdict


def test_a_prompt_that_the_judge_cannot_read_is_an_error_and_no_grade(judge_url: str) -> None:
    import httpx

    body = {"model": "scripted-judge", "messages": [{"role": "user", "content": "Is this right?"}]}
    replied = httpx.post(f"{judge_url}/chat/completions", json=body)
    assert replied.status_code == 400
    assert "cannot read the prompt" in json.loads(replied.text)["error"]["message"]
