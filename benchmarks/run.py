"""Measure everything and keep it as CSV rows: `python -m benchmarks.run [pipeline|extract|equal|suites|workers|score|recipes|…]`.

`--suite FILE.jsonl` adds labelled suites of your own to those in `suites/`; only counts, shares and times of them are kept.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import ROOT, Row, keep, row, write_page

TIMED = ("pipeline", "extract", "equal")
PROGRAMS = {
    "workers": "benchmarks.rules.bench_workers",
    "score": "benchmarks.rules.bench_score",
    "files": "benchmarks.rules.bench_files",
    "recipes": "benchmarks.rules.bench_recipes",
    "advantages": "benchmarks.advantages.bench_advantages",
}


def timed(name: str) -> Iterator[Row]:
    """Rows of one pytest-benchmark file, in CPU microseconds a sample."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"benchmarks/rules/bench_{name}.py",
            "--benchmark-only",
        ]
        command += ["--benchmark-timer=time.process_time", "--benchmark-columns=median", "--benchmark-disable-gc"]
        subprocess.run([*command, "--benchmark-quiet", f"--benchmark-json={report}"], check=True, cwd=ROOT)
        results = json.loads(report.read_text())["benchmarks"]
    micros = {r["extra_info"]["metric"]: [1e6 * s / r["extra_info"]["per"] for s in r["stats"]["data"]] for r in results}
    for result in results:
        info = result["extra_info"]
        values, unit = micros[info["metric"]], "µs"
        if info.get("minus"):
            alone = sorted(micros[info["minus"]])
            values, unit = [value - alone[len(alone) // 2] for value in values], "µs beyond the verifier"
        yield row("rewardkit", info["metric"], unit, values)


def suites(paths: list[Path], against: str | None) -> Iterator[Row]:
    """Accuracy and speed on each suite, beside the peers that are installed."""
    from rewardkit.cli import main

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        options = ["--csv", str(table), *([] if against is None else ["--against", against])]
        main(["bench", *map(str, paths), *options])
        import csv

        for line in csv.DictReader(table.open(encoding="utf-8")):
            if line["kind"] == "(all)":
                yield from of_suite(line)


def of_suite(line: dict[str, str]) -> Iterator[Row]:
    """The rows of one system on one suite."""
    suite = f"{line['suite']} (n={line['labelled']})"
    for share in ("accuracy", "precision", "recall"):
        if line[share]:
            yield row(line["system"], f"{suite}: {share}", "share", [float(line[share])])
    for metric, column in (("mean", "cpu_us_mean"), ("99 of 100 below", "cpu_us_p99")):
        yield row(line["system"], f"{suite}: {metric}", "µs CPU a pair", [float(line[column])])
    spread = row(line["system"], f"{suite}: one pair", "µs CPU a pair", [float(line["cpu_us_p50"])])
    yield Row(**{**vars(spread), "p20": line["cpu_us_p20"], "p80": line["cpu_us_p80"]})
    if line["system"] == "rewardkit":
        share = int(line["last_resort"]) / max(1, int(line["n"]))
        yield row(line["system"], f"{suite}: share that goes on to computer algebra", "share", [share])
        yield row(line["system"], f"{suite}: mean, route known before", "µs CPU a pair", [float(line["verifier_us_mean"])])
        yield row(line["system"], f"{suite}: slowest pair", "µs CPU a pair", [float(line["cpu_us_max"])])
        yield row(line["system"], f"{suite}: mean, choice of route alone", "µs CPU a pair", [float(line["route_us_mean"])])
    if line["lost"] != "0" or line["errors"] != "0":
        yield row(line["system"], f"{suite}: rows lost or in error", "rows", [int(line["lost"]) + int(line["errors"])])


def main() -> None:
    """Run what is asked for, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=[[], *TIMED, "suites", *PROGRAMS], help="default: everything")
    parser.add_argument("--suite", type=Path, action="append", default=[], metavar="FILE.jsonl", help="one more labelled suite")
    parser.add_argument("--against", help="as for rewardkit bench")
    options = parser.parse_args()
    wanted = options.what or [*TIMED, "suites", *PROGRAMS]
    for name in (name for name in TIMED if name in wanted):
        print(f"→ {keep(name, timed(name)).relative_to(ROOT)}")
    if "suites" in wanted:
        paths = [*sorted((ROOT / "benchmarks" / "suites").glob("*.jsonl")), *options.suite]
        print(f"→ {keep('suites', suites(paths, options.against)).relative_to(ROOT)}")
    for name in (name for name in PROGRAMS if name in wanted):
        subprocess.run([sys.executable, "-m", PROGRAMS[name]], check=True, cwd=ROOT)
    write_page()


if __name__ == "__main__":
    main()
