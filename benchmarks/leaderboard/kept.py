"""What is kept of a measurement in `benchmarks/data`: the figures, the suites, and the systems with how far reruns differed."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.leaderboard.figures import Figures, Share, figures, nobody_right
from benchmarks.leaderboard.run import Run
from benchmarks.leaderboard.suites import Suite
from benchmarks.leaderboard.systems import SYSTEMS
from benchmarks.rows import DATA

__all__ = ["JUDGED", "Kept", "OfSuite", "OfSystem", "keep", "largest_differences", "read", "write"]

JUDGED = DATA / "judged"
"""Where it is kept with judges among the systems: on fewer rows, since a model takes its time."""

Line = TypeVar("Line")


@dataclass(frozen=True)
class OfSuite:
    """A suite as it was measured: `rows` of its `labelled` ones, how many of them right, bare, and right by no system."""

    suite: str
    rows: int
    labelled: int
    right: int
    bare: int
    nobody: int


@dataclass(frozen=True)
class OfSystem:
    """A system that was asked for: its version, or why it is `missing`; the largest difference of any accuracy between `runs`."""

    system: str
    version: str
    missing: str
    runs: int
    difference: float
    device: str
    commit: str
    date: str


@dataclass(frozen=True)
class Kept:
    """All that the page is made of."""

    figures: tuple[Figures, ...]
    suites: tuple[OfSuite, ...]
    systems: tuple[OfSystem, ...]


def keep(suites: Sequence[Suite], runs: Sequence[Run]) -> Kept:
    """What is kept of the first of the runs, and how far the others are from it."""
    first, differences = runs[0], largest_differences(suites, runs)
    place = {name: place for place, name in enumerate(SYSTEMS)}
    names = sorted({**first.said, **first.missing}, key=lambda name: place.get(name, len(place)))
    return Kept(
        tuple(figures(suites, first)),
        tuple(_suite(suite, first) for suite in suites),
        tuple(_system(name, runs, differences.get(name, 0.0)) for name in names),
    )


def _system(name: str, runs: Sequence[Run], difference: float) -> OfSystem:
    first = runs[0]
    told = (first.versions.get(name, ""), first.missing.get(name, ""))
    return OfSystem(name, *told, len(runs), difference, *first.place)


def _suite(suite: Suite, run: Run) -> OfSuite:
    right = sum(bool(pair.label) for pair in suite.rows)
    bare = sum(bool(pair.sample.columns["bare"]) for pair in suite.rows)
    return OfSuite(suite.name, len(suite.rows), suite.whole, right, bare, nobody_right(suite, run).part)


def largest_differences(suites: Sequence[Suite], runs: Sequence[Run]) -> dict[str, float]:
    """Of each system, the largest difference of its accuracy on a suite between the first run and another."""
    found: dict[str, float] = {}
    for run in runs[1:]:
        first, other = (_accuracies(suites, one) for one in (runs[0], run))
        for key in first.keys() | other.keys():
            difference = abs(first[key] - other[key]) if key in first and key in other else 1.0
            found[key[0]] = max(found.get(key[0], 0.0), difference)
    return found


def _accuracies(suites: Sequence[Suite], run: Run) -> dict[tuple[str, str], float]:
    return {(one.system, one.suite): one.accuracy.value or 0.0 for one in figures(suites, run) if one.form == "all"}


SHARES = ("accuracy", "precision", "recall", "alone_right", "alone_wrong")


def write(kept: Kept, folder: Path = DATA) -> None:
    """Write the three tables, each in the place of what was there."""
    folder.mkdir(exist_ok=True)
    _write(folder / "leaderboard.csv", [_flat(one) for one in kept.figures])
    _write(folder / "leaderboard_suites.csv", [asdict(one) for one in kept.suites])
    _write(folder / "leaderboard_systems.csv", [asdict(one) for one in kept.systems])


def _flat(one: Figures) -> dict[str, object]:
    line: dict[str, object] = {"system": one.system, "suite": one.suite, "form": one.form}
    for name in SHARES:
        share: Share = getattr(one, name)
        line |= {name: f"{share.part} of {share.whole}"}
    counts = {name: getattr(one, name) for name in ("abstained", "crashed", "cut_off")}
    return line | counts | {"cpu_ms": "" if one.cpu_ms is None else f"{one.cpu_ms:.4g}"}


def _write(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def read(folder: Path = DATA) -> Kept:
    """What `write` kept."""
    lines = _lines(folder / "leaderboard.csv")
    return Kept(
        tuple(_figures(line) for line in lines),
        tuple(_typed(OfSuite, line) for line in _lines(folder / "leaderboard_suites.csv")),
        tuple(_typed(OfSystem, line) for line in _lines(folder / "leaderboard_systems.csv")),
    )


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _figures(line: Mapping[str, str]) -> Figures:
    found: dict[str, Any] = {name: Share(*map(int, line[name].split(" of "))) for name in SHARES}
    found |= {name: int(line[name]) for name in ("abstained", "crashed", "cut_off")}
    took = float(line["cpu_ms"]) if line["cpu_ms"] else None
    return Figures(line["system"], line["suite"], line["form"], **found, cpu_ms=took)


def _typed(kind: type[Line], line: Mapping[str, str]) -> Line:
    """A line with the types that its fields are annotated with."""
    read: dict[str, type] = {"int": int, "float": float, "str": str}
    return kind(**{field.name: read[str(field.type)](line[field.name]) for field in fields(kind)})  # type: ignore[arg-type]
