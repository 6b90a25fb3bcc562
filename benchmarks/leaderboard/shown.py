"""What a system is shown of one labelled row, and how the packages that grade are loaded."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rewardkit.types import Sample, Verdict

__all__ = ["Judgement", "Shown", "without_start"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One row with one of its references.

    `bare` says that the completion was an answer and nothing else before it was dressed, `options` the letters of a choice with
    their texts, empty where the row has none. `sample` is the row itself, for systems that read more than two texts.
    """

    completion: str
    reference: str
    bare: bool
    options: Mapping[str, str]
    sample: Sample

    @property
    def letter(self) -> str:
        """The option that the reference names, by letter or by text; empty when it names none."""
        plain = self.reference.strip().strip("()[]. ").casefold()
        named = [letter for letter, text in self.options.items() if plain in (letter.casefold(), text.strip().casefold())]
        return named[0] if len(named) == 1 else ""


Judgement = Callable[[Shown], "Verdict | float | bool | None"]
"""A score from 0 to 1, or None where the row is not of the system's kind or it says that it cannot tell."""


def without_start(*names: str) -> None:
    """Let modules of these packages be imported without running the packages' own start.

    What grades is a small module; the package around it starts a trainer or an evaluator with all that it needs. `names` are the
    packages on the way, from the outermost: `("verl", "verl.utils")`.
    """
    for name in names:
        if name in sys.modules:
            continue
        spec = None if "." in name else importlib.util.find_spec(name)
        if "." in name:
            parent, _, leaf = name.rpartition(".")
            places = [str(Path(place) / leaf) for place in sys.modules[parent].__path__]
        else:
            places = list((spec and spec.submodule_search_locations) or ())
        package = types.ModuleType(name)
        package.__path__ = places
        sys.modules[name] = package
