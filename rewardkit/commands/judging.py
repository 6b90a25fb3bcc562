"""The reward that a command line asks for, and what is looked at before the work: a wrong address must be told first."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from rewardkit.commands.pairs import parse_pairs
from rewardkit.errors import UsageError
from rewardkit.recipes.parts.config import plan_of, read_config, value_of

__all__ = ["check_writable", "reward_of", "say_trouble", "title_of", "trouble_with"]

OF_THE_JUDGE = {
    "judge": "where",
    "judge_on": "on",
    "judge_kind": "kind",
    "judge_template": "template",
    "judge_cache": "cache",
    "judge_canaries": "canaries",
    "judge_calibration": "calibration",
    "judge_budget": "budget",
    "judge_price": "price",
    "judge_concurrency": "concurrency",
    "judge_deadline_s": "deadline_s",
    "judge_key_variable": "key_variable",
    "disagreements": "disagreements",
}


def reward_of(options: Namespace) -> dict[str, Any]:
    """The table of the reward: that of --config, and what the command line says on top of it. Raises `UsageError`."""
    table = read_config(options.config) if options.config else {}
    if options.recipe or options.verifier:
        if options.recipe and options.verifier:
            message = "--recipe and --verifier both say what decides; give one of them"
            raise UsageError(message)
        table = {name: value for name, value in table.items() if name not in ("recipe", "options", "verifier", "routes")}
        table |= {"recipe": options.recipe} if options.recipe else {"verifier": options.verifier}
    settings = {name: value_of(value) for name, _, value in (text.partition("=") for text in options.set)}
    settings |= {"routes": parse_pairs(options.routes, "--routes", "VALUE=WAY")} if getattr(options, "routes", None) else {}
    if settings:
        if "verifier" in table or "routes" in table:
            message = "--set and --routes are options of a recipe; parameters of a verifier go behind its name, NAME:param=value"
            raise UsageError(message)
        table["options"] = {**table.get("options", {}), **settings}
    if options.references:
        table["references"] = options.references
    said = {key: value for name, key in OF_THE_JUDGE.items() if (value := getattr(options, name, None)) is not None}
    for key in ("budget", "price"):
        if key in said:
            pairs = parse_pairs(said[key], f"--judge-{key}", "NAME=NUMBER")
            said[key] = {name: value_of(value) for name, value in pairs.items()}
    if said:
        table["judge"] = {**table.get("judge", {}), **said}
        if "where" not in table["judge"]:
            first = next(name for name in OF_THE_JUDGE if getattr(options, name) is not None)
            message = f"--{first.replace('_', '-')} goes with --judge URL|vllm:MODEL|hf:MODEL"
            raise UsageError(message)
    return table


def title_of(table: Mapping[str, Any]) -> str:
    """What decides, in a word for a person."""
    return str(table.get("verifier") or table.get("recipe") or ("routes" if "routes" in table else "auto"))


def say_trouble(table: Mapping[str, Any]) -> None:
    """A judge that is not there costs its rows, which should be known before an hour has passed."""
    plan = plan_of(table)
    if plan is None:
        return
    if (trouble := trouble_with(plan.asks("binary"))) is not None:
        print(f"note: rows for the judge will be errors unless it comes up: {trouble}", file=sys.stderr)


def trouble_with(client: Any) -> str | None:
    """Why a judge's servers cannot be used at this moment; None when one can, and for what is no server."""
    look = getattr(client, "trouble", None)
    if look is None:
        return None
    import asyncio  # as dear as a fifth of the start of a program that mostly asks no judge

    trouble: str | None = asyncio.run(look())
    return trouble


def check_writable(path: str) -> None:
    """Raises `UsageError` for a file that cannot be written."""
    try:
        open(path, "ab").close()
    except OSError as cause:
        message = f"cannot write {path}: {cause.strerror}"
        raise UsageError(message) from None
