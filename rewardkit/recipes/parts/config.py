"""A whole reward as a table: what `reward.toml` holds, and what the command line's options come to.

One of `recipe`, `verifier` and `[routes]` decides; `[judge]` what they cannot; `[weights]` add further parts to it. A part is
written `NAME` or `NAME:parameter=value,…`, where the name is a verifier's, a recipe's, or `judge`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewardkit import recipes, registry
from rewardkit.compose import Rubric
from rewardkit.errors import BadParameter, UnknownName, UsageError
from rewardkit.recipes.parts.references import WithReferences
from rewardkit.router import Router
from rewardkit.types import Verifier

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from rewardkit.recipes.parts.judge_plan import JudgePlan

__all__ = ["build", "plan_of", "read_config", "split_part", "value_of"]

KEYS = {
    *("recipe", "options", "verifier", "routes", "judge", "guard", "weights", "gated", "references", "columns"),
}
OF_ROUTES = {"by", "default", "to"}
OF_THE_RECIPE = {"on": "judge_on", "disagreements": "disagreements"}
ACCURACY = "accuracy"
_NEXT = re.compile(r",(?=\s*\w+\s*=)")


def read_config(path: str | Path) -> dict[str, Any]:
    """The table of a TOML file. Raises `UsageError` where it cannot be read, and for keys that nobody knows."""
    try:
        table: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as cause:
        message = f"cannot read {path}: {cause.strerror}; `rewardkit init` writes one to begin with"
        raise UsageError(message) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        message = f"{path} is not TOML: {cause}"
        raise UsageError(message) from None
    _known(table, KEYS, f"key of {path}")
    return table


def build(table: Mapping[str, Any]) -> Verifier:
    """The verifier of a table. Raises `UsageError` for what does not go together, and what its parts raise."""
    _known(table, KEYS, "key of a reward")
    told = [name for name in ("recipe", "verifier", "routes") if name in table]
    if len(told) > 1:
        message = f"{' and '.join(told)} both say what decides; keep one of them"
        raise UsageError(message)
    judged = _Judged(table)
    weights = _table(table, "weights")
    decides = _decides(table, judged) if told or not weights or ACCURACY in weights else None
    if weights:
        parts = {decides if name == ACCURACY else judged.part(name): weight for name, weight in weights.items()}
        decides = Rubric(parts, gated=bool(table.get("gated", False)), name="reward")
    assert decides is not None
    return WithReferences(decides, table["references"]) if "references" in table else decides


def plan_of(table: Mapping[str, Any]) -> JudgePlan | None:
    """The judge of a table; None without one."""
    judge, guard = dict(_table(table, "judge")), _table(table, "guard")
    for name in OF_THE_RECIPE:
        judge.pop(name, None)
    if not judge:
        if guard:
            message = "[guard] stands before a judge; add [judge] with where = …, or on the command line --judge"
            raise UsageError(message)
        return None
    from rewardkit.recipes.parts.judge_plan import JudgePlan  # most rewards have no judge, whose parts take a while to load

    return JudgePlan.of(judge, guard)


def split_part(text: str) -> tuple[str, dict[str, Any]]:
    """`NAME:parameter=value,…` as the name and its parameters. Raises `UsageError`."""
    name, _, rest = text.partition(":")
    parameters: dict[str, Any] = {}
    for pair in _NEXT.split(rest) if rest else ():
        parameter, mark, value = pair.partition("=")
        if not mark or not parameter.strip():
            message = f"{text!r}: wanted NAME:parameter=value,…, such as math.equal:precision=4; saw {pair!r}"
            raise UsageError(message)
        parameters[parameter.strip()] = value_of(value)
    return name.strip(), parameters


def value_of(text: str) -> Any:
    """A value as it is written in JSON, else the text itself: `4`, `0.5`, `true`, `[0, 1]`, `loose`."""
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


class _Judged:
    """The parts of a reward, and the judge that what they cannot decide goes to."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.plan = plan_of(table)
        stated = _table(table, "judge")
        self.options = {ours: stated[name] for name, ours in OF_THE_RECIPE.items() if name in stated}
        self._judge: Verifier | None = None

    def part(self, text: str) -> Verifier:
        """The verifier of one part, with the judge where it takes one."""
        if text == "judge":
            return self._own("it is named as a part")
        name, parameters = split_part(text)
        if name in recipes.names():
            return self.recipe(name, parameters)
        return self._with_judge(registry.get(name, **parameters))

    def recipe(self, name: str, options: Mapping[str, Any]) -> Verifier:
        """A recipe, whose judge this is."""
        of_judge = {} if self.plan is None else {"judge": self.plan, **self.options}
        return recipes.build(name, **{**of_judge, **options})

    def _with_judge(self, rule: Verifier) -> Verifier:
        if self.plan is None:
            return rule
        from rewardkit.judges.rule_then_judge import RuleThenJudge

        on = self.options.get("judge_on", "abstain")
        return RuleThenJudge(rule, self._own(""), on=on, log=self.options.get("disagreements"), name=rule.name)

    def _own(self, why: str) -> Verifier:
        if self.plan is None:
            message = f"there is no judge, and {why}; add [judge] with where = …, or on the command line --judge"
            raise UsageError(message)
        if self._judge is None:
            self._judge = self.plan.made("binary")
        return self._judge


def _decides(table: Mapping[str, Any], judged: _Judged) -> Verifier:
    if "verifier" in table:
        return judged.part(str(table["verifier"]))
    if "routes" not in table:
        return judged.recipe(str(table.get("recipe", "auto")), _table(table, "options"))
    routes = _table(table, "routes")
    _known(routes, OF_ROUTES, "key of [routes]")
    ways = _table(routes, "to")
    if not ways:
        message = '[routes] needs [routes.to], which says where each value of the column goes: math = "math.equal"'
        raise BadParameter(message)
    default = None if "default" not in routes else judged.part(str(routes["default"]))
    return Router({value: judged.part(str(way)) for value, way in ways.items()}, str(routes.get("by", "reward")), default)


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name, {})
    if not isinstance(found, Mapping):
        message = f"{name} = {found!r} must be a table: [{name}] and a line each below it"
        raise BadParameter(message)
    return found


def _known(table: Mapping[str, Any], keys: set[str], kind: str) -> None:
    for name in table:
        if name not in keys:
            raise UnknownName(kind, name, keys)
