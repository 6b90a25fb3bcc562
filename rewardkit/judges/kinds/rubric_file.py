"""Rubrics in files: TOML or JSON, read strictly, and looked over for what a person would want to know before paying by them."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rewardkit.errors import BadParameter, UnknownName
from rewardkit.judges.kinds.rubric import Criteria

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["SUFFIXES", "notes", "read_rubric"]

SUFFIXES = (".toml", ".json")
LONG_CRITERION = 300  # characters
MANY_AT_ONCE = 20  # criteria in one request
ENTRY = frozenset({"criterion", "text", "description", "title", "weight", "points"})
WANTED = {
    "criteria": list,
    "template": str,
    "max_tokens": int,
    "ordered": bool,
    "reasons": bool,
    "batch": int,
    "may_abstain": bool,
}


def read_rubric(path: str | os.PathLike[str]) -> Criteria:
    """The rubric in a `.toml` or `.json` file: `criteria`, and the other parameters of `Criteria` beside it.

    `criteria` is a list of texts or of `{criterion, weight}` tables. Raises `BadParameter` for a file that cannot be read, a
    value of another type or no criteria, and `UnknownName` for a name that is not known.
    """
    held = _held(Path(path))
    for name, value in held.items():
        if name not in WANTED:
            raise UnknownName(f"setting of a rubric ({os.fspath(path)})", name, WANTED)
        if not isinstance(value, WANTED[name]) or (isinstance(value, bool) and WANTED[name] is not bool):
            message = f"{os.fspath(path)}: {name} = {value!r} must be of the type {WANTED[name].__name__}"
            raise BadParameter(message)
    for entry in held.get("criteria", ()):
        for name in entry if isinstance(entry, Mapping) else ():
            if name not in ENTRY:
                raise UnknownName(f"field of a criterion ({os.fspath(path)})", name, ENTRY)
    made = Criteria(**held)
    if not made.criteria:
        message = f"{os.fspath(path)} has no criteria; give them as [[criteria]] tables with criterion and weight"
        raise BadParameter(message)
    made.version  # noqa: B018 - a template that cannot be read must be told here
    return made


def notes(rubric: Criteria) -> list[str]:
    """What a rubric can be used with, and should hardly be meant."""
    texts = [" ".join(text.casefold().split()) for text, _ in rubric.criteria]
    weights = [weight for _, weight in rubric.criteria]
    found = [f"{count} criteria say the same: {text!r}" for text, count in Counter(texts).items() if count > 1]
    found += [
        f"c{place} is {len(text)} characters long; a criterion decides one thing"
        for place, text in enumerate(texts, start=1)
        if len(text) > LONG_CRITERION
    ]
    found += [f"c{place} weighs 0 and changes nothing" for place, weight in enumerate(weights, start=1) if weight == 0]
    gain, loss = sum(w for w in weights if w > 0), -sum(w for w in weights if w < 0)
    if loss > gain:
        found.append(f"penalties ({loss:g}) outweigh what can be earned ({gain:g}): scores below 0 are kept at 0")
    at_once = min(rubric.batch or len(weights), len(weights))
    if at_once > MANY_AT_ONCE:
        found.append(f"{at_once} criteria go into one request; batch = {MANY_AT_ONCE // 2} would ask about them in parts")
    return found


def _held(path: Path) -> dict[str, Any]:
    if path.suffix not in SUFFIXES:
        message = f"{path} is no rubric; give a file whose name ends in .toml or .json"
        raise BadParameter(message)
    try:
        text = path.read_text(encoding="utf-8")
        held = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError) as cause:
        message = f"cannot read the rubric {path}: {cause}"
        raise BadParameter(message) from None
    if not isinstance(held, dict):
        message = f"the rubric {path} must be an object with criteria, and is a {type(held).__name__}"
        raise BadParameter(message)
    return held
