"""Several judges about one row: side by side in a panel, or one after the other from cheap to dear."""

from __future__ import annotations

import math
import pickle
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from fake import FitClient, row

from rewardkit import load
from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.escalation import Escalation, confidence
from rewardkit.judges.judge import Judge
from rewardkit.judges.panel import Panel
from rewardkit.judges.stats import usage
from rewardkit.testing import ScriptedClient, ScriptedJudge
from rewardkit.types import Sample, Status, Verdict

ERROR = Verdict.error("judge_unavailable", message="down", calls=1)
SILENT = Verdict.abstained("cannot_assess", calls=1)


class Says:
    """A judge that gives the same verdict to every row."""

    remote = True

    def __init__(self, name: str, said: Verdict | float) -> None:
        self.name, self.seen = name, 0
        self.said = said if isinstance(said, Verdict) else Verdict.scored(said, source="judged", calls=1, prompt_tokens=10)

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        self.seen += len(samples)
        return [self.said] * len(samples)


def _word(word: str, request: Request) -> str:
    return word


def panel(rule: str, *said: Verdict | float, weights: Sequence[float] = ()) -> Verdict:
    judges = [Says(f"judge.{place}", one) for place, one in enumerate(said)]
    given: Any = dict(zip(judges, weights, strict=True)) if weights else judges
    (verdict,) = Panel(given, rule).verify([row("Sydney")])
    return verdict


@pytest.mark.parametrize(
    ("rule", "said", "weights", "score"),
    [
        ("mean", (1.0, 0.0, 0.5), (), 0.5),
        ("mean", (1.0, 0.0), (3, 1), 0.75),
        ("mean", (1.0, 0.5, ERROR), (), 0.75),
        ("mean", (1.0, ERROR), (), None),
        ("mean", (1.0, ERROR), (2, 1), 1.0),
        ("majority", (1.0, 0.6, 0.0), (), 1.0),
        ("majority", (1.0, 0.0), (), 0.0),
        ("majority", (1.0, 0.0, 0.0), (3, 1, 1), 1.0),
        ("majority", (1.0, 1.0, ERROR), (), 1.0),
        ("majority", (0.0, 0.0, ERROR), (), 0.0),
        ("majority", (1.0, 0.0, ERROR), (), None),
        ("unanimity", (1.0, 0.5, 0.9), (), 1.0),
        ("unanimity", (1.0, 1.0, 0.4), (), 0.0),
        ("unanimity", (1.0, 0.0, ERROR), (), 0.0),
        ("unanimity", (1.0, 1.0, ERROR), (), None),
    ],
)
def test_what_a_panel_says(rule: str, said: Any, weights: Any, score: float | None) -> None:
    verdict = panel(rule, *said, weights=weights)
    assert verdict.score == score
    assert (verdict.reason == "judge_unavailable") == (score is None)
    assert len(verdict.info["panel"]) == len(said)
    assert verdict.info["calls"] == len(said)


def test_an_error_comes_before_an_abstention() -> None:
    assert panel("mean", SILENT, ERROR).reason == "judge_unavailable"
    assert panel("mean", SILENT, SILENT).reason == "cannot_assess"


def test_the_trace_has_every_judge_and_what_all_cost() -> None:
    verdict = panel("mean", 1.0, 0.0, 1.0)
    assert verdict.info["panel"]["judge.1"] == {"score": 0.0, "reason": "mismatch", "weight": 1.0}
    assert (verdict.info["prompt_tokens"], verdict.info["source"]) == (30, "judged")
    assert verdict.info["confidence"] == pytest.approx(2 / 3)
    assert usage([verdict]).calls == 3


def test_what_every_guard_settles_keeps_its_reason() -> None:
    judges = [Judge(ScriptedClient([]), name=f"judge.{place}", canaries=0) for place in range(2)]
    (verdict,) = Panel(judges).verify([row("Solution:")])
    assert (verdict.score, verdict.reason, verdict.info["rule"], verdict.info["source"]) == (
        0.0,
        "no_answer",
        "master_key",
        "rule",
    )


@pytest.mark.parametrize(
    ("judges", "rule", "words"),
    [
        ([Says("a", 1.0)], "mean", "two judges or more"),
        ([Says("a", 1.0), Says("a", 1.0)], "mean", "a name of its own"),
        ({Says("a", 1.0): 1, Says("b", 1.0): 0}, "mean", "must be above 0"),
        ({Says("a", 1.0): 1, Says("b", 1.0): math.nan}, "mean", "must be above 0"),
        ([Says("a", 1.0), Says("b", 1.0)], "all", "mean, majority, unanimity"),
    ],
)
def test_a_panel_that_cannot_sit(judges: Any, rule: str, words: str) -> None:
    with pytest.raises(BadParameter, match=words):
        Panel(judges, rule)


