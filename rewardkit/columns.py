"""The columns of a batch as samples: where the answer stands, and what an answer may be."""

from __future__ import annotations

import math
import numbers
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from rewardkit.errors import BadParameter, MissingColumn, WrongLength
from rewardkit.types import Sample

__all__ = ["ABSENT", "ANSWER_COLUMNS", "answer_problem", "dotted", "named", "plain", "samples_of"]

# Names trainers use for the reference; the first one present that is not already called "answer" fills it.
ANSWER_COLUMNS = ("answer", "solution", "ground_truth", "gold")
_NARROW = {"float16": "e", "float32": "f"}
ABSENT = object()
"""What `dotted` gives for a column that is not there."""


def samples_of(
    prompts: Sequence[Any] | None,
    completions: Sequence[Any],
    columns: Mapping[str, Any],
    completion_ids: Sequence[Sequence[int]] | None = None,
    *,
    mapping: Mapping[str, str] | None = None,
) -> list[Sample]:
    """One sample a completion.

    `mapping` says which of the batch's columns are ours, `{"answer": "reward_model.ground_truth"}`; a point leads into the
    objects of a column. A keyword that is no column of the batch (a scalar, a callback, a list of another length) is passed
    over, because trainers add new ones.

    Raises `WrongLength` when prompts, ids or the reference answers are not as long as the completions, `MissingColumn` for a
    mapped column that is not there, and `BadParameter` for one answer given for a whole batch.
    """
    size = len(completions)
    if prompts is not None and len(prompts) != size:
        raise WrongLength("prompts", len(prompts), size)
    if completion_ids is not None and len(completion_ids) != size:
        raise WrongLength("completion_ids", len(completion_ids), size)
    usable = _usable(columns, size)
    names = list(usable)
    rows = zip(*usable.values(), strict=True) if usable else iter([()] * size)
    return [
        Sample(
            i,
            None if prompts is None else prompts[i],
            completions[i],
            _mapped(dict(zip(names, row, strict=True)), mapping),
            None if completion_ids is None else completion_ids[i],
        )
        for i, row in enumerate(rows)
    ]


def _usable(columns: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The keywords that are columns of a batch of this size, the answer under its own name among them."""
    usable: dict[str, Any] = {}
    alone: list[str] = []
    for name, values in columns.items():
        if not _is_column(values):
            alone += [name] if name in ANSWER_COLUMNS and values is not None and not callable(values) else []
            continue
        if len(values) == size:
            usable[name] = values
        elif name in ANSWER_COLUMNS:
            raise WrongLength(f"the column {name!r}", len(values), size)
    if "answer" not in usable:
        alias = next((name for name in ANSWER_COLUMNS if name in usable), None)
        if alias is not None and "answer" not in alone:
            usable["answer"] = usable[alias]
        elif alone:
            shown = f"{alone[0]}={columns[alone[0]]!r:.80}"
            message = f"{shown} is one answer for a batch of {size} rows; give a list of one entry a row"
            raise BadParameter(message)
    if "answer" in usable:
        usable["answer"] = [plain(value) for value in usable["answer"]]
    return usable


def _is_column(values: Any) -> bool:
    if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__len__") or not hasattr(values, "__getitem__"):
        return False
    return getattr(values, "ndim", 1) > 0  # a scalar of torch or numpy has no length


def _mapped(row: dict[str, Any], mapping: Mapping[str, str] | None) -> dict[str, Any]:
    for ours, theirs in (mapping or {}).items():
        found = dotted(row, theirs)
        if found is ABSENT:
            raise MissingColumn(theirs, f"columns={{{ours!r}: {theirs!r}}}", row)
        row[ours] = plain(found) if ours == "answer" else found
    return row


def dotted(row: Mapping[str, Any], name: str) -> Any:
    """The value of a column, where a point leads into its objects unless a column has the whole name; `ABSENT` without it."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return ABSENT
        value = value[part]
    return value


def named(row: Mapping[str, Any], name: str) -> Any:
    """The value of a column as `dotted` finds it; None without it."""
    value = dotted(row, name)
    return None if value is ABSENT else value


def plain(value: Any) -> Any:
    """An answer as strings and numbers: the item or the list of a scalar or array of torch or numpy, the text of bytes."""
    if isinstance(value, (str, int, float)) or value is None:
        return value
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    listed = getattr(value, "tolist", None)
    if not callable(listed):
        return value
    form = _NARROW.get(str(getattr(value, "dtype", "")).rpartition(".")[2])
    return _as_written(listed(), form) if form else listed()


def _as_written(value: Any, form: str) -> Any:
    """Numbers of a narrow type as they were before they were stored: float32 keeps 0.1 as 0.10000000149011612."""
    if isinstance(value, list):
        return [_as_written(part, form) for part in value]
    if not isinstance(value, float) or not math.isfinite(value) or value.is_integer():
        return value
    spelled = (float(f"{value:.{digits}g}") for digits in range(1, 10))
    return next((one for one in spelled if struct.unpack(form, struct.pack(form, one))[0] == value), value)


def answer_problem(value: Any) -> str:
    """What keeps a value from being an answer; empty for a string, a number, a list of accepted ones, or lists of numbers."""
    for accepted in value if isinstance(value, (list, tuple, set, frozenset)) else [value]:
        parts = accepted if isinstance(accepted, (list, tuple)) else ()
        if not _is_answer(accepted) or any(isinstance(part, (str, bytes, Mapping, list, tuple)) for part in parts):
            where = " inside a list" if accepted is not value else ""
            return f"the answer is {_kind_of(accepted)}{where}; wanted a string, a number, or a list of the accepted ones"
    return ""


def _is_answer(value: Any) -> bool:
    return value is None or isinstance(value, (str, numbers.Number, list, tuple))


def _kind_of(value: Any) -> str:
    """What a value is, in words for a message."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "a list"
    return "bytes that are no UTF-8" if isinstance(value, bytes) else f"of type {type(value).__name__}"
