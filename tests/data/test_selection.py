"""Which prompts to train on: each filter on made attempts, with its count of what it dropped."""

from __future__ import annotations

import pytest

from rewardkit import BadParameter
from rewardkit.data.contamination import Benchmark
from rewardkit.data.preferences import dpo_pairs, soft_labels, step_labels, step_pairs, truncated
from rewardkit.data.selection import (
    Attempts,
    between,
    clusters,
    from_easy_to_hard,
    percentiles,
    select,
    shortest_right,
    uneven,
)
from rewardkit.errors import WrongLength

PROMPTS = [
    Attempts("all", (1, 1, 1, 1), (9, 9, 9, 9)),
    Attempts("most", (1, 1, 1, 0), (5, 3, 4, 1)),
    Attempts("half", (1, None, 0, None), (7, 1, 7, 1)),
    Attempts("few", (0, 0, 0, 1), (8, 8, 8, 8)),
    Attempts("none", (0, 0, 0, 0), (2, 2, 2, 2)),
    Attempts("unscored", (None, None)),
]


def keys(found: list[Attempts]) -> list[str]:
    return [one.key for one in found]


def test_filters_run_one_after_the_other_and_say_what_they_dropped() -> None:
    found = select(PROMPTS, uneven=uneven(), bounds=between(0.3, 1.0))
    assert keys(found.kept) == ["most", "half"]
    assert found.dropped == {"unscored": 1, "uneven": 2, "bounds": 1}


def test_a_row_without_a_reward_is_neither_right_nor_wrong() -> None:
    assert PROMPTS[2].accuracy == 0.5
    assert PROMPTS[5].accuracy is None


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0.0, 0.4, ["few", "none"]), (0.4, 1.0, ["all", "most", "half"]), (0.2, 0.8, ["most", "half", "few"])],
)
def test_percentiles_go_by_rank(low: float, high: float, wanted: list[str]) -> None:
    assert keys(select(PROMPTS, ranks=percentiles(low, high)).kept) == wanted


def test_clusters_are_numbered_from_the_hardest_and_the_same_each_time() -> None:
    assert keys(select(PROMPTS, hard=clusters(3, [0])).kept) == ["few", "none"]
    assert keys(select(PROMPTS, medium=clusters(3, [1])).kept) == ["most", "half"]
    assert keys(select(PROMPTS, easy=clusters(3, [2])).kept) == ["all"]
    assert select([], any=clusters(3, [0])).kept == []


def test_from_easy_to_hard_and_of_like_ones_the_shorter_first() -> None:
    like = [Attempts("long", (1, 0), (9, 9)), Attempts("short", (1, 0), (1, 1)), Attempts("easy", (1, 1), (50, 50))]
    assert keys(from_easy_to_hard(like)) == ["easy", "short", "long"]


def test_the_shortest_right_completion() -> None:
    assert shortest_right(PROMPTS[1]) == 1
    assert shortest_right(PROMPTS[4]) is None
    with pytest.raises(BadParameter, match="0 lengths for 2 rewards"):
        shortest_right(PROMPTS[5])


@pytest.mark.parametrize(
    "make",
    [lambda: between(0.9, 0.1), lambda: percentiles(0.5, 0.5), lambda: clusters(2, [2]), lambda: from_easy_to_hard(PROMPTS)],
)
def test_what_cannot_be_used_is_refused(make: object) -> None:
    with pytest.raises(BadParameter):
        make()  # type: ignore[operator]


def test_a_benchmark_is_found_by_its_runs_of_words() -> None:
    question = "In triangle ABC the angle at A is 40 degrees and the angle at B is 60 degrees. Find C."
    bench = Benchmark([question, "What is 2+2?"], size=8)
    assert bench.holds(f"Solve this: {question.upper()}")
    assert not bench.holds("In triangle PQR the angle at P is 10 degrees, and Q is twice as large as P. Find R.")
    assert bench.holds("what is 2 + 2")
    assert not bench.holds("")
    assert not bench.holds(f"{question} {'Then explain your reasoning to a child in other words. ' * 5}", share=0.5)
    assert Benchmark(["求三角形的面积是多少平方厘米"], size=6).holds("请求三角形的面积")


def test_pairs_are_of_the_best_and_the_worst_and_never_of_the_unscored() -> None:
    (pair,) = dpo_pairs("q", ["a", "b", "c"], [0.0, None, 1.0])
    assert pair == {"prompt": "q", "chosen": "c", "rejected": "a"}
    assert list(dpo_pairs("q", ["a", "b"], [1.0, 1.0])) == []
    assert list(dpo_pairs("q", ["a", "b"], [0.5, 1.0], margin=0.5)) == []
    assert len(list(dpo_pairs("q", list("abcdef"), [0, 0, 0, 1, 1, 1], most=9))) == 3
    with pytest.raises(WrongLength):
        list(dpo_pairs("q", ["a"], []))


def test_steps_are_labelled_up_to_the_first_that_is_in_between() -> None:
    row = step_labels("q", ["s1", "s2", "s3", "s4"], [0.9, 0.0, 0.5, 1.0])
    assert row == {"prompt": "q", "completions": ["s1", "s2"], "labels": [True, False]}
    assert step_labels("q", ["s1"], [0.5]) is None
    assert step_labels("q", ["s1"], [None]) is None
    with pytest.raises(WrongLength):
        step_labels("q", ["s1"], [])


def test_steps_are_paired_that_follow_on_the_same_steps() -> None:
    values = [0.9, 0.0, None, 1.0, 0.5, 0.0]
    first, second = step_pairs("q", ["s1"], list("abcdef"), values, most=9)
    assert first == {"prompt": "q\ns1\n", "chosen": "d", "rejected": "b"}
    assert (second["chosen"], second["rejected"]) == ("a", "f")
    assert len(list(step_pairs("q", [], list("abcdef"), values))) == 1
    assert list(step_pairs("q", [], ["a", "b"], [0.8, 0.0])) == []  # 0.8 is not above it
    assert list(step_pairs("q", [], ["a", "b"], [0.9, 0.1])) == []
    with pytest.raises(WrongLength):
        list(step_pairs("q", [], ["a"], []))
    with pytest.raises(BadParameter, match="must be below"):
        list(step_pairs("q", [], ["a"], [1.0], right_above=0.5, wrong_at=0.5))


def test_soft_labels_are_the_values_up_to_the_first_that_is_missing() -> None:
    row = soft_labels("q", ["s1", "s2", "s3"], [0.75, 0, None])
    assert row == {"prompt": "q", "completions": ["s1", "s2"], "labels": [0.75, 0.0]}
    assert soft_labels("q", ["s1", "s2"], [None, 1.0]) is None
    with pytest.raises(WrongLength):
        soft_labels("q", ["s1"], [])


def test_second_thoughts_are_cut_off() -> None:
    assert truncated("It is 5.\nWait, no. It is 6.") == "It is 5."
    assert truncated("It is 5. But wait, is it?") == "It is 5."
    assert truncated("We wait for 5 minutes.") == "We wait for 5 minutes."
