from __future__ import annotations

import json
import pickle

import pytest

import rewardkit
from rewardkit.errors import BadParameter, MissingColumn, TooManyErrors, WrongLength
from rewardkit.registry import verifier
from rewardkit.reward import RewardFunction
from rewardkit.types import Sample, Verdict


@verifier("test.reward")
def told(sample: Sample) -> Verdict | float:
    """Scores, abstains or raises as the completion says."""
    if sample.text == "raise":
        raise KeyError("lost")
    return Verdict.abstained("needs_judge") if sample.text == "abstain" else float(sample.text)


def test_it_is_called_as_trainers_call_it():
    reward = RewardFunction("test.reward")
    assert reward(prompts=["p"] * 3, completions=["1", "abstain", "0.5"], completion_ids=[[1], [2], [3]]) == [1.0, None, 0.5]
    assert reward.__name__ == "test_reward"


def test_unknown_keywords_are_passed_over():
    reward = RewardFunction("test.reward")
    extras = {
        "trainer_state": object(),
        "step": 3,
        "environments": [1, 2, 3],
        "mode": "train",
        "metadata": {"a": 1},
        "none": None,
    }
    assert reward(prompts=["p"], completions=["1"], **extras) == [1.0]


def test_chat_messages_are_read_by_their_last_assistant_message():
    chat = [
        [{"role": "user", "content": "?"}, {"role": "assistant", "content": [{"type": "text", "text": "0.5"}, {"type": "image"}]}]
    ]
    assert RewardFunction("test.reward")(prompts=chat, completions=chat) == [0.5]


@pytest.mark.parametrize("alias", ["answer", "solution", "ground_truth", "gold"])
def test_the_reference_may_have_a_trainer_s_usual_names(alias):
    assert rewardkit.load("auto")(prompts=["?"], completions=["(B)"], **{alias: ["B"]}) == [1.0]


def test_lists_of_another_length_are_refused_where_they_matter():
    reward = RewardFunction("test.reward")
    with pytest.raises(WrongLength, match="prompts has 2 entries for a batch of 1"):
        reward(prompts=["p", "q"], completions=["1"])
    with pytest.raises(WrongLength, match="'answer' has 3 entries"):
        reward(prompts=["p"], completions=["1"], answer=["1", "2", "3"])
    with pytest.raises(BadParameter, match="completions="):
        reward(prompts=["p"])


def test_a_column_the_verifier_needs_is_asked_for():
    with pytest.raises(MissingColumn, match="needs the column 'answer'"):
        RewardFunction("number.equal")(prompts=["p"], completions=["1"])


def test_an_empty_batch_has_no_rewards():
    assert RewardFunction("test.reward")(prompts=[], completions=[]) == []


def test_one_bad_row_never_stops_a_run():
    reward = RewardFunction("test.reward")
    assert reward(prompts=["p"] * 50, completions=["raise"] + ["1"] * 49) == [None] + [1.0] * 49


def test_a_broken_verifier_always_does_and_the_first_cause_is_told():
    reward = RewardFunction("test.reward", max_error_share=0.1)
    with pytest.raises(TooManyErrors, match=r"16 of the last 16 rows are errors.*KeyError: 'lost'"):
        reward(prompts=["p"] * 16, completions=["raise"] * 16)


def test_errors_are_counted_over_a_rolling_window():
    reward = RewardFunction("test.reward", max_error_share=0.5, error_window=20)
    for _ in range(5):
        reward(prompts=["p"] * 10, completions=["1"] * 6 + ["raise"] * 4)
    reward(prompts=["p"] * 10, completions=["1"] * 5 + ["raise"] * 5)
    with pytest.raises(TooManyErrors):
        reward(prompts=["p"] * 10, completions=["1"] * 3 + ["raise"] * 7)


def test_shares_and_rewards_per_route_are_logged_when_the_trainer_asks():
    extra, metrics = {}, {}
    reward = rewardkit.load("auto")
    columns = {
        "answer": ["B", "B", "a long text that no rule decides"],
        "log_extra": extra.__setitem__,
        "log_metric": metrics.__setitem__,
    }
    assert reward(prompts=["?"] * 3, completions=["B", "C", "something else"], **columns) == [1.0, 0.0, None]
    assert 0 < metrics.pop("auto/seconds/mean") <= metrics.pop("auto/seconds/max")
    assert metrics == {
        **{"auto/abstained": pytest.approx(1 / 3), "auto/abstained/choice": 0.0, "auto/abstained/text": 1.0},
        **{"auto/errors": 0.0, "auto/errors/choice": 0.0, "auto/errors/text": 0.0, "auto/reward/choice": 0.5},
    }
    assert extra["auto_reason"] == ["match", "mismatch", "needs_judge"]
    assert len(extra["auto_extracted"]) == 3


def test_the_parts_of_a_rubric_are_columns_of_their_own():
    extra, metrics = {}, {}
    reward = rewardkit.load("wethink", routes={"rule": "rule"})
    completions = ["<think>so</think><answer>B</answer>", "B", "<think>so</think><answer>a tale</answer>"]
    columns = {"answer": ["B", "B", "The tale of two cities, told."], "reward": ["rule"] * 3}
    reward(completions=completions, **columns, log_extra=extra.__setitem__, log_metric=metrics.__setitem__)
    assert extra["wethink_accuracy"] == [1.0, 1.0, None]
    assert extra["wethink_format.think_answer"] == [1.0, 0.0, 1.0]
    assert metrics["wethink/part/accuracy"] == 1.0
    assert metrics["wethink/part/format.think_answer"] == pytest.approx(2 / 3)


def test_it_pickles_with_its_settings():
    reward = pickle.loads(pickle.dumps(rewardkit.load("auto", max_error_share=0.4)))
    assert reward.__name__ == "auto"
    assert reward.max_error_share == 0.4
    assert reward(prompts=["?"], completions=["B"], answer=["B"]) == [1.0]


def test_every_verdict_is_appended_to_the_trace(tmp_path):
    path = tmp_path / "trace.jsonl"
    reward = RewardFunction("test.reward", trace=path)
    reward(prompts=["p", "q"], completions=["1", "abstain"])
    reward(prompts=["p"], completions=["raise"])
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(r["step"], r["reward"], r["reason"]) for r in rows] == [
        (0, 1.0, "match"),
        (0, None, "needs_judge"),
        (1, None, "exception"),
    ]
    assert rows[0]["prompt"] == "p"
    assert rows[2]["info"]["error"] == "KeyError"


def test_awaiting_it_gives_what_a_call_gives() -> None:
    import asyncio

    batch = {"completions": ["4", "5", "x"], "answer": ["4", "4", None]}
    reward = rewardkit.load("auto")
    logged: dict[str, float] = {}
    assert asyncio.run(reward.acall(**batch, log_metric=logged.__setitem__)) == reward(**batch) == [1.0, 0.0, None]
    assert logged["auto/abstained"] == pytest.approx(1 / 3)
    assert [v.reason for v in asyncio.run(reward.adecide(**batch))] == [v.reason for v in reward.decide(**batch)]


def test_many_threads_share_one_function_and_its_trace(tmp_path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    trace = tmp_path / "trace.jsonl"
    reward = rewardkit.load("auto", trace=trace, error_window=50)
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda i: reward.decide(completions=[str(i)] * 4, answer=["4"] * 4)[0].score, range(100)))
    assert got == [float(i == 4) for i in range(100)]
    lines = [json.loads(line) for line in trace.read_text(encoding="utf-8").splitlines()]
    assert sorted(line["step"] for line in lines) == [step for step in range(100) for _ in range(4)]
