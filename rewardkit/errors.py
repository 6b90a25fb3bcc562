"""What can go wrong for the person who calls the library.

RewardKitError
├── UsageError                  the call is wrong: raised at once, before any row is scored
│   ├── UnknownName             no verifier, judge, recipe or route of that name
│   ├── BadParameter            a parameter is unknown or has a value that cannot be used
│   ├── MissingColumn           a column the verifier needs is not in the batch
│   └── WrongLength             a column or a verifier's result is not as long as the batch
├── MissingExtra                an optional package is not installed
├── SandboxUnavailable          no sandbox for code can be started here
├── TooManyErrors               a verifier or judge is broken, not one row
├── UnfitJudge                  a judge accepts what cannot be right, or refuses what must be
├── WorkerStartError            a worker process cannot be started at all
└── ServiceError                a reward service gave no rewards

What goes wrong inside one row is no exception: it is a `Verdict` with status ERROR or ABSTAINED.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

__all__ = [
    "BadParameter",
    "MissingColumn",
    "MissingExtra",
    "RewardKitError",
    "SandboxUnavailable",
    "ServiceError",
    "TooManyErrors",
    "UnfitJudge",
    "UnknownName",
    "UsageError",
    "WorkerStartError",
    "WrongLength",
]


class RewardKitError(Exception):
    """Base of every exception the library raises on purpose."""


class UsageError(RewardKitError, ValueError):
    """The call cannot be carried out as written."""


class UnknownName(UsageError):
    """No such name; the message offers near misses and the known names."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        text = f"no {kind} is named {name!r}"
        if near:
            text += f"; did you mean {' or '.join(repr(n) for n in near)}?"
        else:
            text += "."
        text += f" Known: {', '.join(names) or 'none'}."
        if hint:
            text += f" {hint}"
        super().__init__(text)
        self.name = name


class BadParameter(UsageError):
    """A parameter is unknown, or its value cannot be used."""


class MissingColumn(UsageError):
    """The batch lacks a column that the verifier requires."""

    def __init__(self, column: str, needed_by: str, present: Iterable[str]) -> None:
        super().__init__(
            f"{needed_by} needs the column {column!r}; the batch has {', '.join(sorted(present)) or 'no columns'}. "
            f"Rename your column, or map it: load(…, columns={{{column!r}: 'YOURS'}}), "
            f"on the command line --columns {column}=YOURS."
        )
        self.column = column


class WrongLength(UsageError):
    """Something that must be as long as the batch is not."""

    def __init__(self, what: str, seen: int, wanted: int) -> None:
        super().__init__(f"{what} has {seen} entries for a batch of {wanted}; give one entry a row, in order.")


class MissingExtra(RewardKitError, ImportError):
    """An optional package is needed; the message ends with the command that installs it, and what else its extra is made of."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        wanted = " ".join(f"'{one}'" for one in _packages_of(extra) or [package])
        super().__init__(f"{purpose} needs the package {package!r}, which is not installed. Run: pip install {wanted}")
        self.extra = extra


def _packages_of(extra: str) -> list[str]:
    """The packages of an extra with their ranges, as this installation declares them; none where it is not installed."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        declared = requires(__name__.partition(".")[0]) or []
    except PackageNotFoundError:
        return []
    wanted = re.compile(rf"""extra\s*==\s*["']{re.escape(extra).replace("_", "[-_]")}["']""")
    return [package.strip() for package, _, marker in (one.partition(";") for one in declared) if wanted.search(marker)]


class SandboxUnavailable(RewardKitError, RuntimeError):
    """No sandbox for code can be started here; the message says why and how to install one. Code is never run without."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"code is run in a sandbox only, and there is none: {why}. Install bubblewrap (apt-get install bubblewrap, dnf "
            "install bubblewrap), on Linux with user namespaces; REWARDKIT_SANDBOX names the program where it is not on the PATH."
        )


class TooManyErrors(RewardKitError, RuntimeError):
    """The share of error verdicts in the rolling window is over its limit."""


class UnfitJudge(RewardKitError, RuntimeError):
    """A judge accepts too many answers that cannot be right, or refuses too many that must be; nothing was paid by it."""

    def __init__(self, judge: str, rates: str) -> None:
        super().__init__(
            f"{judge} is unfit to judge: {rates}. Nothing is rewarded by it. Take a larger model, or another kind or template "
            "(rewardkit bench-judge measures them); Judge(…, canaries=0), on the command line --judge-canaries 0, pays by it all "
            "the same."
        )


class WorkerStartError(RewardKitError, RuntimeError):
    """A worker process could not be started, so nothing can be decided about any row."""


class ServiceError(RewardKitError, RuntimeError):
    """A reward service could not be reached, refused, or answered what cannot be used; nothing is known about any row."""
