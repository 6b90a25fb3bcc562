from __future__ import annotations

import pickle

import pytest
from fake import client, row

from rewardkit.errors import BadParameter
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
