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

    `routes` maps a value to a verifier, a registered name, or None (rows of that value abstain with `no_route`).
    `by` is a column name or a function from sample to value; a function must be importable for the router to pickle. Rows
    whose value is None or blank, and with a `default` those whose value has no route, go to `default`.

    Raises `MissingColumn` when a row lacks the column, and `UnknownName`, listing the values seen, when one has
    no route and there is no `default`: a misspelt value would otherwise cost its rows their reward in silence.
    The verdicts carry `info["route"]`.
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
        slices = self._slices(samples)
        verdicts: list[Any] = [None] * len(samples)
        live: list[tuple[str, Verifier, list[int]]] = []
        for value, places in slices.items():
            to = self.routes.get(value, self.default)
            if to is None:
                for place in places:
                    verdicts[place] = replace(Verdict.abstained("no_route", route=value), verifier=self.name)
            else:
                live.append((value, to, places))
        if len(live) == 1 and len(live[0][2]) == len(samples):
            results = [dispatch.run(live[0][1], samples)]
        else:
            results = dispatch.run_all([(to, [samples[p] for p in places]) for _, to, places in live])
        for (value, _, places), result in zip(live, results, strict=True):
            for place, verdict in zip(places, result, strict=True):
                inner = verdict.info.get("route")
                verdicts[place] = verdict.noting(route=value if inner is None else f"{value}/{inner}")
        return verdicts

    def _slices(self, samples: Sequence[Sample]) -> dict[str, list[int]]:
        slices: dict[str, list[int]] = {}
        for place, sample in enumerate(samples):
            slices.setdefault(self._value(sample), []).append(place)
        strangers = [] if self.default is not None else [value for value in slices if value and value not in self.routes]
        if strangers:
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
