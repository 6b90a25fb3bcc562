"""Write what comes from the code, the tests and the measurements: pages, tables within pages, the picture of the house.

Run by `make docs`; a test keeps them current.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import architecture
import compared
import contents
import docstrings
import equality
import evaluation
import figures
import judged
import signatures
import smollm
import trainers

from rewardkit import errors, registry
from rewardkit.recipes.parts.published import Grain, Line, published
from rewardkit.types import OUTCOMES

ROOT = Path(__file__).parents[2]


def outcomes() -> str:
    """The table of reasons, and the errors a call raises."""
    rows = "\n".join(
        f"| `{reason}` | {status.value} | {'the score' if status.value == 'scored' else '`None`'} | {meaning} |"
        for reason, (status, meaning) in OUTCOMES.items()
    )
    about = {name: inspect.getdoc(getattr(errors, name)) or "" for name in errors.__all__ if name != "RewardKitError"}
    raised = "\n".join(f"| `{name}` | {text.splitlines()[0]} |" for name, text in about.items())
    return f"""# Outcomes

This page lists every reason that a verdict can have, and what the trainer gets with it.

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
    parts = [
        "# Verifiers\n",
        "Every verifier that comes with the library: the columns it needs, what it decides, and its parameters. `rewardkit list`",
        'shows the same table. Each is built by `rewardkit.get("NAME", …)`, and stands by its name in routes, rubrics and',
        "`--verifier`.\n",
        "| verifier | needs | what it decides |",
        "|---|---|---|",
    ]
    built_in = sorted(registry.BUILT_IN)
    for name in built_in:
        spec = registry.spec(name)
        parts.append(
            f"| [`{name}`](#{name.replace('.', '')}) | {', '.join(f'`{c}`' for c in spec.requires) or '–'} | {spec.summary} |"
        )
    for name in built_in:
        spec = registry.spec(name)
        parts.append(f"\n## {name}\n")
        if spec.parameters:
            parts.append(docstrings.called("get", name, spec.parameters) + "\n")
        parts.append(docstrings.about(spec.function, spec.parameters))
        if spec.isolated:
            parts.append("\nRuns in worker processes under a limit of time and memory.")
        if spec.waits:
            parts.append("\nWaits on processes of its own, for several rows at a time.")
    return "\n".join(parts) + "\n"


def recipes() -> str:
    """Every published recipe: what its paper says, what its code does, and what ours does."""
    parts = [
        "# Published rewards\n",
        "Rewards of papers as recipes: what each paper says, what its code does, and what ours does.",
        'Each loads by its name, `rewardkit.load("mm_eureka")`, scores a file with `rewardkit score --recipe mm_eureka`,',
        "and shows this table with `rewardkit recipes show mm_eureka`. What is not public is a parameter and marked as unknown;",
        "`compat=True`, where there is one, does as the released code does, faults included. Group hooks are those of",
        "[group advantages](../guide/advantages.md); weights that move in a run are in `rewardkit.schedules`.\n",
        "[The survey's taxonomy](taxonomy.md) places each of them; `examples/recipes/NAME.py` takes one step of TRL with each",
        "and its hooks, schedules and data, on a CPU and without a download. Filters of data are in `rewardkit.data`:",
        "`selection`, `contamination`, `pictures`, `preferences` and `rewriting`. [Side by side](../guide/comparison.md) they",
        "train the same small model, with each of their tricks left out in turn.\n",
        "| recipe | source | what it is |\n|---|---|---|",
        *(f"| [`{name}`](#{name}) | {found.source} | {found.about} |" for name, found in sorted(published().items())),
    ]
    parts.append("\n## What they pay\n")
    parts.append(
        "One question whose answer is 42, by rules alone (`python -m benchmarks.rules.bench_recipes`). A reward that pays a"
    )
    parts.append(
        "wrong answer for its form teaches form where all of a group are wrong. ReVisual-R1's words can be stuffed for as much"
    )
    parts.append("as the last but one column has over the one before it.\n")
    parts.append(figures.earned())
    for name, found in sorted(published().items()):
        parts.append(f"\n## {name}\n")
        parts.append("| | paper | code | ours | known from |\n|---|---|---|---|---|")
        parts += [
            " | ".join(("", one.what, one.paper, one.code, one.ours, one.certainty, "")).strip() for one in _piped(found.lines)
        ]
        build = importlib.import_module(f"rewardkit.recipes.{name}").build
        parameters = inspect.signature(build).parameters
        parts.append("\n" + docstrings.called("load", name, parameters) + "\n")
        parts.append(docstrings.about(build, parameters))
    return "\n".join(parts) + "\n"


def taxonomy() -> str:
    """Every published recipe in the survey's order of reward kinds."""
    places = {name: found.place for name, found in published().items() if found.place is not None}
    parts = [
        "# A taxonomy of rewards\n",
        "This page places each published recipe among the kinds of rewards there are.\n",
        'The survey "Reinforced MLLM" (arXiv 2504.21277) sorts the rewards of multimodal models by four questions: is the end of',
        "a completion paid or its steps, do rules decide or a model, what is added to being right, and does the training learn a",
        "model of values beside the policy (PPO) or compare completions of one prompt (GRPO and its kin). Here is where each",
        "recipe stands as published; what ours does otherwise is in its own table. `auto` is ours: outcome, rules, and a model",
        "where you give one.\n",
        "| recipe | paid | decided by | made of | as published, for | model of values | code |\n|---|---|---|---|---|---|---|",
        *(
            f"| [`{name}`](recipes.md#{name}) | {place.grain.value} | {place.judged.value} | {place.terms} | {place.learning} | "
            f"{'yes' if place.value_model else 'no'} | `rewardkit/recipes/{name}.py` |"
            for name, place in sorted(places.items(), key=lambda pair: (list(Grain).index(pair[1].grain), pair[0]))
        ),
        "\n`mm_eureka` and `general_reasoner`: that their training compares completions of one prompt is inferred from their",
        "settings. `ar_mcts` learns a process reward model and no value model of PPO's kind. The survey's own table lists",
        'OpenVLThinker\'s reward as "format"; its released code pays accuracy and no format.\n',
        "## The survey's kinds, and where they are here\n",
        "| the survey's | here |\n|---|---|",
        *(f"| {theirs} | {ours} |" for theirs, ours in KINDS),
    ]
    return "\n".join(parts) + "\n"


