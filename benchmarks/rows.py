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


def table() -> str:
    """All rows as Markdown: a section a file."""
    parts = []
    for path in sorted(DATA.glob("*.csv")):
        if not _has_rows(path):
            continue
        parts.append(f"### {path.stem.capitalize()}\n")
        parts.append("| metric | provider | p20 | p50 | p80 | unit | device | commit | date |")
        parts.append("|---|---|--:|--:|--:|---|---|---|---|")
        parts += [
            f"| {e.metric} | {e.provider} | {e.p20} | {e.p50} | {e.p80} | {e.unit} | {e.device} | {e.commit} | {e.date} |"
            for e in read(path)
        ]
        parts.append("")
    return "\n".join(parts)


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
