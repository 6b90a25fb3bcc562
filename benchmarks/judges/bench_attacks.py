"""What attacks earn from a judge that accepts everything, by family and by rule of the guard.

`python -m benchmarks.judges.bench_attacks [SUITE.jsonl …]` writes rows to `data/attacks.csv`. Of labelled suites, right answers
that the guard settles with 0 are counted too. `unseen_attacks.jsonl`, where there is one, holds texts written after the guard's
rules (`family`, `text`, `why`); once a rule or a word is changed for them they are unseen no more and belong to the cases of
`tests/judges/guard`, as the first 56 do.
"""

from __future__ import annotations

import json
import random
import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.rows import ROOT, Row, keep, row, write_page
from rewardkit.bench.attacks import attacks
from rewardkit.commands.bench import load
from rewardkit.commands.bench_judge import ALWAYS_YES, _client, ablation, attack_rates, systems
from rewardkit.judges.guard import Guard

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


def main() -> None:
    """Measure and keep."""
    client, suite = _client(ALWAYS_YES, "binary"), attacks()
    pairs: list[Any] = [pair for path in sys.argv[1:] for pair in load(path, OPTIONS).pairs]
    found = [*unseen(), *(strangers(pairs) if pairs else ())]
    for record in attack_rates(suite, systems(client, OPTIONS)):
        for system in systems(client, OPTIONS):
            found.append(row(system, f"{record['family']} (n={record['n']})", "share rewarded", [record[system]]))
    for record in ablation(suite, client, OPTIONS, pairs):
        for column, value in record.items():
            if not isinstance(value, str):
                found.append(row("guard", f"rule {record['rule']}", column, [value]))
    print(f"→ {keep('attacks', found).relative_to(ROOT)}")
    write_page()


if __name__ == "__main__":
    main()
