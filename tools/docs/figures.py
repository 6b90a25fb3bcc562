"""The tables of figures in hand-written pages, from the CSV files in `benchmarks/data` alone."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[2] / "benchmarks" / "data"
BEGIN, END = "<!-- written by tools/docs/generate.py -->", "<!-- end of what is written -->"
OURS, PEER = "rewardkit", "math-verify"
SHARES = ("accuracy", "precision", "recall")
HEAD = 2  # lines of a table without rows
FEW = 10

WHOLE = {
    "mathv_results": "answers of models to MATH-V, with their reasons: numbers, mathematics and options",
    "zeroeval_gsm": "GSM8K as models answer it in JSON, with their reasoning",
    "evouna_nq": "answers in sentences to open questions; most are for a judge, so recall is low by design",
    "blink_vision": "options chosen in sentences, about pictures",
    "physics_formulas": "formulas and amounts at the end of long solutions",
}
BARE = {
    "notation": "ours, one pair a notation; we wrote its rows",
    "hardverify_math_a": "from HardVerify-Math: right answers that rules tend to reject, and wrong ones",
    "core_cases_a": "wrong verdicts reported against other verifiers",
    "latex2sympy_parser_pairs": "parser tests of latex2sympy; right answers only, so precision says nothing",
    "grader_unit_tests": "the unit tests of sixteen other verifiers",
}

_METRIC = re.compile(r"(?P<suite>.+) \(n=(?P<pairs>\d+)\): (?P<what>.+)")


class Run(NamedTuple):
    """When and where a number was measured; only numbers of one run are set side by side."""

    commit: str
    device: str
    date: str


Runs = dict[Run, dict[str, dict[str, float]]]
"""Run → system → number."""


def suites() -> str:
    """How well the library does: each suite in its newest run that has both systems, and where the other is ahead."""
    found = {suite: (pairs, runs) for (suite, pairs), runs in _read().items()}
    tables = [
        f"{title}\n\n" + "\n".join(lines)
        for title, about in (("Bare answers:", BARE), ("Whole outputs of models:", WHOLE))
        if len(lines := list(_rows(about, found))) > HEAD
    ]
    if not tables:
        return "Nothing was measured yet: `make bench`.\n"
    newest = {name: run for name in (*BARE, *WHOLE) if name in found and (run := _newest(found[name][1]))}
    both = {name: (found[name][1][run][OURS], found[name][1][run][PEER]) for name, run in newest.items()}
    behind = [f"{share} on `{name}`" for name, (o, p) in both.items() for share in SHARES if o.get(share, 0) < p.get(share, 0)]
    behind += [f"speed on `{name}`" for name, (ours, peer) in both.items() if peer["mean"] < ours["mean"]]
    least, where = min((peer["mean"] / ours["mean"], name) for name, (ours, peer) in both.items())
    last = max(newest.values(), key=lambda run: run.date)
    return (
        "\n\n".join(tables)
        + f"\n\nIn brackets: {PEER} in the same run. CPU time: our mean a pair, and how many times less that is than theirs.\n"
        + f"The lead in speed is least on `{where}` ({least:.1f}×). {PEER} is ahead in: {', '.join(behind) or 'none of these'}.\n"
        + f"Measured on {last.date}, {last.device}.\n\n"
        + "".join(f"* `{name}`: {about}\n" for name, about in (BARE | WHOLE).items() if name in newest)
    )


def _rows(about: Mapping[str, str], found: Mapping[str, tuple[str, Runs]]) -> Iterator[str]:
    """The table of some suites."""
    yield from ("| suite | pairs | accuracy | precision | recall | CPU time |", "|---|--:|--:|--:|--:|--:|")
    for name in about:
        pairs, runs = found.get(name, ("", {}))
        run = _newest(runs)
        if run is not None:
            ours, peer = runs[run][OURS], runs[run][PEER]
            cells = " | ".join(_pair(ours, peer, share) for share in SHARES)
            yield f"| `{name}` | {pairs} | {cells} | {ours['mean'] / 1000:.2f} ms, {_times(peer['mean'] / ours['mean'])} |"


def _times(ratio: float) -> str:
    """How many times less our time is than theirs."""
    return f"{ratio:.0f}× less" if ratio >= FEW else f"{ratio:.1f}× less" if ratio >= 1 else f"{1 / ratio:.1f}× more"


def _newest(runs: Runs) -> Run | None:
    """The last run of a suite that has both systems."""
    return next((run for run in reversed(runs) if {OURS, PEER} <= runs[run].keys()), None)


def _read() -> dict[tuple[str, str], Runs]:
    """Suite → run → system → number."""
    found: dict[tuple[str, str], Runs] = {}
    for line in lines_of("suites"):
        metric = _METRIC.fullmatch(line["metric"])
        if metric is None or line["provider"] not in (OURS, PEER):
            continue
        run = Run(line["commit"], line["device"], line["date"])
        suite = found.setdefault((metric["suite"], metric["pairs"]), {})
        suite.setdefault(run, {}).setdefault(line["provider"], {})[metric["what"]] = float(line["p50"])
    newest = {suite: (suite, pairs) for suite, pairs in found}
    return {key: runs for key, runs in found.items() if newest[key[0]] == key}


def _pair(ours: dict[str, float], other: dict[str, float], share: str) -> str:
    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    return f"{shown(ours.get(share))} ({shown(other.get(share))})"


def measured(name: str) -> str:
    """The newest row of each metric in `data/NAME.csv`, without the first words that all of them share."""
    newest = {(line["metric"], line["provider"]): line for line in lines_of(name)}
    if not newest:
        return "Not measured yet.\n"
    systems = len({provider for _, provider in newest}) > 1
    lines = [f"| | {'library | ' * systems}median | 20–80 % | unit |", f"|---|{'---|' * systems}--:|--:|---|"]
    order = list(dict.fromkeys(metric for metric, _ in newest))
    for (metric, provider), line in sorted(newest.items(), key=lambda entry: order.index(entry[0][0])):
        spread = f"{line['p20']}–{line['p80']}" if line["p20"] else ""
        about = metric.removeprefix(f"{name}: ").removeprefix(f"{name}, ")
        lines.append(f"| {about} | {f'{provider} | ' * systems}{line['p50']} | {spread} | {line['unit']} |")
    machines = dict.fromkeys(f"on {line['date']}, {line['device']}" for line in newest.values())
    return "\n".join(lines) + f"\n\nMeasured {'; '.join(machines)}.\n"


def earned() -> str:
    """What each recipe pays for being right, for form alone and for words alone, and what a row of it costs."""
    with (DATA / "recipes.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    texts = list(dict.fromkeys(one["metric"] for one in rows if one["unit"] == "reward"))
    lines = [f"| recipe | {' | '.join(texts)} | a row |", "|---|" + "--:|" * (len(texts) + 1)]
    found = {(one["provider"], one["metric"]): one["p50"] for one in rows}
    for name in dict.fromkeys(one["provider"] for one in rows):
        cells = [found[name, text] for text in texts]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {float(found[name, 'a row']):.0f} µs |")
    newest = max(rows, key=lambda one: one["date"])
    return "\n".join(lines) + f"\n\nCPU time, median of 7, {newest['device']}, {newest['date']}, at {newest['commit']}.\n"


def small_world() -> str:
    """The tables of WeThink in small, by the code that prints them at the end of a run."""
    root = str(DATA.parents[1])
    if root not in sys.path:
        sys.path.append(root)
    from examples.wethink.tiny import tables

    return f"{tables.whole(tables.read())}\n"


def generalised() -> str:
    """What one reading changed on every source: the figures before and after, and how many verdicts went from what to what."""
    rows = lines_of("generalise")
    shown = {(row["source"], row["what"]): row for row in rows if row["what"] in SHARES}
    lines = [f"| source | {' | '.join(SHARES)} |", "|---|--:|--:|--:|"]
    for source in dict.fromkeys(row["source"] for row in rows):
        cells = [shown[source, what] for what in SHARES]
        lines.append(f"| {source} | " + " | ".join(f"{float(c['before']):.3f} → {float(c['after']):.3f}" for c in cells) + " |")
    lines += ["", "| source | verdict | labelled | rows |", "|---|---|---|--:|"]
    lines += [f"| {r['source']} | {r['what']} | {r['label']} | {r['after']} |" for r in rows if r["what"] not in SHARES]
    return "\n".join(lines) + f"\n\nMeasured {rows[-1]['date']} at {rows[-1]['commit']}.\n"


def kernels() -> str:
    """What the compiler says of each kernel now, and what it said when every warp summed its group again."""
    rows = lines_of("kernel_build")
    commits = list(dict.fromkeys(row["commit"] for row in rows))
    targets = list(dict.fromkeys(row["target"] for row in rows))
    of = {(row["kernel"], row["target"], row["commit"]): row for row in rows}
    lines = [
        "Registers a thread, warps that a multiprocessor holds at once, and instructions that a warp has for 2,048 tokens of one "
        "row: storing them + knowing their advantage.\n",
        f"| kernel | shared memory | {' | '.join(targets)} |",
        f"|---|--:|{'--:|' * len(targets)}",
    ]
    for commit in reversed(commits):
        if commit != commits[-1]:
            lines.append(f"| *before, {commit}* | | {' | ' * (len(targets) - 1)} |")
        for kernel in dict.fromkeys(row["kernel"] for row in rows if row["commit"] == commit):
            of_kernel = [of[kernel, target, commit] for target in targets]
            cells = [_compiled(row) for row in of_kernel]
            shared = " or ".join(sorted({f"{row['shared_bytes']} B" for row in of_kernel}))
            lines.append(f"| {kernel} | {shared} | {' | '.join(cells)} |")
    now = [row for row in rows if row["commit"] == commits[-1]]
    spilled = sum(int(row["spill_bytes"]) + int(row["stack_bytes"]) for row in now)
    local = sum(int(row["local_accesses"]) for row in now)
    said = f"All targets together: {spilled} bytes of spills and stack frames, {local} accesses to local memory."
    return "\n".join(lines) + f"\n\n{said}\nnvcc {now[-1]['nvcc']}, {now[-1]['date']}.\n"


def _compiled(row: dict[str, str]) -> str:
    piece = f", {row['piece']} + {row['rows']}" if row["piece"] else ""
    return f"{row['registers']}, {row['warps']}{piece}"


def kernel_times() -> str:
    """Times on a GPU, of the newest run; or that there are none."""
    if not (DATA / "advantages_gpu.csv").exists():
        return "Not measured: no GPU was at hand yet. `make bench-gpu` fills this table.\n"
    rows = lines_of("advantages_gpu")
    run = (rows[-1]["device"], rows[-1]["commit"])
    lines = [
        "| B | G | T | tokens | mask | form | µs, called | µs, graph | µs, host | of the copy |",
        "|--:|--:|--:|---|---|---|--:|--:|--:|--:|",
    ]
    for row in rows:
        if (row["device"], row["commit"]) == run:
            size = f"{row['batch']} | {row['group_size']} | {row['tokens']} | {row['dtype']} | {row['mask']} | {row['form']}"
            share = f"{float(row['share_of_copy']):.0%}"
            lines.append(f"| {size} | {row['called_us']} | {row['graph_us']} | {row['host_us']} | {share} |")
    last = rows[-1]
    where = f"{last['device']}, driver {last['driver']}, torch {last['torch']}, commit {last['commit']}, {last['date']}"
    return "\n".join(lines) + f"\n\nMeasured on {where}.\n"


def lines_of(name: str) -> list[dict[str, str]]:
    path = DATA / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


SYSTEMS = {
    "judge": "judge alone",
    "guard+judge": "guard + judge",
    "rules+judge": "rules, then guard + judge",
    "rules+judge, on reject": "the same, on reject",
    "rules": "rules alone",
    "rules+guard": "rules and guard, no judge",
}
_FAMILY = re.compile(r"(?P<family>\w+) \(n=(?P<n>\d+)\)")


def guard_rules() -> str:
    """What each rule of the guard stops, and what it costs."""
    found: dict[str, dict[str, float]] = {}
    for line in lines_of("attacks"):
        if line["metric"].startswith("rule "):
            found.setdefault(line["metric"].removeprefix("rule "), {})[line["unit"]] = float(line["p50"])
    lines = ["| rule | attacks settled | stopped by it alone | right answers it costs |", "|---|--:|--:|--:|"]
    for rule, of in found.items():
        if rule.startswith("("):
            title = "(no guard)" if rule == "(none)" else "(all rules)"
            lines.append(f"| {title}: false rewards | | {of['false rewards']:,.0f} | |")
        else:
            bought = of["false rewards"] - found["(all)"]["false rewards"]
            cells = (of.get("attacks settled", 0), bought, of.get("right answers lost", 0))
            lines.append(f"| `{rule}` | {' | '.join(f'{cell:,.0f}' for cell in cells)} |")
    right = max(of.get("of", 0) for of in found.values())
    total = found["(none)"]["false rewards"]
    return (
        "\n".join(lines)
        + f"\n\n{total:,.0f} attacks against a judge that says yes to everything but its controls. "
        + f"The last column counts over {right:,.0f}"
        + " completions labelled right in public suites, most of which the rules settle before a judge is asked.\n"
        + _left_open()
    )


def _left_open() -> str:
    """What the guard costs behind the rules."""
    of = {line["unit"]: line for line in lines_of("attacks") if line["metric"].startswith("right answers that rules leave")}
    if not of:
        return ""
    count = int(of["refused"]["metric"].partition("n=")[2].rstrip(")"))
    most = float(of["share refused at most (95%)"]["p50"])
    return (
        f"Of the {count:,} of them that the rules leave to a judge, the guard refuses {float(of['refused']['p50']):.0f}"
        f" (95 %: at most {most:.1%}).\n"
    )


def guard_families() -> str:
    """The share of each family that is rewarded when the judge accepts everything, and of texts that no rule has seen."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    unseen: dict[str, str] = {}
    for line in lines_of("attacks"):
        family = _FAMILY.fullmatch(line["metric"].removeprefix("unseen "))
        if family is None:
            continue
        name = family["family"].replace("_", " ")
        if line["metric"].startswith("unseen "):
            unseen[name] = f"{float(line['p50']):.0%} of {family['n']} {name}"
        else:
            found.setdefault((name, family["n"]), {})[line["provider"]] = float(line["p50"])
    lines = [f"| family | n | {' | '.join(SYSTEMS.values())} |", "|---|--:|" + "--:|" * len(SYSTEMS)]
    for (name, n), of in found.items():
        lines.append(f"| {name} | {int(n):,} | {' | '.join(f'{of[system]:.1%}' for system in SYSTEMS)} |")
    said = "Of texts written after the rules, in wordings that they had not seen, the guard lets through "
    return "\n".join(lines) + (f"\n\n{said}{', '.join(unseen.values())}.\n" if unseen else "\n")


