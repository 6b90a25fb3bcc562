"""Measures, intervals, curves and what is learnt, against tables computed by hand and the figures of scikit-learn."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from rewardkit.errors import BadParameter
from rewardkit.judges.calibration.curves import curve
from rewardkit.judges.calibration.drift import drift
from rewardkit.judges.calibration.fitting import best_threshold, interpolated, isotonic, platt
from rewardkit.judges.calibration.measures import Estimate, Measure, Rated, estimates, measured, words

FOLDER = Path(__file__).parent / "cases"


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


MADE = lines("scikit_learn.jsonl")


def rated(case: dict[str, Any]) -> list[Rated]:
    return [Rated(score, label) for score, label in case["rows"]]


@pytest.mark.parametrize("case", lines("by_hand.jsonl"), ids=lambda case: case["why"])
def test_measures_are_those_computed_by_hand(case: dict[str, Any]) -> None:
    hit, miss, false, refused = case["table"]
    rows = [Rated(1.0, True)] * hit + [Rated(0.0, True)] * miss + [Rated(1.0, False)] * false + [Rated(0.0, False)] * refused
    found = measured(rows)
    for name in ("accuracy", "precision", "recall", "f1", "kappa"):
        assert found[Measure(name)] == (None if case[name] is None else pytest.approx(case[name], abs=1e-9)), name


@pytest.mark.parametrize("case", MADE, ids=lambda case: case["name"])
def test_measures_are_those_of_scikit_learn(case: dict[str, Any]) -> None:
    found = measured(rated(case))
    for name in ("accuracy", "precision", "recall", "f1", "kappa", "auc"):
        assert found[Measure(name)] == pytest.approx(case[name], abs=1e-12), name


@pytest.mark.parametrize("case", MADE, ids=lambda case: case["name"])
def test_what_is_learnt_is_what_scikit_learn_learns(case: dict[str, Any]) -> None:
    rows = rated(case)
    assert platt(rows) == pytest.approx(case["platt"], abs=2e-3)
    steps = isotonic(rows)
    for score, height in case["isotonic"]:
        assert interpolated(score, steps) == pytest.approx(height, abs=1e-9)
    cut = best_threshold(rows)
    right, wrong = ([row.score for row in rows if row.label is label] for label in (True, False))
    youden = sum(score >= cut for score in right) / len(right) - sum(score >= cut for score in wrong) / len(wrong)
    assert youden == pytest.approx(case["youden"], abs=1e-12)


@pytest.mark.parametrize("case", MADE, ids=lambda case: case["name"])
def test_the_curve_is_that_of_scikit_learn(case: dict[str, Any]) -> None:
    bins = curve(rated(case))
    assert [(one.score, one.right.value) for one in bins] == [pytest.approx(pair) for pair in case["curve"]]
    assert all(one.right.holds(one.right.value or 0.0) for one in bins)
    gap = sum(one.rows * abs(one.score - (one.right.value or 0.0)) for one in bins) / len(case["rows"])
    assert measured(rated(case))[Measure.ECE] == pytest.approx(gap)


def test_the_calibration_error_by_hand() -> None:
    rows = [Rated(0.95, True)] * 3 + [Rated(0.95, False)] + [Rated(0.15, False)] * 4
    assert measured(rows)[Measure.ECE] == pytest.approx((4 * 0.2 + 4 * 0.15) / 8)
    assert measured([Rated(1.5, True)])[Measure.ECE] is None
    assert measured([])[Measure.ECE] is None
    with pytest.raises(BadParameter, match=r"1\.5 is not from 0 to 1"):
        curve([Rated(1.5, True)])


def test_intervals_are_as_wide_as_a_share_s_own() -> None:
    """Accuracy is a share: its bootstrap interval is close to 1.96 standard errors to each side."""
    rows = [Rated(1.0, place < 160) for place in range(200)]
    found = estimates(rows)[Measure.ACCURACY]
    error = (0.8 * 0.2 / 200) ** 0.5
    assert found.low == pytest.approx(0.8 - 1.96 * error, abs=0.012)
    assert found.high == pytest.approx(0.8 + 1.96 * error, abs=0.012)
    assert estimates(rows) == estimates(rows), "the same rows have the same interval"


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(60):
        dice = random.Random(seed)
        rows = [Rated(float(dice.random() < 0.7), True) for _ in range(120)]
        held += estimates(rows, draws=300, seed=seed)[Measure.RECALL].holds(0.7)
    assert held >= 52


def test_rows_of_one_question_are_drawn_together() -> None:
    """Ten rows a question, all right or all wrong, are worth one: the interval is that of 40 questions, not of 400 rows."""
    questions = [Rated(1.0, place < 28) for place in range(40)]
    rows = [Rated(one.score, one.label, f"question {place}") for place, one in enumerate(questions) for _ in range(10)]
    assert estimates(rows) == estimates(questions), "the same draws of the same questions"
    apart = estimates([Rated(one.score, one.label) for one in rows])[Measure.ACCURACY]
    together = estimates(rows)[Measure.ACCURACY]
    assert together.value == apart.value == 0.7
    assert together.low is not None
    assert together.high is not None
    assert apart.low is not None
    assert apart.high is not None
    assert together.high - together.low > 2.5 * (apart.high - apart.low)


def test_an_interval_over_questions_holds_the_truth_about_as_often_as_it_says() -> None:
    """Each question has an easy or a hard draw of its own, so that rows drawn one by one are far too sure."""
    held = {True: 0, False: 0}
    for seed in range(60):
        dice = random.Random(seed)
        shares = [dice.choice((0.4, 1.0)) for _ in range(40)]
        rows = [Rated(float(dice.random() < share), True, str(place)) for place, share in enumerate(shares) for _ in range(12)]
        for grouped in held:
            found = estimates([Rated(one.score, True, one.group if grouped else "") for one in rows], draws=200, seed=seed)
            held[grouped] += found[Measure.RECALL].holds(0.7)
    assert held[True] >= 52 > 45 > held[False]


def test_groups_of_different_sizes_count_by_their_rows() -> None:
    rows = [Rated(1.0, True, "a")] * 6 + [Rated(1.0, False, "b"), Rated(0.0, False, "b")]
    found = estimates(rows)
    assert found[Measure.ACCURACY].value == 7 / 8
    assert (found[Measure.ACCURACY].low, found[Measure.ACCURACY].high) == (0.5, 1.0)
    (one,) = {value.low for measure, value in estimates(rows[:6]).items() if measure is Measure.ACCURACY}
    assert one is None, "one question alone says nothing of others"


def test_what_is_not_defined_has_neither_number_nor_interval() -> None:
    none = estimates([])
    assert set(none.values()) == {Estimate(None)}
    assert words(none) == ""
    refusing = estimates([Rated(0.0, True), Rated(0.0, False)] * 20)
    assert refusing[Measure.PRECISION] == Estimate(None)
    assert str(refusing[Measure.PRECISION]) == "–"


@pytest.mark.parametrize(("name", "chance"), [("tosses a coin", True), ("separates well", False), ("says yes or no", False)])
def test_chance_is_said_in_words(name: str, chance: bool) -> None:
    (case,) = (case for case in MADE if case["name"] == name)
    said = words(estimates(rated(case)))
    assert said.startswith("at chance: κ 0.01 [") if chance else said == ""


def test_a_judge_that_says_yes_to_everything_is_at_chance() -> None:
    said = words(estimates([Rated(1.0, place % 2 == 0) for place in range(120)]))
    assert "κ 0.00 [0.00, 0.00] holds 0 and AUC 0.50 [0.50, 0.50] holds 0.5" in said


def test_platt_stays_finite_where_a_cut_parts_the_labels() -> None:
    slope, offset = platt([Rated(0.1, False)] * 30 + [Rated(0.9, True)] * 30)
    assert -1e3 < slope < 0 < offset < 1e3
    assert best_threshold([Rated(0.1, False)] * 30 + [Rated(0.9, True)] * 30) == 0.5


def test_two_runs_beside_each_other() -> None:
    before: dict[Any, float] = {0: 0.9, 1: 0.9, 2: 0.1, 3: 0.1, 4: 0.8, 9: 1.0}
    after: dict[Any, float] = {0: 0.9, 1: 0.2, 2: 0.7, 3: 0.1, 4: 0.1, 8: 0.0}
    found = drift(before, after, {1: False, 2: True, 4: True, 8: True})
    assert (found.rows, found.accepted, found.refused, found.better, found.worse) == (5, 1, 2, 2, 1)
    assert found.moved == pytest.approx((0.7 + 0.6 + 0.7) / 5)
    assert found.changed == 0.6
    assert drift({}, after).changed is None


def test_the_agreement_of_two_runs_has_the_interval_of_questions() -> None:
    before = {place: float(place % 4 != 0) for place in range(160)}
    after = {place: float(place // 8 % 5 != 0 and place % 4 != 0) for place in range(160)}
    groups = {place: str(place // 8) for place in range(160)}
    apart, together = drift(before, after), drift(before, after, groups=groups)
    assert together.agreement.value == apart.agreement.value
    assert together.agreement.low is not None
    assert apart.agreement.low is not None
    assert together.agreement.low < apart.agreement.low
