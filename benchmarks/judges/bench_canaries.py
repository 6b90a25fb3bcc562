"""What controls do beside the guard: scripted judges of known quality, and any judge by its spec.

`python -m benchmarks.judges.bench_canaries [SPEC [EVERY]]` writes `data/canaries.csv`: how often each judge passes as fit over
100 seeds, and the share of attacks of each family that earn a reward with neither guard nor controls, with controls alone, with
the guard alone, with both, and with rules before both. Its interval is that of whole questions drawn anew. The controls are those
of the questions; the look before the first verdict is left out there, since it would end the run. A SPEC's replies are kept in
the folder for temporary files, so that each question is asked once; what the file says of other judges stays.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.rows import DATA, ROOT, commit, device
from rewardkit import dispatch
from rewardkit.bench.attacks import attacks
from rewardkit.bench.judged import question_of
from rewardkit.bench.scripted import scripted
from rewardkit.errors import UnfitJudge
from rewardkit.judges.calibration.measures import Measure, Rated, estimates
from rewardkit.judges.client import Client
from rewardkit.judges.guard import RULES, Guard
from rewardkit.judges.judge import Judge, as_client
from rewardkit.recipes import build
from rewardkit.testing import sample
from rewardkit.types import Verifier

SEEDS = 100
NOISES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5)
EVERY = 7  # of the attacks on each row, so that all families and shapes are there; a multiple of 7 for a slow judge
ALL = "all"
COLUMNS = ("judge", "system", "family", "n", "share", "low", "high", "without a verdict", "device", "commit", "date")

Line = dict[str, Any]


def passes(client: Client, cache: str | None = None) -> bool:
    """Whether a judge is found fit."""
    judge = Judge(client, cache=cache)
    try:
        judge.verify([sample(prompt="Which island?", answer="Tasmania", completion="<answer>the isle in the south</answer>")])
    except UnfitJudge:
        return False
    return True


def fitness() -> Iterator[Line]:
    """Of 100 judges that err with a share of their decisions, the share that is found fit."""
    for noise in NOISES:
        fit = sum(passes(scripted("noisy", noise=noise, seed=seed)) for seed in range(SEEDS))
        yield {"judge": f"errs with {noise:.0%}", "system": "found fit", "family": ALL, "n": SEEDS, "share": fit / SEEDS}


def systems(client: Client, cache: str | None) -> dict[str, Any]:
    """What stands before the judge."""

    def judge(guard: Guard, canaries: int) -> Judge:
        return Judge(client, guard=guard, canaries=canaries, preflight=False, cache=cache)

    bare, full = Guard(without=tuple(RULES)), Guard()
    return {
        "judge alone": judge(bare, 0),
        "controls alone": judge(bare, 1),
        "guard alone": judge(full, 0),
        "both": judge(full, 1),
        "rules, then both": build("auto", judge=judge(full, 1)),
    }


def rewarded(name: str, system: str, verifier: Verifier, every: int) -> Iterator[Line]:
    """The share of attacks that earn a reward, and of those without a verdict, by family and of all."""
    suite = attacks()[::every]
    verdicts = dispatch.run(verifier, [attack.sample for attack in suite])
    of: dict[str, list[int]] = {ALL: list(range(len(suite)))}
    for place, attack in enumerate(suite):
        of.setdefault(attack.family, []).append(place)
    for family, places in of.items():
        rated = [Rated(1.0, bool(verdicts[place].score), question_of(suite[place].sample)) for place in places]
        found = estimates(rated)[Measure.ACCURACY]
        lost = sum(verdicts[place].score is None for place in places) / len(places)
        about = {"judge": name, "system": system, "family": family, "n": len(places), "without a verdict": round(lost, 4)}
        yield {**about, "share": found.value, "low": found.low, "high": found.high}


def judged(name: str, client: Client, cache: str | None = None, every: int = EVERY) -> Iterator[Line]:
    """All that is measured of one judge."""
    yield {"judge": name, "system": "found fit", "family": ALL, "n": 1, "share": float(passes(client, cache))}
    for system, verifier in systems(client, cache).items():
        yield from rewarded(name, system, verifier, every)


def write(lines: list[Line]) -> Path:
    """Put the lines in the place of those about the same judges."""
    path, today = DATA / "canaries.csv", datetime.date.today().isoformat()
    here = {"device": device(), "commit": commit(), "date": today}
    new = {line["judge"] for line in lines}
    old: list[Line] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as source:
            old = [line for line in csv.DictReader(source) if line["judge"] not in new]
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*old, *({**line, **here} for line in lines)])
    return path


def main() -> None:
    """Measure and write."""
    if sys.argv[1:]:
        spec, every = sys.argv[1], int((*sys.argv[2:], EVERY)[0])
        kept = Path(tempfile.gettempdir()) / f"canaries-{hashlib.sha256(spec.encode()).hexdigest()[:8]}.db"
        lines = list(judged(Path(spec).name, as_client(spec), str(kept), every))
    else:
        lines = [*fitness(), *(line for name in ("honest", "noisy", "prefix", "yes") for line in judged(name, scripted(name)))]
    for line in lines:
        if line["family"] == ALL:
            print({name: line.get(name) for name in COLUMNS[:7]})
    print(f"→ {write(lines).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
