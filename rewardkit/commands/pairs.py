"""Pairs on the command line: `answer=gold,completion=response`."""

from __future__ import annotations

from rewardkit.errors import UsageError

__all__ = ["parse_columns", "parse_pairs"]


def parse_columns(text: str | None) -> dict[str, str]:
    """`answer=gold,completion=response` as a mapping from our name to the file's. Raises `UsageError`."""
    return parse_pairs(text, "--columns", "NAME=YOURS", "answer=gold,completion=response")


def parse_pairs(text: str | None, option: str, form: str, example: str = "") -> dict[str, str]:
    """`a=b,c=d` as a mapping; `option`, `form` and `example` are for the message. Raises `UsageError`."""
    mapping: dict[str, str] = {}
    for pair in filter(None, (text or "").split(",")):
        name, _, value = pair.partition("=")
        if not name.strip() or not value.strip():
            such = f", such as {example}" if example else ""
            message = f"{option} wants {form} pairs separated by commas{such}; saw {pair!r}"
            raise UsageError(message)
        mapping[name.strip()] = value.strip()
    return mapping
