"""A secret as it goes into the header of a request."""

from __future__ import annotations

from rewardkit.errors import BadParameter

__all__ = ["header_value"]


def header_value(secret: str | None, source: str) -> str | None:
    """The secret without the white space around it, such as a file's last line break; None for none.

    Raises `BadParameter`, which names the `source` and never the secret, where no header can hold it.
    """
    value = (secret or "").strip()
    if not value.isascii() or not value.isprintable():
        message = f"{source} has characters that no HTTP header can hold; give it as it was issued, on one line"
        raise BadParameter(message)
    return value or None
