"""Ray: files of any size over a pool of actors, and a pool of actors as a reward function for trainers.

Actors build their verifier themselves, so that a model is loaded where it runs. One that dies is started again, and the rows
it was on are done again; a result counts once, when it is whole.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rewardkit import dispatch, errors, recipes
from rewardkit.commands.ranges import Range, rows_in
from rewardkit.commands.scoring import Scored, Totals, chunks, score_chunk
from rewardkit.errors import MissingExtra, RewardKitError, ServiceError, UsageError, WorkerStartError
from rewardkit.reward import RewardFunction
from rewardkit.types import Judge, Sample, Verdict, Verifier

try:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
except ImportError as cause:
    raise MissingExtra("ray", "ray", "Ray") from cause

__all__ = ["Placement", "RayVerifier", "connect", "reward_pool", "scored"]

Build = Callable[[], "Verifier | Judge"]

STORE_MB = 256
RETRIES = 3  # of the rows of an actor that died; more, and the rows are to blame
SLICE = 256


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
    from ray.data import ActorPoolStrategy, DataContext, from_items

    placement = placement or Placement()
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
            fn_constructor_args=(build, dict(mapping or {}), traced),
            batch_size=1,
            compute=ActorPoolStrategy(size=placement.count, max_tasks_in_flight_per_actor=2),
            num_cpus=placement.num_cpus,
            num_gpus=placement.num_gpus,
            resources=dict(placement.resources) or None,
            ray_remote_args_fn=_bounded,
        )
    try:
        for row in done.iter_rows():
            yield Scored(row["verdicts"], row["trace"], _totals(row["totals"]))
    except (ray.exceptions.RayError, OSError) as cause:
        message = f"Ray gave up on some rows, which ended their actor {RETRIES + 1} times, or on its start: {_last_line(cause)}"
        raise WorkerStartError(message) from cause


def _bounded() -> dict[str, int]:
    return {"max_restarts": -1, "max_task_retries": RETRIES}


class _Scorer:
    """An actor over a file's ranges."""

    def __init__(self, build: Build, mapping: Mapping[str, str], traced: bool) -> None:
        self.verifier, self.mapping, self.traced = _built(build), mapping, traced

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[bytes]]:
        [text] = batch["range"]
        verdicts, trace, totals = [], [], Totals()
        for chunk in chunks(rows_in(Range(**json.loads(text)), self.mapping)):
            part = score_chunk(chunk, self.verifier, traced=self.traced)  # type: ignore[arg-type]
            verdicts.append(part.verdicts)
            trace.append(part.trace)
            totals.merge(part.totals)
        counts = [totals.rows, totals.reward_sum, totals.statuses, [[*key, count] for key, count in totals.reasons.items()]]
        return {"verdicts": [b"".join(verdicts)], "trace": [b"".join(trace)], "totals": [json.dumps(counts).encode()]}


def _last_line(cause: Exception) -> str:
    """What a remote traceback ends with."""
    said = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return said[-1] if said else type(cause).__name__


def _totals(text: bytes) -> Totals:
    rows, reward_sum, statuses, reasons = json.loads(text)
    totals = Totals(rows, reward_sum)
    totals.statuses.update(statuses)
    totals.reasons.update({(reason, verifier): count for reason, verifier, count in reasons})
    return totals


def _built(build: Build) -> Verifier | Judge:
    from rewardkit import workers

    workers.configure(1)  # isolated rules: the actors are the parallelism
    return build()


class RayVerifier:
    """A verifier whose work is done by a pool of Ray actors; its slices overlap with those of others.

    Args:
        build: Makes the verifier, in each actor; Ray pickles it.
        placement: How many actors, and what each reserves.
        deadline_s: Wall clock of a call (600).
        name: As it stands in traces.

    Ray must be connected. It pickles within the Ray program that made it. The actors end with it. Raises `UsageError` when the
    cluster cannot hold the actors.
    """

    remote = True

    def __init__(self, build: Build, *, placement: Placement | None = None, deadline_s: float = 600.0, name: str = "ray") -> None:
        if not ray.is_initialized():
            message = "Ray is not connected; call ray.init() first, or use `with rewardkit.adapters.ray.connect(Placement()):`"
            raise UsageError(message)
        self.placement = placement or Placement()
        self.placement.check()
        self.deadline_s = deadline_s
        self.name = name
        remote = ray.remote(_Rewarder).options(
            num_cpus=self.placement.num_cpus,
            num_gpus=self.placement.num_gpus,
            resources=dict(self.placement.resources) or None,
            max_restarts=-1,
            max_task_retries=RETRIES,
        )
        self.actors = [remote.remote(build) for _ in range(self.placement.count)]

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order.

        Raises what the verifier raises on purpose, `WorkerStartError` when rows end their actor again and again, and
        `ServiceError` when the deadline passes.
        """
        size = max(1, min(SLICE, -(-len(samples) // len(self.actors))))
        parts = [samples[start : start + size] for start in range(0, len(samples), size)]
        pending = [self.actors[place % len(self.actors)].verify.remote(part) for place, part in enumerate(parts)]
        try:
            found = ray.get(pending, timeout=self.deadline_s)
        except ray.exceptions.GetTimeoutError:
            for one in pending:
                ray.cancel(one)
            message = f"the actors of {self.name} did not finish {len(samples)} rows within {self.deadline_s:g} s"
            raise ServiceError(message) from None
        except ray.exceptions.RayError as cause:
            message = f"an actor of {self.name} ended {RETRIES + 1} times on the same rows, or cannot start: {_last_line(cause)}"
            raise WorkerStartError(message) from cause
        for part in found:
            if isinstance(part, tuple):
                kind, text = part
                error: type[RewardKitError] = getattr(errors, kind)
                raise error.__new__(error, text)
        return [verdict for part in found for verdict in part]


class _Rewarder:
    """An actor that scores for trainers."""

    def __init__(self, build: Build) -> None:
        self.verifier = _built(build)

    def verify(self, samples: Sequence[Sample]) -> list[Verdict] | tuple[str, str]:
        # What is raised on purpose travels as text: its classes take other arguments than the text they hold.
        try:
            return dispatch.run(self.verifier, samples)
        except RewardKitError as cause:
            return type(cause).__name__, str(cause)


def reward_pool(
    recipe: str = "auto",
    *,
    actors: int | None = None,
    num_cpus: float = 1.0,
    num_gpus: float = 0.0,
    resources: Mapping[str, float] | None = None,
    deadline_s: float = 600.0,
    trace: str | None = None,
    **options: Any,
) -> RewardFunction:
    """A recipe as trainers call it, scored by a pool of Ray actors.

    `options` go to the recipe; the rest is as in `Placement`, `RayVerifier` and `RewardFunction`.
    """
    placement = Placement(actors, num_cpus, num_gpus, resources or {})
    verifier = RayVerifier(lambda: recipes.build(recipe, **options), placement=placement, deadline_s=deadline_s, name=recipe)
    return RewardFunction(verifier, name=recipe, trace=trace)
