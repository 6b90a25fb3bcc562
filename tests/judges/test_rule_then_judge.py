from __future__ import annotations

import json
import pickle

import pytest
from fake import accept, agree, client

from rewardkit import load
from rewardkit.errors import BadParameter
from rewardkit.judges.budget import Budget
from rewardkit.judges.client import Reply
from rewardkit.judges.judge import Judge
from rewardkit.judges.rule_then_judge import RuleThenJudge
from rewardkit.judges.stats import by_route, usage
from rewardkit.recipes import build
from rewardkit.testing import ScriptedJudge, read_cases, sample
from rewardkit.types import Status, Verdict


def rows():
    texts = [
        ("Paris", "Paris"),
        ("Paris", "the French capital"),
        ("12", "13"),
        ("12", "12"),
        (None, "x"),
        ("Paris", "<answer></answer>"),
    ]
    return [sample(index=i, prompt="Q?", completion=text, answer=answer) for i, (answer, text) in enumerate(texts)]


def scores(verdicts):
    return [verdict.score for verdict in verdicts]


@pytest.mark.parametrize(
    ("on", "seen", "wanted"),
    [
        ("abstain", 1, [1, 1, 0, 1, None, 0]),
        ("reject", 2, [1, 1, 1, 1, None, 0]),
        ("always", 5, [1, 1, 1, 1, None, 1]),
    ],
)
def test_the_direction_says_what_the_judge_sees(on, seen, wanted):
    judge = ScriptedJudge(lambda one: 1.0)
    cascade = RuleThenJudge(build("auto"), judge, on=on)
    assert scores(cascade.verify(rows())) == wanted
    assert len(judge.seen) == seen


def test_with_always_the_guard_still_settles_what_has_no_answer():
    cascade = RuleThenJudge(build("auto"), Judge(client(accept)), on="always")
    assert scores(cascade.verify(rows())) == [1, 1, 1, 1, None, 0]


def test_the_trail_shows_the_rule_and_the_route():
    verdict = build("auto", judge=client(accept)).verify(rows())[1]
    assert verdict.info["stages"][-1] == {"verifier": "text.restated", "score": None, "reason": "needs_judge"}
    assert (verdict.info["route"], verdict.info["source"]) == ("text", "judged")


def test_a_rule_s_verdict_says_so():
    verdict = build("auto", judge=client(accept)).verify(rows())[0]
    assert (verdict.verifier, verdict.info["source"]) == ("text.exact", "rule")


def test_a_judge_that_abstains_leaves_the_rule_s_word():
    cascade = RuleThenJudge(build("auto"), ScriptedJudge(lambda one: None), on="reject")
    verdicts = cascade.verify(rows())
    assert scores(verdicts) == [1, None, 0, 1, None, 0]
    assert verdicts[2].info["judge_abstained"] == "needs_judge"


def test_what_its_budget_left_unasked_is_no_zero_and_what_it_cannot_assess_says_so():
    judge = Judge(client(accept), "binary", canaries=0, budget=Budget(calls=1))
    verdicts = RuleThenJudge(build("auto"), judge, on="reject").verify(rows())
    assert scores(verdicts) == [1, 1, None, 1, None, 0]
    assert (verdicts[2].reason, verdicts[2].info["stages"][-1]["score"]) == ("over_budget", 0.0)
    unsure = Judge(client(["CANNOT_ASSESS"] * 2), "binary", canaries=0, may_abstain=True)
    verdicts = RuleThenJudge(build("auto"), unsure, on="reject").verify(rows())
    assert scores(verdicts) == [1, None, 0, 1, None, 0]
    assert (verdicts[1].reason, verdicts[2].info["judge_abstained"]) == ("cannot_assess", "cannot_assess")
    assert usage(verdicts).calls == 2, "what an abstention cost is counted"


def test_a_judge_that_fails_is_no_zero():
    cascade = RuleThenJudge(build("auto"), ScriptedJudge(lambda one: Verdict.error("judge_unavailable")), on="reject")
    verdict = cascade.verify(rows())[2]
    assert (verdict.status, verdict.reason) == (Status.ERROR, "judge_unavailable")


def test_an_error_of_the_rule_does_not_hide_behind_the_judge():
    class Broken:
        name = "broken"

        def verify(self, samples, /):
            return [Verdict.error("exception") for _ in samples]

    judge = ScriptedJudge(lambda one: 1.0)
    assert [v.reason for v in RuleThenJudge(Broken(), judge, on="always").verify(rows())] == ["exception"] * 6
    assert judge.seen == []


def test_disagreements_become_cases(tmp_path):
    log = tmp_path / "disagreements.jsonl"
    cascade = build("auto", judge=client(accept), judge_on="reject", disagreements=str(log))
    cascade.verify(rows())
    cascade.verify(rows())
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(lines) == 2
    assert (lines[0]["answer"], lines[0]["completion"], lines[0]["ruled"]) == ("12", "13", "mismatch")
    (case, _) = read_cases(log)
    assert (case.verifier, case.score, case.sample.references) == ("number.equal", 1.0, ("12",))


def test_the_counts_go_by_route():
    verdicts = build("auto", judge=client(accept), judge_on="reject").verify(rows())
    counts = by_route(verdicts)
    assert counts["text"].sources["judged"] == 1
    assert counts["number"].rescued == 1
    total = usage(verdicts)
    assert (total.rows, total.calls, total.rescued, total.abstained) == (6, 2, 1, 1)
    assert total.controls == 24 + 2  # before the first verdict, and one a question
    assert json.loads(json.dumps(total.record()))["calls_a_row"] == pytest.approx(28 / 6, abs=1e-3)


def test_load_takes_a_client_a_judge_or_a_spec():
    for judge in (client(agree), Judge(client(agree))):
        function = load("auto", judge=judge)
        assert function(["Q?"], ["paris in France"], answer=["Paris in France, of course"]) == [1.0]
    assert "127.0.0.1:9" in repr(load("auto", judge="http://127.0.0.1:9/v1").verifier)
    with pytest.raises(BadParameter, match="always"):
        load("auto", judge=client(), judge_on="never")


def test_a_cascade_pickles():
    copy = pickle.loads(pickle.dumps(build("auto", judge=Judge(client(agree)))))
    assert scores(copy.verify(rows()))[:1] == [1]


def test_unreadable_replies_and_failures_are_counted():
    replies = [Reply("huh"), ConnectionError("down")]
    verdicts = Judge(client(replies)).verify(
        [sample(completion=t, prompt="Q", answer="Rome, Italy") for t in ("a town", "a city")]
    )
    assert (usage(verdicts).unparsed, usage(verdicts).unavailable) == (1, 1)
