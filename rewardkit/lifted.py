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
from rewardkit.first_use import loading
from rewardkit.types import Sample, Status, Verdict

__all__ = ["AsyncFunctionVerifier", "Check", "FunctionVerifier", "Spec", "as_verdict", "check_parameters", "lift"]

AT_ONCE = 64  # rows of an async function under way

Check = Callable[..., "Verdict | float | bool | None"]

_PUNCTUATION = frozenset(".,;:!?…。，、；：！？·\"'“”‘’`´-–—_~ \t\r\n")


@dataclass(frozen=True)
class Spec:
    """What the registry knows of one verifier.

    `isolated` ones run only in supervised worker processes, where a hang or a memory blow-up is cut off. `scores` is the lowest
    and the highest score that it gives. `waits` are those that wait on processes of their own and compute nothing themselves: the
    rows of a slice wait side by side.
    """

    name: str
    function: Check
    requires: tuple[str, ...] = ()
    isolated: bool = False
    validate: Callable[..., None] | None = None
    scores: tuple[float, float] = (-1.0, 1.0)
    waits: bool = False

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

    @property
    def waits(self) -> bool:
        """True when rows wait on processes of their own, side by side."""
        return self.spec.waits

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
            if column == "answer" and (reason := _unusable(sample.references)):
                return Verdict(None, Status.ABSTAINED, reason, {}, name)
        start = time.perf_counter() - loading.seconds
        try:
            result = as_verdict(spec.function(sample, **self.parameters), spec)
        except RewardKitError:
            raise  # the call is wrong, not the row
        except Exception as cause:  # an author's bug is that row's error verdict
            return replace(Verdict.raised(cause, name), seconds=time.perf_counter() - loading.seconds - start)
        seconds = time.perf_counter() - loading.seconds - start
        return Verdict(result.score, result.status, result.reason, result.info, result.verifier or name, seconds)


def as_verdict(result: Verdict | float | bool | None, spec: Spec) -> Verdict:
    """What a function gave, as a verdict; raises `ValueError` for a score outside of the range that its verifier states."""
    if not isinstance(result, Verdict):
        result = Verdict.abstained("out_of_scope") if result is None else Verdict.scored(result)
    low, high = spec.scores
    if result.score is not None and not low <= result.score <= high:
        message = (
            f"{spec.name} gave the score {result.score:g}, outside of {low:g} to {high:g}; give a score within it, or state the "
            "range: @verifier(…, scores=(lowest, highest))"
        )
        raise ValueError(message)
    return result


def lift(function: Check) -> FunctionVerifier | AsyncFunctionVerifier:
    """A function of one sample, async or not, as a verifier of its own name, without registering it.

    Raises `BadParameter` where the function cannot be called with one sample.
    """
    name = getattr(function, "__name__", type(function).__name__).strip("<>")
    try:
        inspect.signature(function).bind(None)
    except (TypeError, ValueError):
        message = (
            f"{name}{_signature(function)} cannot be used as a verifier; wanted a function of one sample, "
            "`def f(sample: rewardkit.Sample) -> float | bool | None | Verdict`; see @rewardkit.verifier"
        )
        raise BadParameter(message) from None
    spec = Spec(name, function)
    called = function if inspect.isroutine(function) else getattr(function, "__call__", function)  # noqa: B004 - an object's own
    return AsyncFunctionVerifier(spec) if inspect.iscoroutinefunction(called) else FunctionVerifier(spec)


def _signature(function: Check) -> str:
    try:
        return str(inspect.signature(function))
    except (TypeError, ValueError):
        return "(…)"


@dataclass(frozen=True, eq=False)
class AsyncFunctionVerifier:
    """An async function of one sample lifted to slices: the rows of a slice wait side by side, at most 64 at a time."""

    spec: Spec

    @property
    def name(self) -> str:
        """The function's name."""
        return self.spec.name

    async def averify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in the same order; a function that raises gives that row an error verdict."""
        import asyncio

        places = asyncio.Semaphore(AT_ONCE)

        async def check(sample: Sample) -> Verdict:
            async with places:
                start = time.perf_counter()
                try:
                    result = as_verdict(await self.spec.function(sample), self.spec)  # type: ignore[misc]  # an async one
                except RewardKitError:
                    raise
                except Exception as cause:
                    result = Verdict.raised(cause, self.name)
                seconds = time.perf_counter() - start
                return Verdict(result.score, result.status, result.reason, result.info, result.verifier or self.name, seconds)

        return list(await asyncio.gather(*map(check, samples)))


def _unusable(references: Sequence[str]) -> str:
    """Why no reference can be compared with: there is none, or each is only punctuation; empty where one can be."""
    if not references:
        return "no_reference"
    if references[0][0] not in _PUNCTUATION:
        return ""  # as almost every reference is
    return "gold_unparseable" if all(map(_is_punctuation, references)) else ""


def _is_punctuation(text: str) -> bool:
    """Whether a text is marks of punctuation alone; a lone hyphen is a minus, and brackets may be what was asked for."""
    return text[0] in _PUNCTUATION and set(text) <= _PUNCTUATION and text != "-"


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
