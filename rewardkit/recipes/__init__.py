"""Published recipes as verifiers, one file each; `load` wraps one as the callable a trainer gets."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewardkit import registry
from rewardkit.compose import as_verifier
from rewardkit.errors import BadParameter, UnknownName
from rewardkit.recipes.parts.signatures import signed

if TYPE_CHECKING:
    from rewardkit.lifted import Check
    from rewardkit.reward import RewardFunction
    from rewardkit.types import Judge, Verifier

__all__ = ["build", "judge_of", "load", "names"]

CONFIG = ".toml"
OF_THE_FUNCTION = ("columns", "trace", "max_error_share", "error_window", "time_limit_s", "slow_s")


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
    from rewardkit.recipes.parts.judge_plan import JudgePlan

    if isinstance(judge, JudgePlan):
        return judge.made(kind, cache=cache, canaries=canaries, **options)
    return Judge(judge, kind, cache=cache, canaries=canaries, **options)


@signed
def load(name: str | Verifier | Judge | Check = "auto", **options: Any) -> RewardFunction:
    """The reward function of a recipe, ready for a trainer; also of a registered verifier, a function, or a `reward.toml`.

    Args:
        name: A recipe ("auto", the default), a verifier ("number.equal"), the path of a `.toml` file, or a verifier itself.
        **options: `columns`, `trace`, `max_error_share`, `error_window`, `time_limit_s` and `slow_s` go to the `RewardFunction`.
            `references` says how the data keep their answers: "gsm8k", "boxed", "letter_index", "letter_number", or a function
            from a reference to its answer, None where it finds none. All others go to the recipe or the verifier.

    Raises:
        UnknownName: No recipe or verifier has the name; the message lists near misses.
        BadParameter: An option is not there, or cannot have that value; the message lists the options there are.
    """
    from rewardkit.reward import RewardFunction

    outer = {key: options.pop(key) for key in OF_THE_FUNCTION if key in options}
    references = options.pop("references", None)
    verifier, title = _named(name, options)
    if references is not None:
        from rewardkit.recipes.parts.references import WithReferences

        verifier = WithReferences(verifier, references)
    if isinstance(name, str) and name.endswith(CONFIG):
        from rewardkit.recipes.parts.config import read_config

        outer.setdefault("columns", read_config(name).get("columns"))
    return RewardFunction(verifier, name=title, **outer)


def _named(name: str | Verifier | Judge | Check, options: Mapping[str, Any]) -> tuple[Verifier, str | None]:
    """The verifier, and the name that the function has in logs; None for the verifier's own."""
    if isinstance(name, str) and name.endswith(CONFIG):
        from rewardkit.recipes.parts.config import build as build_table
        from rewardkit.recipes.parts.config import read_config

        if options:
            message = f"{', '.join(options)}: the options of a reward in a file stand in the file, {name}"
            raise BadParameter(message)
        return build_table(read_config(name)), Path(name).stem
    if isinstance(name, str) and "." not in name:
        return build(name, **options), name
    if isinstance(name, str):
        return registry.get(name, **options), None
    if options:
        message = f"{', '.join(options)}: a verifier that is made already takes no options; give them where it is made"
        raise BadParameter(message)
    return as_verifier(name), None
