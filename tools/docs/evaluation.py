"""The tables of the page on benchmarks, from the benchmarks themselves and from their data files."""

from __future__ import annotations

import json
from pathlib import Path

import rewardkit.evals
from rewardkit.evals import BENCHMARKS, benchmark
from rewardkit.evals.compare import spelled
from rewardkit.evals.model import MODES

HOUSE = Path(rewardkit.evals.__file__).parent


def rows_of(name: str) -> list[dict[str, object]]:
    """The rows of a data file beside the benchmarks."""
    return [json.loads(line) for line in (HOUSE / name).read_text(encoding="utf-8").splitlines()]


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def tables() -> str:
    """Columns and headline of every benchmark, the differences, the published numbers."""
    columns = []
    for name in BENCHMARKS:
        one = benchmark(name)
        extra = [f"`{column}` ({mode})" for mode, needed in one.needs.items() for column in needed]
        items = f"{one.items:,}" if one.items else "by split"
        columns.append((name, one.headline, items, ", ".join([*(f"`{column}`" for column in one.columns), *extra])))
    differences = [
        (str(row["benchmark"]), str(row["point"]), *(str(row[mode]) for mode in MODES)) for row in rows_of("differences.jsonl")
    ]
    published = [
        (
            *(str(row[key]) for key in ("benchmark", "model")),
            spelled(float(str(row["value"])), float(str(row["value"]))),
            *(str(row[key]) for key in ("variant", "source", "certainty")),
        )
        for row in rows_of("published.jsonl")
    ]
    return (
        "## What counts\n\n"
        + table(("benchmark", "headline", "rows", "columns beside `prediction`"), columns)
        + "\n## Where the modes part\n\n"
        + table(("benchmark", "point", *MODES), differences)
        + "\n## Published numbers\n\n"
        + table(("benchmark", "model", "value", "variant", "source", "certainty"), published)
    )
