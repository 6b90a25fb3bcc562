"""Names to verifiers: a decorator registers one, `get` builds it with its parameters.

Built-in families load on first use. A name that is not known sends the registry to the entry points
`rewardkit.verifiers` of installed packages, once; importing `rewardkit` scans nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from rewardkit import dispatch
from rewardkit.errors import BadParameter, UnknownName
from rewardkit.lifted import Check, FunctionVerifier, Spec, check_parameters
from rewardkit.types import Sample, Verdict

__all__ = ["Isolated", "edition", "get", "names", "spec", "verifier"]

CheckT = TypeVar("CheckT", bound=Check)

ENTRY_POINT_GROUP = "rewardkit.verifiers"

# Each built-in name's module, so that asking for one family does not load the others.
BUILT_IN: dict[str, str] = {
    "abstain.tier": "abstain",
    "calibration.brier": "calibration",
    "calibration.rlcr": "calibration",
    "call.match": "calls",
    "choice.option": "choice",
    "code.python": "code",
    "code.sql": "code",
    "date.equal": "date",
    "easyr1.accuracy": "easyr1",
    "easyr1.format": "easyr1",
    "format.boxed": "format",
    "format.observe_think_answer": "format",
    "format.tags": "format",
    "format.think_answer": "format",
    "graded.number": "number",
    "grounding.ap": "grounding",
    "grounding.box": "grounding",
    "grounding.keypoints": "grounding.keypoints",
    "grounding.mask": "grounding.segmentation",
    "grounding.point": "grounding.points",
    "grounding.segment": "segment",
    "instruct.ifeval": "instruct",
    "language.consistent": "language",
    "length.budget": "length",
    "length.cosine": "length",
    "length.overlong": "length",
    "length.repetition": "length",
    "math.equal": "math",
    "math.symbolic": "math",
    "number.equal": "number",
    "puzzle.reasoning_gym": "puzzle",
    "schema.json": "schema",
    "struct.equal": "struct",
    "table.teds": "table",
    "text.anls": "text",
    "text.bleu": "likeness.sacre",
    "text.cer": "likeness.error_rate",
    "text.chrf": "likeness.sacre",
    "text.cider": "likeness.cider",
    "text.contains": "text",
    "text.exact": "text",
    "text.f1": "text",
    "text.ratio": "text",
    "text.restated": "text",
    "text.rouge": "likeness.rouge",
    "text.wer": "likeness.error_rate",
}


_specs: dict[str, Spec] = {}
_registered = 0  # how often something was, which tells what is kept of a registry from what is in it now
_entry_points_loaded = False


def verifier(
    name: str,
    *,
    requires: Sequence[str] = (),
    isolated: bool = False,
    waits: bool = False,
    validate: Callable[..., None] | None = None,
    scores: tuple[float, float] = (-1.0, 1.0),
    replace: bool = False,
) -> Callable[[CheckT], CheckT]:
    """Register a function of one sample under `family.thing`; the function itself is left as it is.

    The function takes a `Sample` and keyword parameters with defaults, and returns a `Verdict`, a float (the score), a bool (1 or
    0) or None (abstain).

    Args:
        name: `family.thing`, in letters, digits and underscores.
        requires: Columns that it needs. With "answer" among them, rows without a reference abstain before it is called.
        isolated: Run it in supervised worker processes, because odd text may make it hang or eat memory.
        waits: It waits on processes of its own, with limits of their own: it is asked for several rows at a time, in threads.
        validate: Gets the parameters when the verifier is built; raises `BadParameter` for values that cannot be used.
        scores: The lowest and the highest score that it gives. Another one is an error of its row.
        replace: Take the place of another function that has the name.

    Raises:
        BadParameter: The name cannot be used, or another function has it and `replace` is not set.
    """
    if name.count(".") != 1 or not all(part.isidentifier() for part in name.split(".")):
        message = f"a verifier is named 'family.thing' in letters, digits and underscores, not {name!r}"
        raise BadParameter(message)

    def register(function: CheckT) -> CheckT:
        known = _specs.get(name)
        if (
            known
            and not replace
            and (known.function.__module__, known.function.__qualname__) != (function.__module__, function.__qualname__)
        ):
            owner = f"{known.function.__module__}.{known.function.__qualname__}"
            message = f"{name!r} is already registered by {owner}; choose another name, or set replace=True"
            raise BadParameter(message)
        global _registered
        _specs[name] = Spec(name, function, tuple(requires), isolated, validate, scores, waits)
        _registered += 1
        return function

    return register


def edition() -> int:
    """A number that is another one whenever a verifier was registered, or one again, since it was last asked for."""
    return _registered


def get(name: str, **parameters: Any) -> FunctionVerifier:
    """The verifier of that name, with parameters bound and checked.

    Args:
        name: A name of `rewardkit list`, or one that a plugin or your own code registered.
        **parameters: Parameters of its function.

    Raises:
        UnknownName: Nothing has the name; the message lists near misses.
        BadParameter: A parameter is not there, or cannot have that value; the message lists the parameters there are.
    """
    found = spec(name)
    check_parameters(found, parameters)
    return (Isolated if found.isolated or found.waits else FunctionVerifier)(found, parameters)


def spec(name: str) -> Spec:
    """The registered entry of that name; looks at entry points when it is not a built-in."""
    if name not in _specs and name in BUILT_IN:
        importlib.import_module(f"rewardkit.verifiers.{BUILT_IN[name]}")
    if name not in _specs:
        _load_entry_points()
    if name not in _specs:
        raise UnknownName("verifier", name, {*BUILT_IN, *_specs}, "A plugin registers its own with @rewardkit.verifier.")
    return _specs[name]


def names() -> list[str]:
    """Every registered name, plugins included, sorted."""
    _load_entry_points()
    return sorted({*BUILT_IN, *_specs})


def _load_entry_points() -> None:
    global _entry_points_loaded
    if _entry_points_loaded:
        return
    _entry_points_loaded = True
    from importlib.metadata import entry_points  # as dear as all the rest of this file, and most never need it

    for entry in entry_points(group=ENTRY_POINT_GROUP):
        entry.load()


@dataclass(frozen=True, eq=False, repr=False)
class Isolated(FunctionVerifier):
    """A lifted function whose slices run in worker processes, or wait side by side, however it is called."""

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in the same order; raises as `dispatch.run` does."""
        return dispatch.run(self, samples)
