"""Ways of judging by name: what each asks, and how it reads the reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.errors import BadParameter, UnknownName, UsageError
from rewardkit.judges.kinds.listed import Listed
from rewardkit.judges.kinds.one_word import Binary, Soft, SoftTiered, Tenths, Tiered
from rewardkit.judges.kinds.process import Process
from rewardkit.judges.kinds.published import CompassVerifier, GeneralVerifier, XVerify
from rewardkit.judges.kinds.rubric import Criteria
from rewardkit.judges.kinds.rubric_file import SUFFIXES, read_rubric
from rewardkit.judges.kinds.scores import Scored

if TYPE_CHECKING:
    from collections.abc import Callable

    from rewardkit.judges.kinds.kind import Kind

__all__ = [
    "KINDS",
    "Binary",
    "CompassVerifier",
    "Criteria",
    "GeneralVerifier",
    "Listed",
    "Process",
    "Scored",
    "Soft",
    "SoftTiered",
    "Tenths",
    "Tiered",
    "XVerify",
    "as_kind",
]


def _wethink(**options: Any) -> Tiered:
    """Tiers for WeThink's descriptive rows; the paper's own prompt and tiers are unknown, these are ours."""
    return Tiered(**{"template": "wethink", **options})


KINDS: dict[str, Callable[..., Kind]] = {
    "binary": Binary,
    "compassverifier": CompassVerifier,
    "general-verifier": GeneralVerifier,
    "list": Listed,
    "rubric": Criteria,
    "score": Scored,
    "soft": Soft,
    "soft-tiered": SoftTiered,
    "steps": Process,
    "tenths": Tenths,
    "tiered": Tiered,
    "wethink": _wethink,
    "xverify": XVerify,
}
"""Kinds of judges by name."""


def as_kind(kind: str | Kind, **options: Any) -> Kind:
    """The kind itself, the named one with these options, or the rubric in a `.toml` or `.json` file.

    Raises `UnknownName` or `BadParameter`.
    """
    if isinstance(kind, str) and kind.endswith(SUFFIXES):
        kind = read_rubric(kind)
    if not isinstance(kind, str):
        if options:
            message = f"{sorted(options)} belong to a kind given by name, or are no parameters of a judge"
            raise BadParameter(message)
        return kind
    if kind not in KINDS:
        raise UnknownName("kind of judge", kind, KINDS)
    try:
        return KINDS[kind](**options)
    except UsageError:
        raise
    except TypeError as cause:
        message = f"the kind {kind!r} cannot be made with {sorted(options)}: {cause}"
        raise BadParameter(message) from None
