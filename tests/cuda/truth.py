"""What an advantage is, a second time: numpy in float64, group by group and row by row, written from the definitions alone.

It shares nothing with the library, so that a mistake would have to be made twice. Slow on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WAITS_FOR_BATCH = ("gdpo", "reinforce_pp")


@dataclass
class Truth:
    """(B,), (N,), (N,), (N,), and `degenerate` again for each row, (B,)."""

    advantages: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    degenerate: np.ndarray
    degenerate_rows: np.ndarray


def std_of(values, ddof):
    return float(np.sqrt(((values - values.mean()) ** 2).sum() / (len(values) - ddof))) if len(values) > ddof else 0.0


def is_degenerate(values, tol):
    return len(values) < 2 or not values.max() - values.min() > tol * max(1.0, np.abs(values).max())


def weighted(rewards, weights):
    """(B,): the sum over the scored columns, NaN where there is none."""
    total = np.zeros(len(rewards))
    for k, weight in enumerate(weights.astype(np.float64)):
        total += np.where(np.isnan(rewards[:, k]), 0.0, weight * np.nan_to_num(rewards[:, k].astype(np.float64)))
    return np.where(np.isnan(rewards).all(axis=1), np.nan, total)


def group_advantages(rewards, weights, groups, estimator, scale="group", ddof=1, eps=1e-4, tol=1e-6, clip=None):
    """`rewards` (B, K), `weights` (K,), `groups`: a list of arrays of row numbers."""
    r = weighted(rewards, weights)
    batch_std = std_of(r[~np.isnan(r)], ddof)
    advantages = np.zeros(len(r))
    mean, std, flags = (np.zeros(len(groups)) for _ in range(3))
    for g, rows in enumerate(groups):
        scored = rows[~np.isnan(r[rows])]
        values = r[scored]
        n = len(values)
        mean[g] = values.mean() if n else 0.0
        std[g] = std_of(values, ddof)
        flags[g] = is_degenerate(values, tol)
        if estimator == "gdpo":
            flags[g] = all(is_degenerate(column[~np.isnan(column)], tol) for column in rewards[rows].astype(np.float64).T)
        elif flags[g]:
            continue
        elif estimator == "maxrl":
            flags[g] = not mean[g] > eps
            advantages[scored] = 0.0 if flags[g] else (values - mean[g]) / (mean[g] + eps)
        else:
            centred = values - mean[g]
            if estimator == "rloo":
                centred *= n / (n - 1)
            if estimator in ("grpo", "rloo") and scale == "group":
                centred /= std[g] + eps
            elif estimator in ("grpo", "rloo") and scale == "batch":
                centred /= batch_std + eps
            advantages[scored] = centred
    of_group = np.zeros(len(r), dtype=int)
    for g, rows in enumerate(groups):
        of_group[rows] = g
    live = ~np.isnan(r)
    dead = np.isnan(r) | (flags[of_group] > 0 if len(groups) else False)
    if estimator == "reinforce_pp":
        advantages = (advantages - advantages[live].mean()) / (std_of(advantages[live], ddof) + eps) if live.any() else advantages
    if estimator == "gdpo":
        total = sum_of_normalised(rewards.astype(np.float64), weights.astype(np.float64), groups, ddof, eps, tol)
        if is_degenerate(total[live], tol):
            advantages[:] = 0.0
        else:
            advantages = (total - total[live].mean()) / (std_of(total[live], ddof) + eps)
    advantages[dead] = 0.0
    if clip is not None:
        advantages = advantages.clip(-clip, clip)
    return Truth(advantages, mean, std, flags > 0, flags[of_group] > 0 if len(groups) else np.zeros(len(r), bool))


def sum_of_normalised(rewards, weights, groups, ddof, eps, tol):
    total = np.zeros(len(rewards))
    for rows in groups:
        for k, weight in enumerate(weights):
            scored = rows[~np.isnan(rewards[rows, k])]
            values = rewards[scored, k]
            if not is_degenerate(values, tol):
                total[scored] += weight * (values - values.mean()) / (std_of(values, ddof) + eps)
    return total


def spread_mask(advantages, mask):
    """(B, T)."""
    return np.where(mask != 0, advantages[:, None], 0.0)


def spread_packed(advantages, cu_seqlens, total):
    """(total,)."""
    tokens = np.zeros(total)
    for row, advantage in enumerate(advantages):
        tokens[cu_seqlens[row] : cu_seqlens[row + 1]] = advantage
    return tokens
