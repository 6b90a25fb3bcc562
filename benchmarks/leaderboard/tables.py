"""The tables of the leaderboard as Markdown, from what was kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from benchmarks.leaderboard.figures import Figures, Share, mean
from benchmarks.leaderboard.kept import Kept
from benchmarks.leaderboard.suites import known
from benchmarks.leaderboard.systems import OURS, SYSTEMS

__all__ = [
    "GROUPS",
    "by_form",
    "every_figure",
    "group",
    "matrix",
    "measured",
    "missing",
    "ranked",
    "suites",
    "summary",
    "with_judges",
]

GROUPS = {"written with": "suites in sight while our rules were written", "others": "the other suites"}
FEW = 20
"""A form of a suite with fewer rows is left out of means."""


def group(suite: str) -> str:
    """The group of a suite: whether our rules were written with it in sight."""
    return "written with" if known(suite).sight == "written with" else "others"


def ranked(kept: Kept) -> list[str]:
    """The systems by their mean accuracy on the suites that our rules were not written with, else on all; the best first."""
    names = list(dict.fromkeys(one.system for one in kept.figures))
    return sorted(names, key=lambda name: (-_value(_accuracies(kept, name, "others")), -_value(_accuracies(kept, name)), name))


def _value(shares: Sequence[Share]) -> float:
    found = mean(shares)
    return found[0] if found else 0.0


def _accuracies(kept: Kept, name: str, of: str = "", form: str = "all") -> list[Share]:
    return [one.accuracy for one in _figures(kept, name, form) if not of or group(one.suite) == of]


def _figures(kept: Kept, name: str, form: str = "all") -> list[Figures]:
    rows = [one for one in kept.figures if one.system == name and one.form == form]
    return rows if form == "all" else [one for one in rows if one.accuracy.whole >= FEW]


def summary(kept: Kept) -> str:
    """A line a system: what it is, and its means over the suites."""
    lines = [
        "| system | accuracy, other suites | accuracy, suites in our sight | precision | recall | no verdict | crashed | cut off "
        "| CPU ms a row | what it does |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for name in ranked(kept):
        rows = _figures(kept, name)
        count = sum(one.accuracy.whole for one in rows)
        took = [one.cpu_ms for one in rows if one.cpu_ms is not None]
        cells = [
            f"**{name}**" if name == OURS else name,
            *(_mean(_accuracies(kept, name, of)) for of in ("others", "written with")),
            *(_plain(_value([getattr(one, what) for one in rows])) for what in ("precision", "recall")),
            f"{sum(one.abstained for one in rows) / count:.0%}",
            *(str(sum(getattr(one, what) for one in rows)) for what in ("crashed", "cut_off")),
            _ms(fmean(took)) if took else "",
            SYSTEMS[name].about if name in SYSTEMS else "",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _ms(took: float) -> str:
    return f"{took:.0f}" if took >= 100 else f"{took:.2g}"


def _mean(shares: Sequence[Share]) -> str:
    found = mean(shares)
    return f"{found[0]:.3f} ± {found[1]:.3f}" if found else ""


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def with_judges(kept: Kept) -> str:
    """Judges beside our rules on the same rows: all of them, then suite by suite, and when it was measured."""
    rows = {one.rows for one in kept.suites}
    drawn = f"{max(rows)} rows a suite, drawn by a seed" if len(rows) == 1 else f"{min(rows)} to {max(rows)} rows a suite"
    first = kept.systems[0]
    said = f"{sum(one.rows for one in kept.suites)} rows of {len(kept.suites)} suites, {drawn}"
    return f"{summary(kept)}\n{matrix(kept)}\n{said}, on {first.date} at {first.commit}, {first.device}.\n"


def matrix(kept: Kept) -> str:
    """Accuracies: a line a system, a column a suite."""
    names = [one.suite for one in kept.suites]
    found = {(one.system, one.suite): one.accuracy.value for one in kept.figures if one.form == "all"}
    lines = [f"| system | {' | '.join(f'`{name}`' for name in names)} |", "|---|" + "--:|" * len(names)]
    for system in ranked(kept):
        lines.append(f"| {system} | {' | '.join(_plain(found.get((system, name))) for name in names)} |")
    return "\n".join(lines) + "\n"


def suites(kept: Kept) -> str:
    """A line a suite: what it is, whose labels, what was in sight, and how many rows nobody gets right."""
    lines = [
        "| suite | rows | right | bare answers | what | labels by | our rules were | no system agrees with the label |",
        "|---|--:|--:|--:|---|---|---|--:|",
    ]
    for one in kept.suites:
        about = known(one.suite)
        rows = f"{one.rows}" if one.rows == one.labelled else f"{one.rows} of {one.labelled}"
        share = [f"{part / one.rows:.0%}" for part in (one.right, one.bare)]
        sight = {"written with": "written with it", "run at every change": "run on it", "not seen": "not"}[about.sight]
        nobody = f"{one.nobody} ({one.nobody / one.rows:.1%})"
        lines.append(f"| `{one.suite}` | {rows} | {' | '.join(share)} | {about.what} | {about.labels} | {sight} | {nobody} |")
    return "\n".join(lines) + "\n"


def by_form(kept: Kept) -> str:
    """Whole outputs and bare answers apart."""
    lines = ["| system | accuracy, whole outputs | recall | accuracy, bare answers | recall |", "|---|--:|--:|--:|--:|"]
    for name in ranked(kept):
        cells = [name]
        for form in ("whole", "bare"):
            rows = _figures(kept, name, form)
            cells += [_mean([one.accuracy for one in rows]), _plain(_value([one.recall for one in rows]))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def every_figure(kept: Kept) -> str:
    """All figures: a line a system and suite."""
    lines = [
        "| suite | system | accuracy | 95 % | precision | recall | no verdict | crashed | cut off | CPU ms | alone right "
        "| alone wrong |",
        "|---|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    order = {name: place for place, name in enumerate(ranked(kept))}
    for one in sorted(_whole(kept.figures), key=lambda one: (one.suite, order[one.system])):
        low, high = one.accuracy.interval or (0.0, 0.0)
        cells = [
            *(f"`{one.suite}`", one.system, _plain(one.accuracy.value), f"{low:.3f}–{high:.3f}"),
            *(_plain(one.precision.value), _plain(one.recall.value)),
            *(str(one.abstained), str(one.crashed), str(one.cut_off)),
            "" if one.cpu_ms is None else _ms(one.cpu_ms),
            *(f"{share.value or 0:.1%}" for share in (one.alone_right, one.alone_wrong)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _whole(figures: Iterable[Figures]) -> list[Figures]:
    return [one for one in figures if one.form == "all"]


def missing(kept: Kept) -> str:
    """What was not measured, and why."""
    return "".join(f"- {one.system}: {one.missing}\n" for one in kept.systems if one.missing)


def measured(kept: Kept) -> str:
    """When, where, which versions, and how far reruns differed."""
    one = next(one for one in kept.systems if not one.missing)
    versions = ", ".join(sorted({one.version for one in kept.systems if one.version}))
    told = f"Measured on {one.date} at {one.commit}, {one.device}. Versions: {versions}.\n"
    if one.runs > 1:
        far = max(kept.systems, key=lambda one: one.difference)
        told += f"\nAll was measured {one.runs} times. "
        told += f"The largest difference of any accuracy on a suite between runs is {far.difference:.4f}"
        told += f" ({far.system}).\n" if far.difference else ": every system gave every accuracy again.\n"
    return told
