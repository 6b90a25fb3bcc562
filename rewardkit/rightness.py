"""Whether a completion is right by another verifier, for rewards that make something of it."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from rewardkit import registry
from rewardkit.errors import BadParameter
from rewardkit.lifted import FunctionVerifier
from rewardkit.types import Sample, Verdict

__all__ = ["check_by", "right_by"]

Options = Mapping[str, Any] | None


def right_by(sample: Sample, by: str, options: Options) -> Verdict:
    """The verdict of the verifier of that name with these parameters; a score of 1 or more is right."""
    return _built(by, json.dumps(options or {}, sort_keys=True)).check(sample)


def check_by(name: str, by: str, options: Options) -> None:
    """Raise `BadParameter` or `UnknownName` unless `by` can be asked by the verifier `name`, in its process."""
    if registry.spec(by).isolated:
        message = f"{name}: by={by!r} cannot be used, for it runs in worker processes; wanted a verifier that does not."
        raise BadParameter(message)
    registry.get(by, **(options or {}))


@functools.lru_cache(maxsize=64)
def _built(by: str, options: str) -> FunctionVerifier:
    return registry.get(by, **json.loads(options))
