"""One slice a route: each row goes to the verifier that can decide it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rewardkit import dispatch
from rewardkit.compose import as_verifier, waits
from rewardkit.errors import MissingColumn, UnknownName
from rewardkit.types import Sample, Verdict, Verifier

__all__ = ["Router"]


class Router:
    """Send each row to the verifier of its route, chosen by a column's value or by a function of the sample.

    The verdicts carry `info["route"]`.

    Args:
        routes: A verifier or a registered name for each value, or None: rows of that value then abstain with `no_route`.
        by: A column's name, or a function from a sample to its value; it must be importable for the router to pickle.
        default: Where rows go whose value is None or blank, or has no route.
        name: Its name in traces.

    Raises:
        MissingColumn: From a call, where a row lacks the column.
        UnknownName: From a call, where a value has no route and there is no `default`: a misspelt value would otherwise cost its
            rows their reward in silence. The message lists the values seen.
    """

    def __init__(
        self,
        routes: Mapping[str, Verifier | str | None],
        by: str | Callable[[Sample], str | None] = "reward",
        default: Verifier | str | None = None,
        *,
        name: str = "router",
    ) -> None:
        self.routes = {str(value): None if to is None else as_verifier(to) for value, to in routes.items()}
        self.by = by
        self.default = None if default is None else as_verifier(default)
        self.name = name
        self.remote = waits(*self.routes.values(), self.default)

    def __repr__(self) -> str:
        return f"Router({self.routes!r}, by={self.by!r}, default={self.default!r})"

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """One verdict a sample, in order; slices of different routes run side by side where they can."""
        if len(samples) == 1 and (value := self._value(samples[0])) in self.routes:
            return self._of_one_route(value, samples)
        slices = self._slices(samples)
        if len(slices) == 1:
            return self._of_one_route(next(iter(slices)), samples)
        verdicts: list[Any] = [None] * len(samples)
        live: list[tuple[str, Verifier, list[int]]] = []
        for value, places in slices.items():
            to = self.routes.get(value, self.default)
            if to is None:
                for place in places:
                    verdicts[place] = self._no_route(value)
            else:
                live.append((value, to, places))
        results = dispatch.run_all([(to, [samples[p] for p in places]) for _, to, places in live])
        for (value, _, places), result in zip(live, results, strict=True):
            for place, verdict in zip(places, result, strict=True):
                verdicts[place] = _noting(value, verdict)
        return verdicts

    def _of_one_route(self, value: str, samples: Sequence[Sample]) -> list[Verdict]:
        """The verdicts on samples of one route."""
        to = self.routes.get(value, self.default)
        if to is None:
            return [self._no_route(value) for _ in samples]
        return [_noting(value, verdict) for verdict in dispatch.run(to, samples)]

    def _no_route(self, value: str) -> Verdict:
        return replace(Verdict.abstained("no_route", route=value), verifier=self.name)

    def _slices(self, samples: Sequence[Sample]) -> dict[str, list[int]]:
        slices: dict[str, list[int]] = {}
        for place, sample in enumerate(samples):
            slices.setdefault(self._value(sample), []).append(place)
        if self.default is None and (strangers := [value for value in slices if value and value not in self.routes]):
            unknown = Counter({value: len(slices[value]) for value in strangers})
            where = f"value of the column {self.by!r}" if isinstance(self.by, str) else "value of the routing function"
            seen = ", ".join(f"{value!r} ({count} rows)" for value, count in unknown.most_common(10))
            raise UnknownName(
                "route",
                unknown.most_common(1)[0][0],
                self.routes,
                f"Without a route, as {where}: {seen}. Add routes or a default.",
            )
        return slices

    def _value(self, sample: Sample) -> str:
        if callable(self.by):
            value = self.by(sample)
        elif self.by in sample.columns:
            value = sample.columns[self.by]
        else:
            raise MissingColumn(self.by, self.name, sample.columns)
        return "" if value is None else str(value).strip()


def _noting(value: str, verdict: Verdict) -> Verdict:
    """The verdict with its route, in front of that which a router further in has noted."""
    inner = verdict.info.get("route")
    return verdict.noting(route=value if inner is None else f"{value}/{inner}")
