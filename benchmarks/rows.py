"""The rows that measurements are kept as, and the table that the documentation shows of them."""

from __future__ import annotations

import csv
import datetime
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "benchmarks" / "data"
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
BEGIN, END = "<!-- rows: written by benchmarks/run.py -->", "<!-- end of rows -->"
SUITES_BEGIN, SUITES_END = "<!-- suites: written by benchmarks/run.py -->", "<!-- end of suites -->"


@dataclass(frozen=True)
class Row:
    """One measurement: its 20th, 50th and 80th percentile. A single value, such as a share, stands in p50 alone."""

    provider: str
    metric: str
    unit: str
    p20: str
    p50: str
    p80: str
    device: str
    commit: str
    date: str


def row(provider: str, metric: str, unit: str, values: Sequence[float]) -> Row:
    """A row of here and now. One value is kept as it is."""
    ordered = sorted(values)
    if len(ordered) == 1:
        shares = ["", _number(ordered[0]), ""]
    else:
        shares = [_number(ordered[round(share * (len(ordered) - 1))]) for share in (0.2, 0.5, 0.8)]
    return Row(provider, metric, unit, *shares, device(), commit(), datetime.date.today().isoformat())


def keep(name: str, rows: Iterable[Row]) -> Path:
    """Write rows to `data/NAME.csv`, where only the last run a machine stays.

    A row takes the place of the one that the same machine had for the same thing; what it was at earlier commits is in the
    history of the file.
    """
    path = DATA / f"{name}.csv"
    kept = {_key(old): old for old in read(path)} if path.exists() else {}
    for new in rows:
        kept.pop(_key(new), None)
        kept[_key(new)] = new
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(entry) for entry in kept.values())
    return path


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as source:
        return [Row(**{field.name: line.get(field.name) or "" for field in fields(Row)}) for line in csv.DictReader(source)]


def _has_rows(path: Path) -> bool:
    """Whether a file holds rows of this kind; others, such as what a compiler says, have pages of their own."""
    with path.open(encoding="utf-8", newline="") as source:
        return csv.DictReader(source).fieldnames == [field.name for field in fields(Row)]


def _key(entry: Row) -> tuple[str, ...]:
    return entry.provider, entry.metric, entry.unit, entry.device


ABOUT = {
    "advantages_cpu": "group advantages on a CPU",
    "attacks": "false rewards of a judge under attack, with and without rules and guard",
    "code": "running code in the sandbox",
    "comparison": "published rewards side by side: the whole command",
    "equal": "comparing two answers",
    "extract": "finding the final answer",
    "files": "scoring files of many rows",
    "fuzz": "made pairs of answers judged wrongly",
    "hops": "how far a verdict wanders: calls from file to file",
    "judge": "calls of a judge, and what the path to it costs",
    "judge_kinds": "kinds of judges on a small real model",
    "judge_vllm": "a judge on vLLM",
    "preflight": "a judge that is not fit, suite by suite",
    "kernel_traffic": "memory that the kernels move",
    "letters": "words taken for gibberish",
    "pipeline": "a row on its whole way, by kind of row",
    "ray": "scoring on Ray",
    "recipes": "what each recipe pays and costs",
    "serve": "the reward service",
    "step": "one training step",
    "suites": "accuracy and speed on labelled suites",
    "synthesis": "making training rows",
    "trainer_advantages": "our advantages beside those of trainers",
    "workers": "worker processes",
}
"""What each file of rows is of; one that is not here is called by its name."""


def table() -> str:
    """All rows as Markdown: a summary with a line a file, then one table."""
    files = {path.stem: read(path) for path in sorted(DATA.glob("*.csv")) if _has_rows(path)}
    lines = ["| of | what is measured | rows | systems | last run |", "|---|---|--:|--:|---|"]
    for name, rows in files.items():
        systems = len({entry.provider for entry in rows})
        link = f'<a href="#rows=of:&quot;{name}&quot;">{name}</a>'
        lines.append(f"| {link} | {ABOUT.get(name, name)} | {len(rows)} | {systems} | {max(entry.date for entry in rows)} |")
    lines += ["", "| of | metric | provider | p20 | p50 | p80 | unit | device | commit | date |"]
    lines.append("|---|---|---|--:|--:|--:|---|---|---|---|")
    for name, rows in files.items():
        lines += [_line(name, entry) for entry in rows]
    return "\n".join([*lines, ""])


def _line(name: str, e: Row) -> str:
    cells = (name, e.metric, e.provider, e.p20, e.p50, e.p80, e.unit, e.device, e.commit, e.date)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def suites() -> str:
    """The published suites as Markdown rows."""
    from rewardkit.data.suites import SUITES

    rows = []
    for suite in SUITES.values():
        labels = ", ".join(f"`{c}`: {str(by).lower() if isinstance(by, bool) else f'`{by}`'}" for c, by in suite.completions)
        hub = f"{suite.hub} ({suite.config})" if suite.config else suite.hub
        rows.append(f"| `{suite.name}` | {hub} | {suite.split} | {labels} | {suite.checked} |")
    return "\n".join(rows)


def page(text: str) -> str:
    """The documentation page with what stands between its markers brought up to date."""
    text = _between(text, SUITES_BEGIN, SUITES_END, suites() + "\n")
    return _between(text, BEGIN, END, f"\n{table()}\n")


def _between(text: str, begin: str, end: str, content: str) -> str:
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    return f"{head}{begin}\n{content}{end}{tail}"


def write_page() -> None:
    """Bring docs/reference/benchmarks.md up to date."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def device() -> str:
    """The processor and how many of its cores there are."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def commit() -> str:
    """The commit measured, with a + when the library differs from it."""
    try:
        head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
        changed = subprocess.run(
            ["git", "status", "--porcelain", "rewardkit", "rewardkit_cuda"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def _number(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"


if __name__ == "__main__":
    write_page()
