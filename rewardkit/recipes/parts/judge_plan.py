"""A judge as a configuration or a command line states it, made where it is known what it has to judge."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rewardkit.errors import BadParameter, UnknownName
from rewardkit.judges.budget import Budget, Price
from rewardkit.judges.client import Client
from rewardkit.judges.clients import client_of
from rewardkit.judges.guard import Guard
from rewardkit.judges.judge import Judge

__all__ = ["JudgePlan"]

OF_THE_CLIENT = ("concurrency", "deadline_s", "timeout_s", "retries", "backoff_s", "patience_s", "max_body_mb", "extra")
OF_THE_JUDGE = frozenset(inspect.signature(Judge).parameters) - {"client", "kind", "guard", "options", "name"}
OF_NUMBERS: dict[str, type[Budget] | type[Price]] = {"budget": Budget, "price": Price}


@dataclass(frozen=True)
class JudgePlan:
    """Where a judge's model is, and whatever of kind, client, judge and guard is stated; the rest is the recipe's.

    `client`, `judge` and `guard` are arguments of the client, of `Judge` and of `Guard`; `options` those of the kind.
    `key_variable` names the environment variable with the key.
    """

    where: str
    kind: str | None = None
    key_variable: str | None = None
    client: Mapping[str, Any] = field(default_factory=dict)
    judge: Mapping[str, Any] = field(default_factory=dict)
    guard: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Any], guard: Mapping[str, Any]) -> JudgePlan:
        """The plan of `[judge]` and `[guard]`. Raises `BadParameter` without `where`."""
        rest = dict(table)
        where = rest.pop("where", None)
        if not isinstance(where, str):
            message = 'a [judge] needs where = "http://HOST/v1#MODEL", "vllm:MODEL" or "hf:MODEL"'
            raise BadParameter(message)
        kind, variable = rest.pop("kind", None), rest.pop("key_variable", None)
        client = {name: rest.pop(name) for name in OF_THE_CLIENT if name in rest}
        judge = {name: rest.pop(name) for name in OF_THE_JUDGE if name in rest}
        judge |= {name: _numbers(kind_of, name, judge[name]) for name, kind_of in OF_NUMBERS.items() if name in judge}
        return cls(where, kind, variable, client, judge, guard, rest)

    def asks(self, kind: str) -> Client:
        """The client of its model. Raises `BadParameter` where the variable of the key is not set."""
        options = dict(self.client)
        if self.key_variable:
            if not os.environ.get(self.key_variable):
                message = (
                    f"key_variable={self.key_variable!r}: there is no such variable in the environment; set it to the judge's key"
                )
                raise BadParameter(message)
            options["api_key"] = os.environ[self.key_variable]
        return client_of(self.where, rewards=(self.kind or kind) == "score", steps=(self.kind or kind) == "steps", **options)

    def made(self, kind: str, **options: Any) -> Judge:
        """The judge; of this kind and with these options of a recipe's where the plan does not say."""
        if self.kind not in (None, kind):
            options = {name: value for name, value in options.items() if name in OF_THE_JUDGE}
        merged = {**options, **self.judge, **self.options}
        try:
            guard = Guard(**self.guard) if self.guard else None
        except TypeError:
            strange = next(name for name in self.guard if name not in inspect.signature(Guard).parameters)
            raise BadParameter(str(UnknownName("setting of the guard", strange, inspect.signature(Guard).parameters))) from None
        return Judge(self.asks(kind), self.kind or kind, guard=guard, **merged)


def _numbers(kind: type[Budget] | type[Price], name: str, table: Any) -> Budget | Price:
    """A table of numbers as what it stands for."""
    known = list(inspect.signature(kind).parameters)
    if not isinstance(table, Mapping):
        message = f"{name} = {table!r} must be a table of numbers, such as {{ {known[0]} = … }}; it may have {', '.join(known)}"
        raise BadParameter(message)
    for key, value in table.items():
        if key not in known:
            raise BadParameter(str(UnknownName(f"key of {name}", key, known)))
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            message = f"{name}: {key} = {value!r} must be a number"
            raise BadParameter(message)
    try:
        return kind(**table)
    except TypeError:
        message = f"{name} = {dict(table)!r} must have {known[0]}"
        raise BadParameter(message) from None
