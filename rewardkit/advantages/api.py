"""`group_advantages`: the one function that trainers call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from rewardkit.advantages import backend as backends
from rewardkit.advantages import reference
from rewardkit.advantages.estimators import ESTIMATORS, Batch, Estimator
from rewardkit.advantages.groups import GroupIds, Groups
from rewardkit.advantages.hooks import Hook, Rows
from rewardkit.advantages.rewards import Rewards, Weights, column_weights, columns
from rewardkit.advantages.tokens import PerToken, Tokens
from rewardkit.errors import BadParameter, UnknownName, WrongLength

__all__ = ["GroupAdvantages", "group_advantages"]

PerRow = Tensor | np.ndarray | Sequence[float | None]


@dataclass(frozen=True)
class GroupAdvantages:
    """Advantages of B completions in N groups, all tensors on the rewards' device.

    Attributes:
        advantages: (B,) float32; (B, T) or (total_tokens,) of `token_dtype` if a token mask or `cu_seqlens` was given.
        completions: (B,) float32, the advantage of each completion, whatever the form of `advantages`.
        mean: (N,) float32 mean reward of each group's scored rows, 0 if there are none.
        std: (N,) float32 deviation of the same, 0 where there are no more than `ddof` of them.
        degenerate: (N,) bool, groups with fewer than two scored rows or without spread; their advantages are exactly 0.
        kept: (B,) bool, rows worth training on: scored, in no degenerate group, kept by every hook. DAPO's dynamic sampling is
            `rows[kept]`.
        scored: (B,) bool, rows with a reward.
        groups: which row belongs to which group.
    """

    advantages: Tensor
    completions: Tensor
    mean: Tensor
    std: Tensor
    degenerate: Tensor
    kept: Tensor
    scored: Tensor
    groups: Groups

    @property
    def group(self) -> Tensor:
        """(B,) int64, each row's place in `mean`, `std` and `degenerate`; groups are numbered as they first appear."""
        return self.groups.number


