"""Run the core's fast tests on every Python that the library is for: `python tools/pythons.py [--keep] [--others] [3.10 …]`.

Each that is here gets an environment of its own in `.venv-pythons`, with the core and what its tests need, and nothing else: no
torch, no extra. With `--keep` what came out goes into `benchmarks/data/pythons.csv`, and from there into the README's table. A
Python that is not here is named as not tested. The exit status is 1 when a test failed or no Python was found.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
HOME, TABLE, PAGE = ROOT / ".venv-pythons", ROOT / "benchmarks" / "data" / "pythons.csv", ROOT / "README.md"
BEGIN, END = "<!-- pythons: written by make test-pythons -->", "<!-- end of pythons -->"
CLASSIFIER = re.compile(r'"Programming Language :: Python :: (3\.\d+)"')
TESTS = (
    "test_demo.py",
    "test_examples.py",
    "test_extract.py",
    "test_reward.py",
    "test_types.py",
    "answers/equality/test_compare.py",
    "answers/notation",
    "verifiers/test_choice.py",
    "verifiers/test_math.py",
    "verifiers/test_number.py",
)
NEEDED = ("pytest", "pytest-xdist", "hypothesis", "babel")
COUNT = re.compile(r"(\d+) (passed|failed|error|errors|skipped)\b")
FIELDS = ("python", "full", "passed", "skipped", "failed", "commit", "date")
LIMIT_S = 1_800


class Tested(NamedTuple):
    """What a Python came to."""

    python: str
    full: str
    passed: int
    skipped: int
    failed: int
    commit: str
    date: str


def versions() -> list[str]:
    """The Pythons that the package says it is for."""
    return CLASSIFIER.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def places(version: str) -> Iterator[Path]:
    """Where an interpreter may be: on the path, or among those that pyenv keeps."""
    if on_path := shutil.which(f"python{version}"):
        yield Path(on_path)
    kept = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from sorted(kept.glob(f"{version}.*/bin/python{version}"), reverse=True)


def full_version(python: Path) -> str:
    """The version that an interpreter says it is; empty where it cannot be run, as a shim without a version."""
    command = [str(python), "-c", "import platform; print(platform.python_version())"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def find(version: str) -> tuple[Path, str] | None:
    """An interpreter of that version, and the version in full."""
    return next(((python, full) for python in places(version) if (full := full_version(python)).startswith(f"{version}.")), None)


def environment(version: str, python: Path) -> Path:
    """The interpreter of an environment with the core and what its tests need."""
    home = HOME / version
    inside = home / "bin" / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", home], check=True)
    install = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", ROOT / "constraints.txt"]
    settings = {**os.environ, "REWARDKIT_CUDA": "0"}
    subprocess.run([*install, *NEEDED, "--editable", ROOT], check=True, cwd=ROOT, env=settings, timeout=LIMIT_S)
    return inside


def tested(version: str, full: str, python: Path) -> Tested:
    """Run the tests and count what they came to."""
    tests = [f"tests/{name}" for name in TESTS]
    fast = ["-m", "not slow and not alone", "-n", "2", "--dist", "loadfile"]
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *fast, *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    last = done.stdout.strip().rpartition("\n")[2]
    counts = {kind.rstrip("s"): int(count) for count, kind in COUNT.findall(last)}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    if done.returncode:
        print(done.stdout[-6_000:], done.stderr[-2_000:], file=sys.stderr)
        failed = max(failed, 1)
    return Tested(
        version, full, counts.get("passed", 0), counts.get("skipped", 0), failed, _commit(), datetime.date.today().isoformat()
    )


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def read() -> dict[str, Tested]:
    """What was kept, by version."""
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    return {
        row["python"]: Tested(
            row["python"], row["full"], int(row["passed"]), int(row["skipped"]), int(row["failed"]), row["commit"], row["date"]
        )
        for row in rows
    }


def keep(found: Sequence[Tested]) -> None:
    """Write what was found over what was there, and bring the README up to date."""
    rows = {**read(), **{one.python: one for one in found}}
    with TABLE.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows(rows[version] for version in versions() if version in rows)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def table() -> str:
    """A line for each Python that the package is for."""
    kept = read()
    lines = ["| Python | the core's fast tests |", "|---|---|"]
    for version in versions():
        one = kept.get(version)
        said = "not tested" if one is None else f"{one.passed:,} passed, {one.skipped:,} skipped"
        said += f", {one.failed:,} failed" if one is not None and one.failed else ""
        lines.append(f"| {version} | {said}{'' if one is None else f' ({one.full}, {one.date})'} |")
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """The page with the table between its marks brought up to date."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n{table()}{END}{rest.partition(END)[2]}"


def main() -> int:
    """Test what is asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("versions", nargs="*", help="such as 3.10 (default: all that the package is for)")
    parser.add_argument("--keep", action="store_true", help="write the CSV, and the README's table")
    parser.add_argument("--others", action="store_true", help="all but the Python that this runs on, where all tests run besides")
    options = parser.parse_args()
    done: list[Tested] = []
    own = "{}.{}".format(*sys.version_info) if options.others else ""
    for version in options.versions or versions():
        if version == own:
            print(f"Python {version}: runs all tests besides", flush=True)
            continue
        found = find(version)
        if found is None:
            print(f"Python {version}: not tested, none is here", flush=True)
            continue
        python, full = found
        one = tested(version, full, environment(version, python))
        done.append(one)
        print(f"Python {full}: {one.passed} passed, {one.skipped} skipped, {one.failed} failed", flush=True)
    if options.keep:
        keep(done)
    return int(not (done or own) or any(one.failed for one in done))


if __name__ == "__main__":
    sys.exit(main())
