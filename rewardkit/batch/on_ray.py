"""The engine on Ray: the ranges of files, or what is read of them here, to actors; what they make of it out again, in order.

Actors build their verifier themselves, so that a model is loaded where it runs. One that dies is started again, and the rows
it was on are done again; a result counts once, when it is whole.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import chain
from typing import Any, TypeVar

from rewardkit.batch.blocks import Chunk, chunks, rows_of
from rewardkit.batch.cluster import RETRIES, Build, Placement, built, connect, last_line, ray
from rewardkit.batch.columns import InputRow
from rewardkit.batch.engine import Done, Engine, Scored, Totals, score_chunk
from rewardkit.batch.ranges import Range, has_ranges, plan, rows_in
from rewardkit.errors import WorkerStartError

__all__ = ["on_ray", "scored"]

T = TypeVar("T")

IN_FLIGHT = 2  # chunks that an actor has at a time, so that it waits for none
AHEAD = 4  # chunks for each actor that are done or under way behind the one that is written next


def on_ray(names: Sequence[str], build: Build, mapping: Mapping[str, str], placement: Placement) -> Engine:
    """The engine of Ray's actors.

    Files of plain lines or Parquet they read themselves, range by range; any other form is read here and sent to them in chunks.
    """

    def score(groups: Iterator[Chunk], done: Done, traced: bool, stack: ExitStack) -> Iterator[Scored]:
        first = next(groups, None)
        if first is None:
            return iter(())
        stack.enter_context(connect(placement))
        if all(map(has_ranges, names)):
            ranges = list(plan(names, done=done.line - 1))
            return scored(ranges, build, mapping=mapping, traced=traced, placement=placement)
        sent = _sent(chain([first], groups), (build, mapping, traced), placement)
        return (Scored.unpack(part) for part in _told(sent))

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
    for row in _told(_dealt(ranges, (build, dict(mapping or {}), traced), placement or Placement())):
        yield Scored.unpack(row["scored"])


def _told(parts: Iterable[T]) -> Iterator[T]:
    """The parts; raises `WorkerStartError` where Ray gives up."""
    try:
        yield from parts
    except (ray.exceptions.RayError, OSError) as cause:
        message = f"Ray gave up on some rows, which ended their actor {RETRIES + 1} times, or on its start: {last_line(cause)}"
        raise WorkerStartError(message) from cause


def _sent(chunks: Iterable[Chunk], arguments: tuple[Any, ...], placement: Placement) -> Iterator[bytes]:
    """What actors of `_Scorer(*arguments)` make of chunks that are read here, in their order; a bounded number is under way."""
    resources = {"num_cpus": placement.num_cpus, "num_gpus": placement.num_gpus, "resources": dict(placement.resources) or None}
    made = ray.remote(_Scorer).options(**resources, **_bounded())
    actors = [made.remote(*arguments) for _ in range(placement.count)]
    free = deque(actors * IN_FLIGHT)
    at_work: dict[Any, Any] = {}  # its actor, by what it will give
    waiting: deque[Any] = deque()
    for chunk in chunks:
        if not free:
            [done], _ = ray.wait(list(at_work), num_returns=1)
            free.append(at_work.pop(done))
        actor = free.popleft()
        waiting.append(actor.chunk.remote(chunk))
        at_work[waiting[-1]] = actor
        while waiting and (len(waiting) > AHEAD * len(actors) or waiting[0] not in at_work):
            yield ray.get(waiting.popleft())
    while waiting:
        yield ray.get(waiting.popleft())


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
            compute=ActorPoolStrategy(size=placement.count, max_tasks_in_flight_per_actor=IN_FLIGHT),
            num_cpus=placement.num_cpus,
            num_gpus=placement.num_gpus,
            resources=dict(placement.resources) or None,
            ray_remote_args_fn=_bounded,
        )
    return iter(done.iter_rows())


def _bounded() -> dict[str, int]:
    return {"max_restarts": -1, "max_task_retries": RETRIES}


class _Scorer:
    """An actor over ranges of files, or over chunks."""

    def __init__(self, build: Build, mapping: Mapping[str, str], traced: bool) -> None:
        self.verifier, self.mapping, self.traced = built(build), mapping, traced

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[bytes]]:
        [text] = batch["range"]
        verdicts, trace, totals = [], [], Totals()
        for chunk in chunks(rows_in(Range(**json.loads(text)), self.mapping)):
            part = self._scored(chunk)
            verdicts.append(part.verdicts)
            trace.append(part.trace)
            totals.merge(part.totals)
        return {"scored": [Scored(b"".join(verdicts), b"".join(trace), totals).pack()]}

    def chunk(self, chunk: Chunk) -> bytes:
        """What the local engine makes of a chunk, packed."""
        return self._scored(rows_of(chunk, self.mapping)).pack()

    def _scored(self, rows: Sequence[InputRow]) -> Scored:
        return score_chunk(rows, self.verifier, traced=self.traced)  # type: ignore[arg-type]  # dispatch takes judges too
