"""What a system did on a suite: counts of right and wrong, shares of them, and times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rewardkit.types import Status, Verdict

__all__ = ["Tally", "quantile"]

ACCEPTED_FROM = 0.5
LOST = ("timeout", "too_complex")


@dataclass
class Tally:
    """Counts over the rows of one kind, or of a whole suite, and for one system.

    A row is accepted when its score is at least 0.5. One that is not accepted counts as rejected, whether it was scored 0,
    abstained on or lost; `abstained`, `errors` and `lost` say how many of each there were. Rows without a label count in
    `rows` and in the times only. Times are seconds a pair; a pair that was cut off has none.
    `last_resort` counts our rows that went on to computer algebra. `route_s` is what choosing routes took in all, a part of
    `cpu_s`; `verifier_s` what the verdicts took in all where the routes were known before.
    """

    rows: int = 0
    right_accepted: int = 0
    right_rejected: int = 0
    wrong_accepted: int = 0
    wrong_rejected: int = 0
    abstained: int = 0
    errors: int = 0
    lost: int = 0
    last_resort: int = 0
    cpu_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)
    route_s: float = 0.0
    verifier_s: float = 0.0

    def add(self, label: bool | None, verdict: Verdict) -> None:
        """Count one row."""
        self.rows += 1
        self.abstained += verdict.status is Status.ABSTAINED
        self.errors += verdict.status is Status.ERROR
        self.last_resort += verdict.info.get("by") == "math.symbolic"
        if "cpu_s" in verdict.info:
            self.cpu_s.append(verdict.info["cpu_s"])
            self.wall_s.append(verdict.info["wall_s"])
            self.route_s += verdict.info.get("route_s", 0.0)
            self.verifier_s += verdict.info.get("verifier_s", 0.0)
        elif verdict.reason in LOST:
            self.lost += 1
        if label is None:
            return
        accepted = verdict.score is not None and verdict.score >= ACCEPTED_FROM
        self.right_accepted += label and accepted
        self.right_rejected += label and not accepted
        self.wrong_accepted += not label and accepted
        self.wrong_rejected += not label and not accepted

    @property
    def labelled(self) -> int:
        """Rows with a label."""
        return self.right_accepted + self.right_rejected + self.wrong_accepted + self.wrong_rejected

    @property
    def accuracy(self) -> float | None:
        """Share of labelled rows on which it agrees with the label."""
        return _share(self.right_accepted + self.wrong_rejected, self.labelled)

    @property
    def precision(self) -> float | None:
        """Share of accepted rows that are right; None when none was accepted."""
        return _share(self.right_accepted, self.right_accepted + self.wrong_accepted)

    @property
    def recall(self) -> float | None:
        """Share of right rows that are accepted; None when there are none."""
        return _share(self.right_accepted, self.right_accepted + self.right_rejected)

    def summary(self) -> dict[str, Any]:
        """Everything but the single times, as plain values; times in microseconds a pair."""
        result: dict[str, Any] = {"n": self.rows, "labelled": self.labelled}
        result |= {"accuracy": self.accuracy, "precision": self.precision, "recall": self.recall}
        result |= {"false_positives": self.wrong_accepted, "false_negatives": self.right_rejected}
        result |= {"abstained": self.abstained, "errors": self.errors, "lost": self.lost, "last_resort": self.last_resort}
        for name, total in (("route", self.route_s), ("verifier", self.verifier_s)):
            result[f"{name}_us_mean"] = round(1e6 * total / len(self.cpu_s), 2) if self.cpu_s else None
        for name, seconds in (("cpu", self.cpu_s), ("wall", self.wall_s)):
            micros = sorted(1e6 * s for s in seconds)
            result[f"{name}_us_mean"] = round(sum(micros) / len(micros), 2) if micros else None
            result |= {f"{name}_us_p{p}": round(quantile(micros, p / 100), 2) if micros else None for p in (20, 50, 80, 99)}
            result[f"{name}_us_max"] = round(micros[-1], 2) if micros else None
        return result


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the ordered values that at least this share does not exceed."""
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
