"""`rewardkit bench`: accuracy and speed of our verifiers and of others on labelled suites, in one run."""

from __future__ import annotations

import csv
import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewardkit.commands.console import console
from rewardkit.commands.pairs import parse_columns
from rewardkit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rewardkit.bench.labelled import Labelled
    from rewardkit.bench.measure import Outcome, Procedure
    from rewardkit.bench.tally import Tally

__all__ = ["load", "run"]

FLOORS = ("accuracy", "precision", "recall")
KINDS_SHOWN = 12
TIMES = ("cpu_us_mean", "route_us_mean", "verifier_us_mean", "cpu_us_p50", "cpu_us_p99", "wall_us_mean")


def run(options: Namespace) -> int:
    """Measure; 1 when a row could not be read or a floor is not reached, 2 when a named system is not here."""
    from rewardkit.bench.measure import Procedure, measure
    from rewardkit.bench.systems import OURS

    procedure = Procedure(
        order=options.order,
        mode=options.mode,
        recipe=options.recipe,
        limit_s=options.limit_s,
        cold=not options.keep_cache,
        clear_sympy=options.clear_sympy,
    )
    suites = [load(source, options) for source in options.suites]
    names = [OURS, *_peers(options.against, procedure)]
    say = console()
    say.print(f"procedure: {procedure}", markup=False, soft_wrap=True)
    outcomes: list[Outcome] = []
    with _progress(len(names) * sum(len(suite.pairs) for suite in suites)) as tell:
        for turn, suite in enumerate(suites):
            outcomes += measure(suite.title, suite.pairs, names, procedure, turn, tell)
    records = [record for outcome in outcomes for record in _records(outcome)]
    if options.json:
        json.dump({"procedure": str(procedure), "results": records}, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _show(outcomes, by_kind=not options.no_kinds)
    if options.csv:
        _write_csv(options.csv, records)
    bad = [f"{suite.title}: {row.problem} (row {row.place})" for suite in suites for row in suite.bad]
    for line in bad[:10]:
        say.print(f"not read: {line}", markup=False, soft_wrap=True)
    low = list(_below(outcomes, OURS, options))
    for line in low:
        say.print(line, markup=False, soft_wrap=True)
    return 1 if bad or low else 0


def _peers(against: str | None, procedure: Procedure) -> list[str]:
    """The systems to compare with: those named, which must be here, or else whichever are."""
    from rewardkit.bench.measure import usable
    from rewardkit.bench.systems import PEERS, missing

    named = [name.strip() for name in against.split(",") if name.strip()] if against is not None else None
    if named == ["none"]:
        return []
    problems = {name: f"not installed; {how}" for name in named or PEERS if (how := missing(name))}
    problems |= usable([name for name in named or PEERS if name not in problems], procedure)
    for name, problem in problems.items():
        if named:
            message = f"cannot compare with {name}: {problem}"
            raise UsageError(message)
        console().print(f"without {name}: {problem}", markup=False, soft_wrap=True)
    return [name for name in named or PEERS if name not in problems]


def load(source: str, options: Namespace) -> Labelled:
    """A suite as it was read, after saying what it lacks."""
    from rewardkit.bench.labelled import read_labelled

    mapping = parse_columns(options.columns)
    found = read_labelled(source, mapping, columns_of=options.columns_of, split=options.split, limit=options.limit)
    if found.unlabelled:  # dashes alone would not say that a column is missing
        name, columns = mapping.get("label", "label"), ", ".join(found.columns)
        lacking = f"{source}: no row has a value in the column {name!r}, so there is speed to tell and no accuracy"
        say = f"{lacking}; the columns are {columns}. Map yours: --columns label=NAME"
        console().print(say, markup=False, soft_wrap=True)
    return found


def _records(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for kind, tally in outcome.tallies().items():
        yield {"suite": outcome.suite, "system": outcome.system, "kind": kind or "(all)", **tally.summary()}


def _below(outcomes: Iterable[Outcome], ours: str, options: Namespace) -> Iterator[str]:
    for outcome in outcomes:
        tally = outcome.tallies()[""]
        for name in FLOORS:
            floor, reached = getattr(options, f"min_{name}"), getattr(tally, name)
            if outcome.system == ours and floor is not None and (reached is None or reached < floor):
                yield f"{outcome.suite}: {name} {_share(reached)} is below --min-{name} {floor:g}"


def _show(outcomes: Sequence[Outcome], *, by_kind: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("suite", "kind", "system"):
        table.add_column(name, no_wrap=True, overflow="ellipsis", max_width=26)
    for name in (
        "n",
        "accuracy",
        "precision",
        "recall",
        "fp",
        "fn",
        "abst",
        "err",
        "lost",
        "mean µs",
        "route",
        "no route",
        "p50",
        "p99",
        "wall",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for title in dict.fromkeys(outcome.suite for outcome in outcomes):
        here = {o.system: o.tallies() for o in outcomes if o.suite == title}
        kinds = _largest_kinds(next(iter(here.values()))) if by_kind else []
        for kind in ["", *kinds]:
            for system, tallies in here.items():
                s = tallies[kind].summary()
                shares = [_share(s[name]) for name in FLOORS]
                counts = [f"{s[name]:,}" for name in ("false_positives", "false_negatives", "abstained", "errors", "lost")]
                times = [_micros(s[name]) for name in TIMES]
                style = "bold" if not kind else None
                head = (Text(title if not kind else ""), Text(kind or "all"), Text(system))
                table.add_row(*head, f"{s['labelled']:,}", *shares, *counts, *times, style=style)
    # A table is data: piped into a file it keeps all its columns.
    Console(highlight=False, width=None if sys.stdout.isatty() else 180).print(table)


def _largest_kinds(tallies: dict[str, Tally]) -> list[str]:
    """The kinds with most rows, in the order of their names; none where there is only one."""
    kinds = sorted((kind for kind in tallies if kind), key=lambda kind: (-tallies[kind].rows, kind))
    if len(kinds) > KINDS_SHOWN:
        console().print(f"the {KINDS_SHOWN} largest of {len(kinds)} kinds are shown; --csv and --json have all", markup=False)
    return sorted(kinds[:KINDS_SHOWN]) if len(kinds) > 1 else []


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _micros(value: float | None) -> str:
    return "–" if not value else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _write_csv(path: str, records: Sequence[dict[str, Any]]) -> None:
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as sink:
            rows = csv.DictWriter(sink, records[0])
            rows.writeheader()
            rows.writerows(records)
    except OSError as cause:
        message = f"cannot write {path}: {cause.strerror}"
        raise UsageError(message) from None


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None] | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=console(), transient=True) as bar:
        task = bar.add_task("measuring", total=total)
        yield lambda rows: bar.advance(task, rows)
