"""`rewardkit recipes`: the published rewards, and where ours departs from paper and code."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from argparse import Namespace

from rewardkit import recipes
from rewardkit.errors import UnknownName, UsageError
from rewardkit.recipes.parts.published import Published, published

__all__ = ["run"]


def run(options: Namespace) -> int:
    """List the recipes, or show one: paper, code and ours, line by line, and its parameters."""
    if options.action == "list":
        _list(as_json=options.json)
        return 0
    if options.name is None:
        message = f"say which recipe to show: rewardkit recipes show NAME, one of {', '.join(recipes.names())}"
        raise UsageError(message)
    if options.name not in recipes.names():
        raise UnknownName("recipe", options.name, recipes.names())
    _show(options.name, as_json=options.json)
    return 0


def _list(*, as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    known = published()
    if as_json:
        print(json.dumps({name: known[name].about if name in known else "" for name in recipes.names()}, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("recipe", "source", "what it is"):
        table.add_column(title, no_wrap=title != "what it is")
    for name in recipes.names():
        found = known.get(name, Published("ours", "each row by the shape of its reference", ()))
        table.add_row(Text(name), Text(found.source), Text(found.about))
    Console(highlight=False, width=None if sys.stdout.isatty() else 160).print(table)


def _show(name: str, *, as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    module = importlib.import_module(f"rewardkit.recipes.{name}")
    found = published().get(name)
    lines = found.lines if found else ()
    parameters = [str(parameter) for parameter in inspect.signature(module.build).parameters.values()]
    if as_json:
        rows = [vars(line) for line in lines]
        print(
            json.dumps(
                {"name": name, "source": found and found.source, "parameters": parameters, "lines": rows}, ensure_ascii=False
            )
        )
        return
    out = Console(highlight=False, markup=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)
    out.print(inspect.getdoc(module) or "")
    if lines:
        table = Table(header_style="bold", show_lines=True)
        for title in ("", "paper", "code", "ours", "known from"):
            table.add_column(title)
        for line in lines:
            table.add_row(*map(Text, (line.what, line.paper, line.code, line.ours, line.certainty)))
        out.print(table)
    out.print("parameters")
    for parameter in parameters:
        out.print(f"  {parameter}")
