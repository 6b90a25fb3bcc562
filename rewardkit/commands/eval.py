"""`rewardkit eval`: benchmark predictions scored in one or all modes, beside the published numbers."""

from __future__ import annotations

import csv
import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewardkit.commands.console import console
from rewardkit.commands.judging import check_writable, trouble_with
from rewardkit.errors import UsageError

if TYPE_CHECKING:
    from rewardkit.evals.run import Result
    from rewardkit.judges.client import Client

__all__ = ["run"]

LOST = ("judge_unavailable", "judge_unparsed", "exception", "bad_row")


def run(options: Namespace) -> int:
    """Evaluate every file; 1 when a judge failed on a row, 2 when a file cannot be scored as it is."""
    from rewardkit.evals.compare import published, records
    from rewardkit.evals.model import MODES

    modes = MODES if options.mode == "all" else (options.mode,)
    _look_ahead(options)
    judge = _judge(options.judge)
    results = [(model, result) for path in options.predictions for model, result in _evaluate(path, modes, judge, options)]
    if options.json:
        shown = [{"model": model, **result.record()} for model, result in results]
        json.dump({"results": shown}, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _show(results)
    if options.csv:
        _write_csv(options.csv, results)
    if options.verdicts:
        _write_verdicts(options.verdicts, results)
    if options.chart:
        from rewardkit.evals.chart import write_chart

        there = {result.benchmark for _, result in results}
        beside = [one for one in published() if one.benchmark in there]
        write_chart(options.chart, [*records(results), *beside], "Results beside published numbers")
    return 1 if any(reason in LOST for _, result in results for reason in result.undecided) else 0


def _look_ahead(options: Namespace) -> None:
    """What cannot be written must be told before the work."""
    from rewardkit.evals.chart import kind_of

    if options.chart:
        kind_of(options.chart)
    for path in (options.csv, options.verdicts, options.chart):
        if path:
            check_writable(path)


def _judge(where: str | None) -> Client | None:
    if where is None:
        return None
    from rewardkit.judges.judge import as_client

    client = as_client(where)
    if (trouble := trouble_with(client)) is not None:
        message = f"the judge cannot be used: {trouble}"
        raise UsageError(message)
    return client


def _evaluate(path: str, modes: Sequence[Any], judge: Client | None, options: Namespace) -> list[tuple[str, Result]]:
    from rewardkit.evals import BENCHMARKS, benchmark
    from rewardkit.evals.files import benchmark_of, model_of, read_predictions
    from rewardkit.evals.run import evaluate

    name = options.benchmark or benchmark_of(path)
    if name is None:
        message = f"the name of {path} holds no benchmark's name; pass --benchmark with one of {', '.join(BENCHMARKS)}"
        raise UsageError(message)
    chosen = benchmark(name)
    rows = read_predictions(path, chosen.name)
    how: dict[str, Any] = {"judge": judge, "cache": options.judge_cache, "seed": options.seed, "partial": options.partial}
    how["sheet"] = not path.lower().endswith(".json")
    model = options.model or model_of(path)
    return [(model, evaluate(chosen, rows, mode, **how)) for mode in modes if _can(chosen, rows, mode, len(modes) > 1)]


def _can(chosen: Any, rows: Sequence[dict[str, Any]], mode: str, several: bool) -> bool:
    """Whether the file has what this mode needs beyond the others; of several modes one that lacks it is left out, aloud."""
    lacking = [column for column in chosen.needs.get(mode, ()) if column not in rows[0]]
    if lacking and several:
        wants = f"{chosen.name}: not scored in the mode {mode}, which needs the column {lacking[0]!r}"
        console().print(wants, markup=False, soft_wrap=True)
    return not (lacking and several)


def _show(results: Sequence[tuple[str, Result]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from rewardkit.evals.compare import published, spelled

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("benchmark", "model", "mode", "figure", "value", "rows", "undecided", "drawn", "WeThink", "base"):
        right = heading in ("value", "rows", "undecided", "drawn", "WeThink", "base")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    beside = {(one.benchmark, one.model): one.low for one in published()}
    models = dict.fromkeys(model for _, model in beside)
    for model, result in results:
        known = [beside.get((result.benchmark, name)) for name in models]
        headline = result.figures[result.headline]
        cells = (
            *(result.benchmark, model, result.mode, result.headline, spelled(headline.low, headline.high), f"{result.rows:,}"),
            *(f"{sum(result.undecided.values()):,}", f"{result.random:,}"),
            *("–" if value is None else f"{value:.1f}" for value in known),
        )
        table.add_row(*map(Text, cells))
    Console(highlight=False, width=None if sys.stdout.isatty() else 160).print(table)
    say = console()
    for note in dict.fromkeys(f"{result.benchmark}: {note}" for _, result in results for note in result.notes):
        say.print(note, markup=False, soft_wrap=True)
    if any("needs_judge" in result.undecided for _, result in results):
        say.print("undecided rows need a model: pass --judge; a value is then no range", markup=False, soft_wrap=True)


def _write_csv(path: str, results: Sequence[tuple[str, Result]]) -> None:
    rows = [
        {
            "benchmark": result.benchmark,
            "model": model,
            "mode": result.mode,
            "figure": name,
            "low": one.low,
            "high": one.high,
            "rows": result.rows,
            "undecided": sum(result.undecided.values()),
            "drawn": result.random,
            "seed": result.seed,
            "judge": result.judge or "",
        }
        for model, result in results
        for name, one in result.figures.items()
    ]
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as sink:
            writer = csv.DictWriter(sink, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    except OSError as cause:
        message = f"cannot write {path}: {cause.strerror}"
        raise UsageError(message) from None


def _write_verdicts(path: str, results: Sequence[tuple[str, Result]]) -> None:
    try:
        with Path(path).open("w", encoding="utf-8") as sink:
            for model, result in results:
                for row, verdict in enumerate(result.verdicts, start=1):
                    record = {"benchmark": result.benchmark, "model": model, "mode": result.mode, "row": row}
                    record |= {"score": verdict.score, "reason": verdict.reason, **verdict.info}
                    sink.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
    except OSError as cause:
        message = f"cannot write {path}: {cause.strerror}"
        raise UsageError(message) from None
