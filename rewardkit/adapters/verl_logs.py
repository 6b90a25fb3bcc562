"""verl's own metrics of a step, with ours beside them: shares, rewards by route, parts, seconds and alarms.

A reward function of verl has no logger: it runs in processes of its own, and what it tells of a row (`verl.extra_info_of`) is
only written to files. The driver computes a step's metrics from its rows with `compute_data_metrics`; here that function also
reads what was told. With the default trainer those rows come from the transfer queue, with the legacy one they are in the batch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rewardkit.alarms.log import Log, Row

__all__ = ["NAME", "log_metrics", "rows_of"]

NAME = "rewardkit"
PART = "part/"
OURS = "scored"  # a key that every row of ours has


def log_metrics() -> None:
    """Have verl log `rewardkit/…` in every step of training; done by itself where verl loads `rewardkit.adapters.verl`."""
    from verl.trainer.ppo import metric_utils

    if hasattr(metric_utils.compute_data_metrics, "rewardkit"):
        return
    told: list[Sequence[Mapping[str, Any]]] = []
    metric_utils.compute_data_metrics = _with_ours(metric_utils.compute_data_metrics, told)
    fetch = getattr(metric_utils, "get_metric_data_with_optional_routed_experts", None)
    if fetch is not None:
        metric_utils.get_metric_data_with_optional_routed_experts = _noting(fetch, told)


def _with_ours(compute: Callable[..., dict[str, Any]], told: list[Sequence[Mapping[str, Any]]]) -> Callable[..., dict[str, Any]]:
    log = Log(NAME)

    @functools.wraps(compute)
    def both(batch: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        metrics = compute(batch, *args, **kwargs)
        infos = told.pop() if told else _in_batch(batch)
        told.clear()
        rows, parts = rows_of(infos, _lengths(batch))
        return {**metrics, **log.step(rows, parts)}

    both.rewardkit = True  # type: ignore[attr-defined]  # what it is known by, so that it is wrapped once
    return both


def _noting(fetch: Callable[..., Any], told: list[Sequence[Mapping[str, Any]]]) -> Callable[..., Any]:
    """The function that fetches a step's rows from the queue, which notes what was told of them for the metrics that follow."""

    @functools.wraps(fetch)
    def noting(*args: Any, **kwargs: Any) -> Any:
        data = fetch(*args, **kwargs)
        told.clear()
        wanted = {"keys": kwargs["keys"], "partition_id": kwargs["partition_id"], "select_fields": ["extra_fields"]}
        try:
            extra = kwargs["kv_batch_get"](**wanted)["extra_fields"]
        except (KeyError, ValueError):  # rows that carry none
            return data
        told.append([_info(getattr(row, "data", row)) for row in (extra.tolist() if hasattr(extra, "tolist") else extra)])
        return data

    return noting


def _info(extra: Any) -> Mapping[str, Any]:
    info = extra.get("reward_extra_info") if isinstance(extra, Mapping) else None
    return info if isinstance(info, Mapping) else {}


def _in_batch(batch: Any) -> Sequence[Mapping[str, Any]]:
    columns = {key: batch.non_tensor_batch[key] for key in batch.meta_info.get("reward_extra_keys", ())}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _lengths(batch: Any) -> list[int]:
    """Tokens of each completion."""
    return [int(length) for length in batch.batch["response_mask"].sum(-1).tolist()]


def rows_of(infos: Sequence[Mapping[str, Any]], lengths: Sequence[int] = ()) -> tuple[list[Row], dict[str, list[float | None]]]:
    """The rows that ours told of, as a log takes them, and the scores of their parts; rows of other rewards are passed over.

    `lengths` are tokens of the completions and count where there is one for every row.
    """
    known = lengths if len(lengths) == len(infos) else [None] * len(infos)
    pairs = [(info, tokens) for info, tokens in zip(infos, known, strict=True) if OURS in info]
    rows: list[Row] = []
    for info, tokens in pairs:
        status = next(name for name in ("scored", "abstained", "error") if info.get(name) or name == "error")
        record = {name: info.get(name) for name in ("reason", "route", "extracted", "seconds")}
        rows.append(({**record, "status": status, "tokens": tokens}, _score(info) if status == "scored" else None))
    names = dict.fromkeys(key for info, _ in pairs for key in info if key.startswith(PART))
    return rows, {key.removeprefix(PART): [_part(info, key) for info, _ in pairs] for key in names}


def _score(info: Mapping[str, Any]) -> float | None:
    return None if info.get("score") is None else float(info["score"])


def _part(info: Mapping[str, Any], key: str) -> float | None:
    """A part's score; `unscored` stands there for none, so that those of rows with a verdict alone are known."""
    return float(info[key]) if info.get("scored") and info.get(key) is not None else None
