"""`rewardkit init`: a configuration of a reward to begin with."""

from __future__ import annotations

from argparse import Namespace
from importlib.resources import files
from pathlib import Path

from rewardkit.errors import UsageError

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write the file; 2 when there is one of that name, or it cannot be written."""
    path = Path(options.path)
    text = files("rewardkit.commands").joinpath("reward.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        message = f"{path} is there already; give the name of a new file: rewardkit init OTHER.toml"
        raise UsageError(message) from None
    except OSError as cause:
        message = f"cannot write {path}: {cause.strerror}"
        raise UsageError(message) from None
    print(f"{path}: edit it, then rewardkit score DATA -o OUT.jsonl --config {path}, or rewardkit.load({str(path)!r}) in Python")
    return 0
