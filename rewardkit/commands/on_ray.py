"""`score --engine ray`: the ranges of the file to actors, what they make of them to the output, in order."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from collections.abc import Iterator, Mapping
from functools import partial

from rewardkit import recipes
from rewardkit.commands.judging import recipe_options
from rewardkit.commands.ranges import plan
from rewardkit.commands.rows import Row
from rewardkit.commands.scoring import Done, Engine, Scored
from rewardkit.errors import UsageError
from rewardkit.types import Verifier

__all__ = ["on_ray"]

SHARED = ("recipe", "routes", "judge", "judge_on", "judge_cache", "disagreements")


def on_ray(options: Namespace, mapping: Mapping[str, str]) -> Engine:
    """The engine of Ray's actors. Raises `UsageError` for what it cannot do, and `MissingExtra` without Ray."""
    from rewardkit.adapters.ray import Placement, connect, scored

    if options.input == "-":
        message = "--engine ray reads ranges of a file, and standard input has none; write it to a file first"
        raise UsageError(message)
    placement = Placement.parse(options.actor, actors=options.workers)
    chosen = Namespace(**{name: getattr(options, name) for name in SHARED})
    build(chosen)  # what is wrong with them is told here, not in an actor's log

    def score(groups: Iterator[list[Row]], done: Done, traced: bool, stack: contextlib.ExitStack) -> Iterator[Scored]:
        next(groups, None)  # looked at already; the actors read for themselves
        ranges = plan(options.input, done_bytes=done.input_bytes if done.rows else 0, done_rows=done.rows)
        if not ranges:
            return iter(())
        stack.enter_context(connect(placement))
        return scored(ranges, partial(build, chosen), mapping=mapping, traced=traced, placement=placement)

    return score


def build(options: Namespace) -> Verifier:
    """The verifier of the options; each actor builds its own."""
    return recipes.build(options.recipe, **recipe_options(options))
