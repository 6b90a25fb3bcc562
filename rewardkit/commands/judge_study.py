"""What `bench-judge` finds out about a judge from labelled rows: measures, calibration, probes, drift, its errors."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any, NamedTuple

from rewardkit.bench.judged import Judged, judged_by, read_run, since
from rewardkit.bench.labelled import Labelled
from rewardkit.bench.probes import probe
from rewardkit.commands.judge_tables import Record, Results
from rewardkit.commands.judging import check_writable
from rewardkit.errors import UsageError
from rewardkit.judges.calibration.curves import curve
from rewardkit.judges.calibration.drift import Drift
from rewardkit.judges.calibration.measures import Rated
from rewardkit.judges.calibration.stored import LEAST_LABELS, Method, calibrate
from rewardkit.judges.judge import Judge, as_client
from rewardkit.report.judge_page import write_judge_page
from rewardkit.trace import encode

__all__ = ["Beside", "beside", "check", "check_labels", "make", "study", "write_page"]

NEEDS_LABELS = ("calibrate", "curve", "beside", "probes", "rows", "since", "report")
SHOWN = 10


class Beside(NamedTuple):
    """Another judge, kind or template to be measured on the same rows; empty where it is as that of the run."""

    judge: str = ""
    kind: str = ""
    template: str = ""


def beside(text: str) -> Beside:
    """Read `[JUDGE] [kind=NAME] [template=NAME]`. Raises `UsageError`."""
    found: dict[str, str] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        name, value = (name, value) if equals and name in ("kind", "template") else ("judge", word)
        if name in found or not value:
            message = f"--beside {text!r} must be like 'http://HOST#MODEL kind=soft template=NAME', each of the three once"
            raise UsageError(message)
        found[name] = value
    return Beside(**found)


def check(options: Namespace) -> None:
    """Tell before anything is asked what cannot be done. Raises `UsageError`."""
    wanted = [name for name in NEEDS_LABELS if getattr(options, name)]
    if wanted and not options.suites:
        message = f"--{wanted[0]} needs labelled rows: rewardkit bench-judge SUITE.jsonl --{wanted[0]} …"
        raise UsageError(message)
    for text in options.beside or ():
        beside(text)
    if options.since:
        read_run(options.since)
    for path in (options.csv, options.rows, options.report, options.calibrate):
        if path:
            check_writable(path)


def check_labels(suites: Sequence[Labelled], options: Namespace) -> None:
    """Tell that there are too few labels before they are paid for. Raises `UsageError`."""
    labels = sum(pair.label is not None for suite in suites for pair in suite.pairs)
    if options.calibrate and labels < LEAST_LABELS:
        message = f"--calibrate needs at least {LEAST_LABELS} labelled rows, and there are {labels}"
        raise UsageError(message)


def make(client: Any, options: Namespace, kind: str, template: str | None, **more: Any) -> Judge:
    """The judge of a run behind its guard, asked about nothing but the rows."""
    named = {"template": template} if template else {}
    return Judge(client, kind, cache=options.judge_cache, **{"canaries": 0, **named, **more})


def study(judge: Judge, ruled: Sequence[Judged], suites: Sequence[Labelled], options: Namespace) -> Results:
    """The tables, in their order; files that were asked for are written."""
    before = read_run(options.since) if options.since else []  # it may be the file that is written below
    results: Results = {"measures": [one.summary() for one in (*ruled, *_others(judge, suites, options))]}
    if options.curve:
        results["curve"] = [
            {"above": one.low, "up to": one.high, "rows": one.rows, "mean score": one.score, "share right": one.right}
            for one in curve(_rated(ruled))
        ]
    if options.calibrate:
        results["calibration"] = _calibrated(judge, ruled, options)
    if options.probes:
        results["probes"] = [one.record() for one in probe(judge, [pair for suite in suites for pair in suite.pairs])]
    if options.since:
        results["since"] = [_drift_row(since(before, ruled), options.since)]
    if options.rows:
        with open(options.rows, "w", encoding="utf-8") as sink:
            sink.writelines(encode(row) + "\n" for suite in ruled for row in suite.rows())
    wrong = [row for suite in ruled for row in suite.wrong()]
    results["wrong rows"] = [_short(row) for row in wrong[:SHOWN]]
    return results


def write_page(results: Results, ruled: Sequence[Judged], path: str) -> None:
    """The HTML page about all of it."""
    rated = _rated(ruled)
    drawn = curve(rated) if all(0 <= one.score <= 1 for one in rated) else []
    write_judge_page(path, results, drawn, [row for suite in ruled for row in suite.wrong()])


def _rated(ruled: Sequence[Judged]) -> list[Rated]:
    return [one for suite in ruled for one in suite.rated()]


def _drift_row(found: Drift, source: str) -> Record:
    names = ("rows", "changed", "accepted", "refused", "better", "worse", "moved", "agreement")
    return {"since": source, **{name: getattr(found, name) for name in names}}


def _others(judge: Judge, suites: Sequence[Labelled], options: Namespace) -> list[Judged]:

    found = []
    for text in options.beside or ():
        other = beside(text)
        kind = other.kind or options.kind
        # A template belongs to its kind: that of the run goes with the kind of the run alone.
        template = other.template or (options.template if kind == options.kind else None)
        client = as_client(other.judge, rewards=kind == "score", steps=kind == "steps") if other.judge else judge.client
        made = make(client, options, kind, template)
        found += [judged_by(made, suite.title, suite.pairs) for suite in suites]
    return found


def _calibrated(judge: Judge, ruled: Sequence[Judged], options: Namespace) -> list[Record]:

    rated = _rated(ruled)
    made = calibrate(rated, judge=judge.client.name, template=judge.kind.version, method=options.method)
    made.write(options.calibrate)
    points = f"{made.points[0][0]:.4g}" if len(made.points) == 1 and made.method is Method.THRESHOLD else ""
    about = {"calibration": made.id, "method": made.method.value, "threshold": points, "learnt from": made.labels}
    held = {"on the other half": len(rated) - made.labels}
    return [{**about, **held, "scores": name, **found} for name, found in (("before", made.before), ("after", made.after))]


def _short(row: Record) -> Record:
    texts = {name: _cut(row[name]) for name in ("prompt", "answer", "completion")}
    plain = {name: row[name] for name in ("label", "score")}
    return {"id": f"{row['suite']} {row['id']}", **texts, **plain, "reply": _cut(row["reply"])}


def _cut(value: Any, most: int = 40) -> str:
    text = " ".join(" | ".join(value).split() if isinstance(value, list) else str(value if value is not None else "").split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
