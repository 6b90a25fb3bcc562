"""`rewardkit list`: what there is, with one line each."""

from __future__ import annotations

import importlib
import inspect
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rewardkit import lifted, recipes, registry
from rewardkit.judges.kinds import KINDS

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["run"]

WIDE = 250


def run(options: Namespace) -> int:
    """Print every verifier, kind of judge and recipe, or one verifier's documentation and parameters."""
    from rich.console import Console

    # One line each where a program reads, as wide as the window where a person does.
    out = Console(highlight=False, markup=False, soft_wrap=bool(options.name), width=None if sys.stdout.isatty() else WIDE)
    if options.name:
        found = registry.spec(options.name)
        out.print(f"{found.name}  needs: {_needs(found, 'nothing but the completion')}", style="bold")
        for parameter in found.parameters.values():
            out.print(f"  {parameter}")
        out.print()
        out.print(inspect.getdoc(found.function) or "")
        return 0
    specs = [registry.spec(name) for name in registry.names()]
    out.print(_table(("verifier", "needs", "what it decides"), [(s.name, _needs(s, "–"), s.summary) for s in specs]))
    out.print()
    kinds = [(name, _first_line(kind)) for name, kind in KINDS.items()]
    out.print(_table(("judge", "what it asks"), kinds))
    out.print()
    out.print(_table(("recipe", "what it is"), [(name, _about(name)) for name in recipes.names()]))
    return 0


def _needs(found: lifted.Spec, nothing: str) -> str:
    return ", ".join(found.requires) or nothing


def _about(recipe: str) -> str:
    return _first_line(importlib.import_module(f"rewardkit.recipes.{recipe}"))


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").split("\n")[0]


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles[:-1]:
        table.add_column(title, no_wrap=True)
    table.add_column(titles[-1])
    for row in rows:
        table.add_row(*map(Text, row))
    return table