@torch.no_grad()
def group_advantages(
    rewards: Rewards,
    *,
    group_size: int | None = None,
    group_ids: GroupIds | None = None,
    weights: Weights = None,
    estimator: str = "grpo",
    scale: str | None = None,
    ddof: int = 1,
    eps: float = 1e-4,
    tol: float = 1e-6,
    clip: float | None = None,
    whiten: str = "rows",
    token_mask: PerToken | None = None,
    cu_seqlens: PerToken | None = None,
    total_tokens: int | None = None,
    token_dtype: torch.dtype = torch.float32,
    lengths: PerRow | None = None,
    baseline: PerRow | None = None,
    hooks: Sequence[Hook] = (),
    backend: str = "auto",
) -> GroupAdvantages:
    """Advantages of completions relative to their group, right at the edges where trainers differ.

    A row without a reward (None or NaN; with K reward functions, none of them) is out of its group's numbers and gets 0. A group
    whose rewards are equal (max − min ≤ tol · max(1, max |r|)) or of which fewer than two rows are scored is degenerate: all its
    advantages are exactly 0. The result depends neither on the order of the rows nor on the other groups, except where the
    estimator or the scale says "batch". With the defaults the numbers are those of TRL's GRPOTrainer.

    Args:
        rewards: (B,) or (B, K): a tensor, an array, a list, or a mapping from the names of K reward functions to their B rewards.
        group_size: G, if groups are B/G consecutive pieces. On a GPU nothing waits for the device then.
        group_ids: (B,) integers or strings in any order, groups of any size. Exactly one of the two is needed (for remax,
            neither).
        weights: (K,), 1 unless given; a mapping if the rewards are one.
        estimator: a name in `ESTIMATORS`: grpo, dapo, dr_grpo, rloo, gdpo, reinforce_pp (the baseline form), opo, gpg, passk,
            maxrl, remax.
        scale: divide by the deviation of the "group", of the "batch", or by "none"; the estimator's own default if None.
        ddof: 1 for the sample's deviation (TRL, verl), 0 for the population's.
        eps: added to every divisor.
        tol: the spread, relative to the largest reward and to 1, up to which rewards are equal.
        clip: the largest absolute advantage, applied last.
        whiten: for gdpo and reinforce_pp, what counts once in the batch's moments: "rows", or "tokens" as in verl.
        token_mask: (B, T) bool, integers or floats, not 0 = the completion's token. Excludes `cu_seqlens`. Like it, a tensor, an
            array or lists.
        cu_seqlens: (B+1,) integers, ends of completions packed one after another.
        total_tokens: length of the packed tokens; the last of `cu_seqlens` if None, which on a GPU is waited for.
        token_dtype: float32 or bfloat16.
        lengths: (B,) tokens of each completion, for opo, token whitening and hooks; counted from the mask or `cu_seqlens` if
            None.
        baseline: (B,) rewards of the baseline, for remax; None or NaN makes the row unscored.
        hooks: bonuses, weights and filters, asked in order.
        backend: "auto" (the kernel of rewardkit_cuda for CUDA tensors if it can run), "reference" (plain torch anywhere) or
            "cuda" (its code built for the host if the tensors are on the CPU).

    Raises:
        UnknownName: no such estimator.
        BadParameter: a parameter has a value that cannot be used, or a reward on the CPU is infinite; the message names the row.
            On a GPU, where looking would mean waiting, infinite rewards make their group degenerate.
        WrongLength: something is not as long as the batch.
    """
    if estimator not in ESTIMATORS:
        raise UnknownName("estimator", estimator, ESTIMATORS)
    chosen = ESTIMATORS[estimator]
    scale = _scale(estimator, chosen, scale)
    ddof = _check(ddof, eps, tol, clip, whiten)
    table = columns(rewards)
    count, device = table.shape[0], table.device
    factors = None if weights is None else column_weights(weights, rewards, table.shape[1], device)
    groups = _groups(group_size, group_ids, count, device, estimator)
    tokens = Tokens.of(token_mask, cu_seqlens, total_tokens, token_dtype, count, device)
    needs_lengths = chosen.needs == "lengths" or whiten == "tokens" or any(hook.needs_lengths for hook in hooks)
    if lengths is not None and len(lengths) != count:
        raise WrongLength("lengths", len(lengths), count)
    sizes = _lengths(lengths, tokens, count, device) if needs_lengths else None
    given = _baseline(baseline, estimator, chosen, count, device)
    names = tuple(map(str, rewards)) if isinstance(rewards, Mapping) else ()
    kernel = backends.uses_kernel(backend, device)
    fused = kernel and chosen.fused and whiten == "rows"
    if hooks or not fused:
        groups = groups.laid_out()
    rows = Rows(table, groups, sizes, names)
    for hook in hooks:
        rows = Rows(hook.rewards(rows), groups, sizes, names)
    asked = [hook.weights(rows) for hook in hooks]
    weighing = [factor for factor in asked if factor is not None]

    if fused:
        result = backends.fused(
            *(rows.rewards, factors, groups, _none(tokens) if weighing else tokens),
            estimator=chosen.fused,
            scale=scale,
            ddof=ddof,
            eps=eps,
            tol=tol,
            clip=None if weighing else clip,
        )
        values, mean, std, degenerate = result.advantages, result.mean, result.std, result.degenerate
        scored, kept = result.scored, result.kept
        written = result.tokens if tokens.wanted and not weighing else None
    else:
        factors = torch.ones(table.shape[1], device=device) if factors is None else factors
        total = reference.combined(rows.rewards, factors)
        total = total if given is None else torch.where(given.isnan(), torch.nan, total)
        stats = reference.statistics(total, groups, ddof, tol)
        batch = Batch(rows.rewards, factors, total, groups, stats, scale, ddof, eps, tol, whiten, sizes, given)
        estimate = chosen.function(batch)
        scored, degenerate = ~total.isnan(), estimate.degenerate
        values = torch.where(scored & ~groups.rows(degenerate), estimate.advantages, 0.0).float()
        values = _clipped(values, None if weighing else clip)
        mean, std, written = stats.mean.float(), stats.std.float(), None
        kept = scored & ~groups.rows(degenerate)
    if weighing:
        for factor in weighing:
            values = (values * factor).float()
        values = _clipped(values, clip)
    for hook in hooks:
        keeps = hook.keeps(rows, values)
        kept = kept if keeps is None else kept & keeps
    if written is None:
        written = values if not tokens.wanted else backends.fused_spread(values, tokens) if kernel else tokens.spread(values)
    return GroupAdvantages(written, values, mean, std, degenerate, kept, scored, groups)


