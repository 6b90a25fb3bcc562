"""`rewardkit lint`: how each reference of a data set is understood, which route it gets, and which cannot be used."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rewardkit.batch.columns import ALIASES
from rewardkit.columns import ABSENT, answer_problem, dotted, named, plain
from rewardkit.commands.console import console
from rewardkit.commands.pairs import parse_columns
from rewardkit.data.raw import RawRow
from rewardkit.data.read import read_all
from rewardkit.data.references import PROBLEMS, Reading, References, transforms_for, unusable
from rewardkit.errors import MissingColumn, UsageError
from rewardkit.types import Sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

__all__ = ["run"]

COLUMNS = ("id", "prompt", "answer", "choices", "options", "image_path", "instruction_id_list", "kwargs", "metadata")
WIDTH = 60


@dataclass
class Findings:
    """Counts over the rows so far, and the first examples of each kind."""

    show: int
    rows: int = 0
    unusable: int = 0
    suspicious: int = 0
    one_sided: int = 0
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    transforms: Counter[str] = field(default_factory=Counter)
    examples: dict[Any, list[tuple[int, str, Reading]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, place: int, reference: str, reading: Reading) -> None:
        """Count one row."""
        self.rows += 1
        self.unusable += unusable(reading.problems)
        self.suspicious += bool(reading.problems) and not unusable(reading.problems)
        self.one_sided += reading.one_sided
        kind = (reading.route, reading.shape)
        self.kinds[kind] += 1
        self.problems.update(reading.problems.keys())
        for key in (kind, *reading.problems):
            if len(self.examples[key]) < self.show:
                self.examples[key].append((place, reference, reading))

    @property
    def transform(self) -> tuple[str, int] | None:
        """The transform of references that reads most of the rows, and how many; None unless it is most of them."""
        best = self.transforms.most_common(1)
        return best[0] if best and 2 * best[0][1] > self.rows else None

    def summary(self) -> dict[str, Any]:
        """The counts as plain values."""
        kinds = [{"route": route, "shape": shape, "rows": rows} for (route, shape), rows in self.kinds.most_common()]
        problems = [
            {"problem": name, "unusable": PROBLEMS[name][0], "rows": rows, "meaning": PROBLEMS[name][1]}
            for name, rows in self.problems.most_common()
        ]
        return {
            "rows": self.rows,
            "unusable": self.unusable,
            "suspicious": self.suspicious,
            "one_sided": self.one_sided,
            "references": self.transform[0] if self.transform else None,
            "kinds": kinds,
            "problems": problems,
        }


def run(options: Namespace) -> int:
    """Look at every reference; 1 when one cannot be used, 2 when the data cannot be read or has no answer column."""
    mapping = parse_columns(options.columns)
    names = {name for column in COLUMNS for name in (mapping.get(column, column), *ALIASES.get(column, ()))}
    wanted = names | {name.partition(".")[0] for name in names}
    rows = read_all(options.data, wanted=wanted, config=options.config, split=options.split)
    references = References()
    findings = Findings(max(0, options.show))
    with _progress() as tell:
        for row in rows:
            place, row_id, reference, reading, transforms = _look(row, mapping, references, findings.rows)
            findings.add(place, reference, reading)
            findings.transforms.update(transforms)
            if options.json:
                sys.stdout.write(json.dumps(_record(place, row_id, reference, reading), ensure_ascii=False, default=str) + "\n")
            elif not options.show:
                print("\t".join((str(place), reading.route, reading.shape, _line(reference), *_told(reading))))
            if findings.rows % 1000 == 0:
                tell(findings.rows)
    if not findings.rows:
        message = f"{', '.join(options.data)} has no rows"
        raise UsageError(message)
    if options.json:
        print(json.dumps({"summary": findings.summary()}, ensure_ascii=False))
    else:
        _show(findings)
    return 1 if findings.unusable else 0


def _look(row: RawRow, mapping: Mapping[str, str], references: References, seen: int) -> tuple[int, Any, str, Reading, list[str]]:
    if row.problem:
        return row.place, None, "", Reading("", "", "", problems={"bad_row": row.problem}), []
    names = {column: (mapping[column],) if column in mapping else ALIASES.get(column, (column,)) for column in COLUMNS}
    if not seen and all(dotted(row.fields, name) is ABSENT for name in (*names["answer"], *names["instruction_id_list"])):
        raise MissingColumn("answer", "lint", row.fields)
    value = {
        column: next((found for n in names[column] if (found := named(row.fields, n)) is not None), None) for column in names
    }
    value["answer"] = plain(value["answer"])
    if problem := answer_problem(value["answer"]):
        return row.place, value["id"], "", Reading("", "", "", problems={"bad_row": problem}), []
    sample = Sample(seen, value["prompt"], "", {n: v for n, v in value.items() if v is not None and n not in ("id", "prompt")})
    reading = references.look(sample, row.place)
    return row.place, value["id"], " | ".join(sample.references), reading, transforms_for(sample, reading)


def _record(place: int, row_id: Any, reference: str, reading: Reading) -> dict[str, Any]:
    return {
        "row": place,
        "id": row_id,
        "reference": reference,
        "route": reading.route,
        "shape": reading.shape,
        "understood": reading.understood,
        "others": list(reading.others),
        "problems": dict(reading.problems),
        "usable": not unusable(reading.problems),
        "one_sided": reading.one_sided,
    }


def _show(findings: Findings) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # A table is data: piped into a file it keeps all its columns.
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("route", "shape"):
        table.add_column(name, no_wrap=True)
    table.add_column("rows", justify="right", no_wrap=True)
    for name in ("for example", "understood as"):
        table.add_column(name, overflow="fold", max_width=WIDTH)
    for (route, shape), rows in findings.kinds.most_common():
        if route:
            examples = findings.examples[(route, shape)]
            _, reference, reading = examples[0] if examples else (0, "", Reading(route, shape, ""))
            table.add_row(route, shape, f"{rows:,}", Text(_line(reference)), Text(_line(reading.understood)))
    out.print(table)
    for worst in (True, False):
        for name, rows in findings.problems.most_common():
            if PROBLEMS[name][0] is worst:
                _show_problem(out, name, rows, findings)
    out.print(
        f"\n{findings.rows:,} references: [bold]{findings.unusable:,} unusable[/bold], {findings.suspicious:,} suspicious, "
        f"{findings.rows - findings.unusable - findings.suspicious:,} without a remark"
    )
    if findings.transform:
        name, rows = findings.transform
        out.print(
            f'references="{name}" finds the answer of {rows:,} of them where these data keep it: '
            f'rewardkit.load(…, references="{name}"), or --references {name}'
        )
    if findings.one_sided:
        out.print(
            f"without a judge {findings.one_sided:,} ({findings.one_sided / findings.rows:.0%}) have no contrast: a rule "
            'calls an answer right or abstains, never wrong; set a judge, or on_miss="mismatch" where there is one way to say it'
        )


def _show_problem(out: Console, name: str, rows: int, findings: Findings) -> None:
    from rich.table import Table
    from rich.text import Text

    worst, meaning = PROBLEMS[name]
    out.print(f"\n[bold]{name}[/bold]  {rows:,} rows, {'unusable' if worst else 'suspicious'}: {meaning}")
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True, style="dim")
    for _ in range(3):
        table.add_column(overflow="fold", max_width=WIDTH)
    for place, reference, reading in findings.examples[name]:
        how = f"{reading.route}: {reading.understood}" if reading.route else ""
        table.add_row(f"row {place}", Text(_line(reference)), Text(_line(how)), Text(_line(reading.problems[name])))
    out.print(table)


def _told(reading: Reading) -> tuple[str, str]:
    return _line(reading.understood), ", ".join(reading.problems)


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 2 * WIDTH else flat[: 2 * WIDTH - 1] + "…"


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    if not sys.stderr.isatty():
        yield lambda rows: None
        return
    with console().status("reading") as status:
        yield lambda rows: status.update(f"{rows:,} references")
