"""Ray: a pool of actors as a verifier, and as a reward function for trainers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rewardkit import dispatch, errors, recipes
from rewardkit.batch.cluster import RETRIES, Build, Placement, built, connect, last_line, ray
from rewardkit.errors import RewardKitError, ServiceError, UsageError, WorkerStartError
from rewardkit.reward import RewardFunction
from rewardkit.types import Sample, Verdict

__all__ = ["Placement", "RayVerifier", "connect", "reward_pool"]

SLICE = 256


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
            message = f"an actor of {self.name} ended {RETRIES + 1} times on the same rows, or cannot start: {last_line(cause)}"
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
        self.verifier = built(build)

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