def gibberish() -> str:
    """Of words that were not counted and of random letters, how many are settled alone; and of honest answers to other rows."""
    letters = {
        (line["provider"].split()[0], *line["metric"].split(" letters (n=")): float(line["p50"]) for line in lines_of("letters")
    }
    rows = ["| one word alone, settled | 4 letters | 5 | 6 | 8 | 10 |", "|---|--:|--:|--:|--:|--:|"]
    for script in ("latin", "cyrillic"):
        for kind in ("words of no source", "random letters"):
            shares = {where[1]: share for where, share in letters.items() if where[0] == script}
            cells = " | ".join(f"{shares[f'{kind}, {length}']:.2%}" for length in (4, 5, 6, 8, 10))
            rows.append(
                f"| {script.title()}: {kind.replace('words of no source', 'real words that were not counted')} | {cells} |"
            )
    strangers = [line for line in lines_of("attacks") if line["unit"] == "share settled as gibberish"][-1]
    names = f"{float(strangers['p50']):.1%} of {int(strangers['metric'].partition('n=')[2].rstrip(')')):,} references with words"
    return "\n".join([*rows, "", f"As answers to rows that they do not belong to, {names} are settled."]) + "\n"


def judge_calls() -> str:
    """Calls a completion on grouped rollouts, and the judge's share of the engine's own speed."""
    newest = {
        line["metric"]: float(line["p50"])
        for line in lines_of("judge")
        if line["unit"] != "µs CPU a completion, without the model"
    }
    lines = ["| 8 completions a prompt | judge calls a completion | verdicts as when asked row by row |", "|---|--:|--:|"]
    for title, about in (
        ("rollouts of 8", "number, choice and text prompts"),
        ("rollouts of 8, free text alone", "free text alone"),
    ):
        shares = {"rules, then judge, shared": "rules, then judge, shared: as when asked row by row"}
        names = ("judge alone, shared", "rules, then judge, shared", "rules, then judge, shared, cached: mean of 3 steps")
        shares["rules, then judge, shared, cached: mean of 3 steps"] = "cached: as when asked row by row"
        for name in names:
            same = newest.get(f"{title}: {shares[name]}") if name in shares else None
            lines.append(f"| {about}: {name} | {newest[f'{title}: {name}']:.3f} | {'' if same is None else f'{same:.0%}'} |")
    speed = [line for line in lines_of("judge_vllm") if line["provider"] == "judge" and line["unit"] == "share"][-1]
    return (
        "\n".join(lines)
        + f"\n\nThe path through the judge has {float(speed['p50']):.3f} of the speed of the same prompts sent straight to the"
        + f" same vLLM engine ({speed['metric'].partition(':')[0].partition(', ')[2]}, {speed['device']}, {speed['date']}).\n"
    )


def filled(page: Path, table: str, name: str = "", text: str | None = None) -> str:
    """A page, or its text, with what stands between its markers, or those of that name, brought up to date."""
    begin, end = (mark.replace("<!-- ", f"<!-- {name}: ") if name else mark for mark in (BEGIN, END))
    head, found, rest = (page.read_text(encoding="utf-8") if text is None else text).partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        message = f"{page.name} has lost its markers {begin} and {end}"
        raise ValueError(message)
    return f"{head}{begin}\n{table}{end}{tail}"


def judges(page: Path) -> str:
    """The page on judges with its tables."""
    text = filled(page, guard_rules(), "rules")
    text = filled(page, gibberish(), "gibberish", text)
    text = filled(page, guard_families(), "families", text)
    return filled(page, judge_calls(), "calls", text)
