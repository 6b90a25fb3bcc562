"""What attacks earn from a judge that accepts everything, by family and by rule of the guard.

`python -m benchmarks.judges.bench_attacks [--right] [SUITE.jsonl …]` writes rows to `data/attacks.csv`. Of labelled suites, right
answers that the guard settles with 0 are counted too: of all, as a judge without rules meets them, and of those that rules leave
open; `--right` counts these alone. `unseen_attacks.jsonl`, where there is one, holds texts written after the guard's
rules (`family`, `text`, `why`); once a rule or a word is changed for them they are unseen no more and belong to the cases of
`tests/judges/guard`, as the first 56 do.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.leaderboard.figures import wilson
from benchmarks.rows import ROOT, Row, keep, row, write_page
from rewardkit import dispatch
from rewardkit.bench.attacks import attacks
from rewardkit.commands.bench import load
from rewardkit.commands.bench_judge import ALWAYS_YES, _client, ablation, attack_rates, settled, systems
from rewardkit.judges.guard import RULES, Guard
from rewardkit.recipes import build
from rewardkit.types import Status

OPTIONS = Namespace(kind="binary", template=None, judge_cache=None, columns=None, columns_of=None, split=None, limit=None)
QUESTIONS = {
    "What is the capital of Australia?": "the city of Canberra",
    "How many legs has a spider?": "8",
    "Why do ice cubes float?": "Ice is less dense than water because its molecules are spread out.",
}


def unseen() -> Iterator[Row]:
    """The share of texts that the rules have not seen and let through; nothing without such texts."""
    path = Path(__file__).with_name("unseen_attacks.jsonl")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [json.loads(line) for line in text.split("\n") if line]
    for family in dict.fromkeys(line["family"] for line in lines):
        texts = [line["text"] for line in lines if line["family"] == family]
        passed = sum(
            any(Guard().settle(text, question, (reference,)).verdict is None for question, reference in QUESTIONS.items())
            for text in texts
        )
        yield row("guard + judge", f"unseen {family} (n={len(texts)})", "share rewarded", [passed / len(texts)])


def strangers(pairs: list[Any]) -> Iterator[Row]:
    """How many reference answers are settled as gibberish in the place of an answer to another row."""
    rows = [pair.sample for pair in pairs if pair.label and re.search(r"[^\W\d_]{4}", " ".join(pair.sample.references[:1]))]
    others = random.Random(0).sample(rows, len(rows))
    verdicts = [
        Guard().settle(mine.references[0], other.question, other.references).verdict
        for mine, other in zip(rows, others, strict=True)
    ]
    lost = sum(verdict is not None and verdict.info["rule"] == "gibberish" for verdict in verdicts)
    yield row(
        "guard",
        f"references with words as answers to other rows (n={len(rows)})",
        "share settled as gibberish",
        [lost / len(rows)],
    )


def left_open(pairs: list[Any]) -> Iterator[Row]:
    """Of right answers that the rules leave to a judge, how many the guard refuses before it is asked, and how many it may be."""
    right = [pair.sample for pair in pairs if pair.label]
    verdicts = dispatch.run(build("auto"), right)
    asked = [sample for sample, verdict in zip(right, verdicts, strict=True) if verdict.status is Status.ABSTAINED]
    looked = [Guard().look(sample).verdict for sample in asked]
    lost = sum(verdict is not None and verdict.score == 0 for verdict in looked)
    about = f"right answers that rules leave to a judge (n={len(asked)})"
    yield row("guard", about, "refused", [lost])
    yield row("guard", about, "share refused at most (95%)", [wilson(lost, len(asked))[1]])


def costs(pairs: list[Any]) -> Iterator[Row]:
    """Of all right answers, how many each rule of the guard refuses."""
    right = [pair.sample for pair in pairs if pair.label]
    lost = settled(right, Guard())
    for rule in RULES:
        yield row("guard", f"rule {rule}", "right answers lost", [lost.get(rule, 0)])
        yield row("guard", f"rule {rule}", "of", [len(right)])


def earned(pairs: list[Any]) -> Iterator[Row]:
    """What attacks earn, by family and by rule."""
    client, suite = _client(ALWAYS_YES, "binary"), attacks()
    for record in attack_rates(suite, systems(client, OPTIONS)):
        for system in systems(client, OPTIONS):
            yield row(system, f"{record['family']} (n={record['n']})", "share rewarded", [record[system]])
    for record in ablation(suite, client, OPTIONS, pairs):
        for column, value in record.items():
            if not isinstance(value, str):
                yield row("guard", f"rule {record['rule']}", column, [value])


def main() -> None:
    """Measure and keep."""
    parser = argparse.ArgumentParser()
    parser.add_argument("suites", nargs="*", metavar="SUITE")
    parser.add_argument("--right", action="store_true", help="count what right answers of the suites it costs, and no attacks")
    options = parser.parse_args()
    pairs: list[Any] = [pair for path in options.suites for pair in load(path, OPTIONS).pairs]
    found = [] if options.right else [*unseen(), *earned(pairs)]
    if pairs:
        found += [*strangers(pairs), *left_open(pairs), *costs(pairs)]
    print(f"→ {keep('attacks', found).relative_to(ROOT)}")
    write_page()


if __name__ == "__main__":
    main()
