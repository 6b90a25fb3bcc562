"""How likely a few short texts are behind each of many prompts: what the prompts share is read once.

The prompts of a group differ in their last part alone. So their common beginning goes through the model once, then the rest of
each prompt against the kept keys and values, then the texts against those. Only the logits behind the prompts are ever made.
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

__all__ = ["clusters", "fill", "likelihoods"]

LEAST_SHARED = 16  # tokens; fewer are read again sooner than kept

Tokens = Sequence[int]


class Prompts(NamedTuple):
    """Prompts that were read: log-probabilities of the token `behind` each, keys and values, and which of these are no padding.

    `past` is None for a model whose cache cannot be shared by rows.
    """

    behind: Any
    past: Any
    seen: Any


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

    `batch` is the most sequences at a time; a text is not empty, unless all are. Raises `ValueError` for a prompt that the model
    cannot take.
    """
    kept, begin = _beginning(torch, model, prompts, max(map(len, texts)), len(texts))
    totals, firsts = [], []
    size = max(1, batch // len(texts))
    for start in range(0, len(prompts), size):
        part = prompts[start : start + size]
        read = _behind_beginning(torch, model, part, kept, begin, again=max(map(len, texts)) > 1)
        firsts.append(read.behind)
        totals.append(_texts(torch, model, part, read, texts, batch))
    return torch.cat(totals).cpu(), torch.cat(firsts)


def fill(
    torch: Any,
    model: Any,
    prompts: Sequence[Tokens],
    blanks: Sequence[Sequence[Tokens]],
    pick: Callable[[Any], list[int]],
    *,
    batch: int,
) -> list[list[int]]:
    """Which text each prompt takes of those for each blank, one after the other: what was taken stands before the next.

    `pick` gives the column of each row of log-probabilities (prompts, texts). Nothing that was read is read again. Raises as
    `likelihoods`.
    """
    most = max(map(len, blanks))
    kept, begin = _beginning(torch, model, prompts, sum(max(map(len, texts)) for texts in blanks), most)
    picks: list[list[int]] = []
    size = max(1, batch // most)
    for start in range(0, len(prompts), size):
        whole, taken = [list(prompt) for prompt in prompts[start : start + size]], list[list[int]]()
        read = _behind_beginning(torch, model, whole, kept, begin, again=True)
        for texts in blanks:
            taken.append(pick(_texts(torch, model, whole, read, texts, batch).cpu()))
            if len(taken) < len(blanks):
                new = [list(texts[choice]) for choice in taken[-1]]
                read, whole = _read_on(torch, model, whole, read, new)
        picks += [list(column) for column in zip(*taken, strict=True)]
    return picks


def _common(one: Tokens, other: Tokens) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _beginning(torch: Any, model: Any, prompts: Sequence[Tokens], more: int, columns: int) -> tuple[Any, int]:
    """What prompts share, read, and how many tokens that is; None and 0 where it is not worth it, or a model cannot share it."""
    longest = max(map(len, prompts)) + more
    most = getattr(model.config, "max_position_embeddings", None) or math.inf
    if longest > most:
        message = f"{longest} tokens, where the model takes {most}"
        raise ValueError(message)
    shared = min(_common(prompts[0], prompt) for prompt in prompts)
    shared = min(shared, min(map(len, prompts)) - 1)
    if shared < LEAST_SHARED or len(prompts) * columns == 1:
        return None, 0
    ids = torch.tensor([list(prompts[0][:shared])], device=model.device)
    kept = _shareable(model(input_ids=ids, use_cache=True, **_keeping(model, 1)).past_key_values)
    return kept, shared if kept is not None else 0


def _behind_beginning(torch: Any, model: Any, prompts: Sequence[Tokens], kept: Any, begin: int, *, again: bool) -> Prompts:
    """The prompts, read behind the beginning that they share; `again`: texts follow."""
    seen = torch.ones(len(prompts), begin, dtype=torch.long, device=model.device)
    before = Prompts(None, None if kept is None else _copies(kept, len(prompts)), seen)
    return _on(torch, model, [prompt[begin:] for prompt in prompts], before, [begin] * len(prompts), again=again)


def _on(torch: Any, model: Any, rows: Sequence[Tokens], read: Prompts, lengths: Sequence[int], *, again: bool = True) -> Prompts:
    """What comes behind prompts of these lengths that were read, padded on the left, so that all end together."""
    longest = max(map(len, rows))
    ids = torch.tensor([[0] * (longest - len(row)) + list(row) for row in rows], device=model.device)
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows], device=model.device)
    places = torch.tensor(lengths, device=model.device)[:, None] + (mask.cumsum(-1) - 1).clamp(min=0)
    seen = torch.cat([read.seen, mask], dim=-1)
    cached = again or read.past is not None
    about = {"attention_mask": seen, "position_ids": places, "past_key_values": read.past, "use_cache": cached}
    found = model(input_ids=ids, **about, **_keeping(model, 1))
    return Prompts(found.logits[:, -1].float().log_softmax(-1), _shareable(found.past_key_values), seen)