KINDS = (
    (
        "accuracy by rules: mathematics, numbers, options",
        "`math.equal`, `number.equal`, `choice.option` in [verifiers](verifiers.md)",
    ),
    ("format", "`format.think_answer`, `format.tags`, `format.boxed`, `format.observe_think_answer`"),
    (
        "overlap, counting, points, F1",
        "`grounding.box`, `grounding.ap`, `grounding.mask`, `grounding.point`, `grounding.keypoints`, `graded.number`, `text.f1`",
    ),
    ("texts", "`text.exact`, `text.anls`, `text.cer`, `text.wer`"),
    (
        "reward model, judge, judges of several criteria",
        "[judges](../guide/judges.md): `score`, `binary`, `tiered`, `rubric`, `list`",
    ),
    ("mixed: rules and a model", "`RuleThenJudge`, the recipe `wethink`"),
    ("process: steps", "the judge `steps`, the recipes `ar_mcts` and `insight_v`; `rewardkit.data.preferences`"),
    ("length, efficiency", "`length.budget`, `length.cosine`, `length.overlong`, `length.repetition`"),
    (
        "difficulty",
        "`DifficultyWeight`, `AccuracyBounds` among [group hooks](../guide/advantages.md); `rewardkit.data.selection`",
    ),
    ("agents: tool calls", "`call.match`"),
    ("generation of images", "not offered"),
    ("algorithms without a value model", "`group_advantages(estimator=…)`: grpo, rloo, reinforce_pp, dapo, dr_grpo and others"),
    ("algorithms with a value model", "none; any trainer's takes these rewards"),
)


def _piped(lines: Iterable[Line]) -> list[Line]:
    """Lines whose texts may stand in a table."""
    return [Line(*(text.replace("|", "\\|").replace("<", "&lt;") for text in vars(line).values())) for line in lines]


TABLES: dict[str, Callable[[], str]] = {
    "README.md": figures.suites,
    "docs/guide/advantages.md": lambda: figures.measured("advantages_cpu"),
    "docs/guide/architecture.md": architecture.walk,
    "docs/guide/code.md": lambda: figures.measured("code"),
    "docs/guide/evals.md": evaluation.tables,
    "docs/guide/report.md": lambda: figures.measured("report"),
    "docs/guide/small-world.md": figures.small_world,
    "docs/guide/smollm.md": smollm.table,
    "docs/guide/synthesis.md": lambda: figures.measured("synthesis"),
    "docs/reference/kernels.md": lambda: f"{figures.kernels()}\n### Times on a GPU\n\n{figures.kernel_times()}",
    "docs/reference/ray.md": lambda: figures.measured("ray"),
    "docs/reference/reading.md": figures.generalised,
    "docs/reference/serve.md": lambda: figures.measured("serve"),
    "docs/reference/workers.md": lambda: figures.measured("workers"),
}
"""What stands between the markers of a page that is written by hand, by the page's path from the root."""


def benchmarks(name: str) -> str:
    """The page of measurements, by the code that keeps them, which is beside the package and no part of it."""
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))
    page: str = importlib.import_module("benchmarks.rows").page((ROOT / name).read_text(encoding="utf-8"))
    return page


def filled(name: str) -> str:
    """A page that is written by hand, with its tables brought up to date."""
    return figures.filled(ROOT / name, TABLES[name]())


PAGES: dict[str, Callable[[], str]] = {
    "docs/guide/architecture.svg": architecture.picture,
    "docs/guide/comparison.md": lambda: compared.page(ROOT / "docs/guide/comparison.md"),
    "docs/guide/comparison.svg": compared.dots,
    "docs/guide/hacks.svg": compared.hacked,
    "docs/guide/smollm.svg": smollm.curve,
    "rewardkit/recipes/parts/signatures.pyi": signatures.stub,
    "docs/reference/benchmarks.md": lambda: benchmarks("docs/reference/benchmarks.md"),
    "docs/reference/equality-cases.md": equality.page,
    "docs/reference/outcomes.md": outcomes,
    "docs/reference/verifiers.md": verifiers,
    "docs/reference/recipes.md": recipes,
    "docs/reference/taxonomy.md": taxonomy,
    "docs/guide/judges.md": lambda: judged.page(ROOT / "docs/guide/judges.md"),
    "docs/trainers/index.md": lambda: trainers.page(ROOT / "docs/trainers/index.md"),
    **{name: partial(filled, name) for name in TABLES},
    # Last, because it quotes the others.
    "docs/index.md": lambda: figures.filled(ROOT / "docs/index.md", contents.contents()),
}
"""Every page that is written here or has tables from here, by its path from the root."""


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
