"""Rewards for RL post-training that can be trusted: every verdict says why, and nothing is made up.

The public names load on first use; importing the package loads no third-party module.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rewardkit.answers import compare
    from rewardkit.compose import Cascade, Gate, Rubric
    from rewardkit.errors import (
        BadParameter,
        MissingColumn,
        MissingExtra,
        RewardKitError,
        SandboxUnavailable,
        ServiceError,
        TooManyErrors,
        UnfitJudge,
        UnknownName,
        UsageError,
        WorkerStartError,
        WrongLength,
    )
    from rewardkit.recipes import load
    from rewardkit.registry import get, names, verifier
    from rewardkit.reward import RewardFunction
    from rewardkit.router import Router
    from rewardkit.single import verify
    from rewardkit.types import Judge, Sample, Status, Verdict, Verifier

__version__ = "0.2.0.dev0"

_HOMES = {
    "BadParameter": "errors",
    "Cascade": "compose",
    "Gate": "compose",
    "Judge": "types",
    "MissingColumn": "errors",
    "MissingExtra": "errors",
    "RewardFunction": "reward",
    "RewardKitError": "errors",
    "Router": "router",
    "Rubric": "compose",
    "Sample": "types",
    "SandboxUnavailable": "errors",
    "ServiceError": "errors",
    "Status": "types",
    "TooManyErrors": "errors",
    "UnfitJudge": "errors",
    "UnknownName": "errors",
    "UsageError": "errors",
    "Verdict": "types",
    "Verifier": "types",
    "WorkerStartError": "errors",
    "WrongLength": "errors",
    "compare": "answers",
    "get": "registry",
    "load": "recipes",
    "names": "registry",
    "verifier": "registry",
    "verify": "single",
}

__all__ = [
    "BadParameter",
    "Cascade",
    "Gate",
    "Judge",
    "MissingColumn",
    "MissingExtra",
    "RewardFunction",
    "RewardKitError",
    "Router",
    "Rubric",
    "Sample",
    "SandboxUnavailable",
    "ServiceError",
    "Status",
    "TooManyErrors",
    "UnfitJudge",
    "UnknownName",
    "UsageError",
    "Verdict",
    "Verifier",
    "WorkerStartError",
    "WrongLength",
    "compare",
    "get",
    "load",
    "names",
    "verifier",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "advantages":  # a module, which needs torch
        return importlib.import_module("rewardkit.advantages")
    if name not in _HOMES:
        message = f"module 'rewardkit' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(importlib.import_module(f"rewardkit.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
