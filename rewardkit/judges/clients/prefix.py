"""How likely a few short texts are behind each of many prompts: what the prompts share is read once.

The prompts of a group differ in their last part alone. So their common beginning goes through the model once, and each prompt's
rest with each text behind it is read against the kept keys and values. Only the logits behind the prompts are ever made.
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["clusters", "likelihoods"]

LEAST_SHARED = 16  # tokens; fewer are read again sooner than kept

Tokens = Sequence[int]


def clusters(places: Sequence[int], rows: Sequence[Tokens], most: int) -> Iterator[list[int]]:
    """The places of rows that share at least half of their tokens, at most so many together."""
    cluster: list[int] = []
    shared = longest = 0
    for place in sorted(places, key=lambda place: list(rows[place])):
        size = len(rows[place])
        same = min(shared, _common(rows[cluster[0]], rows[place])) if cluster else size
        if cluster and (len(cluster) >= most or 2 * same < max(size, longest)):
            yield cluster
            cluster, same, longest = [], size, 0
        cluster.append(place)
        shared, longest = same, max(size, longest)
    if cluster:
        yield cluster


def likelihoods(torch: Any, model: Any, prompts: Sequence[Tokens], texts: Sequence[Tokens], *, batch: int) -> tuple[Any, Any]:
    """Log-probabilities: of each text behind each prompt, (prompts, texts), and of each token behind it, (prompts, vocabulary).

    `batch` is the most sequences at a time. Raises `ValueError` for a prompt that the model cannot take.
    """
    longest = max(map(len, texts))
    most = getattr(model.config, "max_position_embeddings", None) or math.inf
    if max(map(len, prompts)) + longest > most:
        message = f"{max(map(len, prompts)) + longest} tokens, where the model takes {most}"
        raise ValueError(message)
    shared = min(_common(prompts[0], prompt) for prompt in prompts)
    shared = min(shared, min(map(len, prompts)) - 1)
    kept = _read(torch, model, prompts[0][:shared]) if shared >= LEAST_SHARED and len(prompts) * len(texts) > 1 else None
    begin = shared if kept is not None else 0
    jobs = [(place, column) for place in range(len(prompts)) for column in range(len(texts))]
    total = torch.zeros(len(prompts), len(texts))
    first: list[Any] = [None] * len(prompts)
    for start in range(0, len(jobs), batch):
        part = jobs[start : start + batch]
        logits = _logits(torch, model, [[*prompts[p][begin:], *texts[c]] for p, c in part], kept, begin, longest + 1)
        for (place, column), row in zip(part, logits, strict=True):
            text = texts[column]
            behind = row[len(row) - len(text) - 1 :].float().log_softmax(-1)
            wanted = torch.tensor(list(text), device=behind.device, dtype=torch.long)
            total[place, column] = behind[: len(text)].gather(-1, wanted[:, None]).sum().cpu()
            if column == 0:
                first[place] = behind[0]
    return total, torch.stack(first)


def _common(one: Tokens, other: Tokens) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _read(torch: Any, model: Any, tokens: Tokens) -> Any:
    """The keys and values of a beginning; None for a model whose cache cannot be shared by rows."""
    ids = torch.tensor([list(tokens)], device=model.device)
    kept = model(input_ids=ids, use_cache=True, **_keeping(model, 1)).past_key_values
    return kept if hasattr(kept, "batch_repeat_interleave") else None


def _logits(torch: Any, model: Any, rows: Sequence[Tokens], kept: Any, begin: int, count: int) -> Any:
    """The last logits of each row behind a kept beginning; rows are padded on the left, so that they end together."""
    longest = max(map(len, rows))
    ids = torch.tensor([[0] * (longest - len(row)) + list(row) for row in rows], device=model.device)
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows], device=model.device)
    places = begin + (mask.cumsum(-1) - 1).clamp(min=0)
    seen = torch.cat([torch.ones(len(rows), begin, dtype=mask.dtype, device=model.device), mask], dim=-1)
    past = None
    if kept is not None:
        past = copy.deepcopy(kept)
        past.batch_repeat_interleave(len(rows))
    found = model(
        input_ids=ids,
        attention_mask=seen,
        position_ids=places,
        past_key_values=past,
        use_cache=past is not None,
        **_keeping(model, count),
    )
    return found.logits[:, -count:]


def _keeping(model: Any, count: int) -> dict[str, int]:
    """Logits of a whole prompt are the largest thing that is made; most models can leave them out."""
    return {"logits_to_keep": count} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}
