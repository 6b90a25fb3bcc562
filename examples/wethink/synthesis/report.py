"""What a run did: drops by stage with samples, agreement by type of question, coverage, cost; as JSON and as text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from examples.wethink.synthesis.run import Run

__all__ = ["as_json", "as_text", "dump", "summary"]

OUTCOMES = ("agreed", "reasoner", "vision", "neither")


def as_json(run: Run) -> dict[str, Any]:
    """Everything in numbers, with samples of what was dropped."""
    tally, coverage = run.tally, run.coverage
    tried = sum(coverage.tried.values())
    return {
        "rows": tally.kept,
        "tried": tried,
        "stopped": run.stopped,
        "drops": [
            {
                "stage": stage,
                "reason": reason,
                "count": count,
                "share": count / tried,
                "samples": tally.samples.get((stage, reason), []),
            }
            for (stage, reason), count in tally.drops.most_common()
        ],
        "outcomes": {kind: _outcomes(run, kind) for kind in run.line.constraints.types},
        "letters": {f"{first}/{second}": count for (first, second), count in sorted(tally.letters.items())},
        "coverage": {
            str(cell): {
                "kept": coverage.kept[cell],
                "tried": coverage.tried[cell],
                "target_share": run.line.constraints.target(cell),
            }
            for cell in run.line.constraints.cells
        },
        "given_up": sorted(map(str, coverage.given_up)),
        "calls": {
            model: {"calls": calls, "prompt_tokens": prompt, "completion_tokens": completion}
            for model, (calls, prompt, completion) in run.line.asker.journal.totals().items()
        },
        "paid_now": dict(run.line.asker.paid),
        "replayed": dict(run.line.asker.replayed),
    }


def _outcomes(run: Run, kind: str) -> dict[str, Any]:
    counts = {outcome: run.tally.outcomes[kind, outcome] for outcome in OUTCOMES}
    settled = sum(counts.values())
    disputed = settled - counts["agreed"]
    return {
        **counts,
        "agreement": counts["agreed"] / settled if settled else None,
        "adjudicated": disputed / settled if settled else None,
        "rejected_of_adjudicated": counts["neither"] / disputed if disputed else None,
    }


def summary(said: Mapping[str, Any]) -> str:
    """One line on a report: rows, tries, why it ended, and how many were dropped at which stage."""
    stages: Counter[str] = Counter()
    for drop in said["drops"]:
        stages[drop["stage"]] += drop["count"]
    dropped = ", ".join(f"{stage} {count:,}" for stage, count in stages.most_common()) or "none"
    return f"{said['rows']:,} rows of {said['tried']:,} tries; {said['stopped'] or 'going on'}; dropped at {dropped}"


def as_text(run: Run) -> str:
    """The same for a terminal."""
    said = as_json(run)
    lines = [summary(said), ""]
    lines.append(f"{'type':5}{'agreed':>8}{'reasoner':>10}{'vision':>8}{'neither':>9}{'agreement':>11}")
    for kind, counts in said["outcomes"].items():
        share = "–" if counts["agreement"] is None else f"{counts['agreement']:.3f}"
        lines.append(
            f"{kind:5}{counts['agreed']:>8}{counts['reasoner']:>10}{counts['vision']:>8}{counts['neither']:>9}{share:>11}"
        )
    lines += ["", "multiple choice, the reasoner's letter down, the vision model's across"]
    lines += _matrix(run.tally.letters)
    lines += ["", f"{'dropped at':12}{'count':>6}  why"]
    lines += [f"{drop['stage']:12}{drop['count']:>6}  {drop['reason']}" for drop in said["drops"]]
    lines += ["", "thinnest: " + ", ".join(f"{cell} {kept}/{wanted:.1f}" for cell, kept, wanted in run.coverage.thin())]
    if said["given_up"]:
        lines.append(f"given up: {', '.join(said['given_up'])}")
    for model, spent in said["calls"].items():
        lines.append(f"{model}: {spent['calls']} calls, {spent['prompt_tokens']} + {spent['completion_tokens']} tokens")
    return "\n".join(lines)


def _matrix(letters: Counter[tuple[str, str]]) -> list[str]:
    names = sorted({letter for pair in letters for letter in pair})
    rows = ["   " + "".join(f"{name:>5}" for name in names)] if names else ["   none"]
    return rows + [f"{first:3}" + "".join(f"{letters[first, second]:>5}" for second in names) for first in names]


def dump(run: Run) -> str:
    """The JSON as text."""
    return json.dumps(as_json(run), ensure_ascii=False, indent=1)
