"""The tables of phrases, read from their files."""

from __future__ import annotations

import sys
from importlib.resources import files
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["read_table"]


def read_table(name: str, package: str = __package__) -> dict[str, Any]:
    """A TOML file of a package, by default of this one."""
    table: dict[str, Any] = tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
    return table
