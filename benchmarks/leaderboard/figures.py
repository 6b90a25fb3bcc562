"""What a run comes to: shares with intervals, times, and where a system stands alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.leaderboard.run import Run, Said
from benchmarks.leaderboard.suites import Suite

__all__ = ["FORMS", "Figures", "Share", "figures", "mean", "nobody_right", "wilson"]

FORMS = ("all", "whole", "bare")
Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, and the 95 % interval of the share by Wilson (1927); no value where `whole` is 0."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.part, self.whole) if self.whole else None


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % score interval of `part` of `whole`, which is at least 1: centre and reach of (p + z²/2n ± …) / (1 + z²/n)."""
    share, spread = part / whole, Z * Z / whole
    centre = (share + spread / 2) / (1 + spread)
    reach = Z * math.sqrt(share * (1 - share) / whole + spread / (4 * whole)) / (1 + spread)
    return max(0.0, centre - reach), min(1.0, centre + reach)


@dataclass(frozen=True, slots=True)
class Figures:
    """One system on the rows of one form of a suite.

    A row is accepted from a score of 0.5; all that is not accepted is refused, verdict or none. `abstained`, `crashed` and
    `cut_off` count rows without a verdict of its own. `alone_right` are rows on which it agrees with the label and every other
    system that gave a verdict does not, `alone_wrong` the reverse. `cpu_ms` is the mean of the rows that were not cut off.
    """

    system: str
    suite: str
    form: str
    accuracy: Share
    precision: Share
    recall: Share
    abstained: int
    crashed: int
    cut_off: int
    alone_right: Share
    alone_wrong: Share
    cpu_ms: float | None


def figures(suites: Sequence[Suite], run: Run) -> Iterator[Figures]:
    """The figures of every system on every suite, in all and by form; a form without rows has none."""
    for suite in suites:
        labels = [bool(pair.label) for pair in suite.rows]
        said_of = {name: said[suite.name] for name, said in run.said.items()}
        alone = [_alone(label, {name: said[row] for name, said in said_of.items()}) for row, label in enumerate(labels)]
        bare = [bool(pair.sample.columns["bare"]) for pair in suite.rows]
        for form in FORMS:
            rows = [row for row in range(len(labels)) if form == "all" or bare[row] == (form == "bare")]
            for name, said in said_of.items() if rows else ():
                yield _of(name, suite.name, form, [(labels[row], said[row], alone[row]) for row in rows])


def _of(name: str, suite: str, form: str, rows: Sequence[tuple[bool, Said, tuple[str, str]]]) -> Figures:
    right = sum(label and said.accepted for label, said, _ in rows)
    took = [said.cpu_s for _, said, _ in rows if said.cpu_s is not None]
    return Figures(
        *(name, suite, form),
        accuracy=Share(sum(label == said.accepted for label, said, _ in rows), len(rows)),
        precision=Share(right, sum(said.accepted for _, said, _ in rows)),
        recall=Share(right, sum(label for label, _, _ in rows)),
        abstained=_count(rows, "abstained"),
        crashed=_count(rows, "error"),
        cut_off=_count(rows, "timeout") + _count(rows, "too_complex"),
        alone_right=Share(sum(alone[0] == name for _, _, alone in rows), len(rows)),
        alone_wrong=Share(sum(alone[1] == name for _, _, alone in rows), len(rows)),
        cpu_ms=1000 * sum(took) / len(took) if took else None,
    )


def _count(rows: Iterable[tuple[bool, Said, tuple[str, str]]], how: str) -> int:
    return sum(said.how == how for _, said, _ in rows)


def _alone(label: bool, said: Mapping[str, Said]) -> tuple[str, str]:
    """Who alone is right on a row, and who alone is wrong, among those that gave a verdict, if these are at least three."""
    decided = {name: one.accepted == label for name, one in said.items() if one.how == "scored"}
    right, wrong = ([name for name, agrees in decided.items() if agrees is wanted] for wanted in (True, False))
    return (
        right[0] if len(right) == 1 and len(decided) > 2 else "",
        wrong[0] if len(wrong) == 1 and len(decided) > 2 else "",
    )


def nobody_right(suite: Suite, run: Run) -> Share:
    """Rows on which no system agrees with the label: hard ones, or labels that are wrong."""
    labels = [bool(pair.label) for pair in suite.rows]
    missed = [all(said[suite.name][row].accepted != label for said in run.said.values()) for row, label in enumerate(labels)]
    return Share(sum(missed), len(labels))


def mean(shares: Sequence[Share]) -> tuple[float, float] | None:
    """The mean of several suites' shares, each counting the same, and the half width of its 95 % interval.

    The variance of each is that of (part + 2) of (rows + 4), by Agresti and Coull (1998): a suite without a miss is not certain.
    """
    known = [(share.part, share.whole) for share in shares if share.whole]
    if not known:
        return None
    guesses = [((part + 2) / (rows + 4), rows + 4) for part, rows in known]
    variance = sum(guess * (1 - guess) / rows for guess, rows in guesses) / len(known) ** 2
    return sum(part / rows for part, rows in known) / len(known), Z * math.sqrt(variance)