def _read_on(
    torch: Any, model: Any, prompts: Sequence[list[int]], read: Prompts, new: Sequence[list[int]]
) -> tuple[Prompts, list[list[int]]]:
    """Prompts that were read, with what comes behind each; a model whose cache cannot be shared by rows begins anew."""
    whole = [[*prompt, *text] for prompt, text in zip(prompts, new, strict=True)]
    if read.past is None:
        return _behind_beginning(torch, model, whole, None, 0, again=True), whole
    return _on(torch, model, new, read, [len(prompt) for prompt in prompts]), whole


def _shareable(kept: Any) -> Any:
    """The keys and values; None for a model whose cache cannot be shared by rows."""
    return kept if hasattr(kept, "batch_repeat_interleave") else None


def _texts(torch: Any, model: Any, prompts: Sequence[Tokens], read: Prompts, texts: Sequence[Tokens], batch: int) -> Any:
    """The log-probability of each text behind each prompt, (prompts, texts); a prompt is not read again for its texts."""
    longest = max(map(len, texts))
    if not longest:
        return read.behind.new_zeros(len(prompts), len(texts))
    total = read.behind[:, [text[0] for text in texts]]
    for start in range(0, len(texts) if longest > 1 else 0, batch):
        part = texts[start : start + batch]
        padded = [[*text[:-1], *[0] * (longest - len(text))] for text in part]
        logprobs = _behind(torch, model, prompts, read, padded)
        for column, text in enumerate(part):
            wanted = torch.tensor(list(text[1:]), device=total.device, dtype=torch.long)
            steps = logprobs[:, column, : len(wanted)].gather(-1, wanted.expand(len(prompts), -1)[..., None])
            total[:, start + column] += steps[..., 0].sum(-1)
    return total


def _behind(torch: Any, model: Any, prompts: Sequence[Tokens], read: Prompts, texts: Sequence[Tokens]) -> Any:
    """What follows each token of each text behind each prompt, (prompts, texts, tokens, vocabulary); the texts are of one length.

    A model whose cache cannot be shared by rows reads the prompts again.
    """
    size = len(texts[0])
    if read.past is None:
        whole = [[*prompt, *text] for prompt in prompts for text in texts]
        longest = max(map(len, whole))
        ids = torch.tensor([[0] * (longest - len(row)) + row for row in whole], device=model.device)
        mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in whole], device=model.device)
        about = {"attention_mask": mask, "position_ids": (mask.cumsum(-1) - 1).clamp(min=0), "use_cache": False}
    else:
        ids = torch.tensor([list(text) for text in texts], device=model.device).repeat(len(prompts), 1)
        lengths = torch.tensor([len(prompt) for prompt in prompts], device=model.device).repeat_interleave(len(texts))
        places = lengths[:, None] + torch.arange(size, device=model.device)
        seen = torch.cat([read.seen.repeat_interleave(len(texts), 0), torch.ones_like(ids)], dim=-1)
        past = _copies(read.past, len(texts))
        about = {"attention_mask": seen, "position_ids": places, "past_key_values": past, "use_cache": True}
    logits = model(input_ids=ids, **about, **_keeping(model, size)).logits[:, -size:]
    return logits.float().log_softmax(-1).unflatten(0, (len(prompts), len(texts)))


def _copies(kept: Any, count: int) -> Any:
    """Kept keys and values, each row as often as it has others behind it; what was kept stays as it is."""
    past = copy.deepcopy(kept)
    past.batch_repeat_interleave(count)
    return past


def _keeping(model: Any, count: int) -> dict[str, int]:
    """Logits of a whole prompt are the largest thing that is made; most models can leave them out."""
    return {"logits_to_keep": count} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}
