"""What commands say about a recipe and its judge, and look at before the work: a wrong address must be told first."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any

from rewardkit.commands.pairs import parse_pairs
from rewardkit.errors import UsageError

__all__ = ["check_writable", "recipe_options", "say_trouble", "trouble_with"]


def recipe_options(options: Namespace) -> dict[str, Any]:
    """What the command line says about the recipe; only what was said, because not every recipe has a place for it."""
    chosen: dict[str, Any] = {"routes": parse_pairs(options.routes, "--routes", "VALUE=WAY")} if options.routes else {}
    if not options.judge:
        if options.judge_cache or options.disagreements or options.judge_canaries is not None:
            message = "--judge-cache, --judge-canaries and --disagreements go with --judge URL|vllm:MODEL|hf:MODEL"
            raise UsageError(message)
        return chosen
    chosen |= {"judge": options.judge, "judge_on": options.judge_on}
    said = {"judge_cache": options.judge_cache, "disagreements": options.disagreements}
    canaries = {} if options.judge_canaries is None else {"judge_canaries": options.judge_canaries}
    return {**chosen, **canaries, **{name: value for name, value in said.items() if value}}


def say_trouble(judge: str | None) -> None:
    """A judge that is not there costs its rows, which should be known before an hour has passed."""
    if judge is None:
        return
    from rewardkit.judges.judge import as_client

    if (trouble := trouble_with(as_client(judge))) is not None:
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
