"""Made data with scikit-learn's figures for it, to hold `rewardkit.judges.calibration` to.

Needs scikit-learn (the file was made with 1.9.1), which nothing else here does: run it in an environment of its own.

    python tools/tables/calibration_cases.py > tests/judges/calibration/cases/scikit_learn.jsonl
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn import metrics
from sklearn.calibration import _sigmoid_calibration, calibration_curve
from sklearn.isotonic import IsotonicRegression

Draw = Callable[[random.Random], tuple[float, bool]]


def _normal(share: float, right: float, wrong: float, spread: float, digits: int) -> Draw:
    def draw(dice: random.Random) -> tuple[float, bool]:
        label = dice.random() < share
        return round(min(1.0, max(0.0, dice.gauss(right if label else wrong, spread))), digits), label

    return draw


def _too_sure(dice: random.Random) -> tuple[float, bool]:
    truth = dice.random()
    label = dice.random() < truth
    return round(1 / (1 + math.exp(-4 * math.log((truth + 1e-6) / (1 - truth + 1e-6)))), 4), label


def _yes_or_no(dice: random.Random) -> tuple[float, bool]:
    label = dice.random() < 0.5
    return float(label if dice.random() < 0.85 else not label), label


def _coin(dice: random.Random) -> tuple[float, bool]:
    return round(dice.random(), 3), dice.random() < 0.5


SETS: tuple[tuple[str, int, Draw], ...] = (
    ("separates well", 240, _normal(0.4, 0.7, 0.3, 0.2, 3)),
    ("too sure of itself", 240, _too_sure),
    ("says yes or no", 200, _yes_or_no),
    ("tosses a coin", 200, _coin),
    ("few right rows, and ties", 240, _normal(0.08, 0.45, 0.2, 0.15, 2)),
)


def _figures(rows: list[tuple[float, bool]]) -> dict[str, Any]:
    scores, labels = np.array([row[0] for row in rows]), np.array([int(row[1]) for row in rows])
    said = (scores >= 0.5).astype(int)
    false, true, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    right, mean = calibration_curve(labels, scores, n_bins=10, strategy="uniform")
    grid = [place / 20 for place in range(21)]
    rising = IsotonicRegression(out_of_bounds="clip").fit(scores, labels).predict(grid)
    return {
        "accuracy": metrics.accuracy_score(labels, said),
        "precision": metrics.precision_score(labels, said),
        "recall": metrics.recall_score(labels, said),
        "f1": metrics.f1_score(labels, said),
        "kappa": metrics.cohen_kappa_score(labels, said),
        "auc": metrics.roc_auc_score(labels, scores),
        "youden": (true - false).max(),
        "platt": [float(value) for value in _sigmoid_calibration(scores, labels)],
        "isotonic": [[score, float(height)] for score, height in zip(grid, rising, strict=True)],
        "curve": [[float(score), float(share)] for score, share in zip(mean, right, strict=True)],
    }


if __name__ == "__main__":
    for seed, (name, count, draw) in enumerate(SETS, start=1):
        dice = random.Random(seed)
        made = [draw(dice) for _ in range(count)]
        print(json.dumps({"name": name, "rows": made, **_figures(made)}, default=float))
