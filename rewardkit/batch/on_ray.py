"""The engine on Ray: the ranges of a file to actors, what they make of them out again, in order.

Actors build their verifier themselves, so that a model is loaded where it runs. One that dies is started again, and the rows
it was on are done again; a result counts once, when it is whole.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rewardkit.batch.blocks import Chunk, chunks
from rewardkit.batch.cluster import RETRIES, Build, Placement, built, connect, last_line, ray
from rewardkit.batch.engine import Done, Engine, Scored, Totals, score_chunk
from rewardkit.batch.ranges import Range, plan, rows_in
from rewardkit.batch.readers import is_lines
from rewardkit.data.files import PACKINGS, ending
from rewardkit.errors import UsageError, WorkerStartError

__all__ = ["on_ray", "scored"]


def on_ray(names: Sequence[str], build: Build, mapping: Mapping[str, str], placement: Placement) -> Engine:
    """The engine of Ray's actors over one file. Raises `UsageError` for anything that has no ranges."""
    shown = "standard input" if names == ["-"] else ", ".join(names[:3])
    if len(names) != 1 or not (is_lines(names[0]) or ending(names[0]) == ".parquet") or Path(names[0]).suffix in PACKINGS:
        message = (
            f"--engine ray reads ranges of one .jsonl or .parquet file, and {shown} has none; write it to one first, "
            "or leave --engine out"
        )
        raise UsageError(message)
    [path] = names

    def score(groups: Iterator[Chunk], done: Done, traced: bool, stack: ExitStack) -> Iterator[Scored]:
        next(groups, None)  # looked at already; the actors read for themselves
        ranges = plan(path, done_bytes=done.input_bytes if done.rows else 0, done_rows=done.line - 1)
        if not ranges:
            return iter(())
        stack.enter_context(connect(placement))
        return scored(ranges, build, mapping=mapping, traced=traced, placement=placement)

    return score


def scored(
    ranges: Sequence[Range],
    build: Build,
    *,
    mapping: Mapping[str, str] | None = None,
    traced: bool = False,
    placement: Placement | None = None,
) -> Iterator[Scored]:
    """What the local engine makes of the ranges, in their order, as it comes; call it within `connect`.

    `build` makes the verifier, in each actor; Ray pickles it. `mapping` goes from our column names to the file's. Memory is
    bounded by the size of a range times the number of actors, whatever the file's. Every node must see the file under its path.
    Raises `WorkerStartError` when an actor cannot be built or rows end theirs again and again.
    """
    try:
        for row in _dealt(ranges, (build, dict(mapping or {}), traced), placement or Placement()):
            yield Scored.unpack(row["scored"])
    except (ray.exceptions.RayError, OSError) as cause:
        message = f"Ray gave up on some rows, which ended their actor {RETRIES + 1} times, or on its start: {last_line(cause)}"
        raise WorkerStartError(message) from cause


def _dealt(ranges: Sequence[Range], arguments: tuple[Any, ...], placement: Placement) -> Iterator[dict[str, Any]]:
    """What actors of `_Scorer(*arguments)` make of the ranges, in their order."""
    from ray.data import ActorPoolStrategy, DataContext, from_items

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_options.preserve_order = True
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    data = from_items([{"range": json.dumps(asdict(part))} for part in ranges], override_num_blocks=len(ranges))
    with warnings.catch_warnings():
        # Ray 2.60 announces other names for how retries are bounded, and has not got them yet.
        warnings.simplefilter("ignore")
        done = data.map_batches(
            _Scorer,
            fn_constructor_args=arguments,
            batch_size=1,
            compute=ActorPoolStrategy(size=placement.count, max_tasks_in_flight_per_actor=2),
            num_cpus=placement.num_cpus,
            num_gpus=placement.num_gpus,
            resources=dict(placement.resources) or None,
            ray_remote_args_fn=_bounded,
        )
    return iter(done.iter_rows())


def _bounded() -> dict[str, int]:
    return {"max_restarts": -1, "max_task_retries": RETRIES}


class _Scorer:
    """An actor over a file's ranges."""

    def __init__(self, build: Build, mapping: Mapping[str, str], traced: bool) -> None:
        self.verifier, self.mapping, self.traced = built(build), mapping, traced

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[bytes]]:
        [text] = batch["range"]
        verdicts, trace, totals = [], [], Totals()
        for chunk in chunks(rows_in(Range(**json.loads(text)), self.mapping)):
            part = score_chunk(chunk, self.verifier, traced=self.traced)  # type: ignore[arg-type]
            verdicts.append(part.verdicts)
            trace.append(part.trace)
            totals.merge(part.totals)
        return {"scored": [Scored(b"".join(verdicts), b"".join(trace), totals).pack()]}
