"""Many sources to one training set: usable references, no duplicates, nothing of a benchmark, neither too easy nor too hard.

    python -m examples.wethink.data.curate a.jsonl b.jsonl --images photos/ --out train.jsonl \
        --against mathvista.jsonl mmmu.jsonl --against-images benchmarks/ --rollouts rewards.jsonl

Each input is a JSON-lines file of WeThink's form. A row is dropped for the first reason that holds, and the report says how
many of each and shows some. `--rollouts` has a line a row, `{"row": number in the input order, "rewards": […]}`: rows that
every rollout or none got right teach nothing to a method that compares rollouts with one another.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from examples.wethink.data.images import Images, Neighbours, look_hash, open_images
from examples.wethink.data.rows import Row, read_rows
from rewardkit.data.references import References, unusable
from rewardkit.errors import RewardKitError, UsageError
from rewardkit.types import Sample

WORD_RUN = 13
SHOWN = 3
_WORD = re.compile(r"\w+")

Drop = tuple[str, str]


class Texts:
    """Questions to be recognised: by a run of 13 words, or as a whole when they have fewer but at least 6."""

    def __init__(self) -> None:
        self._runs: dict[int, str] = {}

    def add(self, text: str, name: str) -> None:
        """Remember a question."""
        for run in _runs(text):
            self._runs.setdefault(run, name)

    def find(self, text: str) -> str | None:
        """Where a run of its words was seen, or None."""
        return next((self._runs[run] for run in _runs(text) if run in self._runs), None)


def _runs(text: str) -> Iterator[int]:
    words = _WORD.findall(text.casefold())
    if 6 <= len(words) < WORD_RUN:
        yield hash(("whole", *words))
    for start in range(len(words) - WORD_RUN + 1):
        yield hash(tuple(words[start : start + WORD_RUN]))


class Filter:
    """Decides row by row; remembers what it kept."""

    def __init__(
        self,
        images: Images | None,
        benchmark_texts: Texts,
        benchmark_images: Neighbours,
        rollouts: dict[int, list[float]] | None,
        rule_values: frozenset[str],
    ) -> None:
        self.images, self.texts, self.looks, self.rollouts = images, benchmark_texts, benchmark_images, rollouts
        self.rule_values = rule_values
        self._references = References()
        self._questions: dict[tuple[str, int | str], int] = {}
        self._near = Neighbours(within=3)

    def drop(self, number: int, row: Row) -> Drop | None:
        """Why a row is left out, and what shows it; None for one that is kept."""
        return self._broken(number, row) or self._hard(number) or self._known(number, row)

    def _broken(self, number: int, row: Row) -> Drop | None:
        if not row.problem:
            return "no question", ""
        if not row.answer:
            return "no answer", ""
        if row.reward in self.rule_values:
            found = self._references.look(Sample(number, row.problem, "", {"answer": row.answer}), number)
            if unusable(found.problems):
                return "unusable reference", ", ".join(found.problems)
        return None

    def _hard(self, number: int) -> Drop | None:
        rewards = None if self.rollouts is None else self.rollouts.get(number)
        if not rewards:
            return None
        if all(reward >= 1 for reward in rewards):
            return "too easy", f"right in all of {len(rewards)}"
        return ("too hard", f"wrong in all of {len(rewards)}") if all(reward <= 0 for reward in rewards) else None

    def _known(self, number: int, row: Row) -> Drop | None:
        bits: int | None = None
        if self.images is not None and row.image_path:
            try:
                bits = look_hash(self.images.read(row.image_path))
            except (RewardKitError, OSError, SyntaxError) as cause:  # Pillow calls a broken image a syntax error
                return "no image", str(cause)[:200]
            if (seen := self.looks.find(bits)) is not None:
                return "image of a benchmark", seen
        if (seen := self.texts.find(row.problem)) is not None:
            return "question of a benchmark", seen
        words = " ".join(_WORD.findall(row.problem.casefold()))
        # The same question about a picture that looks the same is a duplicate, whatever the file is called.
        look = self._near.find(bits) if bits else None
        place = (words, look or row.image_path)
        if place in self._questions:
            return "duplicate", f"row {self._questions[place]}"
        if bits and look is None:
            self._near.add(bits, row.image_path)
        self._questions[place] = number
        return None


def curate(rows: Iterable[Row], judged: Filter, sink: Any) -> dict[str, Any]:
    """Write the rows that stay; returns the report."""
    counts: Counter[str] = Counter()
    samples: dict[str, list[dict[str, Any]]] = {}
    kept: Counter[str] = Counter()
    total = 0
    for number, row in enumerate(rows):
        total += 1
        drop = judged.drop(number, row)
        if drop is None:
            kept[row.category] += 1
            sink.write(json.dumps(row.to_json(), ensure_ascii=False) + "\n")
            continue
        reason, detail = drop
        counts[reason] += 1
        shown = samples.setdefault(reason, [])
        if len(shown) < SHOWN:
            shown.append({"row": number, "problem": row.problem[:200], "detail": detail})
    return {
        "rows": total,
        "kept": sum(kept.values()),
        "kept_by_category": dict(kept),
        "drops": dict(counts.most_common()),
        "samples": samples,
    }


def benchmark(paths: Iterable[Path], images: Path | None, within: int) -> tuple[Texts, Neighbours]:
    """The questions and pictures of benchmarks: JSON lines with `problem` (or `question`) and, perhaps, `image_path`."""
    texts, looks = Texts(), Neighbours(within)
    held = None if images is None else open_images(images)
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(filter(str.strip, lines), 1):
                value = json.loads(line)
                name = f"{path.stem}:{value.get('id', number)}"
                question = value.get("problem") or value.get("question")
                if not isinstance(question, str):
                    message = f"{path}, line {number}: neither problem nor question; saw {', '.join(value)}"
                    raise UsageError(message)
                texts.add(question, name)
                if held is not None and value.get("image_path"):
                    looks.add(look_hash(held.read(value["image_path"])), name)
    return texts, looks


def read_rollouts(path: Path) -> dict[int, list[float]]:
    """Rewards of each row's rollouts by the row's number; None among them is left out."""
    found: dict[int, list[float]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            value = json.loads(line)
            found[int(value["row"])] = [float(reward) for reward in value["rewards"] if reward is not None]
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="+", type=Path, metavar="ROWS.jsonl")
    parser.add_argument("--images", help="folder, zip, or first part of a zip, of the rows' images")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--report", type=Path, help="also write the report as JSON")
    parser.add_argument("--against", nargs="*", type=Path, default=[], help="benchmarks' questions")
    parser.add_argument("--against-images", type=Path, help="folder or zip of the benchmarks' images")
    parser.add_argument(
        "--bits", type=int, default=6, help="bits of 128 in which a copied image may differ (default 6, at most 7)"
    )
    parser.add_argument("--rollouts", type=Path, help="rewards of several rollouts of each row")
    parser.add_argument(
        "--rule-values", default="rule", help="values of `reward` whose references rules must read (default: rule)"
    )
    options = parser.parse_args(arguments)
    try:
        texts, looks = benchmark(options.against, options.against_images, options.bits)
        judged = Filter(
            None if options.images is None else open_images(options.images),
            texts,
            looks,
            None if options.rollouts is None else read_rollouts(options.rollouts),
            frozenset(options.rule_values.split(",")),
        )
        with options.out.open("w", encoding="utf-8", errors="backslashreplace") as sink:
            report = curate((row for path in options.inputs for row in read_rows(path)), judged, sink)
    except (RewardKitError, OSError, ValueError, KeyError) as cause:
        print(f"curate: {cause}", file=sys.stderr)
        return 2
    if options.report:
        options.report.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{report['kept']} of {report['rows']} rows kept: {options.out}")
    for reason, count in report["drops"].items():
        print(f"{count:>8}  {reason}, such as {report['samples'][reason][0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
