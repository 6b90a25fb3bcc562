"""What is learnt from labels: from one half, measured on the other, kept in a file that says for whom it was made."""

from __future__ import annotations

import json
import pickle
import random
from pathlib import Path
from typing import Any

import pytest

from rewardkit.errors import BadParameter
from rewardkit.judges.calibration.measures import Measure, Rated, measured
from rewardkit.judges.calibration.stored import Calibration, Method, calibrate, model_of, read_calibration

FOR: dict[str, Any] = {"judge": "model@127.0.0.1:8000", "template": "binary@0123456789ab soft", "draws": 200}


def timid(count: int = 400, seed: int = 0) -> list[Rated]:
    """Scores of a judge that knows what is right and says so much too softly: the best cut is 0.2, not 0.5."""
    dice = random.Random(seed)
    rows = []
    for place in range(count):
        label = dice.random() < 0.5
        rows.append(Rated(min(1.0, max(0.0, dice.gauss(0.3 if label else 0.1, 0.06))), label, f"question {place // 4}"))
    return rows


@pytest.mark.parametrize("method", list(Method))
def test_what_one_half_taught_is_measured_on_the_other(method: Method) -> None:
    made = calibrate(timid(), method=method, **FOR)
    assert made.labels == 200
    assert (made.before["recall"].value or 0) < 0.05
    for name in ("accuracy", "precision", "recall", "kappa", "auc"):
        assert (made.after[name].value or 0) > 0.75, name
        assert made.after[name].low is not None
    assert (made.after["ece"].value or 0) < 0.15 < (made.before["ece"].value or 0)


def test_the_threshold_lies_between_the_labels() -> None:
    made = calibrate(timid(), **FOR)
    assert made.points[0][0] == pytest.approx(0.2, abs=0.04)
    assert [made.apply(score) for score in (0.1, 0.3)] == [0.0, 1.0]


@pytest.mark.parametrize("method", [Method.PLATT, Method.ISOTONIC])
def test_a_probability_keeps_the_order_and_is_nearer_to_the_truth(method: Method) -> None:
    made = calibrate(timid(), method=method, **FOR)
    taken = [made.apply(place / 100) for place in range(-50, 151)]
    assert taken == sorted(taken)
    assert 0 <= taken[0] < 0.05 < 0.95 < taken[-1] <= 1
    fresh = timid(seed=1)
    error = measured([Rated(made.apply(row.score), row.label) for row in fresh])[Measure.ECE]
    assert (error or 0) < 0.06 < (measured(fresh)[Measure.ECE] or 0)


def test_rows_of_a_question_stay_in_one_half() -> None:
    """A question whose right and wrong rows have scores of their own would give itself away to the other half."""
    dice = random.Random(0)
    base = [dice.random() for _ in range(100)]
    rows = [Rated(base[place // 2] / 2 + 0.5 * (place % 2 == 0), place % 2 == 0, str(place // 2)) for place in range(200)]
    from rewardkit.judges.calibration.stored import _halves

    first, second = _halves(rows, 0)
    assert len(first) == len(second) == 100
    assert {row.group for row in first}.isdisjoint(row.group for row in second)


def test_a_judge_at_chance_stays_at_chance() -> None:
    held = 0
    for seed in range(4):
        dice = random.Random(seed)
        rows = [Rated(dice.random(), dice.random() < 0.5) for _ in range(200)]
        held += calibrate(rows, **FOR).after["kappa"].holds(0)
    assert held >= 3


def test_a_file_is_the_calibration_again(tmp_path: Path) -> None:
    for method in Method:
        made = calibrate(timid(120), method=method.value, **FOR)
        made.write(tmp_path / "made.json")
        assert read_calibration(tmp_path / "made.json") == made == pickle.loads(pickle.dumps(made))
        assert json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))["id"] == made.id


def test_what_cannot_be_learnt_from_is_said() -> None:
    with pytest.raises(BadParameter, match=r"99 labelled rows .* at least 100"):
        calibrate(timid(99), **FOR)
    with pytest.raises(BadParameter, match="all right or all wrong"):
        calibrate([Rated(0.5, True)] * 100, **FOR)
    with pytest.raises(BadParameter, match="method='plat' must be one of threshold, platt, isotonic"):
        calibrate(timid(100), method="plat", **FOR)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"method": "x", "points": []}', '{"points": [[1]]}'])
def test_a_file_that_is_none_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadParameter, match="is no calibration"):
        read_calibration(tmp_path / "odd.json")
    with pytest.raises(BadParameter, match="cannot read the calibration"):
        read_calibration(tmp_path / "none.json")


def test_a_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    calibrate(timid(), **FOR).write(tmp_path / "made.json")
    held = json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))
    (tmp_path / "made.json").write_text(json.dumps({**held, "points": [[0.01, 0]]}), encoding="utf-8")
    with pytest.raises(BadParameter, match="was changed"):
        read_calibration(tmp_path / "made.json")


def test_it_holds_for_its_model_wherever_that_is_served_and_for_its_template() -> None:
    made = Calibration("qwen@127.0.0.1:8000", "binary@a soft", Method.THRESHOLD, ((0.4, 0.0),), 50)
    made.check("qwen@10.0.0.1:9,10.0.0.2:9", "binary@a soft")
    with pytest.raises(BadParameter, match="for the judge 'qwen', and this one is 'llama'"):
        made.check("llama@127.0.0.1:8000", "binary@a soft")
    with pytest.raises(BadParameter, match="for the template 'binary@a soft', and this one is 'binary@b soft'"):
        made.check("qwen@127.0.0.1:8000", "binary@b soft")
    assert model_of("hf:a@b/c") == "hf:a@b/c"
