"""What controls and each kind of judge come to on the page on judges, from `canaries.csv` and `judge_kinds.csv`."""

from __future__ import annotations

from pathlib import Path

import figures

Line = dict[str, str]
SYSTEMS = ("judge alone", "controls alone", "guard alone", "both", "rules, then both")
ALL = "all"
PLACES = {"hf": "MB at most, so far", "served vLLM": "MB of its processes"}
REFUSED, ACCEPTED = "refused as unfit in the first call", "share of questions whose control it accepts"
NOT_YET = "Not measured yet.\n"


def controls() -> str:
    """What of the attacks each judge rewards, all together and by family, with intervals; and who passes as fit."""
    lines = figures.lines_of("canaries")
    found = {(line["judge"], line["system"], line["family"]): line for line in lines}
    judges = [judge for judge in dict.fromkeys(line["judge"] for line in lines) if (judge, "both", ALL) in found]
    if not judges:
        return NOT_YET
    heads = "| judge | found fit | attacks | " + " | ".join(SYSTEMS) + " |\n|---|---|--:|" + "--:|" * len(SYSTEMS)
    rows = [heads]
    for judge in judges:
        fit = "yes" if float(found[judge, "found fit", ALL]["share"]) else "no"
        rows.append(
            f"| {judge} | {fit} | {int(found[judge, 'both', ALL]['n']):,} | "
            + " | ".join(_share(found[judge, system, ALL]) for system in SYSTEMS)
            + " |"
        )
    rows += [
        "",
        "The share of the attacks that earns a reward, with the middle 95 % of questions drawn anew (of none, that is none).",
    ]
    rows += [_fit(lines), "", "By family, of judges that reward more than a hundredth of one:", ""]
    rows.append("| judge | family | n | " + " | ".join(SYSTEMS) + " |\n|---|---|--:|" + "--:|" * len(SYSTEMS))
    for judge, family in dict.fromkeys((line["judge"], line["family"]) for line in lines):
        of = [found.get((judge, system, family)) for system in SYSTEMS]
        shown = [line for line in of if line is not None]
        if family != ALL and len(shown) == len(SYSTEMS) and float(shown[0]["share"]) > 0.01:
            cells = " | ".join(map(_share, shown))
            rows.append(f"| {judge} | {family.replace('_', ' ')} | {shown[0]['n']} | {cells} |")
    return "\n".join(rows) + f"\n{_by_suite()}\n{_measured(lines)}\n"


def _by_suite() -> str:
    """Whether a real model would be let behind a reward on each suite, and what it says to controls of its questions."""
    lines = figures.lines_of("preflight")
    of: dict[str, dict[str, dict[str, float]]] = {}
    for line in lines:
        of.setdefault(line["provider"], {}).setdefault(line["metric"], {})[line["unit"]] = float(line["p50"])
    told = ""
    for judge, suites in of.items():
        refused = sum(found[REFUSED] == 1.0 for found in suites.values())
        asked = [(found[ACCEPTED], int(suite.partition("n=")[2].rstrip(")"))) for suite, found in suites.items()]
        accepted = sum(round(share * n) for share, n in asked)
        told += (
            f"\n{judge} is refused in the first call on {refused} of {len(suites)} suites. Let through, it accepts the control "
        )
        told += f"of {accepted} of {sum(n for _, n in asked)} of their questions.\n"
    return told


def kinds() -> str:
    """Replies that cannot be read, time and memory a row, by kind, on a small real model in this process and served."""
    lines = figures.lines_of("judge_kinds")
    found = {(line["provider"], line["metric"], line["unit"]): line["p50"] for line in lines}
    rows = [
        "| kind | `hf:` without a verdict | CPU a row | memory at most | served vLLM: without a verdict | CPU a row | memory |"
    ]
    rows.append("|---|--:|--:|--:|--:|--:|--:|")
    for metric in dict.fromkeys(line["metric"] for line in lines if line["provider"] == "hf"):
        cells = [cell for provider, memory in PLACES.items() for cell in _cells(found, provider, metric, memory)]
        rows.append(f"| {_named(metric.partition(' (')[0])} | {' | '.join(cells)} |")
    if len(rows) == 2:
        return NOT_YET
    beside = {line["provider"]: line for line in lines if line["unit"] == "s of CPU a row" and line["metric"].endswith("0.1")}
    said = ""
    if beside:
        now, before = (float(beside[f"hf, {name}"]["p50"]) for name in ("now", "0.1"))
        said = f"\nGroups of 8 (`binary`) take {now:.2f} s of CPU a row, and took {before:.2f} s in 0.1, asked in turns: "
        said += f"{before / now:.1f} times as long.\n"
    load = [float(line["p50"]) for line in lines if line["unit"].startswith("processes ready to run")]
    beside_it = f" {min(load):.0f} to {max(load):.0f} processes were ready to run." if load else ""
    return "\n".join(rows) + f"\n{said}\n{_measured(lines)}{beside_it}\n"


def page(path: Path) -> str:
    """The page on judges with all of its tables."""
    text = figures.filled(path, controls(), "controls", figures.judges(path))
    return figures.filled(path, kinds(), "kinds", text)


def _named(kind: str) -> str:
    name, comma, how = kind.partition(",")
    return f"`{name}`{comma}{how}"


def _cells(found: dict[tuple[str, str, str], str], provider: str, metric: str, memory: str) -> list[str]:
    unread, spent, most = (found.get((provider, metric, unit)) for unit in ("share without a verdict", "s of CPU a row", memory))
    return [
        "–" if unread is None else f"{float(unread):.1%}",
        "–" if spent is None else f"{float(spent):.2f} s",
        "–" if most is None else f"{float(most) / 1000:.2f} GB",
    ]


def _share(line: Line) -> str:
    share = f"{float(line['share']):.1%}"
    return f"{share} [{100 * float(line['low']):.1f}, {100 * float(line['high']):.1f}]" if line["low"] else share


def _fit(lines: list[Line]) -> str:
    errs = [line for line in lines if line["judge"].startswith("errs with")]
    told = ", ".join(
        f"{float(line['share']):.0%} of those that {line['judge'].replace('errs with', 'err with')}" for line in errs
    )
    return f"Of 100 judges each that turn round a share of their decisions, found fit are {told}."


def _measured(lines: list[Line]) -> str:
    runs = dict.fromkeys(f"on {line['date']} at {line['commit']}, {line['device']}" for line in lines)
    return f"Measured {'; '.join(runs)}."
