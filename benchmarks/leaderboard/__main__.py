"""Verifiers side by side: measure, keep and write the page.

    python -m benchmarks.leaderboard FILE.jsonl … [--python ENVIRONMENT/bin/python …] [--runs 3 --check]
    python -m benchmarks.leaderboard --page          # write the page and its chart again from what was kept

A suite is a file with our columns, NAME=FILE in the shape of a published suite, or hub:NAME, which downloads it. A system runs in
the first Python that has its package: this one, then each `--python`. `make leaderboard` makes the environments.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.leaderboard import asked, kept, page
from benchmarks.leaderboard.judges import FORMS, with_judge
from benchmarks.leaderboard.run import Run, read_run, run, write_run
from benchmarks.leaderboard.suites import Suite, read_suite
from benchmarks.leaderboard.systems import SYSTEMS
from benchmarks.rows import DATA
from rewardkit.errors import RewardKitError

ALLOWED = 0.002
"""How far an accuracy may be from itself in another run."""


def main() -> int:
    """Measure what is asked for; 1 when `--check` fails, 2 for what cannot be read."""
    options = _options()
    if options.page:
        page.write(kept.read())
        return 0
    try:
        suites = [read_suite(source, options.size, options.seed) for source in options.suites]
    except RewardKitError as cause:
        print(cause, file=sys.stderr)
        return 2
    rows, runs = sum(len(suite.rows) for suite in suites), []
    for turn in range(1, options.runs + 1):
        print(f"run {turn} of {options.runs}: {rows} rows of {len(suites)} suites", flush=True)
        place = options.keep and options.keep / f"run-{turn}.json"
        if place and place.exists():
            print(f"  taken from {place}")
            runs.append(read_run(place))
            continue
        runs.append(_run(suites, options))
        if place:
            write_run(place, runs[-1])
    found = kept.keep(suites, runs)
    print(page.summary(found))
    if not options.dry:
        kept.write(found, kept.JUDGED if options.judge else DATA)
        if options.judge:
            asked.write(suites, runs[0], options.judge_name or options.judge, kept.JUDGED)
        page.write(kept.read())  # as a later --page writes it
    return _checked(suites, found) if options.check else 0


def _run(suites: list[Suite], options: argparse.Namespace) -> Run:
    def tell(line: str) -> None:
        print(f"  {line}", flush=True)

    found = run(
        suites,
        options.systems or list(SYSTEMS),
        [sys.executable, *options.python],
        jobs=options.jobs,
        limit_s=options.limit_s,
        tell=tell,
    )
    if options.judge:
        cache = str(options.keep / "replies.db") if options.keep else None
        judged = with_judge(suites, options.judge, options.judge_name or options.judge, options.judge_as, tell, cache)
        found.said |= judged.said
        found.versions |= judged.versions
    return found


def _checked(suites: list[Suite], found: kept.Kept) -> int:
    far = [one for one in found.systems if one.difference > ALLOWED]
    for one in far:
        print(f"{one.system}: an accuracy differs by {one.difference:.4f} between runs, more than {ALLOWED}", file=sys.stderr)
    if not far:
        print(f"no accuracy differs by more than {ALLOWED} between {found.systems[0].runs} runs")
    return bool(far)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", metavar="SUITE")
    parser.add_argument("--python", action="append", default=[], help="one more Python, for packages that this one has not")
    parser.add_argument("--systems", type=lambda text: text.split(","), help="some of them, parted by commas")
    parser.add_argument("--judge", metavar="WHERE", help="a judge as well, kept apart: http://HOST, vllm:MODEL or hf:MODEL")
    parser.add_argument("--judge-as", nargs="+", choices=FORMS, default=["rules"], help="behind our rules, or alone (rules)")
    parser.add_argument("--judge-name", help="its name in the tables")
    parser.add_argument("--size", type=int, default=200, help="rows a suite, drawn by the seed; 0 takes all (200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="systems that run at a time (1)")
    parser.add_argument("--limit-s", type=float, default=20.0, help="wall clock of one row (20)")
    parser.add_argument("--runs", type=int, default=1, help="how often all is measured; the figures are of the first run (1)")
    parser.add_argument("--keep", type=Path, help="a folder for what runs found and a judge said; that is not measured again")
    parser.add_argument(
        "--check", action="store_true", help=f"exit 1 when an accuracy differs by more than {ALLOWED} between runs"
    )
    parser.add_argument("--dry", action="store_true", help="print only: keep nothing, leave the page")
    parser.add_argument("--page", action="store_true", help="write the page again from what was kept, and measure nothing")
    options = parser.parse_args()
    if bool(options.suites) == options.page:
        parser.error("give suites to measure, or --page alone")
    if options.check and options.runs < 2:
        parser.error(f"--check compares runs; wanted --runs 2 or more, got {options.runs}")
    return options


if __name__ == "__main__":
    sys.exit(main())