def _scale(name: str, estimator: Estimator, scale: str | None) -> str:
    if scale is None:
        return estimator.scales[0] if estimator.scales else "none"
    if scale not in estimator.scales:
        allowed = " or ".join(map(repr, estimator.scales)) or "nothing: it has a scale of its own"
        raise BadParameter(f"scale is {scale!r}; with estimator={name!r} give {allowed}.")
    return scale


def _check(ddof: int, eps: float, tol: float, clip: float | None, whiten: str) -> int:
    if ddof not in (0, 1):
        raise BadParameter(f"ddof is {ddof!r}; give 1 (sample) or 0 (population).")
    for name, value in (("eps", eps), ("tol", tol), ("clip", 0.0 if clip is None else clip)):
        if not 0 <= value < float("inf"):
            raise BadParameter(f"{name} is {value!r}; give a finite number, 0 or more.")
    if whiten not in ("rows", "tokens"):
        raise BadParameter(f"whiten is {whiten!r}; give 'rows' or 'tokens'.")
    return int(ddof)


def _groups(size: int | None, ids: GroupIds | None, rows: int, device: torch.device, estimator: str) -> Groups:
    if size is not None and ids is not None:
        raise BadParameter("both group_size and group_ids are given; give group_ids alone if groups differ in size or order.")
    if ids is not None:
        return Groups.of_ids(ids, rows, device)
    if size is not None:
        return Groups.of_size(size, rows, device)
    if ESTIMATORS[estimator].needs == "baseline":
        return Groups.of_size(max(rows, 1), rows, device)
    raise BadParameter("no groups are given; give group_size (consecutive completions of one prompt) or group_ids, one a row.")


def _lengths(lengths: PerRow | None, tokens: Tokens, rows: int, device: torch.device) -> Tensor:
    if lengths is None:
        counted = tokens.lengths()
        if counted is None:
            raise BadParameter("lengths are needed here; give lengths, token_mask or cu_seqlens.")
        return counted
    found = _per_row(lengths, "lengths", rows, device)
    if _looks(device) and not bool(((found >= 0) & found.isfinite()).all()):
        raise BadParameter("lengths must be numbers of tokens, 0 or more, one a row.")
    return found.long()


def _baseline(baseline: PerRow | None, name: str, estimator: Estimator, rows: int, device: torch.device) -> Tensor | None:
    if (baseline is not None) != (estimator.needs == "baseline"):
        raise BadParameter(
            f"estimator={name!r} {'needs a baseline, one reward a row' if baseline is None else 'takes no baseline'}."
        )
    if baseline is None:
        return None
    found = _per_row(baseline, "baseline", rows, device)
    if _looks(device) and (infinite := found.isinf()).any():
        row = int(infinite.nonzero()[0])
        raise BadParameter(f"the baseline of row {row} is {found[row].item()}; give a finite number, or None if there is none.")
    return found


def _looks(device: torch.device) -> bool:
    """Whether numbers can be looked at without waiting for a device or breaking a graph."""
    return device.type == "cpu" and not torch.compiler.is_compiling()


def _per_row(values: PerRow, name: str, rows: int, device: torch.device) -> Tensor:
    """(B,) float64 on the device."""
    try:
        found = values if isinstance(values, Tensor) else torch.from_numpy(np.asarray(values, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise BadParameter(f"{name} cannot be read as numbers ({error}); give one a row.") from None
    if found.dim() != 1 or found.shape[0] != rows:
        raise WrongLength(name, found.shape[0] if found.dim() else 1, rows)
    return found.to(device, torch.float64)


def _clipped(values: Tensor, clip: float | None) -> Tensor:
    return values if clip is None else values.clamp(-clip, clip)


def _none(tokens: Tokens) -> Tokens:
    return Tokens(None, None, 0, tokens.dtype)
