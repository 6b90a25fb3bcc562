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

from rewardkit.batch.columns import ALIASES
from rewardkit.commands.console import console
from rewardkit.commands.pairs import parse_columns
from rewardkit.data.raw import RawRow
from rewardkit.data.read import HUB, read
from rewardkit.data.suites import suite
from rewardkit.errors import UsageError
from rewardkit.types import Sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from rewardkit.bench.measure import Outcome, Pair, Procedure
    from rewardkit.bench.tally import Tally

__all__ = ["run"]

LABELS = {"true": True, "1": True, "false": False, "0": False, "null": None, "none": None, "": None}
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
    suites = [_load(source, options) for source in options.suites]
    names = [OURS, *_peers(options.against, procedure)]
    say = console()
    say.print(f"procedure: {procedure}", markup=False, soft_wrap=True)
    outcomes: list[Outcome] = []
    with _progress(len(names) * sum(len(pairs) for _, pairs, _ in suites)) as tell:
        for turn, (title, pairs, _) in enumerate(suites):
            outcomes += measure(title, pairs, names, procedure, turn, tell)
    records = [record for outcome in outcomes for record in _records(outcome)]
    if options.json:
        json.dump({"procedure": str(procedure), "results": records}, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _show(outcomes, by_kind=not options.no_kinds)
    if options.csv:
        _write_csv(options.csv, records)
    bad = [f"{title}: {row.problem} (row {row.place})" for title, _, rows in suites for row in rows]
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


def _load(source: str, options: Namespace) -> tuple[str, list[Pair], list[RawRow]]:
    """A suite's name, its pairs, and the rows that could not be read."""
    if source.startswith(HUB):
        published = suite(source.removeprefix(HUB))
        title, rows = published.name, published.load(options.split)
    elif options.columns_of:
        title, rows = Path(source).stem, suite(options.columns_of).pairs(read(source, split=options.split))
    else:
        title, rows = Path(source).stem, read(source, split=options.split)
    mapping = parse_columns(options.columns)
    pairs: list[Pair] = []
    bad: list[RawRow] = []
    seen: dict[str, None] = {}
    for row in rows:
        seen |= dict.fromkeys(row.fields or ())
        found = row.problem or _pair(row, mapping, len(pairs))
        if isinstance(found, str):
            bad.append(RawRow(row.place, problem=found))
        else:
            pairs.append(found)
        if options.limit and len(pairs) >= options.limit:
            break
    if not pairs:
        message = f"{source} has no rows to measure on"
        raise UsageError(f"{message}: {bad[0].problem}" if bad else message)
    if not bad and all(pair.label is None for pair in pairs):
        _say_unlabelled(source, mapping, seen)
    return title, pairs, bad


def _say_unlabelled(source: str, mapping: dict[str, str], seen: Iterable[str]) -> None:
    """Dashes alone would not say that a column is missing."""
    name, columns = mapping.get("label", "label"), ", ".join(seen)
    lacking = f"{source}: no row has a value in the column {name!r}, so there is speed to tell and no accuracy"
    console().print(f"{lacking}; the columns are {columns}. Map yours: --columns label=NAME", markup=False, soft_wrap=True)


def _pair(row: RawRow, mapping: dict[str, str], index: int) -> Pair | str:
    from rewardkit.bench.measure import Pair

    def value(name: str) -> Any:
        names = (mapping[name],) if name in mapping else ALIASES.get(name, (name,))
        return next((row.fields[n] for n in names if row.fields.get(n) is not None), None)

    completion, answer, label = value("completion"), value("answer"), value("label")
    if completion is None or answer is None:
        lacks = "completion" if completion is None else "answer"
        return f"no {lacks}; the row has {', '.join(row.fields)}. Map yours with --columns {lacks}=NAME"
    known = "" if label is None else str(label).strip().lower()
    if known not in LABELS:
        return f"the label is {label!r}; wanted true, false or null"
    columns = {"answer": answer} | {n: v for n in ("choices", "options") if (v := value(n)) is not None}
    sample = Sample(index, value("prompt"), completion, columns)
    return Pair(sample, LABELS[known], str(value("kind") or "all"))


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
