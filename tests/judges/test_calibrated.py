"""A judge that decides by a calibration."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import pytest
from fake import FitClient, row

from rewardkit import load
from rewardkit.errors import BadParameter
from rewardkit.judges.calibration.stored import Calibration, Method
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.judge import Judge
from rewardkit.testing import ScriptedClient


def softly(request: Request) -> Reply:
    """P(yes) of 0.3 for what is right, 0.1 for what is wrong."""
    yes = 0.3 if "\ncanberra\n" in str(request.messages[-1]["content"]) else 0.1
    return Reply("no", top_logprobs={"yes": math.log(yes), "no": math.log(1 - yes)})


def made(method: Method = Method.THRESHOLD, points: tuple[tuple[float, float], ...] = ((0.2, 0.0),)) -> Calibration:
    return Calibration("scripted", Judge(FitClient([]), "soft").kind.version, method, points, 50)


def test_scores_are_taken_for_what_labels_taught_and_the_trace_says_by_which() -> None:
    cut = made()
    right, wrong = Judge(FitClient(softly, name="scripted"), "soft", calibration=cut).verify([row("canberra"), row("Sydney")])
    assert [(right.score, right.reason), (wrong.score, wrong.reason)] == [(1.0, "match"), (0.0, "mismatch")]
    assert (right.info["calibration"], right.info["raw"]) == (cut.id, pytest.approx(0.3))
    assert wrong.info["raw"] == pytest.approx(0.1)


def test_a_probability_is_partial_credit() -> None:
    steps = made(Method.ISOTONIC, ((0.0, 0.0), (0.4, 1.0)))
    (verdict,) = Judge(FitClient(softly, name="scripted"), "soft", calibration=steps).verify([row("canberra")])
    assert (verdict.score, verdict.reason) == (pytest.approx(0.75), "partial")


def test_without_one_nothing_changes() -> None:
    (verdict,) = Judge(FitClient(softly, name="scripted"), "soft").verify([row("canberra")])
    assert verdict.score == pytest.approx(0.3)
    assert "calibration" not in verdict.info


def test_controls_are_held_to_the_same_threshold() -> None:
    """A judge whose controls score 0.3 pays for them where the cut is 0.2, whatever half of a probability is."""
    low = Reply("no", top_logprobs={"yes": math.log(0.3), "no": math.log(0.7)})
    yes = ScriptedClient(lambda request: low, name="scripted")
    judge = Judge(yes, "soft", calibration=made(), preflight=False)
    assert [verdict.reason for verdict in judge.verify([row("canberra")])] == ["judge_unreliable"]
    plain = Judge(yes, "soft", preflight=False)
    assert [verdict.reason for verdict in plain.verify([row("canberra")])] == ["partial"]


def test_another_judge_or_template_is_refused(tmp_path: Path) -> None:
    cut = made()
    with pytest.raises(BadParameter, match="for the template"):
        Judge(FitClient(softly), "binary", calibration=cut)
    judge = Judge(FitClient(softly, name="another"), "soft", calibration=cut)
    with pytest.raises(BadParameter, match="for the judge 'scripted', and this one is 'another'"):
        judge.verify([row("canberra")])


def test_it_comes_from_a_file_and_goes_with_the_judge(tmp_path: Path) -> None:
    made().write(tmp_path / "cut.json")
    judge = pickle.loads(pickle.dumps(Judge("http://127.0.0.1:1#scripted", "soft", calibration=tmp_path / "cut.json")))
    assert judge.calibration == made()
    reward = load("auto", judge=Judge(FitClient(softly, name="scripted"), "soft", calibration=str(tmp_path / "cut.json")))
    asked = {"prompts": ["Capital?"] * 2, "completions": ["canberra", "Sydney"], "answer": ["Canberra, ACT"] * 2}
    assert reward(**asked) == [1.0, 0.0]
    with pytest.raises(BadParameter, match="cannot read"):
        Judge(FitClient(softly), "soft", calibration=tmp_path / "none.json")
