from __future__ import annotations

import pickle

import pytest
from fake import client, row

from rewardkit import load
from rewardkit.errors import BadParameter
from rewardkit.judges.budget import Budget, Price
from rewardkit.judges.calibration.measures import Rated
from rewardkit.judges.calibration.stored import Calibration, Method, calibrate
from rewardkit.judges.client import Reply
from rewardkit.judges.pairwise import PairwiseJudge
from rewardkit.judges.stats import usage
from rewardkit.types import Status


def longest(request):
    """The longer answer is better; equal ones tie."""
    text = request.messages[-1]["content"]
    sizes = [len(text.split(f"<answer {n} ", 1)[1].split("\n</answer", 1)[0]) for n in (1, 2)]
    return "tie" if sizes[0] == sizes[1] else "1" if sizes[0] > sizes[1] else "2"


def first(request):
    return "1"


def test_a_score_is_the_share_of_comparisons_won():
    verdicts = PairwiseJudge(client(longest)).verify([row("short"), row("a longer one"), row("the longest of them")])
    assert [v.score for v in verdicts] == [0.0, 0.5, 1.0]
    assert {v.info["source"] for v in verdicts} == {"judged"}


def test_a_liking_for_the_first_place_earns_nothing():
    verdicts = PairwiseJudge(client(first)).verify([row("short"), row("a longer one")])
    assert [v.score for v in verdicts] == [0.5, 0.5]


def test_groups_are_apart_and_equal_answers_share():
    fake = client(longest)
    rows = [row("short"), row("short"), row("a longer one"), row("short", prompt="Another?"), row("tiny one", prompt="Another?")]
    verdicts = PairwiseJudge(fake).verify(rows)
    assert [v.score for v in verdicts] == [0, 0, 1, 0, 1]
    assert verdicts[1].info["source"] == "shared"
    assert fake.calls == [4]


def test_a_ring_costs_two_requests_an_answer():
    fake = client(longest)
    PairwiseJudge(fake, pairs="ring").verify([row("very " * n + "short") for n in range(1, 9)])
    assert fake.calls == [16]


def test_alone_there_is_nothing_to_compare_with():
    (verdict,) = PairwiseJudge(client([])).verify([row("short")])
    assert (verdict.status, verdict.reason) == (Status.ABSTAINED, "out_of_scope")


def test_what_the_guard_settles_takes_no_part():
    verdicts = PairwiseJudge(client(longest)).verify([row("Solution:"), row("short"), row("a longer one")])
    assert [v.score for v in verdicts] == [0, 0, 1]


@pytest.mark.parametrize(
    ("replies", "reason"), [(["1", "huh"], "judge_unparsed"), ([ConnectionError("down"), "1"], "judge_unavailable")]
)
def test_a_comparison_that_failed_is_an_error_for_both(replies, reason):
    verdicts = PairwiseJudge(client(replies)).verify([row("short"), row("a longer one")])
    assert [(v.score, v.reason) for v in verdicts] == [(None, reason)] * 2


def test_replies_are_kept(tmp_path):
    rows = [row("short"), row("a longer one")]
    judge = PairwiseJudge(client(longest), cache=str(tmp_path / "replies.db"))
    judge.verify(rows)
    again = PairwiseJudge(client([]), cache=str(tmp_path / "replies.db")).verify(rows)
    assert [(v.score, v.info["source"]) for v in again] == [(0, "cached"), (1, "cached")]
    assert pickle.loads(pickle.dumps(judge)).verify(rows)[1].score == 1


def test_pairs_that_are_none_are_refused():
    with pytest.raises(BadParameter):
        PairwiseJudge(client(), pairs="some")


def test_calls_and_tokens_are_counted_once():
    fake = client([Reply("1", prompt_tokens=10, completion_tokens=1)] * 6)
    verdicts = PairwiseJudge(fake).verify([row("city one"), row("city two"), row("city three"), row("city one")])
    counts = usage(verdicts)
    assert (counts.calls, counts.prompt_tokens, counts.completion_tokens) == (6, 60, 6)


def test_cached_comparisons_cost_nothing(tmp_path):
    cache = str(tmp_path / "replies.db")
    rows = [row("city one"), row("city two")]
    assert usage(PairwiseJudge(client(longest), cache=cache).verify(rows)).calls == 2
    again = PairwiseJudge(client([]), cache=cache).verify(rows)
    assert usage(again).calls == 0
    assert {v.info["source"] for v in again} == {"cached"}


def test_a_step_asks_no_more_than_its_calls_and_rows_that_miss_a_comparison_abstain():
    fake = client(longest)
    judge = PairwiseJudge(fake, budget=Budget(calls=5), name="judge.pairwise")
    rows = [row("short"), row("a longer one"), row("the longest of them"), row("short", prompt="Another?")]
    verdicts = judge.verify([*rows, row("tiny one", prompt="Another?")])
    assert [(v.score, v.reason) for v in verdicts] == [(0.0, "mismatch")] + [(None, "over_budget")] * 4
    assert [v.info["source"] for v in verdicts] == ["judged", "judged", "judged", "withheld", "withheld"]
    assert len(fake.seen) == usage(verdicts).calls == 5
    assert usage(verdicts).over_budget == 4
    assert [v.score for v in judge.verify(rows[:2])] == [0.0, 1.0], "another step begins anew"
    reward = load(judge)
    for _ in range(2):
        assert reward(prompts=["Q?"] * 3, completions=["one x", "one xx", "one xxx"]).count(None) == 2
    assert pickle.loads(pickle.dumps(judge)).purse.budget == Budget(calls=5)


def test_money_is_counted_once_and_needs_a_price():
    fake = client([Reply("1", prompt_tokens=10, completion_tokens=1)] * 2)
    verdicts = PairwiseJudge(fake, price=Price(2.0, 4.0)).verify([row("city one"), row("city two"), row("city one")])
    assert [v.info["cost"] for v in verdicts] == [pytest.approx(24 / 1e6)] * 2 + [0.0]
    assert usage(verdicts).cost == pytest.approx(48 / 1e6)
    with pytest.raises(BadParameter, match="price=Price"):
        PairwiseJudge(client(), budget=Budget(cost=1.0))


def test_shares_are_taken_for_what_labels_taught(tmp_path):
    """An answer that wins a third of its comparisons is right as a rule, says what was learnt; the trace says from what."""
    plain = PairwiseJudge(client(longest))
    rated = [Rated(place % 4 / 3, place % 4 > 0, f"question {place // 4}") for place in range(120)]
    made = calibrate(rated, judge="scripted", template=plain.version)
    made.write(tmp_path / "pairs.json")
    judge = PairwiseJudge(client(longest), calibration=tmp_path / "pairs.json")
    verdicts = judge.verify([row("very " * place + "short") for place in range(4)])
    assert [v.score for v in verdicts] == [0.0, 1.0, 1.0, 1.0]
    assert [v.info["raw"] for v in verdicts] == [pytest.approx(place / 3) for place in range(4)]
    assert {v.info["calibration"] for v in verdicts} == {made.id}
    with pytest.raises(BadParameter, match="for the template"):
        PairwiseJudge(client(), pairs="ring", calibration=made)
    other = Calibration("another", plain.version, Method.THRESHOLD, ((0.3, 0.0),), 60)
    with pytest.raises(BadParameter, match="for the judge 'another', and this one is 'scripted'"):
        PairwiseJudge(client(longest), calibration=other).verify([row("short"), row("a longer one")])
