"""What a change of the rules does to every source: accuracy, precision and recall before and after, and the rows that changed.

    python -m benchmarks.generalise take before.jsonl SUITE.jsonl …      # with the old code
    python -m benchmarks.generalise take after.jsonl SUITE.jsonl …       # with the new code
    python -m benchmarks.generalise compare before.jsonl after.jsonl [--written-for SUITE …] [--csv FILE]

`--written-for` names the sources that the change was made with in sight; the line at the end counts the others that it helped
and hurt, which is what tells a rule from a fit. A score of at least a half is accepted; a row without a verdict is neither
accepted nor right.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import rows
from rewardkit.bench.labelled import read_labelled
from rewardkit.recipes.auto import rules

Record = dict[str, Any]


class Figures(NamedTuple):
    """How often a source's rows are judged as labelled."""

    n: int
    accuracy: float
    precision: float
    recall: float


def take(output: Path, suites: Iterable[str]) -> None:
    """Write the verdict on every row of the suites, one JSON object a line."""
    route = rules()
    with output.open("w", encoding="utf-8") as sink:
        for source in suites:
            suite = read_labelled(source, {})
            verdicts = route.verify([pair.sample for pair in suite.pairs])
            for place, (pair, verdict) in enumerate(zip(suite.pairs, verdicts, strict=True)):
                record = {"suite": Path(source).stem, "row": place, "label": pair.label, "kind": pair.kind}
                found = {"score": verdict.score, "reason": verdict.reason, "route": verdict.info.get("route")}
                sink.write(json.dumps(record | found, ensure_ascii=False) + "\n")


def read(path: Path) -> dict[tuple[str, int], Record]:
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {(record["suite"], record["row"]): record for record in records}


def accepted(record: Mapping[str, Any]) -> bool:
    return record["score"] is not None and record["score"] >= 0.5


def outcome(record: Mapping[str, Any]) -> str:
    return "none" if record["score"] is None else "paid" if accepted(record) else "refused"


def figures(records: Iterable[Record]) -> Figures | None:
    """The figures of a source; None without labels."""
    judged = [(accepted(record), bool(record["label"])) for record in records if record["label"] is not None]
    if not judged:
        return None
    right, paid, true = judged.count((True, True)), sum(one for one, _ in judged), sum(label for _, label in judged)
    decided = [record for record in judged if record[0] == record[1]]
    return Figures(len(judged), len(decided) / len(judged), right / paid if paid else 1.0, right / true if true else 1.0)


def differences(before: Mapping[Any, Record], after: Mapping[Any, Record]) -> Counter[tuple[str, str, str]]:
    """How many rows of a source went from one outcome to another, by label."""
    changed = [(before[key], after[key]) for key in before if key in after and outcome(before[key]) != outcome(after[key])]
    return Counter((old["suite"], f"{outcome(old)} -> {outcome(new)}", str(old["label"]).lower()) for old, new in changed)


def compare(options: argparse.Namespace) -> None:
    """Print both tables, and keep them as CSV."""
    before, after = read(options.before), read(options.after)
    lines = []
    for suite in dict.fromkeys(record["suite"] for record in before.values()):
        old, new = (figures(r for r in records.values() if r["suite"] == suite) for records in (before, after))
        if old is not None and new is not None:
            lines.append((suite, old, new))
    print(f"{'source':28}{'n':>6}{'accuracy':>16}{'precision':>16}{'recall':>16}")
    for suite, old, new in lines:
        shown = "".join(f"{one:9.3f} →{two:6.3f}" for one, two in zip(old[1:], new[1:], strict=True))
        print(f"{suite:28}{old.n:6}{shown}")
    changes = differences(before, after)
    for (suite, change, label), count in sorted(changes.items()):
        print(f"{suite:28}{change:20} labelled {label:6}{count:6}")
    unseen = [(suite, new.accuracy - old.accuracy) for suite, old, new in lines if suite not in options.written_for]
    helped, hurt = sum(gain > 0 for _, gain in unseen), sum(gain < 0 for _, gain in unseen)
    print(f"of {len(unseen)} sources that the change was not written for it helped {helped} and hurt {hurt}")
    if options.csv:
        keep(options.csv, lines, changes)


def keep(path: Path, lines: list[tuple[str, Figures, Figures]], changes: Counter[tuple[str, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(["source", "what", "label", "before", "after", "commit", "date"])
        measured = [rows.commit(), time.strftime("%Y-%m-%d")]
        for suite, old, new in lines:
            for name, one, two in zip(Figures._fields[1:], old[1:], new[1:], strict=True):
                writer.writerow([suite, name, "", f"{one:.4f}", f"{two:.4f}", *measured])
        for (suite, change, label), count in sorted(changes.items()):
            writer.writerow([suite, change, label, "", count, *measured])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    taking = commands.add_parser("take")
    taking.add_argument("output", type=Path)
    taking.add_argument("suites", nargs="+")
    taking.set_defaults(run=lambda options: take(options.output, options.suites))
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--written-for", nargs="*", default=[])
    comparing.add_argument("--csv", type=Path)
    comparing.set_defaults(run=compare)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
