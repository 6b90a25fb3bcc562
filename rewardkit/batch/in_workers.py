"""The engine of worker processes: blocks of lines go out as they are and come back as lines of output.

Each worker reads, routes and scores by itself, so that this process only hands bytes on. A block that a worker died on, was too
long silent about or had an exception in is scored here once more, with each rule on each row in a worker under its limits
(`workers.run`): what a hang or an explosion is worth is decided there and nowhere else.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from typing import Any

from rewardkit import dispatch
from rewardkit.batch.blocks import Block, Chunk, rows_of
from rewardkit.batch.engine import Done, Engine, Scored, score_chunk, use_workers
from rewardkit.lifted import FunctionVerifier
from rewardkit.recipes.parts.config import build
from rewardkit.types import Sample, Verifier
from rewardkit.workers import Workers
from rewardkit.workers.stream import stream

__all__ = ["in_worker", "in_workers"]

RECYCLE_AFTER = 500_000  # rows: a new worker costs as much as thousands of them

Watched = Callable[[FunctionVerifier, Iterable[Sample]], Iterator[Sample]]


def in_workers(reward: Mapping[str, Any], verifier: Verifier, mapping: Mapping[str, str], count: int) -> Engine:
    """The engine of `count` worker processes, which build the reward of this table as `verifier` was built here."""

    def score(groups: Iterator[Chunk], done: Done, traced: bool, stack: ExitStack) -> Iterator[Scored]:
        use_workers(count, stack)
        wanted = {"reward": reward, "mapping": mapping, "traced": traced}
        header = json.dumps({"module": __name__, "blocks": wanted}).encode()
        pool = stack.enter_context(Workers(count, recycle_after=RECYCLE_AFTER))
        replies = stack.enter_context(closing(stream(pool, header, groups, _body)))
        return (again(chunk, traced) if reply is None else Scored.unpack(reply) for chunk, reply in replies)

    def again(chunk: Chunk, traced: bool) -> Scored:
        with dispatch.over_workers(fewest=1 if isinstance(chunk, Block) else dispatch.SPREAD_SAMPLES):
            return score_chunk(rows_of(chunk, mapping), verifier, traced=traced)

    return score


def _body(chunk: Chunk) -> bytes | None:
    return b"%d\n%b" % (chunk.first, b"".join(chunk.lines)) if isinstance(chunk, Block) else None


def in_worker(wanted: Mapping[str, Any], watched: Watched) -> Callable[[bytes], bytes]:
    """What scores a block in a worker; an empty answer for one that has to be scored where its rows are watched."""
    dispatch.watch(watched)
    verifier = build(wanted["reward"])

    def answer(body: bytes) -> bytes:
        first, _, data = body.partition(b"\n")
        done = score_chunk(rows_of(Block(int(first), io.BytesIO(data)), wanted["mapping"]), verifier, traced=wanted["traced"])
        # Of the exceptions some are limits of memory or depth, which text alone can reach.
        return b"" if any(reason == "exception" for reason, _ in done.totals.reasons) else done.pack()

    return answer
