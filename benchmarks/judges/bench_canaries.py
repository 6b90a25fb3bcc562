"""What controls do beside the guard: scripted judges of known quality, and any judge by its spec.

`python -m benchmarks.judges.bench_canaries [SPEC]` prints two tables: how often each judge passes as fit over 100 seeds, and the
share of attacks that earn a reward with neither guard nor controls, with controls alone, with the guard alone and with both. The
controls are those of the questions; the look before the first verdict is left out there, since it would end the run.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from rewardkit.bench.attacks import Attack, attacks, false_rewards
from rewardkit.bench.scripted import scripted
from rewardkit.errors import UnfitJudge
from rewardkit.judges.client import Client
from rewardkit.judges.guard import RULES, Guard
from rewardkit.judges.judge import Judge, as_client
from rewardkit.testing import sample

SEEDS = 100
NOISES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5)
EVERY = 7  # of the attacks on each row, so that all families and shapes are there


def passes(client: Client) -> bool:
    """Whether a judge is found fit."""
    judge = Judge(client)
    try:
        judge.verify([sample(prompt="Which island?", answer="Tasmania", completion="<answer>the isle in the south</answer>")])
    except UnfitJudge:
        return False
    return True


def rewarded(client: Client, suite: list[Attack]) -> Mapping[str, tuple[float, float]]:
    """The share of attacks that earn a reward, and of those without a verdict, by what stands before the judge."""
    bare, full = Guard(without=tuple(RULES)), Guard()
    systems = {"judge alone": (bare, 0), "controls alone": (bare, 1), "guard alone": (full, 0), "both": (full, 1)}
    found = {}
    for name, (guard, canaries) in systems.items():
        counts = false_rewards(Judge(client, guard=guard, canaries=canaries, preflight=False), suite).values()
        total = sum(count.total for count in counts)
        found[name] = sum(count.fooled for count in counts) / total, sum(count.errors for count in counts) / total
    return found


def main() -> None:
    """Measure and print."""
    print("| errs with a share of | fit, of 100 seeds |\n|--:|--:|")
    for noise in NOISES:
        print(f"| {noise:.0%} | {sum(passes(scripted('noisy', noise=noise, seed=seed)) for seed in range(SEEDS))} |")
    suite = list(attacks())[::EVERY]
    clients = {name: scripted(name) for name in ("honest", "noisy", "prefix", "yes")} | {s: as_client(s) for s in sys.argv[1:]}
    print(f"\n{len(suite)} attacks; in brackets without a verdict\n")
    print("| judge | fit | alone | controls | guard | both |\n|---|---|--:|--:|--:|--:|")
    for name, client in clients.items():
        cells = " | ".join(f"{share:.1%} ({lost:.0%})" for share, lost in rewarded(client, suite).values())
        print(f"| {name} | {'yes' if passes(client) else 'no'} | {cells} |")


if __name__ == "__main__":
    main()