def test_a_panel_stands_where_a_judge_does() -> None:
    words = (partial(_word, "yes"), partial(_word, "yes"), partial(_word, "no"))
    judges = [Judge(FitClient(word), name=f"judge.{place}") for place, word in enumerate(words)]
    reward = load("auto", judge=Panel(judges, "majority"))
    assert reward(["Capital?"] * 2, ["canberra", "the one by the lake"], answer=["Canberra, ACT"] * 2) == [1.0, 1.0]
    named = [ScriptedJudge([1.0, 0.0], name=name) for name in ("judge.a", "judge.b")]
    assert pickle.loads(pickle.dumps(Panel(named, "unanimity"))).rule == "unanimity"


def soft(share: float, name: str = "cheap") -> Judge:
    reply = Reply("yes", top_logprobs={"yes": math.log(share), "no": math.log(1 - share)}, prompt_tokens=5)
    return Judge(FitClient(lambda request: reply), "soft", name=name, preflight=False)


@pytest.mark.parametrize(("share", "asked", "score"), [(0.95, 0, 0.95), (0.05, 0, 0.05), (0.6, 1, 0.0), (0.2, 1, 0.0)])
def test_the_dear_judge_sees_what_the_cheap_one_is_not_sure_of(share: float, asked: int, score: float) -> None:
    dear = Says("dear", 0.0)
    (verdict,) = Escalation(soft(share), dear).verify([row("Sydney")])
    assert dear.seen == asked
    assert verdict.score == pytest.approx(score)
    assert ("escalated" in verdict.info) == bool(asked)
    if asked:
        (stage,) = verdict.info["escalated"]
        assert (stage["verifier"], stage["confidence"]) == ("cheap", pytest.approx(max(share, 1 - share)))
        assert (verdict.info["calls"], verdict.info["prompt_tokens"]) == (2, 15)


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        *((SILENT, 1), (Verdict.error("judge_unreliable"), 1), (Verdict.error("judge_unparsed"), 1)),
        *((ERROR, 0), (Verdict.abstained("over_budget"), 0), (Verdict.abstained("no_reference"), 0)),
    ],
    ids=str,
)
def test_a_row_that_is_the_cause_goes_on_and_a_judge_that_is_down_is_seen(first: Verdict, asked: int) -> None:
    dear = Says("dear", 1.0)
    (verdict,) = Escalation(Says("cheap", first), dear).verify([row("Sydney")])
    assert (dear.seen, verdict.score) == (asked, 1.0 if asked else None)


def test_three_stages_and_the_last_word() -> None:
    stages = [Says("a", 0.6), Says("b", 0.55), Says("c", SILENT)]
    (verdict,) = Escalation(*stages).verify([row("Sydney")])
    assert (verdict.status, verdict.reason) == (Status.ABSTAINED, "cannot_assess")
    assert [stage["verifier"] for stage in verdict.info["escalated"]] == ["", ""]


def test_what_the_guard_settles_costs_no_dear_call() -> None:
    dear = Says("dear", 1.0)
    assert Escalation(soft(0.6), dear).verify([row("Solution:"), row("Canberra, ACT")])[0].score == 0
    assert dear.seen == 0


@pytest.mark.parametrize(
    ("verdict", "sure"),
    [
        (Verdict.scored(1.0, votes=[1.0, 1.0, 0.0]), 2 / 3),
        (Verdict.scored(1.0, votes=[1.0, 1.0, None]), 2 / 3),
        (Verdict.scored(0.5, confidence=0.8), 0.8),
        (Verdict.scored(0.3), 0.7),
        (Verdict.scored(0.0), 1.0),
    ],
    ids=str,
)
def test_how_sure_a_verdict_is(verdict: Verdict, sure: float) -> None:
    assert confidence(verdict) == pytest.approx(sure)


def test_an_order_that_cannot_be_is_said() -> None:
    plain = Judge(ScriptedClient([]), "binary")
    with pytest.raises(BadParameter, match="always sure"):
        Escalation(plain, Says("dear", 1.0))
    assert Escalation(Judge(ScriptedClient([]), "binary", votes=3), plain)
    with pytest.raises(BadParameter, match="two judges or more"):
        Escalation(plain)
    with pytest.raises(BadParameter, match=r"above 0\.5"):
        Escalation(soft(0.5), plain, confident=0.5)
