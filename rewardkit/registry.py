"""Names to verifiers: a decorator registers one, `get` builds it with its parameters.

Built-in families load on first use. A name that is not known sends the registry to the entry points
`rewardkit.verifiers` of installed packages, once; importing `rewardkit` scans nothing.
"""

from __future__ import annotations

import importlib
import inspect
import time
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from rewardkit.errors import BadParameter, MissingColumn, RewardKitError, UnknownName
from rewardkit.types import Sample, Status, Verdict

__all__ = ["FunctionVerifier", "Spec", "get", "names", "spec", "verifier"]

Check = Callable[..., "Verdict | float | bool | None"]
CheckT = TypeVar("CheckT", bound=Check)

ENTRY_POINT_GROUP = "rewardkit.verifiers"

# Each built-in name's module, so that asking for one family does not load the others.
BUILT_IN: dict[str, str] = {
    "choice.option": "choice",
    "easyr1.accuracy": "easyr1",
    "easyr1.format": "easyr1",
    "format.boxed": "format",
    "format.observe_think_answer": "format",
    "format.tags": "format",
    "format.think_answer": "format",
    "grounding.box": "grounding",
    "grounding.point": "grounding",
    "length.budget": "length",
    "length.overlong": "length",
    "length.repetition": "length",
    "math.equal": "math",
    "math.symbolic": "math",
    "number.equal": "number",
    "schema.json": "schema",
    "text.anls": "text",
    "text.contains": "text",
    "text.exact": "text",
    "text.f1": "text",
    "text.ratio": "text",
}


@dataclass(frozen=True)
class Spec:
    """What the registry knows of one verifier.

    `isolated` ones run only in supervised worker processes, where a hang or a memory blow-up is cut off.
    """

    name: str
    function: Check
    requires: tuple[str, ...] = ()
    isolated: bool = False
    validate: Callable[..., None] | None = None

    @property
    def summary(self) -> str:
        """First line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").split("\n", 1)[0]

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The keyword parameters of the function, after the sample."""
        return dict(list(inspect.signature(self.function).parameters.items())[1:])


_specs: dict[str, Spec] = {}
_entry_points_loaded = False


def verifier(
    name: str,
    *,
    requires: Sequence[str] = (),
    isolated: bool = False,
    validate: Callable[..., None] | None = None,
) -> Callable[[CheckT], CheckT]:
    """Register a function of one sample under `family.thing`; the function itself is left as it is.

    The function takes a `Sample` and keyword parameters with defaults, and returns a `Verdict`, a float
    (the score), a bool (1 or 0) or None (abstain). `requires` names columns; with "answer" among them,
    rows without a reference abstain before the function is called. `validate` gets the parameters when
    the verifier is built and raises `BadParameter` for values that cannot be used.
    """
    if name.count(".") != 1 or not all(part.isidentifier() for part in name.split(".")):
        message = f"a verifier is named 'family.thing' in letters, digits and underscores, not {name!r}"
        raise BadParameter(message)

    def register(function: CheckT) -> CheckT:
        known = _specs.get(name)
        if known and (known.function.__module__, known.function.__qualname__) != (function.__module__, function.__qualname__):
            owner = f"{known.function.__module__}.{known.function.__qualname__}"
            message = f"{name!r} is already registered by {owner}; choose another name"
            raise BadParameter(message)
        _specs[name] = Spec(name, function, tuple(requires), isolated, validate)
        return function

    return register


def get(name: str, **parameters: Any) -> FunctionVerifier:
    """The verifier of that name, with parameters bound and checked.

    Raises `UnknownName` with near misses, or `BadParameter` with the parameters there are.
    """
    found = spec(name)
    _check_parameters(found, parameters)
    return FunctionVerifier(found, parameters)


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
    from importlib.metadata import entry_points

    for entry in entry_points(group=ENTRY_POINT_GROUP):
        entry.load()


@dataclass(frozen=True, eq=False)
class FunctionVerifier:
    """A registered function lifted to slices: binds parameters, guards columns, times and labels verdicts."""

    spec: Spec
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Registered name."""
        return self.spec.name

    @property
    def requires(self) -> tuple[str, ...]:
        """Columns without which no row can be verified."""
        return self.spec.requires

    @property
    def isolated(self) -> bool:
        """True when slices must run in worker processes."""
        return self.spec.isolated

    def __repr__(self) -> str:
        arguments = "".join(f", {k}={v!r}" for k, v in self.parameters.items())
        return f"get({self.name!r}{arguments})"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample; a function that raises gives that row an error verdict.

        Raises `MissingColumn` when a required column is absent from a row.
        """
        if self.isolated:
            from rewardkit.dispatch import run

            return run(self, samples)
        return [self.check(sample) for sample in samples]

    def check(self, sample: Sample) -> Verdict:
        """The verdict on one sample, in this process."""
        spec, columns = self.spec, sample.columns
        name = spec.name
        for column in spec.requires:
            if column not in columns:
                raise MissingColumn(column, name, columns)
            if column == "answer" and not sample.references:
                return Verdict(None, Status.ABSTAINED, "no_reference", {}, name)
        start = time.perf_counter()
        try:
            result = spec.function(sample, **self.parameters)
            if not isinstance(result, Verdict):
                result = Verdict.abstained("out_of_scope") if result is None else Verdict.scored(result)
        except RewardKitError:
            raise  # the call is wrong, not the row
        except Exception as cause:  # an author's bug is that row's error verdict
            return replace(Verdict.raised(cause, name), seconds=time.perf_counter() - start)
        seconds = time.perf_counter() - start
        return Verdict(result.score, result.status, result.reason, result.info, result.verifier or name, seconds)


def _check_parameters(found: Spec, given: Mapping[str, Any]) -> None:
    allowed = found.parameters
    for name in given:
        if name not in allowed:
            raise BadParameter(str(UnknownName(f"parameter of {found.name!r}", name, allowed)))
    hints = typing.get_type_hints(found.function)
    for name, value in given.items():
        if name in hints and not _fits(value, hints[name]):
            wanted = allowed[name].annotation
            message = f"{found.name}: {name}={value!r} cannot be used; wanted {wanted}. Default: {allowed[name].default!r}."
            raise BadParameter(message)
    if found.validate is not None:
        defaults = {n: p.default for n, p in allowed.items() if p.default is not inspect.Parameter.empty}
        found.validate(**{**defaults, **given})


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value fits a simple annotation; anything not simple is let through for the function to judge."""
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return value in typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, option) for option in typing.get_args(hint))
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint in (bool, str, type(None)):
        return isinstance(value, hint)
    return True
