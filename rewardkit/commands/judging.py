"""What commands look at before they use a judge or write a file: a wrong address must be told before the work."""

from __future__ import annotations

import asyncio
from typing import Any

from rewardkit.errors import UsageError

__all__ = ["check_writable", "trouble_with"]


def trouble_with(client: Any) -> str | None:
    """Why a judge's servers cannot be used at this moment; None when one can, and for what is no server."""
    look = getattr(client, "trouble", None)
    return None if look is None else asyncio.run(look())


def check_writable(path: str) -> None:
    """Raises `UsageError` for a file that cannot be written."""
    try:
        open(path, "ab").close()
    except OSError as cause:
        message = f"cannot write {path}: {cause.strerror}"
        raise UsageError(message) from None
