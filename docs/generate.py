"""Write what comes from the code, the tests and the measurements: outcomes, verifiers, equality, evals, the README's table.

Run by `make docs`; a test keeps them current.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import equality
import evaluation
import figures
import trainers

from rewardkit import errors, registry
from rewardkit.types import OUTCOMES

DOCS = Path(__file__).parent
README = DOCS.parent / "README.md"
WORKERS = DOCS / "workers.md"
ADVANTAGES = DOCS / "advantages.md"
JUDGES = DOCS / "judges.md"
EQUALITY = DOCS / "equality.md"
SMALL_WORLD = DOCS / "small-world.md"
TRAINERS = DOCS / "trainers.md"
KERNELS = DOCS / "kernels.md"
EVALS = DOCS / "evals.md"


def outcomes() -> str:
    """The table of reasons, and the errors a call raises."""
    rows = "\n".join(
        f"| `{reason}` | {status.value} | {'the score' if status.value == 'scored' else '`None`'} | {meaning} |"
        for reason, (status, meaning) in OUTCOMES.items()
    )
    about = {name: inspect.getdoc(getattr(errors, name)) or "" for name in errors.__all__ if name != "RewardKitError"}
    raised = "\n".join(f"| `{name}` | {text.splitlines()[0]} |" for name, text in about.items())
    return f"""# Outcomes

Ask of every row: *could the policy cause this with text alone?* If so it is a score, or training will find it. If not,
it is no reward at all: `None`, which trainers leave out of the group's baseline. Nothing in between: a failure is never a
0, and never a 1.

| reason | status | trainer gets | meaning |
|---|---|---|---|
{rows}

A sample that hangs or exhausts its worker is tried once more alone in a fresh one before it scores 0. An error verdict keeps
its class, message and traceback in `info`. NaN is never stored.

## What raises at once

Each of them is a `RewardKitError`.

| error | when |
|---|---|
{raised}
"""


def verifiers() -> str:
    """Every registered verifier with its parameters."""
    parts = ["# Verifiers\n", "| verifier | needs | what it decides |", "|---|---|---|"]
    built_in = sorted(registry.BUILT_IN)
    for name in built_in:
        spec = registry.spec(name)
        parts.append(
            f"| [`{name}`](#{name.replace('.', '')}) | {', '.join(f'`{c}`' for c in spec.requires) or '–'} | {spec.summary} |"
        )
    for name in built_in:
        spec = registry.spec(name)
        parts.append(f"\n## {name}\n")
        parts.append(inspect.getdoc(spec.function) or "")
        if spec.parameters:
            parts.append("\n```python\n" + f"get({name!r}, " + ", ".join(str(p) for p in spec.parameters.values()) + ")\n```")
        if spec.isolated:
            parts.append("\nRuns in worker processes under a limit of time and memory.")
    return "\n".join(parts) + "\n"


PAGES = {
    "outcomes.md": outcomes,
    "verifiers.md": verifiers,
    "equality.md": lambda: figures.filled(EQUALITY, equality.topics()),
    "evals.md": lambda: figures.filled(EVALS, evaluation.tables()),
    "judges.md": lambda: figures.judges(JUDGES),
    "advantages.md": lambda: figures.filled(ADVANTAGES, figures.measured("advantages_cpu")),
    "small-world.md": lambda: figures.filled(SMALL_WORLD, figures.small_world()),
    "trainers.md": lambda: figures.filled(TRAINERS, trainers.tables()),
    "kernels.md": lambda: figures.filled(KERNELS, f"{figures.kernels()}\n### Times on a GPU\n\n{figures.kernel_times()}"),
    "workers.md": lambda: figures.filled(WORKERS, figures.measured("workers")),
    "synthesis.md": lambda: figures.filled(DOCS / "synthesis.md", figures.measured("synthesis")),
    "serve.md": lambda: figures.filled(DOCS / "serve.md", figures.measured("serve")),
    "ray.md": lambda: figures.filled(DOCS / "ray.md", figures.measured("ray")),
    "../README.md": lambda: figures.filled(README, figures.suites()),
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
