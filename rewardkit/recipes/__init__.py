"""Published recipes as verifiers, one file each; `load` wraps one as the callable a trainer gets."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING, Any

from rewardkit.errors import BadParameter, UnknownName

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction
    from rewardkit.types import Verifier

__all__ = ["build", "judge_of", "load", "names"]

_OF_THE_FUNCTION = ("columns", "trace", "max_error_share", "error_window")


def names() -> list[str]:
    """Every recipe's name, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)


def build(name: str, **options: Any) -> Verifier:
    """The verifier of a recipe. Raises `UnknownName`, or `BadParameter` with the options there are."""
    if name not in names():
        raise UnknownName("recipe", name, names())
    function = importlib.import_module(f"{__name__}.{name}").build
    allowed = inspect.signature(function).parameters
    for option in options:
        if option not in allowed:
            raise BadParameter(str(UnknownName(f"option of the recipe {name!r}", option, allowed)))
    verifier: Verifier = function(**options)
    return verifier


def judge_of(judge: Any, kind: str, *, cache: str | None = None, canaries: int = 1, **options: Any) -> Verifier:
    """What a recipe's `judge` option stands for: a judge or verifier as it is, else one of this kind asking that client or spec.

    `cache` is the path of the file that keeps its replies, and `canaries` how many answers that cannot be right go with each
    question. Raises `BadParameter` for either beside a judge that is made already.
    """
    if hasattr(judge, "verify") or hasattr(judge, "averify"):
        if cache is not None:
            message = f"judge_cache={cache!r} goes with a judge given as a client or a spec; give the cache to {judge!r} itself"
            raise BadParameter(message)
        if canaries != 1:
            message = (
                f"judge_canaries={canaries!r} goes with a judge given as a client or a spec; give canaries to {judge!r} itself"
            )
            raise BadParameter(message)
        made: Verifier = judge
        return made
    from rewardkit.judges.judge import Judge

    return Judge(judge, kind, cache=cache, canaries=canaries, **options)


def load(name: str = "auto", **options: Any) -> RewardFunction:
    """The reward function of a recipe, ready for a trainer.

    `columns`, `trace`, `max_error_share` and `error_window` go to the `RewardFunction`, everything else to the recipe.
    """
    from rewardkit.reward import RewardFunction

    outer = {key: options.pop(key) for key in _OF_THE_FUNCTION if key in options}
    return RewardFunction(build(name, **options), name=name, **outer)
