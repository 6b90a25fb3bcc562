"""The door to Ray, and its cluster: how many actors, where, what each builds, and how its failures read."""

from __future__ import annotations

import contextlib
import logging
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rewardkit import sandbox, workers
from rewardkit.errors import MissingExtra, UsageError
from rewardkit.types import Judge, Verifier

try:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
except ImportError as cause:
    raise MissingExtra("ray", "ray", "Ray") from cause

__all__ = ["RETRIES", "Build", "Placement", "built", "connect", "last_line", "ray"]

Build = Callable[[], "Verifier | Judge"]

STORE_MB = 256
RETRIES = 3  # of the rows of an actor that died; more, and the rows are to blame


@dataclass(frozen=True, slots=True)
class Placement:
    """How many actors there are (default: what fits the cluster's CPUs), and what each reserves of its node.

    `resources` are the cluster's own names. Raises `UsageError` for numbers that are negative.
    """

    actors: int | None = None
    num_cpus: float = 1.0
    num_gpus: float = 0.0
    resources: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        amounts = {"num_cpus": self.num_cpus, "num_gpus": self.num_gpus, **self.resources}
        for name, amount in amounts.items():
            if not 0 <= amount < math.inf:
                message = f"an actor cannot reserve {name}={amount!r}; give a number from 0"
                raise UsageError(message)
        if self.actors is not None and self.actors < 1:
            message = f"actors={self.actors!r} must be at least 1"
            raise UsageError(message)

    @classmethod
    def parse(cls, text: str | None, *, actors: int | None) -> Placement:
        """`num_cpus=1,num_gpus=0.5,NAME=2` as on the command line. Raises `UsageError`."""
        amounts: dict[str, float] = {}
        for pair in filter(None, (text or "").split(",")):
            name, _, amount = pair.partition("=")
            try:
                amounts[name.strip()] = float(amount)
            except ValueError:
                message = f"--actor wants NAME=N pairs separated by commas, such as num_cpus=1,num_gpus=1; saw {pair!r}"
                raise UsageError(message) from None
        return cls(actors, amounts.pop("num_cpus", 1.0), amounts.pop("num_gpus", 0.0), amounts)

    @property
    def count(self) -> int:
        """How many actors, on the cluster we are connected to."""
        if self.actors is not None:
            return self.actors
        there, share = ("GPU", self.num_gpus) if self.num_gpus else ("CPU", self.num_cpus)
        return max(1, int(ray.cluster_resources().get(there, 1) / share)) if share else 1

    def check(self) -> None:
        """Raise `UsageError` when the cluster has less than one actor needs: Ray would wait for ever."""
        there = ray.cluster_resources()
        wanted = {"CPU": self.num_cpus, "GPU": self.num_gpus, **self.resources}
        short = {name: amount for name, amount in wanted.items() if amount * self.count > there.get(name, 0)}
        if short:
            asked = ", ".join(
                f"{self.count} × {amount:g} {name} where there are {there.get(name, 0):g}" for name, amount in short.items()
            )
            message = f"the cluster cannot hold the actors: {asked}. Ask for fewer with --workers, or for less with --actor"
            raise UsageError(message)


@contextlib.contextmanager
def connect(placement: Placement) -> Iterator[None]:
    """Be connected to Ray: as we are, to the cluster of RAY_ADDRESS, or to one that lives as long as the block, on this machine.

    Such a cluster has no dashboard, sends no statistics and keeps at most 256 MB of results in shared memory.
    """
    if ray.is_initialized():
        placement.check()
        yield
        return
    quiet = {"include_dashboard": False, "log_to_driver": False, "logging_level": logging.ERROR}
    if os.environ.get("RAY_ADDRESS"):
        ray.init(log_to_driver=False, logging_level=logging.ERROR)
    else:
        wanted = math.ceil((placement.actors or 1) * placement.num_cpus)
        cpus = max(os.cpu_count() or 1, wanted)
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # else each run begins with a warning that is none of ours
        ray.init(address="local", num_cpus=cpus, object_store_memory=STORE_MB * 2**20, **quiet)
    try:
        placement.check()
        yield
    finally:
        ray.shutdown()


def built(build: Build) -> Verifier | Judge:
    """What `build` makes, in the actor that calls this."""
    workers.configure(1)  # isolated rules: the actors are the parallelism
    sandbox.configure(1)
    return build()


def last_line(cause: Exception) -> str:
    """What a remote traceback ends with."""
    said = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return said[-1] if said else type(cause).__name__
