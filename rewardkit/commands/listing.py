"""`rewardkit list`: what there is, with one line each."""

from __future__ import annotations

import importlib
import inspect
from argparse import Namespace

from rewardkit import recipes, registry

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Print every verifier and recipe, or one verifier's documentation and parameters."""
    from rich.console import Console
    from rich.table import Table

    out = Console(highlight=False, soft_wrap=bool(options.name))
    if options.name:
        found = registry.spec(options.name)
        out.print(f"[bold]{found.name}[/bold]  needs: {', '.join(found.requires) or 'nothing but the completion'}")
        for parameter in found.parameters.values():
            out.print(f"  {parameter}", markup=False)
        out.print()
        out.print(inspect.getdoc(found.function) or "", markup=False)
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("verifier", no_wrap=True)
    table.add_column("needs", no_wrap=True)
    table.add_column("what it decides")
    for name in registry.names():
        found = registry.spec(name)
        table.add_row(name, ", ".join(found.requires) or "–", found.summary)
    out.print(table)
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("recipe", no_wrap=True)
    table.add_column("what it is")
    for name in recipes.names():
        about = (importlib.import_module(f"rewardkit.recipes.{name}").__doc__ or "").strip().split("\n")[0]
        table.add_row(name, about)
    out.print(table)
    return 0
