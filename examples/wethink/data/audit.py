"""A sheet for checking rows by hand, and what the marks say about the whole set.

    python -m examples.wethink.data.audit sheet made/rows.jsonl --images photos/ -o sheet.html
    python -m examples.wethink.data.audit marks marks.json made/rows.jsonl

The sheet shows a sample, the same number of each type of question and way of settling, with image, question, answers and
chain; it holds everything, so it can be sent to whoever checks. Its button saves the marks as a file. From that the second
command estimates how many rows are right, with 95 % intervals, weighted back to the whole set.
"""

from __future__ import annotations

import argparse
import html
import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from examples.wethink.data.rows import Row, read_rows
from rewardkit.errors import RewardKitError, UsageError
from rewardkit.judges.kinds.images import image_parts

MARKS = {"right": "all right", "question": "bad question", "answer": "wrong answer", "chain": "wrong chain"}
Stratum = tuple[str, str]


def stratum(row: Row) -> Stratum:
    """The type of question, and how its answer was settled."""
    return row.category, str(row.extra.get("outcome", "unknown"))


def sample(rows: Sequence[Row], each: int, seed: int) -> list[int]:
    """Numbers of `each` rows of every stratum, fewer where there are not as many."""
    groups: dict[Stratum, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[stratum(row)].append(number)
    draw = random.Random(seed)
    return [number for key in sorted(groups) for number in sorted(draw.sample(groups[key], min(each, len(groups[key]))))]


def sheet(rows: Sequence[Row], numbers: Sequence[int], images: Path) -> str:
    """The page, whole in one file."""
    cards = "".join(_card(number, rows[number], images) for number in numbers)
    return PAGE.replace("CARDS", cards).replace("COUNT", str(len(numbers)))


def _card(number: int, row: Row, images: Path) -> str:
    try:
        (part,) = image_parts(images / row.image_path)
        picture = f'<img src="{part["image_url"]["url"]}" alt="">'
    except RewardKitError as cause:
        picture = f"<p class=gone>{html.escape(str(cause))}</p>"
    answers = " / ".join(map(str, row.extra.get("answers", ())))
    kind, settled = stratum(row)
    choices = "".join(f"<label><input type=radio name=r{number} value={mark}> {text}</label>" for mark, text in MARKS.items())
    parts = (("question", row.problem), ("answer", row.answer), ("offered", answers), ("chain", row.refined_cot))
    texts = "".join(f"<dt>{name}</dt><dd>{html.escape(text)}</dd>" for name, text in parts)
    head = html.escape(f"{number} · {kind} · {settled} · {', '.join(row.abilities)}")
    return (
        f"<section data-row={number}><h2>{head}</h2><div>{picture}<dl>{texts}</dl></div><p class=marks>{choices}</p></section>\n"
    )


def estimate(rows: Sequence[Row], marks: dict[int, str]) -> list[dict[str, Any]]:
    """Share of rows that are right: of each stratum and of all, the strata weighted by their size in the whole set.

    A row counts as right when its question and answer are: its chain is reported apart. The interval of a stratum is Wilson's;
    that of all is normal over the strata. A stratum without marks leaves the whole without an estimate.
    """
    sizes = Counter(map(stratum, rows))
    judged: dict[Stratum, list[str]] = defaultdict(list)
    for number, mark in marks.items():
        judged[stratum(rows[number])].append(mark)
    lines: list[dict[str, Any]] = []
    mean = variance = 0.0
    for key, size in sorted(sizes.items()):
        given = judged[key]
        good = sum(mark in ("right", "chain") for mark in given)
        low, high = wilson(good, len(given))
        share = good / len(given) if given else math.nan
        chains = sum(mark == "right" for mark in given) / len(given) if given else math.nan
        lines.append(
            {"of": "/".join(key), "rows": size, "marked": len(given), "right": share, "low": low, "high": high, "chain": chains}
        )
        weight = size / len(rows)
        mean += weight * share
        smoothed = (good + 1) / (len(given) + 2)
        variance += weight**2 * smoothed * (1 - smoothed) / max(len(given), 1)
    spread = 1.96 * math.sqrt(variance)
    low, high = max(mean - spread, 0.0), min(mean + spread, 1.0)
    return [
        *lines,
        {"of": "all", "rows": len(rows), "marked": len(marks), "right": mean, "low": low, "high": high, "chain": math.nan},
    ]


def wilson(good: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval (1927) for a share; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share = good / of
    middle = share + z * z / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - spread) / (1 + z * z / of), (middle + spread) / (1 + z * z / of)


def read_marks(path: Path, rows: int) -> dict[int, str]:
    """The marks that the sheet saved. Raises `UsageError` for a file that is none, or of another set."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        marks = {int(number): str(mark) for number, mark in value["marks"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        message = f"{path} holds no marks of a sheet: {cause}"
        raise UsageError(message) from None
    strangers = [f"{number}: {mark}" for number, mark in marks.items() if mark not in MARKS or not 0 <= number < rows]
    if strangers:
        message = f"{path} does not belong to these {rows} rows: {', '.join(strangers[:5])}"
        raise UsageError(message)
    return marks


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("sheet", help="make a page of a sample")
    make.add_argument("rows", type=Path)
    make.add_argument("--images", type=Path, required=True)
    make.add_argument("-o", "--output", type=Path, required=True)
    make.add_argument("--each", type=int, default=20, help="rows of each stratum (default 20)")
    make.add_argument("--seed", type=int, default=0)
    read = commands.add_parser("marks", help="estimate precision from saved marks")
    read.add_argument("marks", type=Path)
    read.add_argument("rows", type=Path)
    options = parser.parse_args(arguments)
    try:
        rows = list(read_rows(options.rows))
        if options.command == "sheet":
            numbers = sample(rows, options.each, options.seed)
            options.output.write_text(sheet(rows, numbers, options.images), encoding="utf-8")
            print(f"{len(numbers)} of {len(rows)} rows: {options.output}")
            return 0
        print(f"{'of':16}{'rows':>8}{'marked':>8}{'right':>8}   95 %{'':11}chain")
        for line in estimate(rows, read_marks(options.marks, len(rows))):
            span = f"{line['low']:.3f}–{line['high']:.3f}"
            print(f"{line['of']:16}{line['rows']:>8}{line['marked']:>8}{line['right']:>8.3f}   {span:16}{line['chain']:.3f}")
    except (RewardKitError, OSError) as cause:
        print(f"audit: {cause}", file=sys.stderr)
        return 2
    return 0


PAGE = """<!doctype html><meta charset=utf-8><title>Audit of COUNT rows</title>
<style>
body{font:15px/1.45 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}
section{border:1px solid #ccc;border-radius:6px;padding:.5rem 1rem;margin:1rem 0}h2{font-size:1rem;margin:.3rem 0}
section div{display:flex;gap:1rem;align-items:flex-start}img{max-width:22rem;max-height:22rem;image-rendering:auto}
dl{margin:0}dt{color:#777;font-size:.85rem}dd{margin:0 0 .5rem;white-space:pre-wrap}label{margin-right:1.2rem}
.done{background:#f3f8f3}.gone{color:#a00}
header{position:sticky;top:0;background:#fff;padding:.5rem 0;border-bottom:1px solid #ccc}
</style>
<header><b id=count>0</b> of COUNT marked <button id=save>Save marks</button></header>
CARDS<script>
const marks={};
document.addEventListener('change',e=>{const s=e.target.closest('section');
marks[s.dataset.row]=e.target.value;s.classList.add('done');
document.getElementById('count').textContent=Object.keys(marks).length});
document.getElementById('save').onclick=()=>{const a=document.createElement('a');
a.href=URL.createObjectURL(new Blob([JSON.stringify({marks},null,1)],{type:'application/json'}));
a.download='marks.json';a.click()};
</script>
"""

if __name__ == "__main__":
    sys.exit(main())
