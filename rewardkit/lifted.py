"""A function of one sample lifted to slices: what is known of it, its parameters bound and checked, its verdicts labelled.

Where a slice runs is decided above (`dispatch`); here everything runs in this process.
"""

from __future__ import annotations

import inspect
import time
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rewardkit.errors import BadParameter, MissingColumn, RewardKitError, UnknownName
from rewardkit.types import Sample, Status, Verdict

__all__ = ["Check", "FunctionVerifier", "Spec", "check_parameters"]

Check = Callable[..., "Verdict | float | bool | None"]


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
        """One verdict a sample, in this process; a function that raises gives that row an error verdict.

        Raises `MissingColumn` when a required column is absent from a row.
        """
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


def check_parameters(found: Spec, given: Mapping[str, Any]) -> None:
    """Raise `BadParameter` for a parameter that the function has not, or whose value does not fit it."""
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
